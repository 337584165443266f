"""Was this picture taken from a screen, or by a camera? Told by the picture itself: what programs write about
themselves differs from one to the next, and is lost in the first export.

On a screen neighbours are the same to the bit, or they are as different as ink and paper, and little lies
between. No lens draws that: an edge takes several pixels, and nothing is quite as bright as what is beside it.
"""

import itertools
from collections.abc import Sequence
from typing import Any

_ROWS = 48  # that are looked at, spread over the picture
_SAME = 1  # of 255, between neighbours
_STEP = 56  # of 255
# Pictures of phones have up to 0.90 where they are dark and much compressed, but then steps in fewer than 0.002.
_MOSTLY_SAME = 0.80  # of all neighbours
_SOME_STEPS = 0.0025


def is_a_screen(frames: Sequence[Any]) -> bool:
    """`frames` are PyAV's. A blank one speaks neither for a screen nor against it."""
    looks = [_shares(frame) for frame in frames]
    return all(same >= _MOSTLY_SAME for same, _ in looks) and any(steps >= _SOME_STEPS for _, steps in looks)


def _shares(frame: Any) -> tuple[float, float]:
    """(alike, far apart) of all neighbours in a row. In plain Python: here numpy cannot be loaded any more."""
    shape = frame.format
    if not shape.is_planar or shape.is_rgb or shape.components[0].bits != 8:
        return 0.0, 0.0
    plane = frame.planes[0]
    light, line = memoryview(plane), plane.line_size
    same = steps = pairs = 0
    for row in range(0, frame.height, max(1, frame.height // _ROWS)):
        pixels = bytes(light[row * line : row * line + frame.width])
        for here, beside in itertools.pairwise(pixels):
            apart = here - beside if here > beside else beside - here
            same += apart <= _SAME
            steps += apart >= _STEP
        pairs += len(pixels) - 1
    return same / max(1, pairs), steps / max(1, pairs)
