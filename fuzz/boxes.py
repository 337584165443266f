"""MP4 files as trees of boxes (ISO/IEC 14496-12, 4.2), so that one box at a time can lie."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_OF_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"dinf", b"mvex", b"moof", b"traf"}


@dataclass
class Box:
    """A box: boxes inside, or bytes. `size` is what it says of itself, when that is not the truth."""

    kind: bytes
    contents: bytes = b""
    boxes: "list[Box]" = field(default_factory=list)
    size: int | None = None
    long: bool = False  # with a size of 64 bits

    def bytes(self) -> bytes:
        inside = self.contents + written(self.boxes)
        length = len(inside) + (16 if self.long else 8)
        size = length if self.size is None else self.size
        if self.long:
            return struct.pack(">I4sQ", 1, self.kind, size % (1 << 64)) + inside
        return struct.pack(">I4s", size % (1 << 32), self.kind) + inside


def read(data: bytes) -> list[Box]:
    """The boxes of a well-made file."""
    found = []
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        inside = data[at + 8 : at + size]
        found.append(Box(kind, boxes=read(inside)) if kind in _OF_BOXES else Box(kind, inside))
        at += max(8, size)
    return found


def written(boxes: Sequence[Box]) -> bytes:
    return b"".join(box.bytes() for box in boxes)


def every(boxes: Sequence[Box]) -> Iterator[Box]:
    for box in boxes:
        yield box
        yield from every(box.boxes)


def all_of(boxes: Sequence[Box], *kinds: bytes) -> list[Box]:
    return [box for box in every(boxes) if box.kind in kinds]


def first(boxes: Sequence[Box], kind: bytes) -> Box:
    return all_of(boxes, kind)[0]


def borders(data: bytes) -> list[int]:
    """Where boxes begin, two levels deep. Empty for what is no MP4."""
    found = []
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or not kind.isalnum():
            break
        found.append(at)
        if kind in _OF_BOXES:
            found += [at + 8 + inner for inner in borders(data[at + 8 : at + size])]
        at += size
    return found
