"""What encodes pictures: each encoder's options, and whether it works on this machine.

x264 is always there. NVENC makes H.264 too, on a graphics card; SVT-AV1 makes AV1, for players that can show it.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from domain.errors import PassItOnError
from domain.media import Encoder, Kind, Rendition
from transcode.jail import Jail, Limits

X264_PRESET = "veryfast"
_SVTAV1_PRESET = 8  # three fifths of x264's bits for four times its work; 10 is seven tenths for twice
_CARD_BYTES = 1 << 30  # of a driver's libraries and what they keep in step with the card; a guess
_AV1_BYTES, _AV1_BYTES_A_PIXEL = 128 << 20, 400
_NVENC_PRESET = "p4"
_NO_MORE_KEYFRAMES = 99_999  # frames; keyframes are where we say: `-g` filling gaps made fragments of one frame

_TRIAL = "color=black:s=320x180:r=25:d=0.2"
_TRIAL_LIMITS = Limits(wall_s=20.0, memory_bytes=3 << 30, file_bytes=0)


def options(rendition: Rendition, threads: int) -> Mapping[str, Any]:
    """ffmpeg's options for the pictures of a rendition. Their names: `ffmpeg -h encoder=...`."""
    kbit = rendition.max_kbit
    own: dict[str, Any]
    at_most = {"maxrate": f"{kbit}k", "bufsize": f"{2 * kbit}k", "g": _NO_MORE_KEYFRAMES}
    match rendition.encoder:
        case Encoder.X264:
            own = {
                "c:v": "libx264", "preset": X264_PRESET, "crf": rendition.crf,
                "sc_threshold": 0, "threads": threads,
            }  # fmt: skip
        case Encoder.NVENC:
            # forced-idr: otherwise a forced keyframe is one that cannot be begun with.
            own = {
                "c:v": "h264_nvenc", "preset": _NVENC_PRESET, "rc": "vbr", "cq": rendition.crf, "b:v": 0,
                "forced-idr": 1, "no-scenecut": 1,
            }  # fmt: skip
        case Encoder.SVTAV1:
            own = {
                "c:v": "libsvtav1", "preset": _SVTAV1_PRESET, "crf": rendition.crf,
                "svtav1-params": f"scd=0:lp={threads}",
            }  # fmt: skip
    return {**own, **at_most}


def memory_bytes(renditions: Sequence[Rendition]) -> int:
    """What they may take beside a decoder and four of x264: of AV1, about twice what it was seen to take."""
    card = _CARD_BYTES if any(r.encoder is Encoder.NVENC for r in renditions) else 0
    av1 = [r.width * r.height for r in renditions if r.encoder is Encoder.SVTAV1]
    return card + sum(_AV1_BYTES + _AV1_BYTES_A_PIXEL * pixels for pixels in av1)


def trouble(encoder: Encoder, jail: Jail) -> str | None:
    """Why an encoder cannot be used on this machine; None when it encodes some frames, in the jail, where it has to."""
    trial = options(Rendition("", Kind.VIDEO, crf=30, max_kbit=500, encoder=encoder), 2)
    arguments = ["-v", "error", "-nostdin", "-f", "lavfi", "-i", _TRIAL, "-pix_fmt", "yuv420p"]
    arguments += [str(each) for name, value in trial.items() for each in (f"-{name}", value)]
    try:
        with jail.start([*arguments, "-f", "null", "-"], Path(os.devnull), limits=_TRIAL_LIMITS) as run:
            run.finish()
    except PassItOnError as error:
        said = " ".join(getattr(error, "__notes__", ())).partition("it said: ")[2].splitlines()
        return said[0].partition("] ")[2] or said[0] if said else error.message  # without who in ffmpeg says it
    return None
