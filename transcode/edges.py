"""Edges: the frames between a clip's bound and the nearest keyframe, as fragments of their own.

What enters: a recording's plan, an edge, and of every rendition the fragments that hold it. What leaves: one
fragment a rendition, end to end with its neighbours on the recording's time line.

*Pictures* are decoded once, from the largest rendition's own fragments (the original may be gone, and would cost
more), and encoded for every rendition by the very arguments that its fragments were made with: so the new one
follows the same initialisation segment. Where it does not, made by another version of ffmpeg, it brings its own.
Fragments that lie within the edge whole are copied behind or before it.

*Sound* is cut by whole AAC frames, as everywhere (transcode/repack.py), and not encoded again.
"""

import struct
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

from domain.cover import Box
from domain.edge import Edge, touched
from domain.errors import Unavailable
from domain.media import VIDEO_TIMESCALE, KeyframePlan, Kind, Probe, Rendition
from transcode import encoders
from transcode.command import video_arguments
from transcode.fragments import GrowingFile, Written, inside
from transcode.jail import Jail, Limits
from transcode.repack import aac_frame, pack

_LIMITS = Limits(wall_s=120.0, memory_bytes=2 << 30)


@dataclass(frozen=True)
class Source:
    """A rendition, and those of its fragments that an edge touches, by number; `own_inits` of those that do not follow
    the rendition's.
    """

    rendition: Rendition
    init: bytes
    fragments: Mapping[int, bytes]
    own_inits: Mapping[int, bytes] = field(default_factory=dict)

    def film(self, number: int) -> bytes:
        """A fragment that can be decoded alone."""
        return self.own_inits.get(number, self.init) + self.fragments[number]


@dataclass(frozen=True)
class Made:
    """`start` and `ticks` in the rendition's ticks. `init` is None when the rendition's own fits."""

    start: int
    ticks: int
    data: bytes
    init: bytes | None


def make(edge: Edge, plan: KeyframePlan, sources: Sequence[Source], *, jail: Jail, work: Path) -> dict[str, Made]:
    """An edge in every rendition, by name. `work` is a folder for files that may vanish.

    Raises Unavailable: `media_failed` when what came out is not what was asked for.
    """
    pictures = [source for source in sources if source.rendition.kind is Kind.VIDEO]
    made = _pictures(edge, plan, pictures, jail, work) if pictures else {}
    for source in sources:
        if source.rendition.kind is Kind.AUDIO:
            made[source.rendition.name] = _sound(edge, plan, source, work)
    return made


def _pictures(
    edge: Edge, plan: KeyframePlan, sources: Sequence[Source], jail: Jail, work: Path, *, copied: bool = True
) -> dict[str, Made]:
    data = {source.rendition.name: b"" for source in sources}
    inits: dict[str, bytes | None] = dict.fromkeys(data)
    ends = (*plan.keys[1:], plan.frames)
    alike = copied and not any(source.own_inits for source in sources)
    whole = [number for number, a, b in touched(plan, edge) if alike and b - a == ends[number] - plan.keys[number]]
    for number, first, end in touched(plan, edge):
        if number in whole:
            for source in sources:
                data[source.rendition.name] += source.fragments[number]
            continue
        offset = plan.keys[number]
        for name, (init, fragment) in encoded(number, first, end, offset, plan.fps, sources, jail, work).items():
            data[name] += fragment
            inits[name] = init
    if whole and any(inits.values()):  # what is copied does not follow the edge's own segment
        return _pictures(edge, plan, sources, jail, work, copied=False)
    return {name: Made(edge.start, edge.end - edge.start, data[name], inits[name]) for name in data}


def encoded(
    number: int,
    first: int,
    end: int,
    offset: int,
    fps: Fraction,
    sources: Sequence[Source],
    jail: Jail,
    work: Path,
    boxes: Sequence[tuple[int, int, Box]] = (),
) -> dict[str, tuple[bytes | None, bytes]]:
    """Frames `first` to `end` of fragment `number`, whose first one is the recording's `offset`-th: (its own init
    segment or None, fragment) by rendition name. `boxes`: which part of the picture is black from one of the
    fragment's frames up to another. Raises Unavailable (`media_failed`).
    """
    largest = sources[0]
    # The fragment as a recording of its own: its frames are numbered from 0, and one of them is to be a keyframe.
    local = KeyframePlan(fps, end, (0, first) if first else (0,))
    renditions = [source.rendition for source in sources]
    probe = _as_probed(largest.rendition, local)
    arguments = video_arguments(probe, local, renditions, first=first, seek=False, boxes=boxes)
    made = {}
    with ExitStack() as stack:
        film = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="edge-", dir=work))) / "fragment.mp4"
        film.write_bytes(largest.film(number))
        files = [cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile(dir=work))) for _ in sources]
        limits = replace(_LIMITS, memory_bytes=_LIMITS.memory_bytes + encoders.memory_bytes(renditions))
        stack.enter_context(jail.start(arguments, film, files, limits=limits)).finish()
        for source, file in zip(sources, files, strict=True):
            growing = GrowingFile(file)
            written = growing.new()
            _check(source.rendition, written, first, end, fps)
            assert growing.init is not None
            fragment = _moved(growing.read(written[0].offset, written[0].size), offset, fps)
            made[source.rendition.name] = (None if growing.init == source.init else growing.init, fragment)
    return made


def _as_probed(rendition: Rendition, plan: KeyframePlan) -> Probe:
    return Probe(
        container="mov,mp4",
        duration_ms=plan.duration_ms,
        width=rendition.width,
        height=rendition.height,
        rotation=0,
        mirrored=False,
        fps=plan.fps,
        begins_ms=0,
        hdr=None,
        video_codec="h264",
        audio_codec=None,
        audio_index=None,
        audio_channels=0,
    )


def _check(rendition: Rendition, written: Sequence[Written], first: int, end: int, fps: Fraction) -> None:
    tick = VIDEO_TIMESCALE / fps
    right = len(written) == 1 and written[0].sync and written[0].frames == end - first
    if not right or written[0].start != first * tick or written[0].ticks != (end - first) * tick:
        error = Unavailable("A clip's edge could not be made. The clip plays to the pause inside.", code="media_failed")
        error.add_note(f"{rendition.name}: frames {first} to {end} became {written}")
        raise error


def _moved(fragment: bytes, frames: int, fps: Fraction) -> bytes:
    """A fragment that is shown so many frames later."""
    at, _ = inside(fragment, 0, len(fragment), b"moof", b"traf", b"tfdt")
    wide = ">Q" if fragment[at] else ">I"
    moved = bytearray(fragment)
    (time,) = struct.unpack_from(wide, fragment, at + 4)
    struct.pack_into(wide, moved, at + 4, time + round(frames * VIDEO_TIMESCALE / fps))
    return bytes(moved)


def _sound(edge: Edge, plan: KeyframePlan, source: Source, work: Path) -> Made:
    first, end = edge.frames(plan.fps)
    begin = aac_frame(first, plan.fps)
    stop = aac_frame(end, plan.fps) if end < plan.frames else None  # nothing is left over at the recording's end
    numbers = [number for number, _, _ in touched(plan, edge)]
    sizes: list[int] = []
    durations: list[int] = []
    payload = b""
    time = None
    with tempfile.TemporaryFile(dir=work) as file:
        file.write(source.init + b"".join(source.fragments[number] for number in numbers))
        file.flush()
        growing = GrowingFile(cast(BinaryIO, file))
        for number, written in zip(numbers, growing.new(), strict=True):
            at, frame = written.payload, aac_frame(plan.keys[number], plan.fps)
            now = written.start
            for size, duration in zip(written.sample_sizes, written.durations, strict=True):
                if begin <= frame and (stop is None or frame < stop):
                    time = now if time is None else time
                    sizes.append(size)
                    durations.append(duration)
                    payload += growing.read(at, size)
                at, frame, now = at + size, frame + 1, now + duration
    assert time is not None, "an edge is longer than an AAC frame"
    packed = pack(source.init, numbers[0] + 1, time, sizes, durations, payload)
    return Made(packed.start, packed.ticks, packed.data, None)
