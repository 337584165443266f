"""A long recording as stretches of a few minutes, each transcribed as one job.

A worker that is killed loses one stretch, and many workers can share one recording. Stretches are
parted in the middle of pauses, so that no word is heard twice or by halves; where nobody speaks for
long there is none.
"""

from collections.abc import Iterable, Sequence

from domain.span import Span
from domain.transcript import Pause

LONG_SILENCE_MS = 10_000  # a pause that no stretch needs to cover
AIR_MS = 500  # of a long silence, kept on either side of the speech


def stretches(pauses: Sequence[Pause], duration_ms: int, longest_ms: int = 240_000) -> tuple[Span, ...]:
    """Spans in order that hold all speech, none longer than `longest_ms`; none at all without speech.

    Parted at the longest pause in the last quarter before the limit. Where somebody speaks for
    longer than the limit without a pause, the limit itself parts them.
    """
    found: list[Span] = []
    for start, end in _spoken(pauses, duration_ms):
        at = start
        while end - at > longest_ms:
            cut = _best_middle(pauses, at + longest_ms * 3 // 4, at + longest_ms)
            found.append(Span(at, cut))
            at = cut
        found.append(Span(at, end))
    return tuple(found)


def pauses_within(pauses: Iterable[Pause], span: Span) -> tuple[Pause, ...]:
    """The pauses of a stretch, in the stretch's own time (0 is its start)."""
    cut = ((max(p.start_ms, span.start_ms), min(p.end_ms, span.end_ms)) for p in pauses)
    return tuple(Pause(a - span.start_ms, b - span.start_ms) for a, b in cut if b > a)


def _spoken(pauses: Sequence[Pause], duration_ms: int) -> Iterable[tuple[int, int]]:
    """Where there is speech, with short pauses inside and a little air around it."""
    at = 0
    for pause in pauses:
        at_start, at_end = pause.start_ms <= 0, pause.end_ms >= duration_ms
        if at_start and at_end:
            return
        if not (at_start or at_end or pause.end_ms - pause.start_ms >= LONG_SILENCE_MS):
            continue
        air = min(AIR_MS, (pause.end_ms - pause.start_ms) // 2)
        if not at_start:
            yield at, pause.start_ms + air
        if at_end:
            return
        at = pause.end_ms - air
    if at < duration_ms:
        yield at, duration_ms


def _best_middle(pauses: Sequence[Pause], first_ms: int, last_ms: int) -> int:
    """The middle of the longest pause there; the latest of equals; `last_ms` when there is none."""
    there = [p for p in pauses if first_ms < p.middle_ms <= last_ms]
    best = max(there, key=lambda p: (p.end_ms - p.start_ms, p.start_ms), default=None)
    return best.middle_ms if best else last_ms
