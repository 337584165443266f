"""Rendering recordings again, with other sizes than they have: who asks for it, the job that does it, what goes after.

A recording plays on as it is until the new rendering is whole and has the edges that its clips want; then that takes
its place (store/beside.py). The job comes after all others, and stops for whatever comes meanwhile: what is listed
stays, and it goes on there. What it has replaced goes when its addresses are no longer good.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Gone, NotFound, PassItOnError, Refused
from domain.media import Encoder, Kind, Probe, Rendition
from domain.recording import Recording
from pipeline import edges
from pipeline.carry import TryLater
from pipeline.rendering import render_beside
from pipeline.step import Stopped, Tools, Work
from store import beside, recordings, renderings
from store.objects import Objects
from store.postgres import Store, Tx
from transcode.ladder import as_made

AGAIN = "again"  # the job
OPEN_FOR = timedelta(days=3)  # what was replaced is served to whoever plays it: addresses are good for two days

_MOST_TRIES = 8  # nobody waits for it: two hours, and then somebody has to ask again; kills count too
_LOOK_EVERY_S = 2.0  # whether other jobs wait
_GOES_ON_S = 10  # after those have been taken
_ELSEWHERE_S = 600  # until a worker without the encoder looks whether another has made it

Wanted = Callable[[Probe], tuple[Rendition, ...]]
"""What a file of that kind is to be made of, as the settings say."""

log = logging.getLogger(__name__)


@dataclass
class Report:
    """Recordings by public id, and what becomes of them."""

    begun: list[str] = field(default_factory=list)
    under_way: dict[str, float] = field(default_factory=dict)  # and how far, 0 to 1
    as_set: list[str] = field(default_factory=list)  # made as the settings say
    original_gone: list[str] = field(default_factory=list)  # made otherwise, and there is nothing left to make it of
    not_ready: list[str] = field(default_factory=list)  # not rendered for the first time yet, or refused
    others: list[str] = field(default_factory=list)  # made otherwise: to be rendered again
    given_up: dict[str, str] = field(default_factory=dict)  # of those the ones where that has failed lately, and why

    def lines(self) -> list[str]:
        """In words."""
        there = sum(self.under_way.values()) / max(len(self.under_way), 1)
        said = [
            (
                self.begun,
                "Begun: {}. They are rendered when nothing else is to be done, and play as they are until then.",
            ),
            (self.under_way, f"Under way: {{}}, {there:.0%} of it there."),
            (self.others, "Made otherwise than the settings say: {}. `passiton render-again --all` makes them anew."),
            (self.as_set, "As the settings say: {}."),
            (self.original_gone, "Made otherwise, with no original left to make them anew: {}."),
            (self.not_ready, "Not ready, or refused: {}."),
        ]
        lines = [words.format(len(which)) for which, words in said if which]
        lines += [f"Given up when it was tried before: {name}. {why}" for name, why in self.given_up.items()]
        return lines or ["No recordings yet."]


def examine(
    tx: Tx, recording: Recording, wanted: Wanted, report: Report, *, anyway: bool = False
) -> tuple[Rendition, ...]:
    """Writes a recording into the report; of what it is to be rendered again, if it is. `anyway`: also of the same."""
    made = beside.standing(tx, recording.id)
    name = recording.public_id
    if recording.probe is None or recording.refusal_code is not None or not made.complete:
        report.not_ready.append(name)
        return ()
    renditions = as_made(wanted(recording.probe), made.complete)
    if made.beside == renditions:
        report.under_way[name] = beside.progress(tx, recording.id) or 0.0
    elif made.complete == renditions and not anyway:
        report.as_set.append(name)
    elif recording.original_key is None or recording.original_gone_at is not None:
        report.original_gone.append(name)
    else:
        report.others.append(name)
        if (why := beside.given_up(tx, recording.id)) is not None:
            report.given_up[name] = why
        return wanted(recording.probe) if anyway else renditions
    return ()


def begin(store: Store, public_ids: Sequence[str], wanted: Wanted, send: Callable[[Tx, UUID], None]) -> Report:
    """Begins with those named, or, when none is, with all that are not as the settings say. Raises NotFound."""
    report = Report()
    with store.transaction() as tx:
        found = beside.recordings(tx, public_ids or None)
    for public_id in public_ids:
        if public_id not in found:
            raise NotFound(f"There is no recording {public_id}. Its page's address ends in what to write.")
    for recording_id in found.values():
        with store.transaction() as tx:
            recording = recordings.load(tx, recording_id, lock=True)
            if recording.deleted_at is not None:
                continue
            if renditions := examine(tx, recording, wanted, report, anyway=bool(public_ids)):
                beside.begin(tx, recording_id, renditions, anew=bool(public_ids))
                send(tx, recording_id)
                report.begun.append(report.others.pop())
    return report


def render_again(tools: Tools, recording_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime]) -> None:
    """The job. Raises Stopped, and TryLater when it is to go on later. Without anything to do it does nothing."""
    with tools.store.exclusive(f"{AGAIN} {recording_id}") as mine:
        with tools.store.transaction() as tx:
            rendering = beside.of(tx, recording_id)
            recording = recordings.load(tx, recording_id)
            if not mine or rendering is None:
                return
            if (tries := beside.tried(tx, rendering)) > _MOST_TRIES:
                _give_up(tx, recording, rendering, "Rendering it ended the worker again and again.")
                return
        try:
            _render(tools, recording, rendering, _Yielding(stop, tools.others_wait), now)
        except Stopped:
            _uncount(tools.store, rendering)
            if stop():
                raise
            raise TryLater(_GOES_ON_S) from None
        except TryLater:
            _uncount(tools.store, rendering)
            raise
        except Gone as error:
            log.info("recording %s is not rendered again: %s", recording.public_id, error.message)
            with tools.store.transaction() as tx:
                beside.give_up(tx, rendering)
        except Exception as error:
            if (later := _failed(tools.store, recording, rendering, error, tries)) is not None:
                raise later from error


def clear_away(store: Store, objects: Objects, now: datetime) -> None:
    """Deletes what was replaced, or given up, `OPEN_FOR` ago."""
    with store.transaction() as tx:
        if keys := renderings.expired(tx, now - OPEN_FOR):
            objects.delete(keys)


def _render(
    tools: Tools, recording: Recording, rendering: UUID, stop: Callable[[], bool], now: Callable[[], datetime]
) -> None:
    if recording.refusal_code is not None:
        raise Gone("This recording was refused meanwhile.")
    render_beside(Work(recording, tools, lambda fraction: None, stop), rendering)
    while True:
        try:
            edges.make_lacking(tools, recording.id, stop, now, beside=True)
        except edges.Failed as error:  # which is counted, and comes to an end
            raise TryLater(_GOES_ON_S) from error
        with tools.store.transaction() as tx:
            if beside.take_place(tx, recording.id, rendering):
                return


class _Yielding:
    """Whether the worker has to end, or other jobs wait."""

    def __init__(self, stop: Callable[[], bool], others_wait: Callable[[], bool]) -> None:
        self._stop, self._others_wait = stop, others_wait
        self._looked_s = time.monotonic()
        self._yields = False

    def __call__(self) -> bool:
        if not self._yields and time.monotonic() - self._looked_s > _LOOK_EVERY_S:
            self._yields = self._others_wait()
            self._looked_s = time.monotonic()
        return self._yields or self._stop()


def _failed(store: Store, recording: Recording, rendering: UUID, error: Exception, tries: int) -> TryLater | None:
    """When it is to be tried again; None: it was given up."""
    code = error.code if isinstance(error, PassItOnError) else "internal"
    with store.transaction() as tx:
        if code == "encoder_lacking":  # another worker may have it
            log.info("recording %s: %s", recording.public_id, error)
            beside.uncount(tx, rendering)
            return TryLater(_ELSEWHERE_S)
        log.exception("recording %s: rendering it again failed, time %d", recording.public_id, tries)
        made = renderings.renditions(tx, rendering)
        if isinstance(error, Refused) or tries >= _MOST_TRIES:
            by = ", ".join(sorted({r.encoder for r in made if r.kind is Kind.VIDEO}))
            _give_up(tx, recording, rendering, f"Encoding it ({by}) failed: {error}")
            return None
        if code == "encoder_failed":
            plain = [replace(r, encoder=Encoder.X264) if r.encoder is Encoder.NVENC else r for r in made]
            beside.begin(tx, recording.id, plain, tries=tries)
        elif code == "init_differs":  # begun by another version of ffmpeg
            beside.begin(tx, recording.id, made, anew=True, tries=tries)
    return TryLater(60 * 2 ** (tries - 1))


def _give_up(tx: Tx, recording: Recording, rendering: UUID, why: str) -> None:
    log.error("recording %s is not rendered again, and plays on as it is. %s", recording.public_id, why)
    beside.give_up(tx, rendering, why)


def _uncount(store: Store, rendering: UUID) -> None:
    with store.transaction() as tx:
        beside.uncount(tx, rendering)
