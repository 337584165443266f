"""What runs inside the jail in Python: PyAV looks at a file.

Only `transcode.probe` has it called, through the jail. It answers with plain numbers (JSON), and
what it says is as trustworthy as the file: `transcode.probe` checks it.

Every packet is read once, none but a few are decoded. That is what finds the true length of a
recording whose container says none, or lies, and what notices a file that breaks off.

Before that, the head is looked at: a file with more tracks or larger pictures than anybody films is
described by what it says of itself, without reading on. What is let in refuses it by those numbers.
"""

import importlib
import itertools
import math
import os
import pkgutil
import statistics
from typing import Any

import av
from av.error import FFmpegError

from domain.errors import Refused
from transcode.confine import DEMUXERS, MAX_PIXELS
from transcode.damage import packet_check
from transcode.screen import is_a_screen
from transcode.track import TRIES, Track

# PyAV imports its parts when it first needs them; in the jail that is too late.
for _module in pkgutil.walk_packages(av.__path__, "av."):
    if _module.name not in {"av.__main__", "av.datasets"}:  # the latter brings a web client along
        importlib.import_module(_module.name)

_ROUNDED_S = 0.1  # the last packets reach a little beyond the end that an edit list sets
_INDEXED = ("mov", "matroska")  # formats in which one can look at the end alone
_MOST_TRACKS = 200  # a decoder each
_MOST_PACKETS = 4_000_000  # four hours of slow motion; 16 bytes of memory and two microseconds each
_BELIEVABLE_S = 1e8  # three years
_HZ = range(4_000, 768_001)  # samples a second; a file that says one would be made 16,000 times as long
_UNSPECIFIED = 2  # ITU-T H.273, matrix coefficients
_MISSING_S = 2.0  # a container may round, or count the silence at its end: what may be missing without
_HOLE_S = 1.0  # without sound, in a file that has sound
_MISSING_SHARE = 0.1  # the file being broken off, at least and as a share of what it promised


def look(fd: int) -> dict[str, Any]:
    """Everything `transcode.probe` wants to know. A refusal is an answer as well: {"refused": ...}."""
    try:
        return _look(fd)
    except Refused as refused:
        return {"refused": {"code": refused.code, "message": refused.message}}


def glance(fd: int, head_s: float) -> dict[str, Any] | None:
    """What `look` would most likely answer, from the first `head_s` and one picture at the end; None: who knows.

    It reads as little of a long file as of a short one. Whether the file is whole it cannot tell.
    """
    try:
        return _glance(fd, head_s)
    except (Refused, FFmpegError, ValueError):
        return None


def _glance(fd: int, head_s: float) -> dict[str, Any] | None:
    container = opened(fd)
    video, audios = tracks(container)
    if video is None or container.duration is None or len(container.streams) > _MOST_TRACKS:
        return None
    start_s, duration_s = (container.start_time or 0) / av.time_base, container.duration / av.time_base
    if _pixels(video) > MAX_PIXELS or _read(container, video, audios, until_s=start_s + head_s):
        return None
    audio = _heard(audios)
    if video.frame is None or any(track.frame is None and track.tries < TRIES for track in audios):
        return None  # a track may begin later
    video.last_pts = int((start_s + duration_s) / video.stream.time_base)
    last = _last_frame(container, video)
    if last is None:
        return None
    return _known(container) | {
        "duration_s": duration_s,
        "gap_s": 0.0,
        "damage": [],
        "video": _picture(video, last, start_s) | {"stated_fps": float(video.stream.average_rate or 0)},
        "audio": None if audio is None else _sound(audios[audio], audio),
    }


def _look(fd: int) -> dict[str, Any]:
    container = opened(fd)
    video, audios = tracks(container)
    known = _known(container)
    if known["tracks"] > _MOST_TRACKS or (video is not None and _pixels(video) > MAX_PIXELS):
        return known | _unread(container, video)
    if video is None and not audios:
        raise Refused(
            "There is neither a picture nor sound in this file. Send the video as your phone saved it.", code="no_media"
        )
    broken = _read(container, video, audios)
    if video is not None and video.frame is None:
        raise _unreadable(video)
    audio = _heard(audios)
    if video is None and audio is None:
        raise _unreadable(audios[0])
    heard = None if audio is None else audios[audio]
    start_s = (container.start_time or 0) / av.time_base
    kept = [track for track in (video, heard) if track is not None and track.starts]
    ends_s = max((track.ends_s for track in kept), default=start_s) - start_s
    declared_s = None if container.duration is None else container.duration / av.time_base
    _check_whole(kept, declared_s, start_s, broken=broken)
    last = None if video is None else _last_frame(container, video)
    if video is not None and last is None:
        raise _breaks_off(None, None)
    duration_s = declared_s if declared_s and abs(declared_s - ends_s) < _ROUNDED_S else ends_s
    gaps = _gaps(kept, start_s, start_s + duration_s)
    return known | {
        "duration_s": duration_s,
        "gap_s": max((b - a for a, b in gaps), default=0.0),
        "damage": [(a - start_s, b - start_s) for a, b in _damage(video, heard, gaps)],
        "video": None if video is None else _picture(video, last, start_s),
        "audio": None if heard is None else _sound(heard, audio),
    }


def _known(container: Any) -> dict[str, Any]:
    return {
        "container": container.format.name,
        "tracks": len(container.streams),
        "chapters": len(container.chapters()),
    }


def opened(fd: int) -> Any:
    options = {"fd": str(fd), "protocol_whitelist": "fd", "format_whitelist": DEMUXERS, "max_pixels": str(MAX_PIXELS)}
    try:
        return av.open("fd:", options=options, metadata_errors="replace")
    except (FFmpegError, ValueError) as error:
        if _is_mp4_without_index(fd):
            raise Refused(
                "This video was not finished: its index is missing, as when a phone runs out of battery or space while "
                "filming. If the video plays on the phone, send it from there again.",
                code="truncated",
            ) from error
        raise Refused(
            "This is not a video or a sound recording that we can read. Send the video as your phone saved it.",
            code="not_media",
        ) from error


def tracks(container: Any) -> tuple[Track | None, list[Track]]:
    """The picture that ffmpeg's `V:0` means (no cover art), and all sound tracks, decodable or not."""
    video: Track | None = None
    audios: list[Track] = []
    for stream in container.streams:
        cover = av.stream.Disposition.attached_pic in stream.disposition
        promised = None if stream.duration is None else float(stream.duration * stream.time_base)
        if stream.type == "video" and not cover and video is None:
            video = Track(stream, promised)
            if stream.codec_context is not None:
                stream.codec_context.thread_count = 1  # threads would want many packets before the first frame
                # The container says one size and the pictures may say another: the decoder is told as well.
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        elif stream.type == "audio":
            audios.append(Track(stream, promised))
    return video, audios


def _read(container: Any, video: Track | None, audios: list[Track], until_s: float = math.inf) -> bool:
    """Reads every packet, as far as a picture at `until_s`. True: reading ended in an error, not there."""
    tracks = {track.stream.index: track for track in [*audios, *([video] if video else [])]}
    for track in tracks.values():
        if track.stream.codec_context is None:
            track.tries = TRIES
        elif track is video:
            track.check = packet_check(track.stream.codec_context)
    try:
        for number, packet in enumerate(container.demux([track.stream for track in tracks.values()])):
            if number > _MOST_PACKETS:
                raise Refused(
                    "This file is cut into more pieces than any camera makes. Export it as MP4, and send that.",
                    code="cannot_read",
                )
            track = tracks[packet.stream.index]
            track.take(packet)
            if track is video and track.ends_s >= until_s:
                break
    except (FFmpegError, ValueError):
        return True
    return False


def _pixels(video: Track) -> int:
    """Of one picture, as the container says."""
    codec = video.stream.codec_context
    return 0 if codec is None else int(codec.width * codec.height)


def _unread(container: Any, video: Track | None) -> dict[str, Any]:
    """What a file says of itself that nobody is going to read on. It is given a second where it says no length."""
    codec = None if video is None else video.stream.codec_context
    picture = None
    if codec is not None:
        picture = {
            **{"codec": codec.name, "width": codec.width, "height": codec.height, "pixel": [1, 1], "matrix": None},
            **{
                "begins_s": 0,
                "average_fps": None,
                "moving_fps": None,
                "transfer": 0,
                "matrix_unsaid": False,
                "screen": False,
                "interlaced": False,
            },
        }
    declared_s = None if container.duration is None else container.duration / av.time_base
    return {"duration_s": declared_s or 1.0, "gap_s": 0.0, "damage": [], "video": picture, "audio": None}


def _heard(audios: list[Track]) -> int | None:
    """The number of the track that players would play: of those that decode, the file's own choice, or the first."""
    found = (i for i, track in enumerate(audios) if track.frame is not None and track.frame.sample_rate in _HZ)
    return min(found, key=lambda i: av.stream.Disposition.default not in audios[i].stream.disposition, default=None)


def _gaps(kept: list[Track], start_s: float, end_s: float) -> list[tuple[float, float]]:
    """The stretches between one packet and the next, of whichever track."""
    times = sorted(at for track in kept for at in track.starts)
    return list(itertools.pairwise([start_s, *times, end_s]))


def _damage(video: Track | None, heard: Track | None, gaps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches of which there is nothing, or nothing that can be read.

    Sound never pauses, so where a file with pictures and sound has neither, something is missing. Pictures
    alone may: a screen is recorded only when something moves on it.
    """
    if video is None:
        return []
    found = list(video.damage)
    if video.damaged_s is not None:
        found.append((video.damaged_s, video.ends_s))
    return found + [(a, b) for a, b in gaps if heard is not None and b - a > _HOLE_S]


def _check_whole(kept: list[Track], declared_s: float | None, start_s: float, *, broken: bool) -> None:
    """Raises Refused when far less is there than the file says."""
    for track in kept:
        promised_s = track.promised_s if track.promised_s is not None else declared_s
        if promised_s is None:
            continue
        # Not from its own first packet on: of a track that begins late Matroska counts the time before it.
        there_s = track.ends_s - start_s
        if track.promised_s is None:  # the container's word, about whichever track is the longest
            there_s = max(t.ends_s for t in kept) - start_s
        if promised_s - there_s > max(_MISSING_S, _MISSING_SHARE * promised_s):
            raise _breaks_off(there_s, promised_s)
    if broken and not any(len(track.starts) > 1 for track in kept):
        raise _breaks_off(None, None)


def _last_frame(container: Any, video: Track) -> Any:
    """A picture at the end, or None: a download that stopped can be zeros from the middle on.

    Where there is no telling, without an index, it is the first one.
    """
    if video.last_pts is None or not any(name in container.format.name for name in _INDEXED):
        return video.frame
    try:
        container.seek(video.last_pts, stream=video.stream)
    except (FFmpegError, ValueError):
        return video.frame
    video.stream.codec_context.flush_buffers()
    for tries, packet in enumerate(container.demux(video.stream)):
        try:
            for frame in packet.decode():
                return frame
        except (FFmpegError, ValueError):
            pass
        if tries > TRIES:
            break
    return None


def _picture(video: Track, last: Any, start_s: float) -> dict[str, Any]:
    frame, stream = video.frame, video.stream
    matrix = next((bytes(data) for data in frame.side_data if data.type.name == "DISPLAYMATRIX"), None)
    ratio = stream.sample_aspect_ratio
    starts = sorted(video.starts)
    gaps = sorted(b - a for a, b in itertools.pairwise(starts) if b > a)
    return {
        "codec": stream.codec_context.codec.canonical_name,
        "width": frame.width,
        "height": frame.height,
        "pixel": [ratio.numerator, ratio.denominator] if ratio else [1, 1],
        "matrix": None if matrix is None else list(memoryview(matrix[:36]).cast("i")),
        "begins_s": (starts[0] if starts else frame.time) - start_s,
        "average_fps": (len(starts) - 1) / (starts[-1] - starts[0]) if gaps else None,
        # Of a variable rate: what it runs at while the picture moves.
        "moving_fps": 1 / statistics.quantiles(gaps, n=4)[0] if len(gaps) > 1 else None,
        "transfer": int(frame.color_trc),
        "matrix_unsaid": int(frame.colorspace) == _UNSPECIFIED,
        "screen": is_a_screen([frame, last]),
        "interlaced": bool(frame.interlaced_frame or last.interlaced_frame),
    }


def _sound(audio: Track, index: int | None) -> dict[str, Any]:
    return {
        "codec": audio.stream.codec_context.codec.canonical_name,
        "index": index,
        "channels": audio.frame.layout.nb_channels,
    }


def _is_mp4_without_index(fd: int) -> bool:
    """Whether it begins as an MP4 or QuickTime file, and has no moov box on its top level."""
    size, at = os.fstat(fd).st_size, 0
    kinds: set[bytes] = set()
    while at + 8 <= size and len(kinds) < 1000:
        head = os.pread(fd, 16, at)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if not kind.isalnum() and kind not in (b"    ",):
            break
        kinds.add(kind)
        if length < 8:
            break
        at += length
    return bool(kinds & {b"ftyp", b"mdat", b"wide"}) and b"moov" not in kinds


def _unreadable(track: Track) -> Refused:
    codec = track.stream.codec_context
    name = "" if codec is None else f" ({codec.name})"
    what = "pictures" if track.stream.type == "video" else "sound"
    return Refused(
        f"The {what} in this file are in a format that we cannot read{name}. "
        "Export it as MP4 with H.264, or choose “most compatible” in the camera's settings, and send that.",
        code="cannot_decode",
    )


def _breaks_off(there_s: float | None, promised_s: float | None) -> Refused:
    where = ""
    if there_s is not None and promised_s is not None:
        where = f" after {_clock(there_s)} of {_clock(promised_s)}"
        if promised_s > _BELIEVABLE_S:
            where = f" after {_clock(there_s)}, and says that it lasts for years"
    return Refused(
        f"This file breaks off{where}: the rest did not get here from the phone or the disk it was copied from. "
        "Send the original again.",
        code="truncated",
    )


def _clock(seconds: float) -> str:
    return f"{int(max(0, seconds)) // 60}:{int(max(0, seconds)) % 60:02}"
