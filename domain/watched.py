"""Where somebody stopped in a clip, and whether there is something to go on with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import Clip, Part, clip_time

MARGIN_MS = 5000  # who has seen less than this, or all but this, begins at the start


@dataclass(frozen=True)
class Watched:
    """A clip that a person has watched. `clip_ms`: where they go on, in the clip as it is now; None: at the start."""

    clip: Clip
    clip_ms: int | None
    seen_at: datetime

    @property
    def left_ms(self) -> int:
        """How much of it they have not seen."""
        return self.clip.length_ms - (self.clip_ms or 0)


def goes_on(parts: tuple[Part, ...], recording_id: UUID, at_ms: int) -> int | None:
    """Where in a clip of these parts somebody goes on who stopped at a recording's millisecond.

    None for the start: they had hardly begun, were all but through, or that moment has been cut away. It is kept in
    recording time, so that a clip which is cut anew goes on with what was seen last.
    """
    ms = clip_time(parts, recording_id, at_ms)
    length_ms = sum(part.span.length_ms for part in parts)
    return ms if ms is not None and MARGIN_MS < ms < length_ms - MARGIN_MS else None
