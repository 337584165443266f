"""What somebody says aloud in a thread: a comment whose words a machine writes down."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid

MAX_BYTES = 5_000_000  # of what a browser sends: two minutes at 256 kbit/s are less
MAX_MS = 120_000
SLACK_MS = 5_000  # a recorder that was told to stop goes on for a moment
MIN_MS = 300  # less is a slip of the thumb
MAX_AN_HOUR = 30  # of one person


class VoiceState(StrEnum):
    WAITING = "waiting"  # its words are being written down
    WRITTEN = "written"
    SILENT = "silent"  # no words were heard
    FAILED = "failed"  # they could not be written down; its author can write them


@dataclass(frozen=True)
class Voice:
    """The sound of a comment. `media_key`, of its recording, signs the address where it is."""

    public_id: str
    state: VoiceState
    length_ms: int
    language: str | None  # ISO 639, of what was heard
    media_key: bytes


def voice_is_a_name() -> Invalid:
    """For who would ask without their name."""
    return Invalid(
        "A voice is a name: colleagues would hear who asks. Write this one, or ask it with your name.",
        code="voice_is_a_name",
    )
