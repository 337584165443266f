"""Probe -> the renditions that are made of a recording. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from domain.media import Kind, Probe, Rendition

HEIGHTS = (1080, 720, 480, 270)
STILLS_SIDE = 360  # pixels, the shorter side at most

# shorter side -> (x264's CRF, highest kbit/s): about equal quality on a screen of that size
_QUALITY = {1080: (23, 5000), 720: (23, 2600), 480: (24, 1200), 270: (26, 400)}


def ladder(probe: Probe, heights: Sequence[int] = HEIGHTS) -> tuple[Rendition, ...]:
    """The renditions of a recording, largest picture first, then "audio", then "stills".

    A rung is the *shorter* side of the picture, so that a portrait 1080x1920 is "1080" as well.
    Nothing is made larger than it is: a picture smaller than every rung gets one of its own size.
    Sizes are even, as 4:2:0 wants them. Sound alone gets "audio" alone.
    """
    made: list[Rendition] = []
    if probe.has_video:
        shorter = min(probe.width, probe.height)
        for side in sorted({h for h in heights if h <= shorter}, reverse=True) or [max(2, shorter - shorter % 2)]:
            crf, kbit = quality(side)
            made.append(Rendition(str(side), Kind.VIDEO, *_size(probe, side), crf, kbit))
    if probe.has_audio:
        made.append(Rendition("audio", Kind.AUDIO))
    if probe.has_video:
        made.append(Rendition("stills", Kind.STILLS, *_size(probe, min(STILLS_SIDE, made[0].width, made[0].height))))
    return tuple(made)


def quality(side: int) -> tuple[int, int]:
    """(CRF, highest kbit/s) of a rung; those not in the table are scaled from the next larger one in it."""
    known = min((s for s in _QUALITY if s >= side), default=max(_QUALITY))
    crf, kbit = _QUALITY[known]
    # Bits grow more slowly than the area: 5000 to 400 from 1080 to 270 is the side to the power of 1.8.
    return crf, max(100, round(kbit * (side / known) ** 1.8))


def _size(probe: Probe, side: int) -> tuple[int, int]:
    longer = _even(Fraction(side * max(probe.width, probe.height), min(probe.width, probe.height)))
    side = _even(Fraction(side))
    return (longer, side) if probe.width >= probe.height else (side, longer)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))
