# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Recordings and clips that go to another space.

Who speaks agreed to be shown to the people of a space: a move shows nothing to anybody who did not see it before. What
was published comes along published only out of a space that all colleagues see into; else it is taken back, and who
moved it asks, and publishes it there. Comments stay for whom they were said to. Every media key changes.
"""

from datetime import datetime
from uuid import UUID

from domain.errors import Conflict
from domain.space import Space
from store import clip_changes, media
from store.claim import LOCK, claim, claim_clip, lock_around
from store.postgres import Tx, make_due, row, rows
from store.reel_films import REELS


def move_recording(tx: Tx, recording_id: UUID, to: Space, *, by: UUID, now: datetime) -> None:
    """With all of its clips. A second call changes nothing.

    Raises NotFound, Gone, Conflict (`shown_elsewhere`) while a clip shows it that could not show it there.
    """
    lock_around(tx, [recording_id])
    home = claim(tx, recording_id)["space_id"]
    if home == to.id:
        return
    clips = rows(
        tx,
        "select c.id, c.title, c.space_id, exists (select from clip_part o join recording r on r.id = o.recording_id"
        "   join space s on s.id = r.space_id where o.clip_id = c.id and r.id <> %(id)s"
        "   and not s.everyone and s.id <> %(to)s) as beside"
        " from clip c where c.deleted_at is null"
        f" and c.id in (select clip_id from clip_part where recording_id = %(id)s) order by c.id {LOCK}",
        {"id": recording_id, "to": to.id},
    )
    for each in clips:
        stays = each["space_id"] not in (home, to.id)
        if each["beside"] or (stays and not to.everyone):
            raise Conflict(
                f"The clip “{each['title'] or 'Untitled clip'}” shows this recording where it could not be shown any "
                "more, or beside one of another space. Take it out of that clip first.",
                code="shown_elsewhere",
            )
    tx.execute("update recording set space_id = %s, version = version + 1 where id = %s", [to.id, recording_id])
    for each in clips:
        if each["space_id"] == home:
            _settle_in(tx, each["id"], home, to, by, now)
    media.rotate_media_key(tx, recording_id)


def move_clip(tx: Tx, clip_id: UUID, to: Space, *, by: UUID, now: datetime) -> None:
    """Alone: its recordings stay where they are. A second call changes nothing.

    Raises NotFound, Gone, Conflict (`part_of_other_space`) where it shows what its new space could not.
    """
    home = claim_clip(tx, clip_id)["space_id"]
    if home == to.id:
        return
    foreign = row(
        tx,
        "select coalesce(nullif(r.title, ''), r.filename) as title from clip_part p"
        " join recording r on r.id = p.recording_id join space s on s.id = r.space_id"
        " where p.clip_id = %s and not s.everyone and s.id <> %s limit 1",
        [clip_id, to.id],
    )
    if foreign is not None:
        raise Conflict(
            f"This clip shows “{foreign['title']}”, which is in another space. Move that recording instead.",
            code="part_of_other_space",
        )
    _settle_in(tx, clip_id, home, to, by, now)
    for each in rows(tx, "select distinct recording_id from clip_part where clip_id = %s order by 1", [clip_id]):
        media.rotate_media_key(tx, each["recording_id"])


def _settle_in(tx: Tx, clip_id: UUID, home: UUID, to: Space, by: UUID, now: datetime) -> None:
    was = row(tx, "select everyone or open as seen_by_all from space where id = %s", [home])
    assert was is not None
    if not was["seen_by_all"]:
        clip_changes.withdraw(tx, clip_id, by, now)
    tx.execute(
        "update clip c set space_id = %(to)s, version = version + 1,"
        " assigned_to = (select v.person_id from viewer_space v where v.person_id = c.assigned_to"
        "   and v.space_id = %(to)s and v.curates),"
        " owner_id = (select v.person_id from viewer_space v where v.person_id = c.owner_id and v.space_id = %(to)s)"
        " where c.id = %(id)s",
        {"to": to.id, "id": clip_id},
    )
    make_due(tx, REELS, clip_id)
