"""Sound as samples of one kind, each at the time that the file gives it. ffmpeg's arguments; pure.

A phone changes channels and rate in the middle of a file when a headset comes or goes. ffmpeg then builds the filters
behind the decoder anew: they count from 0 again, and all that follows is late by what came before. So what is decoded
becomes samples of one kind first, in filters that keep nothing; those are written as PCM, which is thrown away, and
decoded again within the same ffmpeg ("loopback decoder"). What listens there never sees a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# A gap (a lost packet of 20 ms, a phone that stumbles) is filled with silence, and what overlaps is cut, from so
# much on, so that sound is never further from its picture. ffmpeg's own 0.1 s would let sound run ahead by five
# packets. Less would cut into sound that is whole: phones and browsers write times some milliseconds beside the truth.
_APART_S = 0.015
_DECODED = "dec:"


@dataclass(frozen=True)
class Samples:
    hz: int
    channels: int
    coded: str  # PCM, by its name in ffmpeg: of floats, what is louder than full scale is whole


def decoded(source: Any, number: int = 0) -> Any:
    """The samples of which `decoding` names the kind in this place. `source` is any input."""
    return source[f"{_DECODED}{number}"]


def resampled(source: Any, kind: Samples, end_s: float, number: int = 0) -> Any:
    """`decoded` up to `end_s`, gaps filled: from 0 on, for `first_pts` fills the time before the first sample.

    There is an end to what is filled: a packet may say that it is from another year.
    """
    ended = decoded(source, number).filter("atrim", end=f"{end_s:.3f}")
    return ended.filter("aresample", kind.hz, **{"async": 1, "min_hard_comp": _APART_S, "first_pts": 0})


def decoding(arguments: Sequence[str], track: str, kinds: Sequence[Samples], outputs: int) -> list[str]:
    """`arguments`, and what else it takes for `decoded` to be there: a decode of `track` to each of the kinds.

    `arguments` have so many outputs.
    """
    # ffmpeg-python knows no streams but those of inputs.
    whole = [argument.replace(f"[0:{_DECODED}", f"[{_DECODED}") for argument in arguments]
    for number, kind in enumerate(kinds, outputs):
        whole += ["-map", track, "-c:a", kind.coded, "-ar", str(kind.hz), "-ac", str(kind.channels)]
        # One filter thread a core otherwise, and the stack of each counts as memory.
        whole += ["-filter_threads", "1", "-f", "null", "-", "-dec", f"{number}:0"]
    return whole
