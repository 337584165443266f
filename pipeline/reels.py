"""The job that makes a reel's film, and what clears away those that are films no more.

A film is due whenever what its reel shows is not what was filmed; the job asks when it begins, every second while it
works, and when it is done, so it can be run at any time and any number of times. Killed at any line, it begins again:
what it had put among the objects has a row that says so (store/reel_films.py).
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from domain.amends import places
from domain.clip import Clip
from domain.errors import Conflict, Invalid, Misconfigured, PassItOnError, Unavailable
from domain.media import Rendering, RenditionState
from domain.reel import STILL_RENDERING, Caption
from domain.span import Span
from pipeline.carry import TryLater
from pipeline.step import Stopped, Tools
from store import keys, reel_films
from store.objects import Objects
from store.postgres import Enqueue, Store, Tx
from store.reel_films import FAILED, MAX_TRIES, REEL, REELS, Making
from transcribe import captions

if TYPE_CHECKING:
    from publish_api.takeaway import ListedPart
    from transcode.reel import Scene

QUEUE = "reels"  # of its own: a film takes minutes, and nobody who sends a tip waits for that

_SIDE = 720  # the shorter one of a picture that is large enough for every shape
_PROGRESS_EVERY_S = 1.0
_SOON_S = 10  # until what others are at is looked at again
_FIRST_PAUSE_S = 5  # between two tries, and twice as long each time

log = logging.getLogger(__name__)

__all__ = ["QUEUE", "REEL", "clear_away", "due", "make"]

_Said = captions.Part


def due(send: Callable[[Tx, UUID], None]) -> Enqueue:
    """What a store is given for the end of its transactions: sends a job for a reel, and for those a clip is in."""

    def enqueue(tx: Tx, job: str, about: UUID) -> None:
        if job == REEL:
            send(tx, about)
        elif job == REELS:
            for reel_id in reel_films.due(tx, about):
                send(tx, reel_id)

    return enqueue


def make(tools: Tools, reel_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime]) -> None:
    """Makes a reel's film, if it is due. Raises Stopped, and TryLater when there is something to come back for.

    What cannot be made, or was tried too often, is written down for whoever looks at the reel.
    """
    with tools.store.exclusive(f"reel {reel_id}") as mine:
        if not mine:
            raise TryLater(_SOON_S)
        with tools.store.transaction() as tx:
            making = reel_films.begin(tx, reel_id, now())
        if making is None:
            return
        try:
            with _folder(tools.scratch, reel_id) as folder:
                made = _make(tools, making, folder, stop, now)
        except Stopped:
            _waits(tools, making, now)
            raise
        except Exception as error:
            if isinstance(error, Unavailable) and error.code == STILL_RENDERING:
                _waits(tools, making, now, error)
                raise TryLater(_SOON_S) from error
            if (later := _failed(tools, making, error, now)) is not None:
                raise later from error
            return
        if not made:  # it is to show something else by now: at once, before those that wait behind it
            raise TryLater(0)


def clear_away(store: Store, objects: Objects, now: datetime) -> None:
    """Deletes films that were replaced, given up, or whose reel is gone."""
    with store.transaction() as tx:
        if gone := reel_films.expired(tx, now):
            objects.delete(gone)


def _make(tools: Tools, making: Making, folder: Path, stop: Callable[[], bool], now: Callable[[], datetime]) -> bool:
    """Whether the film took its place: else something else is wanted. Raises Stopped, and what went wrong."""
    import av  # late: with moviepy a second of a processor

    from transcode.reel import make_cover, make_reel

    watch = _Watch(tools.store, making, stop)
    scenes = _scenes(tools, making, folder, now)
    shape, into, cover = making.shape, folder / "reel.mp4", folder / "cover.jpg"
    if not make_reel(scenes, into, shape=shape, title=making.title, progress=watch.progress, stop=watch.stop):
        if stop():
            raise Stopped
        with tools.store.transaction() as tx:
            reel_films.give_up(tx, making, now())
        return False
    make_cover(cover, shape=shape, title=making.title, clips=len(making.clips))
    with av.open(str(into)) as film:
        length_ms = round((film.duration or 0) * 1000 / av.time_base)
    byte_size = into.stat().st_size
    with tools.store.transaction() as tx:
        reel_films.promise(tx, making, now())
    tools.objects.put_file(keys.cover(making.film_id), cover)
    tools.objects.put_file(keys.film(making.film_id), into)
    with tools.store.transaction() as tx:
        taken = reel_films.done(tx, making, byte_size=byte_size, length_ms=length_ms, now=now())
    if not taken:
        tools.objects.delete([keys.film(making.film_id), keys.cover(making.film_id)])
    return taken


class _Watch:
    """Says how far it is, once a second, and hears whether it is still wanted."""

    def __init__(self, store: Store, making: Making, stop: Callable[[], bool]) -> None:
        self._store, self._making, self._stop = store, making, stop
        self._said_s = 0.0
        self._wanted = True

    def progress(self, fraction: float) -> None:
        if time.monotonic() - self._said_s < _PROGRESS_EVERY_S:
            return
        self._said_s = time.monotonic()
        with self._store.transaction() as tx:
            self._wanted = reel_films.progress(tx, self._making, fraction)

    def stop(self) -> bool:
        return not self._wanted or self._stop()


def _scenes(tools: Tools, making: Making, folder: Path, now: Callable[[], datetime]) -> "list[Scene]":
    """The films of the clips, beside each other in a folder. Raises Unavailable (`still_rendering`) while a clip lacks
    edges, Conflict when it does not become a file.
    """
    from publish_api import takeaway
    from transcode.reel import Scene

    with tools.store.transaction() as tx:
        listed = [(clip, _listed(tx, clip, making, now())) for clip in making.clips]
    scenes = []
    for number, (clip, runs) in enumerate(listed):
        before = 0
        for begun, (parts, said) in enumerate(runs):
            film = folder / f"{number}-{begun}.mp4"
            takeaway.join(parts, tools.objects, film)
            length_ms = sum(span.length_ms for _, span in said)
            scenes.append(
                Scene(
                    film,
                    length_ms=length_ms,
                    # Without a title it is no clip of its own, but goes on with the one before.
                    title="" if begun else clip.title or "Untitled clip",
                    credit="" if begun else clip.speaker,
                    captions=_captions(said) if making.captions else (),
                    notes=_corrected(clip, Span(before, before + length_ms)),
                )
            )
            before += length_ms
    return scenes


def _listed(tx: Tx, clip: Clip, making: Making, now: datetime) -> "list[tuple[list[ListedPart], list[_Said]]]":
    """A clip's parts in runs of those that fit into one file, and what is said in them."""
    from publish_api import playback, takeaway

    try:
        parts = takeaway.exact(tx, clip.parts, now)
    except Unavailable as error:
        raise Unavailable(
            f"“{clip.title}” is not ready to be filmed yet. It goes on by itself.", code=error.code
        ) from error
    except Conflict as error:
        raise Conflict(f"“{clip.title}”: {error.message}", code=error.code) from error
    said = playback.said(tx, clip, now)
    found = []
    for part, words in zip(parts, said, strict=True):
        picture = _picture(part.rendering)
        if picture is None:
            raise Conflict(f"“{clip.title}” has no picture. Take it out of the reel.", code="no_picture")
        try:
            found.append((takeaway.listed(tx, part, picture, part.rendering.sound), words))
        except Conflict as error:
            raise Conflict(f"“{clip.title}”: {error.message} Take it out of the reel.", code=error.code) from error
    runs = groupby(found, lambda each: tuple(track.init for track in each[0].tracks))
    return [([part for part, _ in run], [words for _, words in run]) for run in (list(run) for _, run in runs)]


def _picture(rendering: Rendering) -> RenditionState | None:
    """The smallest that is large enough, or else the largest."""
    # By size; of two of one size the first, which is in H.264.
    sides = {min(s.rendition.width, s.rendition.height): s for s in reversed(rendering.pictures)}
    enough = [side for side in sides if side >= _SIDE]
    return sides[min(enough) if enough else max(sides)] if sides else None


def _captions(said: Sequence[_Said]) -> tuple[Caption, ...]:
    found, before = [], 0
    for cues, span in said:
        for cue in captions.within(cues, span):
            at = before - span.start_ms
            found.append(Caption(at + cue.start_ms, at + cue.end_ms, cue.lines))
        before += span.length_ms
    return tuple(found)


def _corrected(clip: Clip, run: Span) -> tuple[Caption, ...]:
    """What was corrected, in a run of a clip: burnt in also where nobody asked for captions."""
    found = []
    for place in places(clip.parts, clip.amended):
        if run.covers(place.from_ms):
            shown = replace(place, from_ms=place.from_ms - run.start_ms, to_ms=place.to_ms - run.start_ms)
            span = shown.read_in(run.length_ms)
            found.append(Caption(span.start_ms, span.end_ms, (f"Corrected: {place.amended.words}",)))
    return tuple(found)


def _waits(tools: Tools, making: Making, now: Callable[[], datetime], why: PassItOnError | None = None) -> None:
    """It will be begun again, and that does not count as a failure."""
    with tools.store.transaction() as tx:
        told = (why.code, why.message) if why else (None, None)
        reel_films.give_up(tx, making, now(), *told)
        reel_films.uncount(tx, making)


def _failed(tools: Tools, making: Making, error: Exception, now: Callable[[], datetime]) -> TryLater | None:
    """When it is to be tried again; None: a person has to look."""
    log.exception("reel %s could not be made, try %d", making.reel_id, making.tries)
    for_good = isinstance(error, Conflict | Invalid | Misconfigured)
    with tools.store.transaction() as tx:
        if for_good or making.tries >= MAX_TRIES:
            message = error.message if for_good and isinstance(error, PassItOnError) else FAILED
            reel_films.give_up(tx, making, now(), code="reel_failed", message=message)
            return None
        reel_films.give_up(tx, making, now())
    return TryLater(_FIRST_PAUSE_S * 2**making.tries)


@contextmanager
def _folder(scratch: Path, reel_id: UUID) -> Iterator[Path]:
    """The reel's own; what a killed worker has left in it goes first. Whoever holds the reel's lock has it alone."""
    folder = scratch / f"reel-{reel_id.hex}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
