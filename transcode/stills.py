"""JPEGs that ffmpeg writes one behind the other into a growing file, and which frame each shows. Still n
shows the frame that is on screen at n * 2 seconds of recording time."""

import math
import os
import struct
from typing import BinaryIO

from domain.media import STILLS_TIMESCALE, KeyframePlan
from transcode.command import STILLS_EVERY_S

TICKS = STILLS_EVERY_S * STILLS_TIMESCALE
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"


def frame(number: int, plan: KeyframePlan) -> int:
    """The frame that a still shows."""
    return math.floor(number * STILLS_EVERY_S * plan.fps)


def before(frame_number: int, plan: KeyframePlan) -> int:
    """How many stills show a frame before this one: the number of the first that does not."""
    return math.ceil(frame_number / (STILLS_EVERY_S * plan.fps))


class StillFile:
    """`first` is the number of the first picture in the file, which stays the caller's to close."""

    def __init__(self, file: BinaryIO, first: int) -> None:
        self._file, self._first = file, first
        self._places: list[tuple[int, int]] = []  # offset and size of each whole picture
        self._at = 0
        self._tail = b""  # what was written of the next one

    @property
    def end(self) -> int:
        """The number after the last whole picture."""
        return self._first + len(self._places)

    def look(self) -> None:
        """Takes in what was written since the last call. Never waits."""
        size = os.fstat(self._file.fileno()).st_size
        start = self._at + len(self._tail)
        self._tail += os.pread(self._file.fileno(), size - start, start)
        while (length := _length(self._tail)) is not None:
            self._places.append((self._at, length))
            self._at += length
            self._tail = self._tail[length:]

    def read(self, number: int) -> bytes:
        offset, size = self._places[number - self._first]
        return os.pread(self._file.fileno(), size, offset)


def _length(data: bytes) -> int | None:
    """Bytes of the JPEG that `data` begins with; None when it is not whole (ITU-T T.81, annex B)."""
    if len(data) < 2:
        return None
    if not data.startswith(_START_OF_IMAGE):
        raise ValueError("no JPEG where one should begin")
    at = 2
    while at + 4 <= len(data):
        marker, (length,) = data[at : at + 2], struct.unpack_from(">H", data, at + 2)
        at += 2 + length
        if marker == _START_OF_SCAN:  # then the picture, in which FF is always followed by 00
            end = data.find(_END_OF_IMAGE, at)
            return None if end < 0 else end + 2
    return None
