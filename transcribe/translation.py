"""Words in English, as an engine made them of another language -> the cues of a caption track.

An engine knows when a translated word is said only roughly. So what a cue stands for is told by sentences: those that
were spoken while its own was. A clip that does not show all of them does not show the cue.
"""

from collections.abc import Sequence

from domain.span import Span
from domain.track import ENGLISH, TrackCue
from domain.transcript import Pause, Sentence, Word
from transcribe.captions import cues
from transcribe.sentences import sentences

_SHARE = 4  # a sentence counts when a fourth of it, or of the other, is spoken meanwhile: less is an inexact end


def english_track(
    words: Sequence[Word], spoken: Sequence[Sentence], pauses: Sequence[Pause], duration_ms: int
) -> tuple[TrackCue, ...]:
    """`words` in English; `spoken`: the sentences that they were made of, in order. All in recording time."""
    made = sentences(words, pauses, ENGLISH)
    found = []
    for cue in cues(words, made, ENGLISH):
        start, end = cue.words[0].start_ms, max(word.end_ms for word in cue.words)
        of = [_stands_for(each, spoken) for each in made if each.start_ms < end and start < each.end_ms]
        whole = of or [Span(start, max(end, start + 1))]
        span = Span(min(each.start_ms for each in whole), max(each.end_ms for each in whole))
        found.append(TrackCue(cue.start_ms, min(cue.end_ms, max(duration_ms, cue.start_ms + 1)), cue.lines, span))
    return tuple(found)


def _stands_for(made: Sentence, spoken: Sequence[Sentence]) -> Span:
    """The sentences that were spoken while this one is said; its own time where there are none."""
    meanwhile = [each for each in spoken if _together(made, each)]
    return Span(
        min([each.start_ms for each in meanwhile], default=made.start_ms),
        max([each.end_ms for each in meanwhile], default=max(made.end_ms, made.start_ms + 1)),
    )


def _together(a: Sentence, b: Sentence) -> bool:
    both = min(a.end_ms, b.end_ms) - max(a.start_ms, b.start_ms)
    return both > 0 and both * _SHARE >= min(a.end_ms - a.start_ms, b.end_ms - b.start_ms)
