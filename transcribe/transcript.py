"""Sound -> Transcript: a few minutes of speech at a time, so that each is kept as soon as it is heard."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from domain.glossary import Term
from domain.span import Span
from domain.transcript import Pause, Transcript, Word
from transcribe.sentences import sentences
from transcribe.stretches import pauses_within, stretches
from transcribe.whisper import Engine, Heard

RATE_PER_MS = 16  # samples: 16 kHz
UNSPOKEN = "en"  # the language of a recording in which nobody speaks, for want of another

HeardStretch = tuple[str, tuple[Word, ...]]
"""(language, words in recording time)"""


def write_down(
    engine: Engine,
    samples: NDArray[np.float32],
    pauses: Sequence[Pause],
    duration_ms: int,
    *,
    language: str | None = None,
    terms: Sequence[Term] = (),
    report: Callable[[float], None] = lambda fraction: None,
) -> Transcript:
    """What is said in 16 kHz mono `samples`.

    `language` None: the first stretch with words tells. `terms` as an engine is given them. Whatever `report`
    raises ends the work.
    """
    spans = stretches(pauses, duration_ms) if len(samples) else ()
    heard: list[HeardStretch] = []
    for i, span in enumerate(spans):
        known = language or spoken_language(heard)
        part = hear_stretch(
            engine, samples, pauses, span, language=known, terms=terms,
            report=lambda fraction, done=i: report((done + fraction) / len(spans)),  # type: ignore[misc]
        )  # fmt: skip
        heard.append((part.language, part.words))
    return put_together(engine, heard, pauses, language)


def hear_stretch(
    engine: Engine,
    samples: NDArray[np.float32],
    pauses: Sequence[Pause],
    span: Span,
    *,
    language: str | None,
    terms: Sequence[Term],
    report: Callable[[float], None],
    translate: bool = False,
) -> Heard:
    """What is said in one stretch of a recording's samples, in its time; with `translate`, in English, and without
    `terms`.
    """
    sound = samples[span.start_ms * RATE_PER_MS : span.end_ms * RATE_PER_MS]
    there = pauses_within(pauses, span)
    if translate:
        part = engine.translate(sound, language=language, pauses=there, progress=report)
    else:
        part = engine.transcribe(sound, language=language, pauses=there, terms=terms, progress=report)
    return replace(part, words=tuple(word.later(span.start_ms) for word in part.words))


def spoken_language(heard: Sequence[HeardStretch]) -> str | None:
    """The language of the first stretch, in order of time, that has words."""
    return next((language for language, words in heard if words), None)


def put_together(
    engine: Engine, heard: Sequence[HeardStretch], pauses: Sequence[Pause], language: str | None
) -> Transcript:
    """A transcript of all stretches, in order of time. `language`: the one that was said."""
    spoken = language or spoken_language(heard) or UNSPOKEN
    words = tuple(word for _, those in heard for word in those)
    return Transcript(spoken, engine.name, engine.model, words, sentences(words, pauses, spoken))
