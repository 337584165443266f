"""Fragments of our own renditions -> one MP4 to take along, without encoding anything.

Our own renditions, not strangers' files: so this runs here, and not in the jail.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from domain.errors import Invalid
from transcode.fragments import inside


@dataclass(frozen=True)
class Track:
    """An initialisation segment and consecutive fragments behind it; `begins_s` in recording time."""

    data: bytes
    begins_s: Fraction

    @property
    def init(self) -> bytes:
        _, end = inside(self.data, 0, len(self.data), b"moov")
        return self.data[:end]


def clip_mp4(tracks: Sequence[Track], path: Path) -> None:
    """Writes a clip of one part: the picture first, then its sound."""
    join_mp4([tracks], path)


def join_mp4(parts: Sequence[Sequence[Track]], path: Path) -> None:
    """Writes parts one behind the other, the index in front. Of each part the picture first, then its sound.

    The pictures of all parts have to be of one rendition, and so has the sound: a track cannot
    change its size in the middle. Raises Invalid (`different_recordings`) otherwise.
    """
    if len({tuple(track.init for track in tracks) for tracks in parts}) > 1:
        raise Invalid("Clips of several recordings cannot be downloaded as one file.", code="different_recordings")
    packets: list[tuple[Fraction, Any]] = []
    before = Fraction(0)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as made:
        streams: list[Any] = []
        for tracks in parts:
            ends = []
            for number, track in enumerate(tracks):
                with av.open(io.BytesIO(track.data), "r", format="mp4") as source:
                    stream = source.streams[0]
                    if number == len(streams):
                        streams.append(made.add_stream_from_template(stream))
                    offset = before + track.begins_s - tracks[0].begins_s
                    moved, end = _moved(list(source.demux(stream)), offset)
                for packet in moved:
                    packet.stream = streams[number]
                    packets.append((packet.dts * packet.time_base, packet))
                ends.append(end)
            before = ends[0]
        for _, packet in sorted(packets, key=lambda p: p[0]):
            made.mux(packet)


def _moved(packets: list[Any], offset: Fraction) -> tuple[list[Any], Fraction]:
    """The packets in time such that the first frame is shown at `offset` seconds, and when the last one ends."""
    packets = [p for p in packets if p.dts is not None and p.pts is not None]
    base = Fraction(packets[0].time_base)
    # ffmpeg takes files with negative composition offsets to be two frames late; the first frame
    # that is shown says by how much.
    by = round(offset / base) - min(p.pts for p in packets)
    for packet in packets:
        packet.pts += by
        packet.dts += by
    return packets, Fraction(max(p.pts + (p.duration or 0) for p in packets)) * base
