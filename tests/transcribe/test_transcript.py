"""A recording written down a stretch at a time: what is asked of the engine."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from domain.glossary import Term
from domain.span import Span
from domain.transcript import Pause, Word
from tests.transcribe.sound import Samples, silence
from transcribe.transcript import write_down
from transcribe.whisper import Heard, Progress

# Ten minutes of somebody who rests every 20 s: stretches of at most four minutes.
PAUSES = tuple(Pause(second * 1_000, second * 1_000 + 400) for second in range(20, 600, 20))
SPANS = (Span(0, 220_200), Span(220_200, 460_200), Span(460_200, 600_000))


@dataclass
class Scribe:
    """An engine that says one word a stretch, and notes what it was asked."""

    languages: Sequence[str]
    asked: list[tuple[int, str | None, tuple[Term, ...]]] = field(default_factory=list)
    certainty: float = 1.0  # where it is not told
    name = "scribe"
    model = "none"

    def transcribe(
        self,
        samples: Samples,
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        terms: Sequence[Term] = (),
        progress: Progress = lambda fraction: None,
    ) -> Heard:
        self.asked.append((len(samples) // 16, language, tuple(terms)))
        progress(1.0)
        spoken = language or self.languages[len(self.asked) - 1]
        words = () if spoken == "und" else (Word(f"word{len(self.asked)}", 500, 900, 0.9),)
        return Heard(spoken, words, 1.0 if language else self.certainty)

    def translate(
        self,
        samples: Samples,
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        progress: Progress = lambda fraction: None,
    ) -> Heard:
        heard = self.transcribe(samples, language=language, pauses=pauses, progress=progress)
        return Heard(heard.language, tuple(replace(word, text=f"English {word.text}") for word in heard.words))


def sound() -> Samples:
    return np.broadcast_to(silence(1)[:1], 600 * 16_000)


def test_each_stretch_is_heard_with_the_terms_in_the_language_of_the_first_that_has_words() -> None:
    scribe = Scribe(["und", "de"])
    told: list[float] = []

    written = write_down(scribe, sound(), PAUSES, 600_000, terms=[Term("X200")], report=told.append)

    lengths = [span.end_ms - span.start_ms for span in SPANS]
    assert scribe.asked == list(zip(lengths, [None, None, "de"], [(Term("X200"),)] * 3, strict=True))
    assert (written.language, written.engine) == ("de", "scribe")
    assert written.words == (Word("word2", 220_700, 221_100, 0.9), Word("word3", 460_700, 461_100, 0.9))
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_a_language_that_is_said_is_not_looked_for() -> None:
    scribe = Scribe([])

    written = write_down(scribe, sound(), PAUSES, 600_000, language="fr")

    assert [language for _, language, _ in scribe.asked] == ["fr"] * 3
    assert written.language == "fr"


def test_nothing_is_asked_where_there_is_no_sound() -> None:
    scribe = Scribe([])

    written = write_down(scribe, silence(0), (), 600_000)

    assert scribe.asked == []
    assert (written.language, written.words) == ("en", ())
