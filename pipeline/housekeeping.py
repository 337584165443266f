"""What machines do every minute: finish what a kill interrupted, clear what is left over.

One that serves has staging files (`tidy`); one with workers alone has copies of originals (`tidy_copies`).
"""

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline import again, jobs, journey, meanings, person_data, reels, voices
from pipeline.edges import clear_away
from pipeline.originals import clear_copies, let_go
from pipeline.steps import UNDECIDED
from pipeline.wiring import House
from store import (
    act_log,
    beside,
    brief_links,
    credentials,
    identities,
    joining,
    keys,
    missed,
    notices,
    once,
    recordings,
    reel_films,
    removals,
    same_bytes,
    sweeps,
    takedowns,
    tracks,
    watched,
)
from store import voices as spoken

EVERY_S = 60.0
LEFT_BEHIND_S = 24 * 3600.0  # what nobody has touched for so long in the scratch folder is no worker's any more

log = logging.getLogger(__name__)


def keep_house(house: House, ended: threading.Event, act: Callable[[House], None] | None = None) -> None:
    """Runs until `ended`: `tidy`, or another act. Trouble is logged and tried again at the next round."""
    while True:
        _attempt(act or tidy, house)
        if ended.wait(EVERY_S):
            return


def tidy(house: House) -> None:
    """One round: uploads whose last byte came become recordings; staging files that are kept go, old originals too,
    and ways in that have expired. What arrived from somebody who has left waits for a decision, and steps whose job
    was lost get another; so do reels whose film is not what it is to be. Search learns what clips mean that have
    changed. No act keeps another from its turn.
    """
    for act in (
        lambda: house.tools.intake.recover(),
        lambda: _forget_kept(house),
        lambda: set_off_lost(house),
        lambda: _pass_refusals_on(house),
        lambda: _sweep_ways_in(house),
        lambda: _forget_watched(house),
        lambda: _sweep_notices(house),
        lambda: _ask_about_those_who_left(house),
        lambda: tidy_copies(house),
        lambda: _drop_sounds(house),
        lambda: _sweep_deleted(house),
        lambda: clear_away(house.tools.store, house.tools.objects, house.services.now()),
        lambda: again.clear_away(house.tools.store, house.tools.objects, house.services.now()),
        lambda: _pack_and_erase(house),
        lambda: voices.clear_away(house.tools.store, house.tools.objects, house.services.now()),
        lambda: _set_off_reels(house),
        lambda: reels.clear_away(house.tools.store, house.tools.objects, house.services.now()),
        lambda: _let_go(house),
        lambda: meanings.count_words(house.tools.store, house.services.now),
        lambda: meanings.make_lacking(house.tools.store, house.services.now),
    ):
        _attempt(act)


def _attempt(act: Callable[..., object], *of: object) -> None:
    try:
        act(*of)
    except Exception:  # whatever it is: nobody else would begin the next round
        log.exception("housekeeping could not finish; the next round tries again")


def _forget_kept(house: House) -> None:
    for upload_id in house.tools.intake.arrived():
        _attempt(_forget_if_kept, house, upload_id)


def _forget_if_kept(house: House, upload_id: str) -> None:
    """The step that keeps the original forgets the upload after its commit, where a kill can come between."""
    with house.services.store.transaction() as tx:
        recording = recordings.by_upload(tx, upload_id)
    if recording is not None and (
        recording.upload_id != upload_id  # the sound of a film that is here, or one that was here already
        or recording.original_key is not None
        or recording.original_gone_at is not None
        or recording.deleted_at is not None
        or (
            recording.refusal_code is not None
            and recording.same_as is not None  # where the same bytes are, too
            and recording.created_at < house.services.now() - UNDECIDED
        )
    ):
        house.tools.intake.forget(upload_id)


def _pass_refusals_on(house: House) -> None:
    """The first may be refused just while the second learns of it."""
    with house.tools.store.transaction() as tx:
        same_bytes.pass_on(tx, house.services.now())


def set_off_lost(house: House) -> None:
    """Steps whose job ended without them. Two machines may do so at once: of two jobs, one finds nothing to do."""
    with house.tools.store.transaction() as tx:
        for recording_id, step in jobs.lost(tx):
            # What is not kept yet can be worked on only where it lies.
            upload_id = recordings.load(tx, recording_id).upload_id
            if journey.STAGES[step].queue or house.tools.intake.path(upload_id).exists():
                log.warning("recording %s: the job of its step %s was lost; here is another", recording_id, step)
                house.enqueue(tx, step, recording_id)
        for recording_id in jobs.without(tx, again.AGAIN, beside.every(tx)):
            house.render_again(tx, recording_id)
        for recording_id in jobs.without(tx, tracks.TRANSLATE, tracks.all_asked(tx)):
            house.translate(tx, recording_id)
        for voice_id in jobs.without(tx, voices.VOICE, spoken.waiting(tx)):
            house.write_down(tx, voice_id)


def _set_off_reels(house: House) -> None:
    """Reels whose change nobody has noticed: a space lets its clips be taken along no more, or again."""
    with house.tools.store.transaction() as tx:
        for reel_id in reel_films.due(tx):
            house.make_reel(tx, reel_id)


def _sweep_ways_in(house: House) -> None:
    with house.tools.store.transaction() as tx:
        credentials.sweep(tx, house.services.now())
        brief_links.sweep(tx, house.services.now())
        missed.sweep(tx, house.services.now())
        once.sweep(tx, house.services.now())
        identities.sweep(tx, house.services.now())
        removals.sweep(tx, house.services.now())
        act_log.sweep(tx, house.services.now(), house.settings.audit_days)


def _forget_watched(house: House) -> None:
    with house.tools.store.transaction() as tx:
        watched.sweep(tx, house.services.now(), house.settings.history_days)


def _sweep_notices(house: House) -> None:
    with house.tools.store.transaction() as tx:
        notices.sweep(tx, house.services.now(), house.settings.notice_days)


def _ask_about_those_who_left(house: House) -> None:
    with house.tools.store.transaction() as tx:
        takedowns.of_those_who_left(tx, house.services.now(), house.settings.backup_days)


def _pack_and_erase(house: House) -> None:
    tools, days = house.tools, house.settings.backup_days
    person_data.tidy(tools.store, tools.objects, tools.scratch, house.services.now, backup_days=days)


def _let_go(house: House) -> None:
    tools, days = house.tools, house.settings.originals_days
    let_go(tools.store, tools.objects, tools.originals, days=days, now=house.services.now())


def tidy_copies(house: House) -> None:
    """One round on a machine that has workers: copies of originals that are no longer there, or not used, go; so does
    what was left in the scratch folder.
    """
    clear_copies(house.tools.store, house.tools.originals, now_s=time.time())
    clear_scratch(house.tools.scratch, now_s=time.time())


def clear_scratch(scratch: Path, now_s: float) -> None:
    """Removes what a kill has left of downloads, edges, renders and reels (their names say which)."""
    for left in scratch.iterdir():
        with contextlib.suppress(FileNotFoundError):  # somebody is done with it just now
            touched_s = max(each.lstat().st_mtime for each in (left, *left.rglob("*")))
            if touched_s < now_s - LEFT_BEHIND_S:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _sweep_deleted(house: House) -> None:
    """What workers that were slow, or killed, have put among the objects of recordings deleted meanwhile, and edges
    that were forgotten and not deleted.
    """
    with house.tools.store.transaction() as tx:
        due = sweeps.due(tx, house.services.now())
    for each in due:
        _attempt(_sweep, house, each)


def _sweep(house: House, prefix: str) -> None:
    if keys.is_of_one(prefix):
        house.tools.objects.delete([prefix])
    else:
        house.tools.objects.delete_prefix(prefix)
    with house.tools.store.transaction() as tx:
        sweeps.done(tx, prefix, house.services.now())


def _drop_sounds(house: House) -> None:
    """The originals of sounds whose film has taken their place. The object first: a key without one does no harm."""
    with house.services.store.transaction() as tx:
        spent = joining.spent(tx)
    for recording_id, key in spent:
        house.tools.objects.delete([key])
        with house.services.store.transaction() as tx:
            joining.forget_sound(tx, recording_id, key)
