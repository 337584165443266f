"""The sound's fragments cut where the pictures' are.

ffmpeg cuts sound every so many milliseconds. Here its AAC frames are put into fragments anew, one
for every keyframe of the plan, so that fragment n of the sound belongs to fragment n of the picture
and begins at most half an AAC frame (10.7 ms) before or after it. A clip that begins in a pause then
needs no sound from before it: nothing that was cut away is ever sent. Not a bit of the sound itself
is changed.
"""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from domain.media import AUDIO_TIMESCALE, KeyframePlan
from transcode.fragments import GrowingFile, inside

AAC_FRAME = 1024  # samples
# ISO 14496-3: a channel pair of AAC-LC whose spectrum is empty, as ffmpeg's encoder writes it for digital silence.
_SILENT_FRAME = bytes.fromhex("211004608c1c")
_OUR_TRACK = 1  # of every initialisation segment of our own sound
_ALONE = 0x02000000  # sample flags: depends on no other
_BASE_IS_MOOF, _DEFAULT_DURATION, _DEFAULT_FLAGS = 0x020000, 0x08, 0x20  # tfhd
_DATA_OFFSET, _DURATIONS, _SIZES = 0x1, 0x100, 0x200  # trun


@dataclass(frozen=True)
class Packed:
    start: int  # in samples, and so is `ticks`
    ticks: int
    data: bytes


class SoundCutter:
    """Gives out fragment after fragment of the sound as `growing` grows."""

    def __init__(self, growing: GrowingFile, plan: KeyframePlan) -> None:
        self._growing = growing
        # The number of the AAC frame that each fragment but the first begins with.
        self._bounds = [aac_frame(key, plan.fps) for key in plan.keys[1:]]
        self._frames = 0  # that have been read
        self._time = 0  # of the first frame in `_sizes`
        self._number = 0  # of the fragment being collected
        self._sizes: list[int] = []
        self._durations: list[int] = []
        self._payload = bytearray()

    def new(self) -> list[Packed]:
        """The fragments that became whole since the last call."""
        made: list[Packed] = []
        for written in self._growing.new():
            payload = self._growing.read(written.payload, sum(written.sample_sizes))
            at = 0
            for size, duration in zip(written.sample_sizes, written.durations, strict=True):
                if self._number < bisect_right(self._bounds, self._frames):
                    made.append(self._packed())
                self._sizes.append(size)
                self._durations.append(duration)
                self._payload += payload[at : at + size]
                self._frames += 1
                at += size
        return made

    def rest(self) -> list[Packed]:
        """The last fragment, once nothing more will be written."""
        return [self._packed()] if self._sizes else []

    def _packed(self) -> Packed:
        assert self._growing.init is not None
        packed = pack(
            self._growing.init, self._number + 1, self._time, self._sizes, self._durations, bytes(self._payload)
        )
        self._number += 1
        self._time += packed.ticks
        self._sizes, self._durations, self._payload = [], [], bytearray()
        return packed


def aac_frame(frame: int, fps: Fraction) -> int:
    """The number of the AAC frame that begins nearest to a frame of the picture: where sound is cut for it."""
    return round(frame * AUDIO_TIMESCALE / fps / AAC_FRAME)


def pack(init: bytes, number: int, time: int, sizes: list[int], durations: list[int], payload: bytes) -> Packed:
    """A fragment of whole AAC frames, the first at `time` samples; `number` counts from 1."""
    moof = _moof(number, _track(init), time, sizes, durations)
    return Packed(time, sum(durations), moof + _box(b"mdat", payload))


def silence(first: int, frames: int) -> bytes:
    """A fragment of so many AAC frames of nothing, from frame `first` of recording time on.

    It follows the initialisation segment of any sound of ours: all are AAC-LC in stereo at AUDIO_TIMESCALE.
    """
    moof = _moof(1, _OUR_TRACK, first * AAC_FRAME, [len(_SILENT_FRAME)] * frames, [AAC_FRAME] * frames)
    return moof + _box(b"mdat", _SILENT_FRAME * frames)


def _moof(number: int, track: int, time: int, sizes: list[int], durations: list[int]) -> bytes:
    header = _full(b"mfhd", 0, struct.pack(">I", number))
    track_header = _full(
        b"tfhd",
        _BASE_IS_MOOF | _DEFAULT_DURATION | _DEFAULT_FLAGS,
        struct.pack(">III", track, durations[0], _ALONE),
    )
    if len(set(durations)) == 1:
        fields, samples = _SIZES, struct.pack(f">{len(sizes)}I", *sizes)
    else:  # the last frame of all is shorter
        fields = _DURATIONS | _SIZES
        samples = b"".join(struct.pack(">II", d, s) for d, s in zip(durations, sizes, strict=True))
    decode_time = _full(b"tfdt", 1 << 24, struct.pack(">Q", time))

    def moof(offset: int) -> bytes:
        run = _full(b"trun", _DATA_OFFSET | fields, struct.pack(">Ii", len(sizes), offset) + samples)
        return _box(b"moof", header + _box(b"traf", track_header + decode_time + run))

    return moof(len(moof(0)) + 8)  # the first sample lies behind the head of the mdat


def _track(init: bytes) -> int:
    at, _ = inside(init, 0, len(init), b"moov", b"mvex", b"trex")
    number: int = struct.unpack_from(">I", init, at + 4)[0]
    return number


def _full(kind: bytes, version_and_flags: int, contents: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version_and_flags) + contents)


def _box(kind: bytes, contents: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(contents), kind) + contents
