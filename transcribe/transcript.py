"""Sound -> Transcript: a few minutes of speech at a time, each stretch kept as soon as it is heard."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from domain.span import Span
from domain.transcript import Pause, Transcript, Word
from transcribe.sentences import sentences
from transcribe.stretches import pauses_within, stretches
from transcribe.whisper import Engine

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
    known: Mapping[Span, HeardStretch] | None = None,
    keep: Callable[[Span, HeardStretch], None] = lambda span, heard: None,
    report: Callable[[float], None] = lambda fraction: None,
) -> Transcript:
    """What is said in 16 kHz mono `samples`. `language` None: the first stretch with words tells.

    Stretches in `known` were heard before and are taken over; every new one is given to `keep`
    before the next begins, so that little is done twice after a kill. Whatever `report` or `keep`
    raises ends the work.
    """
    known = known or {}
    spans = stretches(pauses, duration_ms) if len(samples) else ()
    words: list[Word] = []
    for i, span in enumerate(spans):
        heard = known.get(span)
        if heard is None:
            part = engine.transcribe(
                samples[span.start_ms * RATE_PER_MS : span.end_ms * RATE_PER_MS],
                language=language,
                pauses=pauses_within(pauses, span),
                progress=lambda fraction, done=i: report((done + fraction) / len(spans)),  # type: ignore[misc]
            )
            heard = part.language, tuple(word.later(span.start_ms) for word in part.words)
            keep(span, heard)
        if language is None and heard[1]:
            language = heard[0]
        words += heard[1]
    spoken = language or UNSPOKEN
    return Transcript(spoken, engine.name, engine.model, tuple(words), sentences(tuple(words), pauses, spoken))
