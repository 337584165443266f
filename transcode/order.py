"""What is to be rendered, and the one thing that can be wrong with what comes out."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from domain.media import KeyframePlan, Kind, Loudness, Probe, Rendition, Rest
from transcode.jail import Jail, Limits


class Fault(Exception):
    """What was written is not what the plan says; the message tells where."""


@dataclass(frozen=True)
class Order:
    """`plan` is of what is to be rendered, from the recording's start on; `whole` of all of it, as far as is known."""

    source: Path
    probe: Probe
    plan: KeyframePlan
    whole: KeyframePlan
    renditions: tuple[Rendition, ...]
    loudness: Loudness | None
    rest: Rest | None
    jail: Jail
    work: Path  # a folder on a disk with room
    limits: Limits
    seams: tuple[int, ...] = ()  # fragments with which another render may begin: their first frames are noted

    def __post_init__(self) -> None:
        if any(sum(r.kind is kind for r in self.renditions) > 1 for kind in (Kind.STILLS, Kind.AUDIO)):
            raise ValueError("a rendering has one rendition of stills and one of sound at most")

    def growing_file(self) -> BinaryIO:
        """A file for ffmpeg to write. It has no name: whatever kills us, nothing is left behind."""
        return cast(BinaryIO, tempfile.TemporaryFile(dir=self.work))

    @property
    def fragments(self) -> int:
        """How many fragments every picture and sound rendition will have."""
        return len(self.plan.keys)

    @property
    def ends(self) -> tuple[int, ...]:
        """The frame number after each fragment."""
        return (*self.plan.keys[1:], self.plan.frames)

    @property
    def pictures(self) -> tuple[Rendition, ...]:
        return tuple(r for r in self.renditions if r.kind is Kind.VIDEO)

    @property
    def stills(self) -> Rendition | None:
        return next((r for r in self.renditions if r.kind is Kind.STILLS), None)

    @property
    def audio(self) -> Rendition | None:
        return next((r for r in self.renditions if r.kind is Kind.AUDIO), None)
