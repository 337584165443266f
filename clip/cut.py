"""Where a recording is cut into clips: the best of all segmentations, by dynamic programming.

What must hold, in order of weight. Where two conflict, the earlier wins:

1. No sentence is lost, and none is cut in two.
2. Every cut is in the middle of a pause; the first and last bound may be the recording's own.
3. Every clip keeps the limits. (Somebody who talks for three minutes without a pause makes a clip
   of three minutes; so does a sentence that is longer than the limit.) Where that cannot be, the sum
   of what is over and under is as small as can be.

Among what is left the sum of these is the smallest, over all clips:

- how badly the clip's words belong together (cohesion.py);
- how far its length is from the target: a log-normal prior, as lengths of talk are;
- minus how much its first sentence sounds like an opening (cues.py), how much longer the pause before
  it is than the pauses around it, and whether the sentence before it had come to its end;
- one price a clip, found by search, such that clips are on average about as long as the target.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clip.cohesion import costs
from clip.cues import opening
from clip.terms import stems
from domain.errors import Invalid
from domain.span import Span
from domain.transcript import Pause, Sentence

SILENCE_MS = 1_000  # silence at an end of the recording, from which on half of it is left out

# Weights, in the unit of cohesion: a natural logarithm of likelihood. See benchmarks/segmentation.py.
LENGTH_WEIGHT = 3.0
LENGTH_SPREAD = 0.7  # standard deviation of the logarithm of lengths around the target
CUE_WEIGHT = 3.0
PAUSE_WEIGHT = 1.5  # for a pause e times longer than the usual one
UNFINISHED_WEIGHT = 8.0  # for cutting where no full stop stands
QUESTION_WEIGHT = 3.0  # for cutting between a question and its answer
PRICE = 1.0  # of one clip more, if the number of clips does not ask for another

# How far the number of clips may be from what the target asks for, where the words say so: a tenth,
# or so many. Three tips of half a minute are three clips, though the target is 45 s.
SLACK = 0.1
SLACK_CLIPS = 1.75

_FINISHED = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*$")
_EDGE_MS = 500  # sound and picture seldom end together: so near to an end a pause is at the end
_OUTSIDE = 1e6  # for each ms outside the limits: outweighs everything else
_PAUSE_CAP = 2.0  # a pause e^2 times the usual one says all that a pause can say
_PRICES = 25  # tried at once
_PRICE_RANGE = 200.0


@dataclass(frozen=True)
class Limits:
    """How long clips are: at least, at most, and on average if the words do not say otherwise."""

    min_ms: int = 20_000
    max_ms: int = 120_000
    target_ms: int = 45_000

    def __post_init__(self) -> None:
        if not 0 < self.min_ms <= self.target_ms <= self.max_ms:
            raise Invalid(
                "The shortest clip, the usual one and the longest one have to come in that order.",
                code="bad_limits",
            )


def cut(
    sentences: Sequence[Sentence],
    pauses: Sequence[Pause],
    duration_ms: int,
    limits: Limits | None = None,
    language: str = "en",
) -> tuple[Span, ...]:
    """The spans of the clips proposed for a recording, in order, each ending where the next begins.

    `sentences` in order of time. Without sentences the whole recording is one clip. One
    shorter than twice the minimum stays whole, because no cut could leave both parts long enough.
    """
    limits = limits or Limits()
    if not sentences:
        return (Span(0, duration_ms),)
    silences = _within(pauses, duration_ms)
    begins, ends = _ends(sentences, silences, duration_ms)
    units = _units(sentences, [p for p in silences if begins < p.middle_ms < ends])
    bounds = np.array([begins, *(unit.pause.middle_ms for unit in units[1:] if unit.pause), ends])
    first = _reach(bounds, limits)
    rows = costs(stems((unit.text for unit in units), language), first)
    bonus = _bonus(units, language)
    for end in range(1, len(bounds)):
        low = first[end]
        rows[end] += _length_costs(bounds[end] - bounds[low:end], limits) - bonus[low:end]
    cuts = _cheapest(rows, first, (ends - begins) / limits.target_ms)
    return tuple(Span(int(bounds[a]), int(bounds[b])) for a, b in pairwise(cuts))


@dataclass(frozen=True)
class _Unit:
    """Sentences between which there is no pause to cut in, and the pause before them (None: the first)."""

    pause: Pause | None
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.sentences)


def _units(sentences: Sequence[Sentence], pauses: Sequence[Pause]) -> list[_Unit]:
    """Parted in the longest pause whose middle lies between two sentences, where there is one."""
    middles = [p.middle_ms for p in pauses]
    units = []
    pause, begun, used = None, 0, 0
    for i in range(1, len(sentences)):
        earliest = max(used, bisect_left(middles, sentences[i - 1].end_ms))
        latest = bisect_right(middles, sentences[i].start_ms)
        if earliest < latest:
            units.append(_Unit(pause, tuple(sentences[begun:i])))
            longest = max(range(earliest, latest), key=lambda at: pauses[at].end_ms - pauses[at].start_ms)
            pause, begun, used = pauses[longest], i, longest + 1
    return [*units, _Unit(pause, tuple(sentences[begun:]))]


def _within(pauses: Sequence[Pause], duration_ms: int) -> list[Pause]:
    """Pauses by their middles, the longest where two share one: whatever was handed in, bounds rise."""
    inside = (Pause(max(0, p.start_ms), min(p.end_ms, duration_ms)) for p in pauses)
    by_length = sorted((p for p in inside if p.end_ms > p.start_ms), key=lambda p: p.end_ms - p.start_ms)
    return [pause for _, pause in sorted({p.middle_ms: p for p in by_length}.items())]


def _ends(sentences: Sequence[Sentence], pauses: Sequence[Pause], duration_ms: int) -> tuple[int, int]:
    """Where the first clip begins and the last one ends: long silence outside is halved away."""
    begins, ends = 0, duration_ms
    for pause in pauses:
        leads, trails = pause.start_ms <= _EDGE_MS, pause.end_ms >= duration_ms - _EDGE_MS
        if pause.end_ms - pause.start_ms <= SILENCE_MS or leads == trails:
            continue
        if leads and pause.middle_ms <= sentences[0].start_ms:
            begins = pause.middle_ms
        if trails and pause.middle_ms >= sentences[-1].end_ms:
            ends = pause.middle_ms
    return begins, ends


def _reach(bounds: NDArray[np.int64], limits: Limits) -> list[int]:
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


def _length_costs(lengths: NDArray[np.int64], limits: Limits) -> NDArray[np.float64]:
    away = np.log(np.maximum(lengths, 1) / limits.target_ms) / LENGTH_SPREAD
    outside = np.maximum(limits.min_ms - lengths, 0) + np.maximum(lengths - limits.max_ms, 0)
    costs: NDArray[np.float64] = LENGTH_WEIGHT * away**2 / 2 + _OUTSIDE * outside
    return costs


def _bonus(units: Sequence[_Unit], language: str) -> NDArray[np.float64]:
    """What speaks for a cut before each unit. The recording's start needs no reason."""
    bonus = np.zeros(len(units))
    gaps = [unit.pause.end_ms - unit.pause.start_ms for unit in units if unit.pause]
    usual = float(np.median(gaps)) if gaps else 1.0
    finished = sum(bool(_FINISHED.search(unit.sentences[-1].text)) for unit in units)
    punctuated = finished > len(units) / 2
    for i, (before, unit) in enumerate(pairwise(units), start=1):
        assert unit.pause, "only the first unit has no pause before it"
        last = before.sentences[-1].text
        longer = math.log((unit.pause.end_ms - unit.pause.start_ms) / usual)
        bonus[i] = CUE_WEIGHT * opening(unit.sentences[0].text, language)
        bonus[i] += PAUSE_WEIGHT * min(max(longer, -_PAUSE_CAP), _PAUSE_CAP)
        bonus[i] -= UNFINISHED_WEIGHT * (punctuated and not _FINISHED.search(last))
        bonus[i] -= QUESTION_WEIGHT * bool(_QUESTION.search(last))
    return bonus


def _cheapest(rows: Sequence[NDArray[np.float64]], first: Sequence[int], wanted: float) -> list[int]:
    """The bounds (0 .. last) of the cheapest segmentation into about `wanted` segments.

    A price is added for each segment; their number falls as it rises. Taken is the price nearest to
    PRICE with which the number is near enough, or else the one with the nearest number. Two dozen
    prices are tried at once, close together around PRICE, then again between the best and the next.
    """
    allowed = max(SLACK_CLIPS, SLACK * wanted)
    prices = PRICE + _PRICE_RANGE * np.linspace(-1, 1, _PRICES) ** 3
    found: list[tuple[float, float, list[int]]] = []  # (too many or few, away from PRICE, bounds)
    for _ in range(2):
        counts, came_from = _all_cheapest(rows, first, prices)
        misses = np.maximum(np.abs(counts - wanted) - allowed, 0.0)
        away = np.abs(prices - PRICE)
        best = int(np.lexsort((away, misses))[0])
        found.append((float(misses[best]), float(away[best]), _path(came_from[:, best])))
        prices = np.linspace(prices[max(0, best - 1)], prices[min(len(prices) - 1, best + 1)], _PRICES)
    return min(found)[2]


def _all_cheapest(
    rows: Sequence[NDArray[np.float64]], first: Sequence[int], prices: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each price the number of segments of the cheapest segmentation, and where each end came from."""
    size, each = len(rows), np.arange(len(prices))
    cheapest = np.zeros((len(prices), size))
    counts = np.zeros((len(prices), size), np.int64)
    came_from = np.zeros((size, len(prices)), np.int64)
    for end in range(1, size):
        low = first[end]
        options = cheapest[:, low:end] + rows[end]
        start = low + options.argmin(axis=1)
        cheapest[:, end] = options[each, start - low] + prices
        counts[:, end] = counts[each, start] + 1
        came_from[end] = start
    return counts[:, -1], came_from


def _path(came_from: NDArray[np.int64]) -> list[int]:
    cuts = [len(came_from) - 1]
    while cuts[-1]:
        cuts.append(int(came_from[cuts[-1]]))
    return cuts[::-1]
