"""Probe -> the renditions that are made of a recording. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from domain.media import WAVEFORM, Encoder, Kind, Probe, Rendition
from transcode import waveform

HEIGHTS = (1080, 720, 480, 270)
STILLS_SIDE = 360  # pixels, the shorter side at most

# shorter side -> (x264's CRF, highest kbit/s): about equal quality on a screen of that size
_QUALITY = {1080: (23, 5000), 720: (23, 2600), 480: (24, 1200), 270: (26, 400)}

# What a screen shows is read, not looked at: letters are as fine as a pixel, and making them smaller blurs all
# of them. It stands still most of the time, so sharpness costs little.
_SHARPER = 4  # CRF
_MORE_KBIT = 1.5
_LARGER = Fraction(4, 3)  # than the highest rung: what a screen may have and still keep its own size
_APART = Fraction(85, 100)  # of its own size: rungs that are nearer to it are left out

# Pictures above 720 are made of so much and no more: half an hour at 1080p30, a quarter at 1080p60. Four such
# renditions take two cores about as long as the recording lasts.
_MOST_PIXELS = 1920 * 1080 * 30 * 1800
_ALWAYS = 720


# AV1 beside them: what looks the same, or better, by VMAF, for three fifths of the bits.
_AV1_CRF = 18  # SVT-AV1's scale ends at 63, x264's at 51
_AV1_KBIT = Fraction(3, 5)


def ladder(
    probe: Probe, heights: Sequence[int] = HEIGHTS, encoders: Sequence[Encoder] = (Encoder.X264,)
) -> tuple[Rendition, ...]:
    """The renditions of a recording, largest picture first, then "audio", then "stills".

    A rung is the *shorter* side of the picture, so that a portrait 1080x1920 is "1080" as well.
    Nothing is made larger than it is: a picture smaller than every rung gets one of its own size, and so
    does a screen that is not much larger than the highest. Long recordings end at 720, but for screens.
    Sizes are even, as 4:2:0 wants them. Sound alone gets one picture, its waveform, which is cheap to send.
    With an encoder of AV1 every size of a film comes in that too, after all in H.264: a player stays with one of both.
    """
    made: list[Rendition] = []
    h264 = next((encoder for encoder in encoders if encoder.codec == "h264"), Encoder.X264)
    across, down = (probe.width, probe.height) if probe.has_video else (16, 9)
    for side in _sides(probe, heights):
        crf, kbit = quality(side)
        if probe.screen:
            crf, kbit = crf - _SHARPER, round(kbit * _MORE_KBIT)
        name = str(side) if probe.has_video else WAVEFORM
        made.append(Rendition(name, Kind.VIDEO, *_size(across, down, side), crf, kbit, h264))
    if probe.has_video:
        made += [_other(rendition, encoder) for encoder in encoders if encoder.codec == "av1" for rendition in made]
    if probe.has_audio:
        made.append(Rendition("audio", Kind.AUDIO))
    smallest = min(STILLS_SIDE, made[0].width, made[0].height)
    made.append(Rendition("stills", Kind.STILLS, *_size(across, down, smallest)))
    return tuple(made)


def _sides(probe: Probe, heights: Sequence[int]) -> list[int]:
    rungs = sorted(set(heights), reverse=True)
    if not probe.has_video:
        return [next((h for h in rungs if h <= waveform.SIDE), rungs[-1])]
    shorter = min(probe.width, probe.height)
    own = max(2, shorter - shorter % 2)
    if probe.screen and own <= rungs[0] * _LARGER:
        return [own, *(h for h in rungs if h <= own * _APART)]
    longer = max(probe.width, probe.height)
    frames = probe.duration_ms * probe.fps / 1000
    fit = [h for h in rungs if h <= shorter] or [own]
    paid = [h for h in fit if h <= _ALWAYS or h * h * longer / shorter * frames <= _MOST_PIXELS or probe.screen]
    return paid or fit[-1:]


def as_made(wanted: Sequence[Rendition], made: Sequence[Rendition]) -> tuple[Rendition, ...]:
    """What is wanted, but what is made already stays: H.264 is as good as H.264, whichever encoder wrote it."""
    known = {_like(rendition): rendition for rendition in made}
    return tuple(known.get(_like(rendition), rendition) for rendition in wanted)


def _like(rendition: Rendition) -> Rendition:
    return replace(rendition, encoder=Encoder.X264) if rendition.encoder.codec == "h264" else rendition


def _other(rendition: Rendition, encoder: Encoder) -> Rendition:
    return replace(
        rendition,
        name=f"{rendition.name}-{encoder.codec}",
        crf=rendition.crf + _AV1_CRF,
        max_kbit=round(rendition.max_kbit * _AV1_KBIT),
        encoder=encoder,
    )


def quality(side: int) -> tuple[int, int]:
    """(CRF, highest kbit/s) of a rung; those not in the table are scaled from the next larger one in it."""
    known = min((s for s in _QUALITY if s >= side), default=max(_QUALITY))
    crf, kbit = _QUALITY[known]
    # Bits grow more slowly than the area: 5000 to 400 from 1080 to 270 is the side to the power of 1.8.
    return crf, max(100, round(kbit * (side / known) ** 1.8))


def _size(across: int, down: int, side: int) -> tuple[int, int]:
    longer = _even(Fraction(side * max(across, down), min(across, down)))
    side = _even(Fraction(side))
    return (longer, side) if across >= down else (side, longer)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))
