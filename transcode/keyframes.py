"""Pauses -> where every rendition's keyframes lie. Pure.

A clip can begin and end at a keyframe without an encode, so there is one in the middle of every
pause; between them come fillers, so that nobody waits long for the first picture after a seek.
"""

import bisect
import math
from collections.abc import Sequence
from fractions import Fraction

from domain.media import KeyframePlan
from domain.transcript import Pause

LONGEST_S = 4  # seconds of a fragment: the target duration that players are told
_NEAR_S = Fraction(1, 2)  # two keyframes are never nearer than this, nor one to either end
_QUICK_START_S = (1, 2, 4)  # fragments of 1, 1 and 2 s first: what plays soonest after an upload


def plan(pauses: Sequence[Pause], duration_ms: int, fps: Fraction) -> KeyframePlan:
    """Keyframes at 0, in the middle of the pauses, and so often that no fragment is longer than 4 s.

    Where two pauses are nearer than half a second, the longer one has the keyframe. The first
    fillers lie at 1, 2 and 4 s unless a pause is near.
    """
    frames = max(1, round(duration_ms * fps / 1000))
    near = math.ceil(_NEAR_S * fps)
    keys = [0]
    for pause in sorted(pauses, key=lambda p: (p.start_ms - p.end_ms, p.start_ms)):
        _add(keys, round(pause.middle_ms * fps / 1000), near, frames)
    for second in _QUICK_START_S:
        _add(keys, round(second * fps), near, frames)
    filled: list[int] = []
    for here, following in zip(keys, [*keys[1:], frames], strict=True):
        pieces = max(1, math.ceil((following - here) / (LONGEST_S * fps)))
        filled += [here + (following - here) * i // pieces for i in range(pieces)]
    return KeyframePlan(fps=fps, frames=frames, keys=tuple(filled))


def _add(keys: list[int], frame: int, near: int, frames: int) -> None:
    """Into the sorted list, unless it is too near to one in it or to the end."""
    i = bisect.bisect_left(keys, frame)
    before, after = keys[i - 1] if i else -near, keys[i] if i < len(keys) else frames
    if frame - before >= near and after - frame >= near:
        keys.insert(i, frame)
