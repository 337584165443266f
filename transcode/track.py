"""One stream of a file, as far as the look at it (`transcode.inside`) has read. Runs inside the jail."""

import math
from array import array
from dataclasses import dataclass, field
from typing import Any

from av.error import FFmpegError

from transcode.damage import Check

TRIES = 200  # packets given to a decoder that has not answered with a frame yet


@dataclass
class Track:
    """Times in seconds of the container's clock."""

    stream: Any
    promised_s: float | None
    tries: int = 0
    frame: Any = None
    check: Check | None = None  # of a picture's packets
    damage: list[tuple[float, float]] = field(default_factory=list)  # from, to
    damaged_s: float | None = None  # since when nothing can be seen
    starts: "array[float]" = field(default_factory=lambda: array("d"))
    ends_s: float = -math.inf
    last_pts: int | None = None

    def take(self, packet: Any) -> None:
        # At the end comes a packet of nothing: with it a decoder gives what it had kept back to put it in order.
        if self.frame is None and self.tries < TRIES:
            self._decode(packet)
        if packet.pts is None or packet.is_discard:
            return
        base = float(packet.time_base)
        if self.check is not None:
            self._note_damage(packet, packet.pts * base)
        self.starts.append(packet.pts * base)
        self.ends_s = max(self.ends_s, (packet.pts + (packet.duration or 0)) * base)
        self.last_pts = packet.pts

    def _note_damage(self, packet: Any, at_s: float) -> None:
        """From a packet that makes no sense to the next that needs none before it, pictures are wrong or missing."""
        assert self.check is not None
        whole = self.check(packet)
        if not whole and not self.starts:
            self.check = None  # not damage, but another way to write such packets
        elif not whole:
            self.damaged_s = at_s if self.damaged_s is None else self.damaged_s
        elif packet.is_keyframe and self.damaged_s is not None:
            self.damage.append((self.damaged_s, at_s))
            self.damaged_s = None

    def _decode(self, packet: Any) -> None:
        self.tries += 1
        try:
            self.frame = next(iter(packet.decode()), None)
        except (FFmpegError, ValueError):
            return
