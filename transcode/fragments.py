"""Fragmented MP4, as far as we need to read it: init segment, fragments, codec names.

A `GrowingFile` is read while ffmpeg still writes it: it gives each fragment out once, as soon as
its last byte is there. Box layouts: ISO/IEC 14496-12.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_NOT_SYNC = 0x10000  # sample_is_non_sync_sample, in a sample's flags


@dataclass(frozen=True)
class Written:
    """One moof and its mdat. Times in ticks of the track's timescale, places in bytes of the file."""

    start: int  # when its first frame is shown
    decode_start: int
    durations: tuple[int, ...]  # of its frames, in decoding order
    sample_sizes: tuple[int, ...]
    sync: bool  # whether the first frame can be decoded alone
    offset: int
    size: int  # of moof and mdat
    payload: int  # where the frames' bytes begin

    @property
    def ticks(self) -> int:
        return sum(self.durations)

    @property
    def frames(self) -> int:
        return len(self.durations)


class GrowingFile:
    """A fragmented MP4 that is being written by somebody else. The file stays the caller's to close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._head = b""
        self._moof: tuple[int, bytes] | None = None
        self._defaults = (0, 0, 0)
        self.init: bytes | None = None  # once it is there

    def new(self) -> list[Written]:
        """The fragments that were completed since the last call. Never waits."""
        found: list[Written] = []
        end = os.fstat(self._file.fileno()).st_size
        while self._at + 16 <= end:
            head = os.pread(self._file.fileno(), 16, self._at)
            size, kind = struct.unpack_from(">I4s", head)
            payload = 8
            if size == 1:
                size, payload = struct.unpack_from(">Q", head, 8)[0], 16
            if size < 8 or self._at + size > end:
                break
            if kind in (b"ftyp", b"moov"):
                self._head += self.read(self._at, size)
                if kind == b"moov":
                    self.init = self._head
                    self._defaults = _track_defaults(self._head)
            elif kind == b"moof":
                self._moof = (self._at, self.read(self._at, size))
            elif kind == b"mdat" and self._moof is not None:
                offset, moof = self._moof
                found.append(_written(moof, self._defaults, offset, self._at + size - offset, self._at + payload))
                self._moof = None
            self._at += size
        return found

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, offset)


def codec(init: bytes) -> str:
    """The codec of an init segment's one track as RFC 6381 names it: avc1.640028, av01.0.08M.08, mp4a.40.2.

    Raises ValueError for anything but H.264, AV1 and AAC in MP4.
    """
    start, end = inside(init, 0, len(init), b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    kind, entry, entry_end = next(boxes(init, start + 8, end))
    if kind == b"avc1":
        configuration, _ = inside(init, entry + 78, entry_end, b"avcC")
        return "avc1." + init[configuration + 1 : configuration + 4].hex()
    if kind == b"av01":  # AV1 Codec ISO Media File Format Binding, 2.3 and 5
        at, _ = inside(init, entry + 78, entry_end, b"av1C")
        profile, level = init[at + 1] >> 5, init[at + 1] & 31
        high_tier, ten_bit, twelve_bit = (bool(init[at + 2] & bit) for bit in (0x80, 0x40, 0x20))
        depth = 12 if twelve_bit else 10 if ten_bit else 8
        return f"av01.{profile}.{level:02}{'H' if high_tier else 'M'}.{depth:02}"
    if kind == b"mp4a":
        start, end = inside(init, entry + 28, entry_end, b"esds")
        # The decoder's own configuration (tag 5, length, bytes) begins with five bits: the object type.
        at = init.index(b"\x05", init.index(b"\x04", start + 4, end) + 14, end) + 1
        while init[at] & 0x80:
            at += 1
        return f"mp4a.40.{init[at + 1] >> 3}"
    raise ValueError(f"no name for {kind!r}")


def boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of the contents of each box in data[at:end]."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or end - at
        if size < head:
            raise ValueError("a box that is smaller than its head")
        yield kind, at + head, at + size
        at += size


def inside(data: bytes, at: int, end: int, *path: bytes) -> tuple[int, int]:
    """Where the contents of the box at the end of a path of boxes lie. Raises ValueError."""
    for kind, start, stop in boxes(data, at, end):
        if kind == path[0]:
            return (start, stop) if len(path) == 1 else inside(data, start, stop, *path[1:])
    raise ValueError(f"no {path[0]!r} box")


def _track_defaults(init: bytes) -> tuple[int, int, int]:
    """(duration, size, flags) that samples have unless a fragment says otherwise (trex)."""
    at, _ = inside(init, 0, len(init), b"moov", b"mvex", b"trex")
    duration, size, flags = struct.unpack_from(">III", init, at + 12)
    return duration, size, flags


def _written(moof: bytes, defaults: tuple[int, int, int], offset: int, size: int, payload: int) -> Written:
    start, end = inside(moof, 0, len(moof), b"moof", b"traf")
    decode_start = time = 0
    shown: list[int] = []
    durations: list[int] = []
    sizes: list[int] = []
    flags: list[int] = []
    for kind, at, _ in boxes(moof, start, end):
        given = int.from_bytes(moof[at + 1 : at + 4], "big")
        if kind == b"tfhd":
            # track_ID, then base-data-offset (8 bytes) and sample-description-index where given
            at += 8 + 8 * bool(given & 1) + 4 * bool(given & 2)
            values = iter(struct.unpack_from(">3I", moof + bytes(12), at))
            defaults = (
                next(values) if given & 0x08 else defaults[0],
                next(values) if given & 0x10 else defaults[1],
                next(values) if given & 0x20 else defaults[2],
            )
        elif kind == b"tfdt":
            decode_start = time = struct.unpack_from(">Q" if moof[at] else ">I", moof, at + 4)[0]
        elif kind == b"trun":
            for duration, sample_size, sample_flags, composition in _samples(moof, at, given, defaults):
                shown.append(time + composition)
                durations.append(duration)
                sizes.append(sample_size)
                flags.append(sample_flags)
                time += duration
    return Written(
        start=min(shown),
        decode_start=decode_start,
        durations=tuple(durations),
        sample_sizes=tuple(sizes),
        sync=not flags[0] & _NOT_SYNC,
        offset=offset,
        size=size,
        payload=payload,
    )


def _samples(moof: bytes, at: int, given: int, defaults: tuple[int, int, int]) -> Iterator[tuple[int, int, int, int]]:
    """(duration, size, flags, composition offset) of each sample of a trun box."""
    (count,) = struct.unpack_from(">I", moof, at + 4)
    at += 8 + 4 * bool(given & 1)
    first_flags = defaults[2]
    if given & 4:
        (first_flags,) = struct.unpack_from(">I", moof, at)
        at += 4
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if given & bit]
    step = struct.Struct(">" + "".join("i" if bit == 0x800 else "I" for bit in fields))
    for i in range(count):
        sample = dict(zip(fields, step.unpack_from(moof, at), strict=True))
        at += step.size
        yield (
            sample.get(0x100, defaults[0]),
            sample.get(0x200, defaults[1]),
            sample.get(0x400, first_flags if i == 0 else defaults[2]),
            sample.get(0x800, 0),
        )
