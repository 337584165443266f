"""Sound at another rate, each sample at the time that the file gives it. ffmpeg's filter; pure."""

from typing import Any

# A gap (a lost packet of 20 ms, a phone that stumbles) is filled with silence, and what overlaps is cut, from so
# much on, so that sound is never further from its picture. ffmpeg's own 0.1 s would let sound run ahead by five
# packets. Less would cut into sound that is whole: phones and browsers write times some milliseconds beside the truth.
_APART_S = 0.015


def resampled(sound: Any, hz: int) -> Any:
    """From 0 on: `first_pts` fills the time before the first sample."""
    return sound.filter("aresample", hz, **{"async": 1, "min_hard_comp": _APART_S, "first_pts": 0})
