"""Where a recording is cut into clips: the best of all segmentations, by dynamic programming.

What must hold, in order of weight. Where two conflict, the earlier wins:

1. No sentence is lost, and none is cut in two. (But for a false start: ends.py.)
2. Every cut is in the middle of a pause; the first and last bound may be the recording's own. In a silence
   that was looked at it is where the scene changes, or where nothing moves for long (sights.py).
3. Every clip keeps the limits. (Somebody who talks for three minutes without a pause makes a clip
   of three minutes; so does a sentence that is longer than the limit.) Where that cannot be, the sum
   of what is over and under is as small as can be.

Among what is left a way to cut costs the sum of these, over all clips:

- how badly the clip's words belong together (cohesion.py), and how far its sentences lie apart in
  meaning, where their embeddings are known (scatter.py);
- how far the time in which somebody speaks in it is from the usual one: a log-normal prior, as lengths of
  talk are. (In demonstrations much time goes by in silence, which says little about where a subject ends.
  Between two places in one silence it counts: there is nothing but what is seen.);
- minus how much its first sentence sounds like an opening (cues.py), how much longer the pause before
  it is than the pauses around it, and whether the sentence before it had come to its end; in silence how much
  what is seen speaks for a cut;
- one price a clip, found by search, such that clips are on average about as long as the target.

The less a way costs, the likelier it is right; which cuts are made then: likely.py.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clip import cohesion, scatter
from clip.cues import opening
from clip.ends import ends
from clip.likely import cheapest, probabilities, worth
from clip.sights import Place, places, scenes
from clip.terms import spoken, stems
from domain.clip import Lengths
from domain.seen import Seen
from domain.span import Span
from domain.transcript import Pause, Sentence


@dataclass(frozen=True)
class Weights:
    """In the unit of cohesion: a natural logarithm of likelihood. How they were found: docs/decisions/0028."""

    scatter: float = 10.0
    length: float = 2.0
    spread: float = 0.7  # standard deviation of the logarithm of lengths around the usual one
    cue: float = 4.0
    pause: float = 1.0  # for a pause e times longer than the usual one
    unfinished: float = 4.0  # for cutting where no full stop stands
    question: float = 2.0  # for cutting between a question and its answer


WEIGHTS = Weights()
BY_CHANCE = 1.4  # by so much a cut lowers the scatter where it means nothing: measured, in talks cut every 45 s

# How far the number of clips may be from what the target asks for, where the words say so: a tenth,
# or so many. Three tips of half a minute are three clips, though the target is 45 s.
SLACK = 0.1
SLACK_CLIPS = 1.75

_FINISHED = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*$")
_OUTSIDE = 1e6  # for each ms outside the limits: outweighs everything else
_PAUSE_CAP = 2.0  # a pause e^2 times the usual one says all that a pause can say


@dataclass(frozen=True)
class Choices:
    """Where a recording can be cut, and what each clip would cost.

    Cut at `bounds_ms`, from the first to the last: rows[end] holds the costs of the clips that go from
    first[end] .. end - 1 to `end`, `outside` what of that they are outside the limits. `sentences[i]` is how
    many sentences of the recording are said before bound i. `scenes`: into how many clips what is seen parts it.
    """

    bounds_ms: tuple[int, ...]
    sentences: tuple[int, ...]
    first: tuple[int, ...]
    rows: tuple[NDArray[np.float64], ...]
    outside: tuple[NDArray[np.float64], ...]
    scenes: int = 1

    def worth(self, wanted: float, allowed: float) -> tuple[list[NDArray[np.float64]], int]:
        """The rows of likely.worth, and how many clips are to be expected where about so many are wanted."""
        likely = probabilities(self.rows, self.first, wanted, allowed)
        return worth(likely, self.first, self.outside), 1 + round(float(likely.sum()))


def cut(
    sentences: Sequence[Sentence],
    pauses: Sequence[Pause],
    duration_ms: int,
    limits: Lengths | None = None,
    language: str = "en",
    vectors: NDArray[np.float32] | None = None,
    seen: Seen | None = None,
) -> tuple[Span, ...]:
    """The spans of the clips proposed for a recording, in order, each ending where the next begins.

    `sentences` in order of time; `vectors` are their embeddings, a row of length one for each; `seen` is what is
    seen where nobody speaks. Without all of these the whole recording is one clip. One shorter than twice the
    minimum stays whole, because no cut could leave both parts long enough.
    """
    limits = limits or Lengths()
    found = choices(sentences, pauses, duration_ms, limits, language, vectors, seen=seen)
    at = found.bounds_ms
    wanted = max((at[-1] - at[0]) / limits.target_ms, float(found.scenes))
    rows, number = found.worth(wanted, max(SLACK_CLIPS, SLACK * wanted))
    return tuple(Span(at[a], at[b]) for a, b in pairwise(cheapest(rows, found.first, number)))


def choices(
    sentences: Sequence[Sentence],
    pauses: Sequence[Pause],
    duration_ms: int,
    limits: Lengths,
    language: str = "en",
    vectors: NDArray[np.float32] | None = None,
    weights: Weights = WEIGHTS,
    seen: Seen | None = None,
) -> Choices:
    """What `cut` chooses from."""
    silences = _within(pauses, duration_ms)
    outer = ends(sentences, silences, duration_ms, language, seen)
    said = sentences[outer.first : outer.last]
    sights = places(seen, outer.begins_ms, outer.ends_ms)
    units = _units(said, [p for p in silences if outer.begins_ms < p.middle_ms < outer.ends_ms], sights)
    bounds = np.array([outer.begins_ms, *(unit.at.at_ms for unit in units[1:] if unit.at), outer.ends_ms], np.int64)
    first = _reach(bounds, limits)
    rows = cohesion.costs(stems((unit.text for unit in units), language), first)
    counts = [len(unit.sentences) for unit in units]
    if vectors is not None:
        words = [len(spoken(sentence.text)) for sentence in said]
        far = scatter.costs(vectors[outer.first : outer.last], words, counts, first)
        rows = [row + weights.scatter * (apart + BY_CHANCE) for row, apart in zip(rows, far, strict=True)]
    lasting = zip(units, np.diff(bounds).tolist(), strict=True)
    said_ms = np.concatenate([[0], np.cumsum([unit.said_ms if unit.sentences else ms for unit, ms in lasting])])
    usual_ms = said_ms[-1] * limits.target_ms / max(1, bounds[-1] - bounds[0])
    outside, others = _outside(bounds, first, limits), _lengths(said_ms, usual_ms, first, weights)
    bonus = _bonus(units, language, weights)
    rows = [
        row + other + over - bonus[low : low + len(row)]
        for row, other, over, low in zip(rows, others, outside, first, strict=True)
    ]
    before = np.concatenate([[0], np.cumsum(counts)]) + outer.first
    parts = scenes(sights, outer.begins_ms, outer.ends_ms, limits.min_ms)
    return Choices(tuple(bounds.tolist()), tuple(before.tolist()), tuple(first), tuple(rows), tuple(outside), parts)


@dataclass(frozen=True)
class _Break:
    """Where can be cut: in the middle of a pause, or (None) at a place that is worth so much by what is seen."""

    at_ms: int
    pause: Pause | None
    worth: float = 0.0


@dataclass(frozen=True)
class _Unit:
    """Sentences between which there is nowhere to cut, or none, and where it can be before them (None: the first)."""

    at: _Break | None
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.sentences)

    @property
    def said_ms(self) -> int:
        return sum(max(0, s.end_ms - s.start_ms) for s in self.sentences)


def _units(sentences: Sequence[Sentence], pauses: Sequence[Pause], sights: Sequence[Place]) -> list[_Unit]:
    """Parted between two sentences at all places of what is seen there, else in the longest pause whose middle lies
    there, where there is one.
    """
    middles, seen_ms = [p.middle_ms for p in pauses], [p.at_ms for p in sights]
    units: list[_Unit] = []
    at, begun, used, last_ms = None, 0, 0, -1
    for i in range(len(sentences) + 1):
        ended = sentences[i - 1].end_ms if i else 0
        begins = sentences[i].start_ms if i < len(sentences) else math.inf
        breaks = [
            _Break(place.at_ms, None, place.worth)
            for place in sights[bisect_left(seen_ms, max(ended, last_ms + 1)) : bisect_right(seen_ms, begins)]
        ]
        earliest, latest = max(used, bisect_left(middles, ended)), bisect_right(middles, begins)
        if not breaks and earliest < latest and 0 < i < len(sentences):
            longest = max(range(earliest, latest), key=lambda n: pauses[n].end_ms - pauses[n].start_ms)
            used = longest + 1
            if middles[longest] > last_ms:
                breaks = [_Break(middles[longest], pauses[longest])]
        for each in breaks:
            units.append(_Unit(at, tuple(sentences[begun:i])))
            at, begun, last_ms = each, i, each.at_ms
    return [*units, _Unit(at, tuple(sentences[begun:]))]


def _within(pauses: Sequence[Pause], duration_ms: int) -> list[Pause]:
    """Pauses by their middles, the longest where two share one: whatever was handed in, bounds rise."""
    inside = (Pause(max(0, p.start_ms), min(p.end_ms, duration_ms)) for p in pauses)
    by_length = sorted((p for p in inside if p.end_ms > p.start_ms), key=lambda p: p.end_ms - p.start_ms)
    return [pause for _, pause in sorted({p.middle_ms: p for p in by_length}.items())]


def _reach(bounds: NDArray[np.int64], limits: Lengths) -> list[int]:
    """For each bound the first one that a clip ending there may begin at.

    A clip over the maximum can be best only if it is over by no more than the minimum (it would be
    better in two), or if it is one stretch without a place to cut, itself over the maximum, with at
    most the minimum around it.
    """
    first: list[int] = np.searchsorted(bounds, bounds - limits.max_ms - limits.min_ms).tolist()
    giant = -1
    for end in range(1, len(bounds)):
        if bounds[end] - bounds[end - 1] > limits.max_ms:
            giant = end - 1
        around = limits.min_ms - (bounds[end] - bounds[giant + 1])
        if giant >= 0 and around >= 0:
            first[end] = min(first[end], int(np.searchsorted(bounds, bounds[giant] - around)))
        first[end] = max(first[end - 1], min(first[end], end - 1))
    return first


def _outside(bounds: NDArray[np.int64], first: Sequence[int], limits: Lengths) -> list[NDArray[np.float64]]:
    lengths, parts = _differences(bounds, first)
    over = np.maximum(limits.min_ms - lengths, 0) + np.maximum(lengths - limits.max_ms, 0)
    return np.split(_OUTSIDE * over, parts)


def _lengths(
    said_ms: NDArray[np.int64], usual_ms: float, first: Sequence[int], weights: Weights
) -> list[NDArray[np.float64]]:
    lengths, parts = _differences(said_ms, first)
    away = np.log(np.maximum(lengths, 1) / max(usual_ms, 1)) / weights.spread
    return np.split(weights.length * away**2 / 2, parts)


def _differences(at: NDArray[np.int64], first: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From every start to every end, row after row, and where each row but the first begins: at once is quicker."""
    sizes = np.arange(len(at)) - np.asarray(first)
    parts = np.cumsum(sizes)
    starts = np.arange(parts[-1]) - np.repeat(parts - sizes - first, sizes)
    return np.repeat(at, sizes) - at[starts], parts[:-1]


def _bonus(units: Sequence[_Unit], language: str, weights: Weights) -> NDArray[np.float64]:
    """What speaks for a cut before each unit. The recording's start needs no reason."""
    bonus = np.zeros(len(units))
    gaps = [unit.at.pause.end_ms - unit.at.pause.start_ms for unit in units if unit.at and unit.at.pause]
    usual = float(np.median(gaps)) if gaps else 1.0
    told = [unit for unit in units if unit.sentences]
    punctuated = sum(bool(_FINISHED.search(unit.sentences[-1].text)) for unit in told) > len(told) / 2
    for i, (before, unit) in enumerate(pairwise(units), start=1):
        assert unit.at, "only the first unit has no break before it"
        bonus[i] = unit.at.worth
        if unit.at.pause:
            longer = math.log((unit.at.pause.end_ms - unit.at.pause.start_ms) / usual)
            bonus[i] += weights.pause * min(max(longer, -_PAUSE_CAP), _PAUSE_CAP)
        if unit.sentences:
            bonus[i] += weights.cue * opening(unit.sentences[0].text, language)
        if before.sentences:
            last = before.sentences[-1].text
            bonus[i] -= weights.unfinished * (punctuated and not _FINISHED.search(last))
            bonus[i] -= weights.question * bool(_QUESTION.search(last))
    return bonus
