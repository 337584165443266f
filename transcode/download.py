"""Fragments of our own renditions -> one MP4 to take along, without encoding anything.

Our own renditions, not strangers' files: so this runs here, and not in the jail.
"""

import heapq
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from domain.errors import Invalid

_REORDERED = 2  # frames that a frame may have to wait for: those between it and the next, and the middle one of them


@dataclass(frozen=True)
class Track:
    """An initialisation segment, and what lies end to end behind it; `begins_s` in recording time.

    `data()` gives it a piece at a time: it is read once, and never held whole.
    """

    init: bytes
    begins_s: Fraction
    data: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Part:
    """Of a part of a clip the picture first, then its sound, or the sound alone."""

    length_s: Fraction
    tracks: Sequence[Track]


def join_mp4(parts: Sequence[Part], path: Path) -> None:
    """Writes parts one behind the other, the index in front.

    The pictures of all parts have to be of one rendition, and so has the sound: a track cannot
    change its size in the middle. Raises Invalid (`different_recordings`) otherwise.
    """
    if len({tuple(track.init for track in part.tracks) for part in parts}) > 1:
        raise Invalid(
            "The parts of this clip are of recordings with other sizes, and do not fit into one file.",
            code="different_recordings",
        )
    before = Fraction(0)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as made:
        streams: list[Any] = []
        for part in parts:
            with ExitStack() as stack:
                moved = []
                for number, track in enumerate(part.tracks):
                    source = stack.enter_context(av.open(_Pieces(track), "r", format="mp4"))
                    if number == len(streams):
                        # opaque: as it is, without looking for an encoder of the decoder's name.
                        streams.append(made.add_stream_from_template(source.streams[0], opaque=True))
                    offset = before + track.begins_s - part.tracks[0].begins_s
                    moved.append(_moved(source, streams[number], offset))
                for packet in heapq.merge(*moved, key=lambda packet: packet.dts * packet.time_base):
                    made.mux(packet)
            before += part.length_s


class _Pieces(io.RawIOBase):
    """A track as a file that is read from its beginning to its end."""

    def __init__(self, track: Track) -> None:
        self._pieces = iter([track.init])
        self._more: Callable[[], Iterable[bytes]] | None = track.data
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is not None:
                self._held = memoryview(piece)
            elif self._more is not None:
                self._pieces, self._more = iter(self._more()), None
            else:
                return 0
        size = min(len(into), len(self._held))
        into[:size] = self._held[:size]
        self._held = self._held[size:]
        return size


def _moved(source: Any, stream: Any, offset: Fraction) -> Iterator[Any]:
    """The packets of a file with one track, in time such that its first frame is shown at `offset` seconds.

    The times that ffmpeg reads are put right: of fragments with negative composition offsets it takes the frames to
    be late, by as much as the deepest reordering it has met so far, so that a later fragment can be out of step with
    an earlier one. What is sure: frames lie end to end, each begins to be decoded when the one before ends, and
    no frame is shown before the keyframe that its fragment begins with.
    """
    track = source.streams[0]
    reordered = _REORDERED if track.type == "video" and track.codec_context.has_b_frames else 0
    later: int | None = None  # than was read, since the last keyframe
    decoded: int | None = None
    for packet in source.demux(track):
        if packet.dts is None or packet.pts is None:
            continue
        if decoded is None:
            decoded = round(offset / packet.time_base)
        if packet.is_keyframe or later is None:
            later = decoded - packet.pts
        packet.pts += later
        # Earlier by as much as a frame may have to wait for those that are shown before it.
        packet.dts = decoded - reordered * packet.duration
        decoded += packet.duration
        packet.stream = stream
        yield packet
