"""A file -> what is known of it (`domain.media.Probe`), or why it cannot become clips.

PyAV looks at the file inside the jail (`transcode.inside`); here its answer is checked and put into
our words. Refusals, all `domain.errors.Refused`:

    empty_file      nothing in it
    not_media       text, a playlist, a picture, a document
    truncated       no index (moov), or it breaks off in the middle, or is empty from the middle on
    no_media        a container without picture and sound
    cannot_decode   there is a picture (or only sound), in a format nobody here can read
    cannot_read     looking at it took too much time or memory
    damaged         of more than half of it the pictures cannot be read

Raises Unavailable when it was not the file's doing: it could not be opened, the machine was too busy, or the
look was ended from outside.
A file that nobody should read on (pictures of 16,384 by 16,384, hundreds of tracks) is described by
what its head says; `capture.policy` refuses it by those numbers.
"""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from domain.errors import PassItOnError, Refused, Unavailable
from domain.media import Probe
from transcode.damage import refusal
from transcode.jail import Jail, Limits, is_the_files_fault

_MEMORY_BYTES = 768 << 20  # a decoder of 4K with all the pictures it may hold takes 500 MB
_WALL_S, _CPU_S = 40.0, 8.0  # and a second for each of so many bytes, which can be read in it at least:
_SLOWEST_DISK, _SLOWEST_CPU = 5 << 20, 50 << 20
_GLANCE = Limits(wall_s=20.0, cpu_s=_CPU_S, memory_bytes=_MEMORY_BYTES, file_bytes=0)

_STANDARD_FPS = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
_REPEATING_FPS = (Fraction(24), Fraction(25), Fraction(30))
_SOUND_ALONE_FPS = Fraction(25)
_FASTEST_FPS = 60
_NEAR = 0.01  # a rate this near to a standard one is that one
_LOST = 0.05  # of a variable rate's frames that a standard one below it may leave out
_JITTER = 0.06  # of times in whole milliseconds, at 60 frames a second

_TRANSFERS = {16: "pq", 18: "hlg"}  # ITU-T H.273, transfer characteristics
_MAX_DURATION_S = 7 * 24 * 3600
_MOST_DAMAGED = 0.5  # of a recording; less than that is rendered, and its place is stated


def probe(path: Path, jail: Jail) -> Probe:
    """What the file is. Reads all of it once, decodes a few frames. Raises Refused, see above."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("This file is empty. Send it again from the phone.", code="empty_file")
    limits = Limits(
        wall_s=_WALL_S + size / _SLOWEST_DISK,
        cpu_s=_CPU_S + size / _SLOWEST_CPU,
        memory_bytes=_MEMORY_BYTES,
        file_bytes=0,
    )
    try:
        seen = jail.call("transcode.inside:look", path, limits=limits)
        return _probe(seen)
    except (Unavailable, LookupError, TypeError, ValueError, ArithmeticError) as error:
        if isinstance(error, Unavailable) and not is_the_files_fault(error):
            raise
        refused = Refused(
            "We could not make sense of this file. Send the video as your phone saved it, or export it as MP4.",
            code="cannot_read",
        )
        for note in getattr(error, "__notes__", ()):
            refused.add_note(note)
        raise refused from error


def glance(path: Path, jail: Jail, *, head_ms: int) -> Probe | None:
    """What `probe` will most likely say, from the first `head_ms` of a file and what it says of itself.

    None where the head may not be as the rest: pictures that come at a changing rate, no length stated, a track that
    begins later, or any trouble. Takes as long for a long file as for a short one.
    """
    try:
        seen = jail.call("transcode.inside:glance", path, head_ms / 1000, limits=_GLANCE)
        return None if seen is None or not _steady(seen["video"]) else _probe(seen)
    except (PassItOnError, LookupError, TypeError, ValueError, ArithmeticError):
        return None


def _steady(video: dict[str, Any]) -> bool:
    """Whether pictures come as often in the head, while they move and on the whole, as in the whole file."""
    average, moving, stated = video["average_fps"], video["moving_fps"], video["stated_fps"]
    return bool(average and moving) and max(abs(moving - average), abs(stated - average)) <= _JITTER * average


def _probe(seen: dict[str, Any]) -> Probe:
    video, audio = seen["video"], seen["audio"]
    duration_s = float(seen["duration_s"])
    if not 0 < duration_s < _MAX_DURATION_S:
        raise Refused("This is a still picture. Send a video or a sound recording.", code="no_media")
    damage = [(float(a), float(b)) for a, b in seen["damage"]]
    damaged_ms = round(sum(max(0.0, b - a) for a, b in damage) * 1000)
    if damaged_ms > _MOST_DAMAGED * duration_s * 1000:
        raise refusal("pictures")
    width = height = rotation = 0
    mirrored = False
    if video is not None:
        rotation, mirrored = turned(video["matrix"])
        width, height = shown_size(int(video["width"]), int(video["height"]), Fraction(*video["pixel"]), rotation)
        if min(width, height) <= 0:
            raise ValueError(f"a picture of {width} x {height}")
    return Probe(
        container=str(seen["container"]),
        duration_ms=max(1, round(duration_s * 1000)),
        width=width,
        height=height,
        rotation=rotation,
        mirrored=mirrored,
        fps=_SOUND_ALONE_FPS if video is None else grid_fps(video["average_fps"], video["moving_fps"]),
        begins_ms=0 if video is None else max(0, round(float(video["begins_s"]) * 1000)),
        hdr=None if video is None else _TRANSFERS.get(video["transfer"]),
        video_codec=None if video is None else str(video["codec"]),
        audio_codec=None if audio is None else str(audio["codec"]),
        audio_index=None if audio is None else int(audio["index"]),
        audio_channels=0 if audio is None else int(audio["channels"]),
        filmed_fps=0.0 if video is None else round(video["average_fps"] or 0.0, 3),
        tracks=int(seen["tracks"]),
        chapters=int(seen["chapters"]),
        gap_ms=round(seen["gap_s"] * 1000),
        matrix_unsaid=video is not None and bool(video["matrix_unsaid"]),
        screen=video is not None and bool(video["screen"]),
        damaged_at_ms=max(0, round(min((a for a, _ in damage), default=0.0) * 1000)),
        damaged_ms=damaged_ms,
        interlaced=video is not None and bool(video["interlaced"]),
    )


def turned(matrix: list[int] | None) -> tuple[int, bool]:
    """(degrees clockwise, mirrored) of a display matrix: nine numbers, of which a b / c d turn the picture.

    ISO/IEC 14496-12, 6.2.2: a point (x, y) is shown at (a x + c y, b x + d y), with y downwards.
    """
    if matrix is None:
        return 0, False
    a, b, _, c, d = matrix[:5]
    angle = round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360
    return angle, a * d - b * c < 0


def shown_size(width: int, height: int, pixel: Fraction, rotation: int) -> tuple[int, int]:
    """The size as shown: pixels made square by making one side longer, never shorter, and turned."""
    if not Fraction(1, 10) < pixel < 10:
        pixel = Fraction(1)
    if pixel > 1:
        width = round(width * pixel)
    else:
        height = round(height / pixel)
    return (height, width) if rotation in (90, 270) else (width, height)


def grid_fps(average: float | None, moving: float | None) -> Fraction:
    """The one rate all renditions run at: a standard rate, at most 60.

    A steady file has its own average. A variable one has the rate at which it runs while the picture
    moves (phones drop frames in the dark, screen recorders while nothing happens): its average
    would throw away frames of just the parts that matter. Rates under 24 get the standard rate that
    repeats each frame most evenly, others the nearest, or the next above where many would be lost; rates
    over 60 are divided.
    """
    if not average or not moving or average <= 0 or moving <= 0:
        return _SOUND_ALONE_FPS
    steady = abs(moving - average) <= _JITTER * average
    for rate in (average, moving) if steady else (moving,):
        divided = rate / math.ceil(rate / (_FASTEST_FPS * (1 + _NEAR)))
        nearest = min(_STANDARD_FPS, key=lambda s: abs(float(s) - divided))
        if abs(float(nearest) - divided) <= _NEAR * divided:
            return nearest
    if divided < float(_STANDARD_FPS[0]):
        return min(_REPEATING_FPS, key=lambda s: _unevenness(float(s) / divided))
    return nearest if nearest >= divided * (1 - _LOST) else min(s for s in _STANDARD_FPS if s >= divided)


def _unevenness(ratio: float) -> float:
    return round(abs(ratio - round(ratio)) / ratio, 2)
