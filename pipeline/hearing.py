"""The words of a recording, as they are spoken or in English, heard by one worker or by several.

A stretch is whose holds its lock, and a kill lets go of that; what was heard of others stays. The worker whose
step it is goes through them in order, calls idle ones as soon as the language is known, waits for what they have in
hand at the end, and puts all together.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from domain.errors import PassItOnError
from domain.glossary import Term
from domain.media import Listening
from domain.span import Span
from domain.transcript import Transcript, Word
from pipeline.originals import Elsewhere
from pipeline.step import Stopped, Tools, Work
from store import glossary, joining, media, recordings, tracks, transcripts
from store.postgres import Tx
from transcode.sound import Sound, hear
from transcribe.stretches import stretches
from transcribe.transcript import HeardStretch, hear_stretch, put_together, spoken_language

HEAR = "hear"  # the job of those who hear along
MOST_HELPERS = 7

_LOOK_EVERY_S = 0.5  # whether what others have in hand is there

log = logging.getLogger(__name__)


def hear_all(work: Work) -> Transcript:
    """Everything that is said in a recording. Raises Stopped, and Gone as `joining.still`."""
    hearing = _begun(work)
    return put_together(work.tools.engine(), _all(hearing), hearing.listening.pauses, hearing.said)


def hear_in_english(work: Work, track_id: UUID, language: str) -> tuple[Word, ...]:
    """Everything that is said in a recording in this language, in English. Raises Stopped, Gone, and Misconfigured as
    the engine does.
    """
    return tuple(word for _, words in _all(_begun(work, track_id, language)) for word in words)


def _all(hearing: "_Hearing") -> list[HeardStretch]:
    work = hearing.work
    with work.tools.originals.local(work.recording) as path:
        sound = hear(path, work.probe, work.tools.jail, measured=False)
    if not len(sound.samples):
        return []
    called = False
    while lacking := hearing.lacking():
        if not called and hearing.language() and len(lacking) > 1:
            with work.tools.store.transaction() as tx:
                work.tools.call_ears(tx, work.recording.id, min(MOST_HELPERS, len(lacking) - 1))
            called = True
        if not hearing.hear_next(sound, lacking):
            hearing.report(0.0)
            time.sleep(_LOOK_EVERY_S)
    heard = hearing.heard()
    return [heard[span] for span in hearing.spans]


def hear_along(tools: Tools, recording_id: UUID, stop: Callable[[], bool]) -> None:
    """Takes stretches of a recording that another worker hears, while any is left and nothing else is to be done.

    What goes wrong is left to that worker, which finds the same and knows what to do.
    """
    try:
        with tools.store.transaction() as tx:
            recording = recordings.load(tx, recording_id)
            there = media.listening(tx, recording_id) is not None
            asked = tracks.asked(tx, recording_id)
        if not there or recording.refusal_code is not None or recording.probe is None:
            return
        work = Work(recording, tools, lambda fraction: None, stop)
        open_ = [_begun(work), *([_begun(work, asked, recording.language)] if asked else [])]
        hearing = next((each for each in open_ if each.lacking() and each.language()), None)
        if hearing is None:
            return
        with tools.originals.local(recording) as path:
            sound = hear(path, hearing.work.probe, tools.jail, measured=False)
        while hearing.hear_next(sound, hearing.lacking()):
            if tools.others_wait():
                with tools.store.transaction() as tx:
                    tools.call_ears(tx, recording_id, 1)
                return
    except (PassItOnError, Stopped, Elsewhere):
        log.info("recording %s: help with hearing ended early", recording_id, exc_info=True)


@dataclass(frozen=True)
class _Hearing:
    """One worker's hand in a recording's words. `said`: the language, where somebody has said it. `track_id`: of the
    translation that they become; None: they are written down as they are spoken.
    """

    work: Work
    listening: Listening
    terms: tuple[Term, ...]
    spans: tuple[Span, ...]
    said: str | None
    track_id: UUID | None = None

    def heard(self) -> dict[Span, HeardStretch]:
        """What is there by now; in another language than is said it is heard again."""
        with self.work.tools.store.transaction() as tx:
            found = self._kept(tx)
        fits = {span: each for span, each in found.items() if not each[1] or self.said in {None, each[0]}}
        return {span: fits[span] for span in self.spans if span in fits}

    def lacking(self) -> list[Span]:
        heard = self.heard()
        return [span for span in self.spans if span not in heard]

    def language(self) -> str | None:
        return self.said or spoken_language([*self.heard().values()])

    def hear_next(self, sound: Sound, lacking: list[Span]) -> bool:
        """Hears the first of these that nobody has in hand; False when there is none."""
        for span in lacking:
            with self._mine(span) as mine:
                if mine:
                    self._hear(sound, span)
                    return True
        return False

    def report(self, fraction: float) -> None:
        """How far the stretch in hand has come. Raises Stopped."""
        if self.work.stop():
            raise Stopped
        self.work.report((len(self.heard()) + fraction) / len(self.spans))

    def _hear(self, sound: Sound, span: Span) -> None:
        tools, recording = self.work.tools, self.work.recording
        known = self.language()
        heard = hear_stretch(
            tools.engine(), sound.samples, self.listening.pauses, span,
            language=known, terms=self.terms, translate=self.track_id is not None, report=self.report,
        )  # fmt: skip
        with tools.store.transaction() as tx:
            joining.still(tx, recording)
            if self.track_id is None:
                transcripts.save_stretch(tx, recording.id, span=span, language=heard.language, words=heard.words)
                if known is None and heard.words:
                    recordings.guessed_language(tx, recording.id, heard.certainty)
            else:
                tracks.save_stretch(tx, self.track_id, span, heard.language, heard.words)

    def _kept(self, tx: Tx) -> dict[Span, HeardStretch]:
        if self.track_id is None:
            return transcripts.stretches(tx, self.work.recording.id)
        return tracks.stretches(tx, self.track_id)

    @contextmanager
    def _mine(self, span: Span) -> Iterator[bool]:
        store, recording = self.work.tools.store, self.work.recording
        with store.exclusive(f"hearing {self.track_id or recording.id} {span.start_ms}") as held:
            # Whoever had it before may have heard it since.
            yield held and span not in self.heard()


def _begun(work: Work, track_id: UUID | None = None, language: str | None = None) -> _Hearing:
    with work.tools.store.transaction() as tx:
        listening = media.listening(tx, work.recording.id)
        terms = glossary.terms_for(tx, work.recording)
    assert listening is not None, "listen comes before every step that asks"
    spans = stretches(listening.pauses, work.probe.duration_ms)
    said = language or work.recording.language or work.tools.language
    return _Hearing(work, listening, terms, spans, said, track_id)
