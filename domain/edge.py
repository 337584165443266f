"""Edges: what a part of a clip shows before its first keyframe, and after its last.

A clip is made of whole fragments, and those begin at keyframes, in pauses mostly. Where a part begins or ends
between two of them, the frames from there to the keyframe become a fragment of their own: an edge, encoded once
and kept. Which edges a part has is decided here and nowhere else.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from domain.media import VIDEO_TIMESCALE, KeyframePlan
from domain.span import Span

# An edge is never shorter, unless all of its part is: it takes the fragment beside it in. Keyframes are not
# nearer to each other either, and players are not at their best with crumbs.
SHORTEST_S = Fraction(1, 2)


@dataclass(frozen=True, order=True)
class Edge:
    """From `start` to `end` of a recording, in ticks of VIDEO_TIMESCALE: a frame is a whole number of them.

    Ticks and not numbers of frames, which would mean another moment were a recording's grid ever changed.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("an edge has frames")

    @property
    def name(self) -> str:
        """As its address says it."""
        return f"e{self.start}-{self.end}"

    def frames(self, fps: Fraction) -> tuple[int, int]:
        """Its first frame, and the one after its last."""
        return round(self.start * fps / VIDEO_TIMESCALE), round(self.end * fps / VIDEO_TIMESCALE)

    @classmethod
    def of(cls, first: int, end: int, fps: Fraction) -> "Edge":
        return cls(round(first * VIDEO_TIMESCALE / fps), round(end * VIDEO_TIMESCALE / fps))


@dataclass(frozen=True)
class EdgeFragment:
    """An edge in one rendition. `start` and `ticks` in the rendition's ticks of recording time, `size` in bytes.

    `own_init`: it does not follow the rendition's initialisation segment, and has its own.
    """

    start: int
    ticks: int
    size: int
    own_init: bool


Edges = Mapping[Edge, Mapping[str, EdgeFragment]]
"""The edges of a rendering that are there, by rendition (public id)."""


@dataclass(frozen=True)
class Pieces:
    """A part, in the order it is played: an edge, whole fragments (their numbers), an edge.

    `first` and `end` are frames. A part that holds no keyframe is one edge, the head.
    """

    first: int
    end: int
    head: Edge | None
    whole: range
    tail: Edge | None

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(edge for edge in (self.head, self.tail) if edge is not None)


def shows_still(span: Span, fps: Fraction, still_ms: int) -> bool:
    """Whether the frame on screen at a moment of the recording, of which there is a still, is one that a span shows.

    Frames and not milliseconds: at 29.97 a second a frame begins 0.43 ms after 234 s, and a still of 234 s shows the
    one before. Bounds may be of the span itself, or of what is played of it, in whole milliseconds.
    """
    first, end = _nearest(span, fps)
    return first <= math.floor(still_ms * fps / 1000) < end


def frames(plan: KeyframePlan, span: Span) -> tuple[int, int]:
    """The first frame that a span shows, and the one after its last: bounds mean the frames nearest to them."""
    first, end = _nearest(span, plan.fps)
    first = min(first, plan.frames - 1)
    return first, min(max(first + 1, end), plan.frames)


def pieces(plan: KeyframePlan, span: Span) -> Pieces:
    """What a span is made of, to the frame."""
    first, end = frames(plan, span)
    bounds = (*plan.keys, plan.frames)
    near = SHORTEST_S * plan.fps
    cuts = [first, *bounds[bisect_right(bounds, first) : bisect_left(bounds, end)], end]
    from_key, to_key = _holds(bounds, first), _holds(bounds, end)
    if not from_key and len(cuts) > 2 and cuts[1] - first < near:
        del cuts[1]
    if not to_key and len(cuts) > 2 and end - cuts[-2] < near:
        del cuts[-2]
    head = None if from_key else (first, cuts[1])
    tail = None if to_key or head == (cuts[-2], end) else (cuts[-2], end)
    return _pieces(plan, first, end, head, tail)


def there(plan: KeyframePlan, span: Span, has: Callable[[Edge], bool]) -> Pieces | None:
    """What can be played of a span while only some edges are there: a bound whose edge is not lies at the nearest
    keyframe inside. None when that leaves nothing.
    """
    wanted = pieces(plan, span)
    if all(has(edge) for edge in wanted.edges):
        return wanted
    bounds = (*plan.keys, plan.frames)
    head = wanted.head.frames(plan.fps) if wanted.head and has(wanted.head) else None
    tail = wanted.tail.frames(plan.fps) if wanted.tail and has(wanted.tail) else None
    first = head[0] if head else bounds[bisect_left(bounds, wanted.first)]
    end = tail[1] if tail else bounds[bisect_right(bounds, wanted.end) - 1]
    if head:  # which may reach beyond the last keyframe
        end = max(end, head[1])
    return _pieces(plan, first, end, head, tail) if first < end else None


def touched(plan: KeyframePlan, edge: Edge) -> Iterator[tuple[int, int, int]]:
    """The fragments that hold an edge's frames: the number of each, and which of its own frames, from `a` to `b`."""
    first, end = edge.frames(plan.fps)
    number = bisect_right(plan.keys, first) - 1
    for key, following in pairwise((*plan.keys[number:], plan.frames)):
        if key >= end:
            return
        yield number, max(first - key, 0), min(end, following) - key
        number += 1


def _nearest(span: Span, fps: Fraction) -> tuple[int, int]:
    first = round(span.start_ms * fps / 1000)
    return first, max(first + 1, round(span.end_ms * fps / 1000))


def _pieces(
    plan: KeyframePlan, first: int, end: int, head: tuple[int, int] | None, tail: tuple[int, int] | None
) -> Pieces:
    number = bisect_left(plan.keys, head[1] if head else first)
    stop = bisect_left((*plan.keys, plan.frames), tail[0] if tail else end)
    return Pieces(
        first,
        end,
        Edge.of(*head, plan.fps) if head else None,
        range(number, max(number, stop)),
        Edge.of(*tail, plan.fps) if tail else None,
    )


def _holds(bounds: tuple[int, ...], frame: int) -> bool:
    i = bisect_left(bounds, frame)
    return i < len(bounds) and bounds[i] == frame
