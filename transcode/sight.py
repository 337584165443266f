"""Where a film shows something else than before, and where nothing moves: how a recording of silent hands is cut.

Looked at are pictures of 32 x 18, a second apart: of those that a camera writes whole every second or so, nothing
else has to be decoded. Where two of them differ, the pictures between them say whether it came from one frame to the
next: no lens can be turned so quickly, so that a pan, a shake, or hands before the lens are no change of scene.

How far two pictures are apart is 1 minus their correlation (0: the same but for light and contrast, 1: nothing to do
with each other), so that a lamp that is switched on, or a lens that adjusts itself, changes nothing.

The constants come from films made for it (tests/transcode/workshop.py). From one frame to the next two scenes are 0.7
to 1.3 apart in forty of them, half of which share their floor; a pan is 0.04, and a hand that shakes up to 0.4, or
0.6 where it shakes as no hand does, but then in any two frames: so that a change has to stand out from what is around
it. A second apart hands at work are 0.07 from what they were.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from domain.media import Probe
from domain.seen import LONG_STILLNESS_MS, Seen
from domain.span import Span
from transcode.command import jumps
from transcode.jail import Jail, Limits, is_the_files_fault

APART = 0.35  # from there on two pictures may show two scenes
SUDDEN = 0.45  # in one frame: a hand that shakes moves the picture by up to 0.4
ABRUPT = 0.5  # of the way from one to the other that is gone in one frame where they do
STANDS_OUT = 1.5  # times as far as any other two frames around: a hand that shakes moves the picture all the time
_AROUND = 3  # pictures on each side, by which one stands out
_PASSES_MS = 6_000  # what shows the first scene again so soon only passed before the lens
_FLAT = 2.0  # of 255, standard deviation: so little says nothing (a covered lens, a flash)
_MOVED = 3.0  # of 255: what noise and encoders stay below, in the mean of 1/576 of a picture
_SPECKS = 2  # places of 576 that may differ by more all the same: a clock, a lamp that blinks

_EVERY_S = 0.5  # at most so many pictures
_SPARSE_S = 2.5  # where whole ones are further apart than that, others are decoded as well, ...
_SPARSE_EVERY_S = 1.0  # ... and so many looked at
_MOST_A_MINUTE = 15  # places that are looked at frame by frame: a quarter of all frames, where a camera pans on and on
_EVERY_FRAME_S = 1 / 120  # no grid is finer than 60 a second
_MOST_PICTURES = 16_000  # of one call to the jail, which may not answer with more than 16 MB
_LONGEST_S = _MOST_PICTURES * _EVERY_S  # of one silence that is looked at
_MARGIN_S = 0.3  # beside what is said
_MEMORY_BYTES = 768 << 20  # as `probe`'s
_BASE_S, _A_SECOND = 20.0, 2.0  # time on the clock, and of the processor, for each second looked at


@dataclass(frozen=True)
class Glimpse:
    """A picture of 32 x 18: `light` 0 to 255, in order of rows."""

    at_s: float
    light: NDArray[np.float32]


Fetch = Callable[[list[tuple[float, float]], float, bool], list[list[Glimpse]]]
"""Pictures of these spans: at most one every so many seconds; True: only of those that a camera writes whole."""


def look(path: Path, probe: Probe, jail: Jail, spans: Sequence[Span]) -> Seen | None:
    """What is seen in these spans of a film, changes to the frame. None where there is no film, or no looking at it.

    Costs about a hundredth of rendering it. Raises Unavailable.
    """
    if not probe.has_video or jumps(probe) or not spans:
        return None

    def fetch(bounds: list[tuple[float, float]], every_s: float, keys: bool) -> list[list[Glimpse]]:
        found: list[list[Glimpse]] = []
        for piece in _pieces(bounds, _MOST_PICTURES * every_s):
            most_s = _BASE_S + _A_SECOND * sum(b - a for a, b in piece)
            limits = Limits(wall_s=4 * most_s, cpu_s=most_s, memory_bytes=_MEMORY_BYTES, file_bytes=0)
            said = jail.call("transcode.glimpses:glimpses", path, piece, every_s, keys, limits=limits)
            found += [[_glimpse(each) for each in of] for of in said]
        return found

    try:
        return seen(fetch, spans, float(probe.fps))
    except (Unavailable, LookupError, TypeError, ValueError) as error:
        if isinstance(error, Unavailable) and not is_the_files_fault(error):
            raise
        return None


def seen(fetch: Fetch, spans: Sequence[Span], fps: float) -> Seen:
    """What the pictures of these spans tell. Times are those of frames on a grid of `fps`."""
    bounds = [(s.start_ms / 1000 + _MARGIN_S, s.end_ms / 1000 - _MARGIN_S) for s in spans]
    bounds = [(a, min(b, a + _LONGEST_S)) for a, b in bounds if b > a]
    changes: list[int] = []
    stills: list[Span] = []
    for (from_s, to_s), found in zip(bounds, _sampled(fetch, bounds), strict=True):
        telling = [each for each in found if each.light.std() >= _FLAT]
        near = _candidates(telling, (to_s - from_s) / 60)
        ways = [(telling[i].at_s - 0.001, telling[i + 1].at_s + _EVERY_FRAME_S) for i in near]
        between = fetch(ways, _EVERY_FRAME_S, False) if ways else []
        hard = [(i, at_s) for i, frames in zip(near, between, strict=True) if (at_s := _abrupt(frames)) is not None]
        changes += [round(round(at_s * fps) * 1000 / fps) for at_s in _lasting(sorted(hard), telling)]
        stills += _still(found)
    return Seen(tuple(sorted(set(changes))), tuple(stills))


def _sampled(fetch: Fetch, bounds: list[tuple[float, float]]) -> list[list[Glimpse]]:
    found = fetch(bounds, _EVERY_S, True)
    sparse = [i for i, (a, b) in enumerate(bounds) if _widest(found[i], a, b) > _SPARSE_S]
    closer = fetch([bounds[i] for i in sparse], _SPARSE_EVERY_S, False) if sparse else []
    for i, pictures in zip(sparse, closer, strict=True):
        found[i] = pictures
    return found


def _widest(found: Sequence[Glimpse], from_s: float, to_s: float) -> float:
    return max(b - a for a, b in pairwise([from_s, *(each.at_s for each in found), to_s]))


def _candidates(found: Sequence[Glimpse], minutes: float) -> list[int]:
    """Numbers of the pictures after which another scene may begin, and last; where there are many, those that stand out
    from what is around them.
    """
    apart = [_apart(a, b) for a, b in pairwise(found)]
    usual = [_usual(apart, i) for i in range(len(apart))]
    near = [
        i
        for i, far in enumerate(apart)
        if far > APART
        and (i == 0 or _apart(found[i - 1], found[i + 1]) > APART)
        and (i + 2 >= len(found) or _apart(found[i], found[i + 2]) > APART)
    ]
    most = max(_MOST_A_MINUTE, round(_MOST_A_MINUTE * minutes))
    return sorted(sorted(near, key=lambda i: usual[i] - apart[i])[:most])


def _usual(apart: Sequence[float], i: int) -> float:
    """How far pictures are apart on that side of a place where less happens: before a pan, or after it, nothing may."""
    sides = apart[max(0, i - _AROUND) : i], apart[i + 1 : i + 1 + _AROUND]
    return min((float(np.median(side)) for side in sides if side), default=0.0)


def _abrupt(frames: Sequence[Glimpse]) -> float | None:
    """When, if most of the way from the first of these to the last is gone in one frame."""
    telling = [each for each in frames if each.light.std() >= _FLAT]
    if len(telling) < 2:
        return None
    steps = [_apart(a, b) for a, b in pairwise(telling)]
    at = int(np.argmax(steps))
    others = max([*steps[: max(0, at - 1)], *steps[at + 2 :]], default=0.0)  # beside it two scenes may be blended
    if steps[at] < max(SUDDEN, ABRUPT * _apart(telling[0], telling[-1]), STANDS_OUT * others):
        return None
    # A lens may be covered in between: the new scene begins where something is seen again.
    return telling[at + 1].at_s


def _lasting(hard: Sequence[tuple[int, float]], found: Sequence[Glimpse]) -> Iterator[float]:
    """Without what shows the scene before it again soon. `hard`: (number of the picture before, when)."""
    left = [*hard]
    while left:
        i, at_s = left.pop(0)
        back = next((n for n, (_, later_s) in enumerate(left) if _returns(found, i, left[n][0], later_s - at_s)), None)
        if back is None:
            yield at_s
        else:
            left = left[back + 1 :]


def _returns(found: Sequence[Glimpse], before: int, last: int, after_s: float) -> bool:
    return after_s * 1000 <= _PASSES_MS and _apart(found[before], found[last + 1]) <= APART


def _still(found: Sequence[Glimpse]) -> list[Span]:
    """Where for long no picture differs from the one before it, nor from the first of the stretch."""
    stretches: list[tuple[Glimpse, Glimpse]] = []
    for before, after in pairwise(found):
        if not _moved(before, after):
            if stretches and stretches[-1][1] is before and not _moved(stretches[-1][0], after):
                stretches[-1] = (stretches[-1][0], after)
            else:
                stretches.append((before, after))
    long = [(round(a.at_s * 1000), round(b.at_s * 1000)) for a, b in stretches]
    kept: list[Span] = []
    for start, end in long:
        if end - start >= LONG_STILLNESS_MS and (not kept or start > kept[-1].end_ms):
            kept.append(Span(start, end))
    return kept


def _moved(a: Glimpse, b: Glimpse) -> bool:
    change = b.light - a.light
    return int((np.abs(change - np.median(change)) > _MOVED).sum()) > _SPECKS


def _apart(a: Glimpse, b: Glimpse) -> float:
    """1 - correlation of what is light and dark in them: 0 to 2."""
    x, y = a.light - a.light.mean(), b.light - b.light.mean()
    return 1 - float((x * y).sum() / max(1e-6, float(np.sqrt((x * x).sum() * (y * y).sum()))))


def _glimpse(said: Any) -> Glimpse:
    at_s, light = said
    pixels = np.frombuffer(base64.b64decode(light, validate=True), np.uint8).astype(np.float32)
    return Glimpse(float(at_s), pixels)


def _pieces(bounds: Sequence[tuple[float, float]], most_s: float) -> Iterator[list[tuple[float, float]]]:
    """In order, as many as one call may answer."""
    piece: list[tuple[float, float]] = []
    for bound in bounds:
        if piece and sum(b - a for a, b in [*piece, bound]) > most_s:
            yield piece
            piece = []
        piece.append(bound)
    if piece:
        yield piece
