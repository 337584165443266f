"""Pauses -> where every rendition's keyframes lie. Pure.

A clip can begin and end at a keyframe without an encode, so there is one in the middle of every
pause, and where nobody speaks one at each change of scene; between them come fillers, so that nobody
waits long for the first picture after a seek.

A long recording is planned twice: its head as soon as that has been heard, the whole later. The
head's keyframes never change: what was rendered with them is a beginning of the whole.
"""

import bisect
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

from domain.media import KeyframePlan
from domain.transcript import Pause

LONGEST_S = 4  # seconds of a fragment: the target duration that players are told
_NEAR_S = Fraction(1, 2)  # two keyframes are never nearer than this, nor one to either end
_QUICK_START_S = (1, 2, 4)  # fragments of 1, 1 and 2 s first: what plays soonest after an upload

HEAD_MS = 90_000  # of a long recording that are heard first: while they are rendered two hours can be heard
LONG_MS = 2 * HEAD_MS  # what is shorter is heard whole as quickly
_HEAD_ENDS_MS = 75_000  # the head ends in a pause after this
_TAIL_MS = 1_000  # of what was heard, in which a pause may still go on
_STRETCH_S = 60  # of a stretch: so much one of several workers renders at a time
_SHORTEST_MS = 160  # a pause: what is shorter is the rest of one


def plan(
    pauses: Sequence[Pause],
    duration_ms: int,
    fps: Fraction,
    head: KeyframePlan | None = None,
    places_ms: Sequence[int] = (),
) -> KeyframePlan:
    """Keyframes at 0, in the middle of the pauses, and so often that no fragment is longer than 4 s.

    `places_ms`: where else there is one (domain.seen), what matters most first, and before the pauses.
    Where two pauses are nearer than half a second, the longer one has the keyframe. The first
    fillers lie at 1, 2 and 4 s unless a pause is near. With `head` its keyframes stay as they are, and
    planning goes on at its last one; `fps` is then the head's.
    """
    frames = max(1, round(duration_ms * fps / 1000))
    begun = head.keys if head is not None else (0,)
    return KeyframePlan(fps, frames, _keys(pauses, frames, fps, places_ms, begun))


def plan_head(pauses: Sequence[Pause], duration_ms: int, fps: Fraction, places_ms: Sequence[int] = ()) -> KeyframePlan:
    """The keyframes of the first `HEAD_MS` of a recording, of which no more has been heard.

    The last one, in the longest pause of the head's end, is where the head ends: what begins there is not
    planned yet. `frames` is what a recording of `duration_ms`, which the file promises, would have.
    """
    there = [p for p in pauses if p.middle_ms > _HEAD_ENDS_MS and p.end_ms <= HEAD_MS - _TAIL_MS]
    best = max(there, key=lambda p: (p.end_ms - p.start_ms, p.start_ms), default=None)
    end = round((best.middle_ms if best else _HEAD_ENDS_MS) * fps / 1000)
    return KeyframePlan(fps, round(duration_ms * fps / 1000), (*_keys(pauses, end, fps, places_ms), end))


def stretches(plan: KeyframePlan, first: int = 0) -> tuple[tuple[int, int], ...]:
    """The fragments from `first` on in stretches of about a minute, (first, end) each; a short rest joins the last."""
    bounds = [first]
    length = _STRETCH_S * plan.fps
    for number in range(first + 1, len(plan.keys)):
        done, left = plan.keys[number] - plan.keys[bounds[-1]], plan.frames - plan.keys[number]
        if done >= length and left >= length / 2:
            bounds.append(number)
    return tuple(itertools.pairwise([*bounds, len(plan.keys)]))


def joined(head: Sequence[Pause], end_ms: int, whole: Sequence[Pause]) -> tuple[Pause, ...]:
    """The pauses of a recording whose head was heard and planned, to `end_ms`, before the whole was heard.

    In the head its own count: heard again with what follows, a pause may differ by some milliseconds, and the
    keyframe is in the middle of what was heard first.
    """
    kept = [p for p in head if p.middle_ms <= end_ms and p.end_ms <= HEAD_MS - _TAIL_MS]
    last_ms = kept[-1].end_ms if kept else 0
    after = [Pause(max(p.start_ms, last_ms), p.end_ms) for p in whole if p.end_ms > last_ms + _SHORTEST_MS]
    return (*kept, *after)


def _keys(
    pauses: Sequence[Pause], end: int, fps: Fraction, places_ms: Sequence[int], begun: tuple[int, ...] = (0,)
) -> tuple[int, ...]:
    """Keyframes before the frame `end`, of which those in `begun` are given."""
    near = math.ceil(_NEAR_S * fps)
    keys = [begun[-1]]
    longest_first = sorted(pauses, key=lambda p: (p.start_ms - p.end_ms, p.start_ms))
    for at_ms in (*places_ms, *(pause.middle_ms for pause in longest_first)):
        _add(keys, round(at_ms * fps / 1000), near, end)
    for second in _QUICK_START_S:
        _add(keys, round(second * fps), near, end)
    filled: list[int] = []
    for here, following in zip(keys, [*keys[1:], end], strict=True):
        pieces = max(1, math.ceil((following - here) / (LONGEST_S * fps)))
        filled += [here + (following - here) * i // pieces for i in range(pieces)]
    return (*begun[:-1], *filled)


def _add(keys: list[int], frame: int, near: int, frames: int) -> None:
    """Into the sorted list, unless it is too near to one in it, before the first, or near to the end."""
    i = bisect.bisect_left(keys, frame)
    before, after = keys[i - 1] if i else frame, keys[i] if i < len(keys) else frames
    if frame - before >= near and after - frame >= near:
        keys.insert(i, frame)
