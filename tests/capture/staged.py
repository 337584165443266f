"""An intake on a temporary folder, with a clock that tests turn and arrivals that tests can break."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from capture import tus
from capture.intake import FinishedUpload, Intake, Upload
from capture.metadata import Metadata
from capture.writer import Writer

EVA = UUID(int=1)
CARL = UUID(int=2)
NO_METADATA = Metadata("", {})


@dataclass
class Clock:
    time: datetime = datetime(2031, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, gone: timedelta) -> None:
        self.time += gone


@dataclass
class ArrivalsKept:
    """Keeps what has arrived; a recording an upload id. `broken`: raised instead."""

    came: list[FinishedUpload] = field(default_factory=list)
    broken: Exception | None = None
    on_arrival: Callable[[FinishedUpload], None] = lambda upload: None

    def arrive(self, upload: FinishedUpload) -> str:
        if self.broken is not None:
            raise self.broken
        self.on_arrival(upload)
        self.came.append(upload)
        return f"recording-of-{upload.upload_id}"


@dataclass
class Desk:
    """An intake, and the ways tests use it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    arrivals: ArrivalsKept = field(default_factory=ArrivalsKept)

    def intake(self, **settings: Any) -> Intake:
        """A new one on the same folder, as after a restart or in another process."""
        return Intake(
            self.folder,
            **{"max_bytes": 1000, "arrivals": self.arrivals, "now": self.clock, "free_floor": 0, **settings},
        )

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.name != ".creating")

    def bytes_of(self, upload_id: str) -> bytes:
        return (self.folder / f"{upload_id}.part").read_bytes()


def writer_of(intake: Intake, upload_id: str, owner: UUID = EVA) -> Writer:
    taken = intake.take(upload_id, owner)
    assert isinstance(taken, Writer)
    return taken


def send(intake: Intake, upload_id: str, offset: int, data: bytes, owner: UUID = EVA, **more: Any) -> Upload:
    """One PATCH, all of it."""
    with writer_of(intake, upload_id, owner) as writer:
        writer.begin(tus.Patch(offset, more.get("length"), tus.Body(len(data), more.get("checksum"))))
        writer.write(data)
        writer.end()
        return intake.settle(writer)
