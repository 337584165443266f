"""Where a recording in which nobody speaks for long can be cut by what is seen there, and what such a cut is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from domain.seen import LONG_STILLNESS_MS, Seen, middle_ms
from domain.span import Span

# In the unit of cut.py. Between the limits lengths are worth a few of these: a change of scene outweighs them, so that
# each is a cut unless a clip would be too short; stillness is weighed against them, as pauses are, and of ten seconds
# it outweighs them nearly always.
CHANGE = 20.0
STILLNESS = 4.0  # for each time that it is e times as long as what counts as long
_MOST = 10.0

_LOOKED_MS = 3_000  # so far apart pictures may be looked at: what begins or ends in it, is at the end


@dataclass(frozen=True)
class Place:
    at_ms: int
    worth: float


def places(seen: Seen | None, from_ms: int, to_ms: int) -> tuple[Place, ...]:
    """In order, no two at one moment: changes of scene, and the middles of long stillness between two movements."""
    if seen is None:
        return ()
    found = {
        middle_ms(still): min(_MOST, STILLNESS * math.log(still.length_ms / LONG_STILLNESS_MS))
        for still in seen.stills
        if still.length_ms > LONG_STILLNESS_MS
        and from_ms + _LOOKED_MS < still.start_ms
        and still.end_ms < to_ms - _LOOKED_MS
    } | dict.fromkeys(seen.changes, CHANGE)
    return tuple(Place(at, worth) for at, worth in sorted(found.items()) if from_ms < at < to_ms)


def scenes(found: Sequence[Place], from_ms: int, to_ms: int, shortest_ms: int) -> int:
    """How many clips changes of scene alone would make, none too short."""
    number, last_ms = 1, from_ms
    for place in found:
        if place.worth >= CHANGE and min(place.at_ms - last_ms, to_ms - place.at_ms) >= shortest_ms:
            number, last_ms = number + 1, place.at_ms
    return number


def moving(seen: Seen, duration_ms: int, edge_ms: int) -> Span:
    """Between which moments something is to be seen: without stillness at both ends (a phone that lies down), but
    for `edge_ms` of it. All of it where nothing moves at all.
    """
    begins, ends = 0, duration_ms
    for still in seen.stills:
        if still.start_ms <= _LOOKED_MS:
            after = [at for at in seen.changes if still.end_ms - edge_ms < at <= still.end_ms + _LOOKED_MS]
            begins = min(after, default=max(0, still.end_ms - edge_ms))
        if still.end_ms >= duration_ms - _LOOKED_MS:
            before = [at for at in seen.changes if still.start_ms - _LOOKED_MS <= at < still.start_ms + edge_ms]
            ends = max(before, default=min(duration_ms, still.start_ms + edge_ms))
    return Span(begins, ends) if begins < ends else Span(0, duration_ms)
