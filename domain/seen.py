"""What looking at a recording tells where nobody speaks: hands at work are cut by what is seen."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from domain.span import Span
from domain.transcript import Pause

LONG_SILENCE_MS = 20_000  # from there on a silence is looked at: it could be a clip, the shortest that is usual
LONG_STILLNESS_MS = 3_000  # in which nothing moves: hands that reach for a tool are back sooner
EDGE_MS = 1_000  # of a stillness at a recording's end that stays: what was done can be looked at for a moment
QUIET_EDGE_MS = 2_000  # of a silence at an end that stays, at most

_WORD_MS = 1_000  # "so", "there": what stands between two silences ...
_AROUND_MS = 5_000  # ... of this length makes one of them


@dataclass(frozen=True)
class Seen:
    """`changes`: where one picture gives way to quite another, each the first moment of the new one, in order.
    `stills`: in what stretches nothing moves, in order; they do not touch.

    Both only in silences of `LONG_SILENCE_MS` and more.
    """

    changes: tuple[int, ...] = ()
    stills: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if list(self.changes) != sorted(set(self.changes)) or any(at < 0 for at in self.changes):
            raise ValueError("changes rise from zero")
        if any(a.end_ms >= b.start_ms for a, b in itertools.pairwise(self.stills)):
            raise ValueError("stretches without movement rise, and do not touch")

    @property
    def places_ms(self) -> tuple[int, ...]:
        """Where a clip may want to begin or end, what matters most first."""
        middles = [middle_ms(still) for still in self.stills]
        edges = [at for still in self.stills for at in (still.start_ms + EDGE_MS, still.end_ms - EDGE_MS)]
        return (*self.changes, *middles, *edges)

    def before(self, end_ms: int) -> "Seen":
        """What began before some moment."""
        return Seen(
            tuple(at for at in self.changes if at < end_ms), tuple(s for s in self.stills if s.start_ms < end_ms)
        )

    def and_then(self, later: "Seen") -> "Seen":
        """With what was seen afterwards. A stillness that goes on there is one."""
        stills = [*self.stills]
        for still in later.stills:
            if stills and still.start_ms <= stills[-1].end_ms:
                stills[-1] = Span(stills[-1].start_ms, max(still.end_ms, stills[-1].end_ms))
            else:
                stills.append(still)
        return Seen(tuple(sorted({*self.changes, *later.changes})), tuple(stills))

    def within(self, span: Span) -> "Seen":
        """In the span's own time."""
        cut = [(max(s.start_ms, span.start_ms), min(s.end_ms, span.end_ms)) for s in self.stills]
        return Seen(
            tuple(at - span.start_ms for at in self.changes if span.start_ms < at < span.end_ms),
            tuple(Span(a - span.start_ms, b - span.start_ms) for a, b in cut if a < b),
        )


def middle_ms(still: Span) -> int:
    return (still.start_ms + still.end_ms) // 2


def quiet_edges_ms(pauses: Sequence[Pause], duration_ms: int) -> tuple[int, ...]:
    """Where clips begin and end that leave out a long silence at a recording's ends."""
    first = (p.end_ms - QUIET_EDGE_MS for p in pauses[:1] if p.start_ms < QUIET_EDGE_MS <= p.middle_ms)
    last = (p.start_ms + QUIET_EDGE_MS for p in pauses[-1:] if p.end_ms > duration_ms - QUIET_EDGE_MS >= p.middle_ms)
    return (*first, *last)


def silences(pauses: Sequence[Pause], duration_ms: int, from_ms: int = 0) -> tuple[Span, ...]:
    """In which stretches (nearly) nobody speaks for long, as far as they lie after `from_ms`."""
    found: list[tuple[int, int]] = []
    for pause in pauses:
        start, end = pause.start_ms, min(pause.end_ms, duration_ms)
        if end - start < _AROUND_MS:
            continue
        if found and start - found[-1][1] < _WORD_MS:
            start, _ = found.pop()
        found.append((start, end))
    long = ((max(a, from_ms), b) for a, b in found if b - a >= LONG_SILENCE_MS)
    return tuple(Span(a, b) for a, b in long if a < b)
