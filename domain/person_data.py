"""A person's data: taken along, or deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

KEPT_FOR = timedelta(days=7)  # a file of somebody's data, once it is ready
WAIT = timedelta(days=30)  # from asking for a deletion until it is done: it can be taken back
LEFT = "Somebody who left"  # the name of who was deleted
# The files that somebody sent go into theirs up to so many bytes each, and all together; larger ones are named.
MAX_ORIGINAL = 200_000_000
MAX_ORIGINALS = 1_000_000_000


class Said(StrEnum):
    """What becomes of the comments of somebody whose data are deleted."""

    KEPT = "kept"  # without a name
    REMOVED = "removed"


@dataclass(frozen=True)
class Export:
    """Everything that is held about somebody, packed; `size` None: not yet."""

    id: UUID
    public_id: str
    person_id: UUID
    asked_by: str  # a name
    by_oneself: bool
    asked_at: datetime
    ready_at: datetime | None
    size: int | None  # bytes

    @property
    def goes_at(self) -> datetime | None:
        return None if self.ready_at is None else self.ready_at + KEPT_FOR


@dataclass(frozen=True)
class Erasure:
    """A deletion that was asked for, and waits."""

    asked_by: str  # a name
    asked_at: datetime
    due_at: datetime
    said: Said
