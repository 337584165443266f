"""Words in English, as an engine made them of another language -> the cues of a caption track.

An engine knows when a translated word is said only roughly. So what a cue stands for is told by sentences: those that
were spoken while its own was. A clip that does not show all of them does not show the cue.

Where an engine does not understand, it leaves out, or says one sentence again and again: that is said once here, and
what share of the recording is left is for its caller to judge (`share_of`).
"""

from collections.abc import Sequence
from itertools import groupby

from domain.span import Span
from domain.track import ENGLISH, TrackCue
from domain.transcript import Pause, Sentence, Word, core
from transcribe.captions import cues
from transcribe.sentences import sentences

_SHARE = 4  # a sentence counts when a fourth of it, or of the other, is spoken meanwhile: less is an inexact end
_AGAIN = 3  # times in a row that nobody says a sentence


def english_track(
    words: Sequence[Word], spoken: Sequence[Sentence], pauses: Sequence[Pause], duration_ms: int
) -> tuple[TrackCue, ...]:
    """`words` in English; `spoken`: the sentences that they were made of, in order. All in recording time."""
    words = _once(words, sentences(words, pauses, ENGLISH))
    made = sentences(words, pauses, ENGLISH)
    found = []
    for cue in cues(words, made, ENGLISH):
        start, end = cue.words[0].start_ms, max(word.end_ms for word in cue.words)
        of = [_stands_for(each, spoken) for each in made if each.start_ms < end and start < each.end_ms]
        whole = of or [Span(start, max(end, start + 1))]
        span = Span(min(each.start_ms for each in whole), max(each.end_ms for each in whole))
        found.append(TrackCue(cue.start_ms, min(cue.end_ms, max(duration_ms, cue.start_ms + 1)), cue.lines, span))
    return tuple(found)


def share_of(spoken: Sequence[Sentence], track: Sequence[TrackCue]) -> float:
    """How much of the time in which something is spoken has words in a track, 0 to 1; 1 where nothing is spoken."""
    if not (whole := sum(each.end_ms - each.start_ms for each in spoken)):
        return 1.0
    told = [each for each in spoken if any(c.of.start_ms < each.end_ms and each.start_ms < c.of.end_ms for c in track)]
    return sum(each.end_ms - each.start_ms for each in told) / whole


def _once(words: Sequence[Word], made: Sequence[Sentence]) -> Sequence[Word]:
    """Without what an engine said again and again."""
    gone: list[Sentence] = []
    for _, same in groupby(made, key=lambda each: [core(text) for text in each.text.split()]):
        if len(again := list(same)) >= _AGAIN:
            gone += again[1:]
    return [word for word in words if not any(each.start_ms <= word.start_ms < each.end_ms for each in gone)]


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
