"""A caption track: what is to be read with a recording beside what was heard, in one language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.languages import code_of
from domain.span import Span

ENGLISH = "en"  # what speech engines translate into, and nothing else


class Made(StrEnum):
    """By whom: people wrote a file of it, or an engine translated what it heard."""

    FILE = "file"
    MACHINE = "machine"


@dataclass(frozen=True)
class TrackCue:
    """Read from `start_ms` to `end_ms` of its recording. `of`: what it stands for; for a file's, the same time."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    of: Span


@dataclass(frozen=True)
class Track:
    """`by`, `by_name`: who put it there, or asked for it. `filename`: a stranger's text. `ready`: its cues are there;
    else `trouble` says what is in the way, if anything is.
    """

    id: UUID
    language: str  # ISO 639
    made: Made
    filename: str
    by: str  # public id
    by_name: str
    made_at: datetime
    ready: bool
    trouble: str = ""


def checked_language(said: str) -> str:
    """Its shortest code, so that a recording has a language once. Raises Invalid (`bad_language`)."""
    if not (code := code_of(said)):
        raise Invalid("Say the language by its code of two or three letters, such as de or en.", code="bad_language")
    return code
