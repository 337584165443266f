"""The steps that render a recording: its head as soon as that is planned, then all of it.

Fragments are listed as they are written, and play at once. A step that was ended at any line goes on
at what is not listed yet. Workers that have nothing else to do take stretches of a long recording
(`help_render`, sharing.py); the step itself makes the sound, and whatever nobody else makes.
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.errors import Conflict, Gone, PassItOnError, Refused, Unavailable
from domain.estimate import Workload
from domain.media import Encoder, Kind, Listening, Loudness, Probe, Rendition, Rest
from domain.recording import Recording
from pipeline.originals import Elsewhere
from pipeline.sharing import FEWEST, Share, Stretch
from pipeline.step import NOTHING, Outcome, Stopped, Tools, Work
from store import beside, joining, keys, media, recordings, renderings, steps, stretches
from store.postgres import Tx
from transcode import remux, stills
from transcode.command import landing_s, remuxed
from transcode.jail import is_the_files_fault
from transcode.ladder import as_made, ladder
from transcode.render import Landed, render, smallest

HELP = "help"  # the job of a worker that has nothing else to do; no step of its own
MOST_HELPERS = 7
_AT_EASE = 1.5  # times real time at which a recording is rendered before whoever plays it, whatever else is to be done
_MANY_CORES = 4
_WAIT_S = 0.5  # for stretches that others have in hand

log = logging.getLogger(__name__)


def render_head(work: Work) -> Outcome:
    """The head plays. On a slow machine its smallest picture, which is enough to begin with."""
    with work.tools.store.transaction() as tx:
        heard = media.listening(tx, work.recording.id, head=True)
    if heard is None:
        return NOTHING
    try:
        making = _begun(work, heard, heard.loudness, _rest(heard))
        made = smallest(making.renditions) if making.smallest_first else making.renditions
        with making.at_work() as go:
            go(made, until=len(heard.plan.keys) - 1)
    except Elsewhere:
        return NOTHING
    except Gone:
        with work.tools.store.transaction() as tx:
            _still(tx, work.recording)
        return NOTHING  # the whole was found to be not as its head promised
    return NOTHING


def render_all(work: Work) -> Outcome:
    """Every rendition. Goes on after the head, and shares what is left with whoever is idle."""
    making = _whole(work)
    with making.at_work() as go, making.share() as share:
        if not making.shared(share):
            seek = not making.in_one
            go(making.renditions, smallest_first=making.smallest_first, seek=seek, seams=making.seams)
        else:
            with work.tools.store.transaction() as tx:
                work.tools.call_help(tx, work.recording.id, min(MOST_HELPERS, share.size - 1))
            go(making.renditions, smallest_first=making.smallest_first, seams=share.seams, go_on=share.go_on)
            while (stretch := share.take()) or share.listed() < 1:
                if stretch:
                    making.make(go, stretch, share)
                elif work.stop():
                    raise Stopped
                else:
                    time.sleep(_WAIT_S)

    def save(tx: Tx) -> None:
        if renderings.complete_rendering(tx, making.rendering):
            _add_others(tx, work, making.renditions)

    return Outcome(save)


def wanted(tools: Tools, probe: Probe) -> tuple[Rendition, ...]:
    """What a recording is to be made of, sooner or later."""
    return ladder(probe, tools.heights, tools.encoders())


def _add_others(tx: Tx, work: Work, made: Sequence[Rendition]) -> None:
    """What only some players show comes when everybody has something to play, and nothing else is to be done."""
    everything = as_made(wanted(work.tools, work.probe), made)
    if any(rendition.encoder.codec != "h264" for rendition in everything):
        beside.begin(tx, work.recording.id, everything)
        work.tools.call_again(tx, work.recording.id)


def help_render(tools: Tools, recording_id: UUID, stop: Callable[[], bool]) -> None:
    """Takes a stretch of a recording that another worker renders, if any is left, and calls for more help.

    One alone: whatever else has come meanwhile is first. What goes wrong is left to that worker, which finds the
    same and knows what to do.
    """
    try:
        with tools.store.transaction() as tx:
            recording = recordings.load(tx, recording_id)
            heard = media.listening(tx, recording_id)
            if heard is None or recording.refusal_code is not None or not renderings.is_growing(tx, recording_id):
                return
        making = _whole(Work(recording, tools, lambda fraction: None, stop))
        if not making.has_encoders:
            return
        with making.share() as share:
            stretch = share.take() if making.shared(share) else None
            if stretch is None:
                return
            with making.at_work() as go:
                making.make(go, stretch, share)
        with tools.store.transaction() as tx:
            tools.call_help(tx, recording_id, 1)
    except (PassItOnError, Stopped, Elsewhere):
        log.info("recording %s: help with rendering ended early", recording_id, exc_info=True)


def render_beside(work: Work, rendering: UUID) -> None:
    """All of a rendering beside the one that plays, as far as it is not there: nobody waits for it, so in one go.

    Raises Stopped, and Conflict: `init_differs` when another version of ffmpeg has begun it, `encoder_lacking` when
    this machine cannot make what is lacking, `encoder_failed` when it is to be begun again without a graphics card.
    """
    making = _whole(work, aside=rendering)
    if not making.has_encoders:
        raise Conflict("An encoder that this is to be made with does not work here.", code="encoder_lacking")
    with making.at_work() as go:
        go(making.renditions, seek=not making.in_one, seams=making.seams)


@dataclass(frozen=True)
class _Making:
    """A rendering in the making: what it is made from, and how far it had come when this worker began."""

    work: Work
    rendering: UUID
    renditions: tuple[Rendition, ...]
    smallest_first: bool
    in_one: bool
    heard: Listening
    loudness: Loudness | None
    rest: Rest | None

    @contextmanager
    def at_work(self) -> Iterator[Callable[..., None]]:
        """What makes and lists fragments, with the original at hand."""
        tools = self.work.tools
        if not self.has_encoders:
            self._begin_anew("encoder_failed")
            raise Conflict("An encoder that has begun this does not work here.", code="encoder_failed")
        try:
            with self._source() as path, tempfile.TemporaryDirectory(prefix="render-", dir=tools.scratch) as folder:
                yield partial(self._go, path, Path(folder))
        except (Refused, Unavailable) as error:
            # Which of them is to blame is not known: first the encoder that may fail, then the other container.
            if isinstance(error, Unavailable) and not is_the_files_fault(error):
                raise
            if any(rendition.encoder is Encoder.NVENC for rendition in self.renditions):
                why = "encoder_failed"
            elif self._remuxes:
                why = "seam_differs"
            else:
                raise
            self._begin_anew(why)
            raise Conflict("This recording could not be made so, and is made in another way.", code=why) from error

    def _go(
        self, path: Path, folder: Path, made: tuple[Rendition, ...], share: Share | None = None, **how: Any
    ) -> None:
        if "listed" not in how:
            with self.work.tools.store.transaction() as tx:
                how["listed"] = renderings.listed(tx, self.rendering)
        for landed in render(
            path,
            self.probe,
            self.heard.plan,
            made,
            loudness=self.loudness,
            rest=self.rest,
            jail=self.work.tools.jail,
            work=folder,
            stop=self.work.stop,
            **how,
        ):
            self._publish(landed)
            os.utime(folder)  # in use: what nobody touches for a day is cleared away, and its files have no names
            self.work.report(share.listed() if share else landed.progress)
        if self.work.stop():
            raise Stopped

    @property
    def seams(self) -> Sequence[int]:
        """Fragments with which this can go on by seeking, when it was stopped: where nobody shares it, every one."""
        return range(1, len(self.heard.plan.keys)) if self.seeks else ()

    @property
    def seeks(self) -> bool:
        """Whether it is made of a format that can be read from the middle on, and its stretches fit so far."""
        plan = self.heard.plan
        return not self.in_one and landing_s(self.probe, plan, plan.keys[-1]) is not None

    @property
    def has_encoders(self) -> bool:
        """Whether this machine can make what is lacking."""
        with self.work.tools.store.transaction() as tx:
            listed = renderings.listed(tx, self.rendering)
        lacking = [r for r in self.renditions if r.kind is Kind.VIDEO and listed[r.name] < len(self.heard.plan.keys)]
        return {rendition.encoder for rendition in lacking} <= {*self.work.tools.encoders()}

    @property
    def probe(self) -> Probe:
        """Of the file that is read."""
        return remuxed(self.work.probe) if self._remuxes else self.work.probe

    @property
    def _remuxes(self) -> bool:
        """Whether that is the original's packets in another container, where the original is kept already."""
        return not self.in_one and self.work.recording.original_key is not None and remux.helps(self.work.probe)

    @contextmanager
    def _source(self) -> Iterator[Path]:
        originals, recording, jail = self.work.tools.originals, self.work.recording, self.work.tools.jail
        if not self._remuxes:
            with originals.staged(recording) as path:
                yield path
            return
        with originals.remade(recording, lambda path, file: remux.remux(path, self.work.probe, file, jail)) as path:
            yield path

    def share(self) -> Share:
        plan, first = self.heard.plan, self.smallest_first
        return Share(self.work.tools.store, self.rendering, plan, self.renditions, smallest_first=first)

    def shared(self, share: Share) -> bool:
        """Whether stretches can be made of it, and it is long enough for that."""
        return self.seeks and share.size >= FEWEST

    def make(self, go: Callable[..., None], stretch: Stretch, share: Share) -> None:
        plan = self.heard.plan
        first_still = stills.before(plan.keys[stretch.at], plan)
        listed = {r.name: first_still if r.kind is Kind.STILLS else stretch.at for r in stretch.made}
        go(stretch.made, share, until=stretch.end, listed=listed, seams=share.seams)

    def _publish(self, landed: Landed) -> None:
        """Puts the objects, lists them, and deletes what could not be listed. What a kill leaves between the two goes
        with the recording: it lies under the same prefix.
        """
        tools, rendering = self.work.tools, self.rendering
        runs = {}
        for name, run in landed.runs.items():
            key = keys.fragments(self.work.recording.id, rendering, name, run.run.first)
            tools.objects.put_bytes(key, run.data)
            runs[name] = (run.run, key)
        try:
            with tools.store.transaction() as tx:
                _still(tx, self.work.recording)
                if stretches.in_one(tx, rendering) and not self.in_one:
                    raise Conflict("Stretches of this recording do not fit.", code="seam_differs")
                unlisted = renderings.add_landed(tx, rendering, inits=landed.inits, runs=runs, seams=landed.seams)
        except (Conflict, Gone, Stopped) as why:
            tools.objects.delete(key for _, key in runs.values())
            if isinstance(why, Conflict):
                self._begin_anew(why.code)
            raise
        tools.objects.delete(unlisted)

    def _begin_anew(self, why: str) -> None:
        tools = self.work.tools
        with tools.store.transaction() as tx:
            if why in {"init_differs", "encoder_failed"}:  # begun by another version of ffmpeg, or another encoder
                renderings.supersede(tx, self.rendering)
            if why != "seam_differs":
                return
            _still(tx, self.work.recording)  # or what another lists meanwhile would not be seen
            unlisted = stretches.make_in_one(tx, self.rendering)
        tools.objects.delete(unlisted)


def _whole(work: Work, *, aside: UUID | None = None) -> _Making:
    with work.tools.store.transaction() as tx:
        heard = media.listening(tx, work.recording.id)
        head = media.listening(tx, work.recording.id, head=True)
    assert heard is not None, "listen comes before render"
    if head is None:
        return _begun(work, heard, heard.loudness, None, aside=aside)
    return _begun(work, heard, head.loudness, replace(_rest(head), loudness=heard.loudness), aside=aside)


def _begun(
    work: Work, heard: Listening, loudness: Loudness | None, rest: Rest | None, *, aside: UUID | None = None
) -> _Making:
    work.tools.encoders()  # tried when first asked for: not while others wait for the lock
    with work.tools.store.transaction() as tx:
        _still(tx, work.recording)
        rendering = aside or renderings.open_rendering(tx, work.recording.id, _at_first(tx, work))
        first = stretches.begun(tx, rendering, smallest_first=aside is None and _is_slow(steps.workload(tx)))
        in_one = stretches.in_one(tx, rendering)
        return _Making(work, rendering, renderings.renditions(tx, rendering), first, in_one, heard, loudness, rest)


def _at_first(tx: Tx, work: Work) -> tuple[Rendition, ...]:
    """What everybody can play, by an encoder that has not failed with this recording."""
    failed = [each for each in work.tools.encoders() if renderings.has_failed(tx, work.recording.id, each)]
    encoders = [each for each in work.tools.encoders() if each.codec == "h264" and each not in failed]
    return ladder(work.probe, work.tools.heights, encoders)


def _rest(head: Listening) -> Rest:
    return Rest(head.plan.key_ms[-1])


def _still(tx: Tx, recording: Recording) -> None:
    """Locks a recording for what was made of it. Raises Gone, and Stopped when it was refused meanwhile."""
    joining.still(tx, recording)
    if recordings.load(tx, recording.id).refusal_code is not None:
        raise Stopped


def _is_slow(workload: Workload) -> bool:
    """Whether all renditions together would come hardly faster than they play: of late, or on few cores.

    Those are shared with the words of this recording, which come meanwhile, and how fast they were tells little: it was
    another recording, and an HDR film takes twice as long as one without.
    """
    if len(os.sched_getaffinity(0)) < _MANY_CORES:
        return True
    return workload.speeds.get("render", 0.0) + workload.speeds.get("head", 0.0) > 1 / _AT_EASE
