"""Pictures of which a part is black: a fragment of every rendition, and stills.

Like an edge, a fragment is decoded once, from the largest rendition's own, and encoded for each by the very arguments
that all were made with: of as many frames, at the same times, from a keyframe on.
"""

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

from PIL import Image, ImageDraw

from domain.cover import Box, Hidden, touches
from domain.media import VIDEO_TIMESCALE, Kind
from transcode import edges, stills
from transcode.edges import Source
from transcode.fragments import GrowingFile
from transcode.jail import Jail

_QUALITY = 85  # of a JPEG: about what ffmpeg's `q:v 5` is


def pictures(
    number: int,
    boxes: Iterable[tuple[int, int, Box]],
    fps: Fraction,
    sources: Sequence[Source],
    *,
    jail: Jail,
    work: Path,
) -> Mapping[str, tuple[bytes | None, bytes]]:
    """Fragment `number` of every rendition, by name: (its own initialisation segment or None, the fragment).

    `boxes` in frames of the recording: the first, the one after the last. `work` is a folder for files that may vanish.
    Raises Unavailable (`media_failed`).
    """
    first, count = _frames(sources[0].film(number), fps, work)
    local = [
        (max(begin - first, 0), min(end - first, count), box)
        for begin, end, box in boxes
        if begin < first + count and first < end
    ]
    return edges.encoded(number, 0, count, first, fps, sources, jail, work, local)


def still(data: bytes, number: int, hidden: Iterable[Hidden]) -> bytes:
    """A JPEG without what is hidden at its moment."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for each in hidden:
        if each.box is not None and touches([each], Kind.STILLS, number * stills.TICKS, stills.TICKS):
            across, down = picture.width, picture.height
            draw.rectangle(
                (
                    *(across * each.box.left // 1000, down * each.box.top // 1000),
                    *(-(-across * each.box.right // 1000), -(-down * each.box.bottom // 1000)),
                ),
                fill=(0, 0, 0),
            )
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()


def _frames(film: bytes, fps: Fraction, work: Path) -> tuple[int, int]:
    """The number of a fragment's first frame, and how many it has."""
    with tempfile.TemporaryFile(dir=work) as file:
        file.write(film)
        file.flush()
        [written] = GrowingFile(cast(BinaryIO, file)).new()
    return round(written.start * fps / VIDEO_TIMESCALE), written.frames
