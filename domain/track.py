"""A caption track: what is to be read with a recording beside what was heard, in one language.

What is written in a file has no words with times: a cue of it is shown in a clip where all that it stands for is shown,
and else not at all. That is decided here, for whoever reads it and for search.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.languages import code_of
from domain.span import Span
from domain.transcript import Word

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
class WrittenCue:
    """A cue of a track beside what is heard. `of`: what it stands for; `heard`: when words are said then, in
    milliseconds.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    of: Span
    heard: tuple[int, ...]

    def within(self, span: Span) -> "WrittenCue | None":
        """Whole, or not at all. Where nothing is heard that would tell, all of its time has to be shown."""
        spoken = all(span.covers(ms) for ms in self.heard)
        known = spoken if self.heard else span.start_ms <= self.of.start_ms and self.of.end_ms <= span.end_ms
        start, end = max(self.start_ms, span.start_ms), min(self.end_ms, span.end_ms)
        return replace(self, start_ms=start, end_ms=end) if known and end > start else None


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


def written(track: Sequence[TrackCue], words: Sequence[Word]) -> tuple[WrittenCue, ...]:
    """The cues of a track, beside the words that are heard in its recording."""
    middles = sorted(word.middle_ms for word in words)
    found = []
    for cue in track:
        first, last = bisect_left(middles, cue.of.start_ms), bisect_left(middles, cue.of.end_ms)
        found.append(WrittenCue(cue.start_ms, cue.end_ms, cue.lines, cue.of, tuple(middles[first:last])))
    return tuple(found)


def checked_language(said: str) -> str:
    """Its shortest code, so that a recording has a language once. Raises Invalid (`bad_language`)."""
    if not (code := code_of(said)):
        raise Invalid("Say the language by its code of two or three letters, such as de or en.", code="bad_language")
    return code
