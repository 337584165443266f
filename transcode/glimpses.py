"""What runs inside the jail to look at some of a film's pictures, made very small. `transcode.sight` has it called."""

import base64
from collections.abc import Iterator
from typing import Any

from av.error import FFmpegError
from av.video.reformatter import VideoReformatter

from transcode.inside import opened, tracks

WIDTH, HEIGHT = 32, 18
_BEFORE_S = 0.5  # what is sought by time of decoding may be shown a little earlier
_WORST = 500  # packets that no decoder makes anything of

Seen = tuple[float, Any]  # seconds of the container's clock, and a frame


def glimpses(fd: int, spans: list[list[float]], every_s: float, keys: bool) -> list[list[list[Any]]]:
    """For each span [from, to) in seconds of recording time, in order: its pictures, each [seconds, light as base64].

    At most one `every_s`; with `keys` only of those that need no other to be decoded, which costs next to nothing.
    What cannot be read is left out. Nothing is decoded twice.
    """
    container = opened(fd)
    video, _ = tracks(container)
    if video is None:
        return [[] for _ in spans]
    stream, made = video.stream, VideoReformatter()
    stream.codec_context.skip_frame = "NONKEY" if keys else "DEFAULT"
    start_s = (container.start_time or 0) / 1_000_000
    frames: Iterator[Seen] = iter(())
    ahead: Seen | None = None
    found: list[list[list[Any]]] = []
    for from_s, to_s in ((start_s + a, start_s + b) for a, b in spans):
        if ahead is None or _is_nearer(stream, ahead[0], from_s):
            frames = _decoded(container, stream, from_s, keys)
            ahead = next(frames, None)
        next_s = from_s
        found.append([])
        while ahead is not None and ahead[0] < to_s:
            at_s, frame = ahead
            if at_s >= next_s:
                found[-1].append([round(at_s - start_s, 4), _small(made, frame)])
                next_s = at_s + every_s
            ahead = next(frames, None)
    return found


def _is_nearer(stream: Any, here_s: float, to_s: float) -> bool:
    """Whether one comes sooner to a moment by seeking than by going on: a keyframe lies between."""
    index = stream.index_entries
    at = index.search_timestamp(int((to_s - _BEFORE_S) / stream.time_base))
    return at >= 0 and float(index[at].timestamp * stream.time_base) > here_s


def _decoded(container: Any, stream: Any, from_s: float, keys: bool) -> Iterator[Seen]:
    try:
        container.seek(int(max(0.0, from_s - _BEFORE_S) / stream.time_base), stream=stream)
    except (FFmpegError, ValueError):
        return
    stream.codec_context.flush_buffers()
    bad = 0
    for packet in _packets(container, stream):
        if keys and packet.size and not packet.is_keyframe:
            continue
        try:
            frames = packet.decode()
        except (FFmpegError, ValueError):
            frames, bad = [], bad + 1
            if bad > _WORST:
                return
        yield from ((frame.time, frame) for frame in frames if frame.time is not None)


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    try:
        yield from container.demux(stream)
    except (FFmpegError, ValueError):
        return


def _small(made: VideoReformatter, frame: Any) -> str:
    plane = made.reformat(frame, WIDTH, HEIGHT, "gray", interpolation="AREA", threads=1).planes[0]
    light, line = memoryview(plane), plane.line_size
    rows = b"".join(bytes(light[row * line : row * line + WIDTH]) for row in range(HEIGHT))
    return base64.b64encode(rows).decode()
