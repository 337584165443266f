"""The answer to a correction: it is accepted, with words that say what is right now, or explained. Pure.

Accepted, its words are shown at its second in every clip that shows it, to everybody who watches; so they say nothing
that only some may read. Once a clip does not show the second any more, it says that it was mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.clip import Amended, Clip, Part
from domain.errors import Invalid
from domain.span import Span

MAX_WORDS = 300  # characters: they are read over the picture
SHOWN_MS = 6_000  # they stay at least, in a player (static/js/pass-amends.js) and in what is taken along
_LETTER_MS = 60  # of a film nobody may be there to stop: as long as it takes to read
# Three working days and a weekend. Within three working days the NHS in England has to say that it heard a complaint
# (The Local Authority Social Services and NHS Complaints Regulations 2009, regulation 13).
OVERDUE = timedelta(days=5)
# Who corrects presses after they have heard it: what is wrong lies at the second they name, or up to this before it.
HEARD_BEFORE_MS = 15_000


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    EXPLAINED = "explained"


class Standing(StrEnum):
    """Where a correction stands, for lists."""

    OPEN = "open"
    ACCEPTED = "accepted"
    EXPLAINED = "explained"


class Act(StrEnum):
    """What became of a correction: answers, and what mended it."""

    ACCEPTED = "accepted"
    EXPLAINED = "explained"
    REOPENED = "reopened"
    WORDS = "words"  # what is written down was corrected
    CUT = "cut"  # of a clip
    RETAKE = "retake"  # something else plays in its place, in a clip
    RECALL = "recall"  # out of every clip
    WITHDRAWN = "withdrawn"  # a clip


@dataclass(frozen=True)
class Entry:
    """One line of what became of a correction."""

    act: Act
    words: str
    clip: str | None  # of an act on one clip: its title
    by: str | None  # a name; None: whoever it was is gone
    at: datetime


@dataclass(frozen=True)
class Correction:
    """One that the viewer may answer. `clip` is where it is best looked at, `clip_ms` its second there."""

    id: str  # public
    version: int
    text: str  # empty when its author took it back; an accepted one stays all the same
    author: str  # name
    created_at: datetime
    recording: str  # public id
    at_ms: int  # of the recording
    end_ms: int | None
    clip: Clip
    clip_ms: int | None
    safety: bool  # a clip that shows it is a matter of safety
    standing: Standing
    words: str  # of the answer
    settled_by: str  # name
    settled_at: datetime | None
    own: bool  # the viewer sent or spoke the recording


@dataclass(frozen=True)
class Place:
    """Where a clip shows what an accepted correction is about; `from_ms` and `to_ms` in the clip's time."""

    from_ms: int
    to_ms: int
    amended: Amended

    def read_in(self, length_ms: int) -> Span:
        """When it stands in a clip of this length that was taken along: long enough to be read, if need be from a
        little before its second.
        """
        least = max(SHOWN_MS, len(self.amended.words) * _LETTER_MS)
        start = max(min(self.from_ms, length_ms - least), 0)
        return Span(start, min(max(self.to_ms, start + least), length_ms))


def overdue(raised_at: datetime, now: datetime) -> bool:
    return now - raised_at > OVERDUE


def checked_words(words: str, outcome: Outcome) -> str:
    """An answer's, in one line already. Raises Invalid (`empty_answer`, `answer_too_long`)."""
    if not words and outcome is Outcome.ACCEPTED:
        raise Invalid("Say what is right now: everybody who watches that second reads it.", code="empty_answer")
    if not words:
        raise Invalid("Say why it stands: whoever reads the correction reads it.", code="empty_answer")
    if len(words) > MAX_WORDS:
        raise Invalid(
            "That is longer than 300 characters, and is read while a video plays. Say it shorter.",
            code="answer_too_long",
        )
    return words


def places(parts: Sequence[Part], amended: Sequence[Amended]) -> tuple[Place, ...]:
    """Each correction once, where it first shows; in order of the clip's time."""
    found = []
    for each in amended:
        before = 0
        for part in parts if each.gone_at is None else ():
            start = max(each.span.start_ms, part.span.start_ms)
            end = min(each.span.end_ms, part.span.end_ms)
            if part.recording_id == each.recording_id and start < end:
                found.append(Place(before + start - part.span.start_ms, before + end - part.span.start_ms, each))
                break
            before += part.span.length_ms
    return tuple(sorted(found, key=lambda place: (place.from_ms, place.amended.at)))


def about(at_ms: int, end_ms: int | None) -> Span:
    """Where what a correction means may lie. One over a range says so itself."""
    return Span(max(at_ms - HEARD_BEFORE_MS, 0), at_ms + 1) if end_ms is None else Span(at_ms, end_ms)


def lost(before: Sequence[Part], after: Sequence[Part], recording_id: UUID, span: Span) -> bool:
    """Whether a clip shows less of these milliseconds of a recording than it did."""

    def shown(parts: Sequence[Part]) -> int:
        spans = [part.span for part in parts if part.recording_id == recording_id]
        return sum(max(min(each.end_ms, span.end_ms) - max(each.start_ms, span.start_ms), 0) for each in spans)

    return shown(after) < shown(before)


def mended_at(amended: Sequence[Amended]) -> datetime | None:
    """When the last of what was wrong left the clip; None where nothing has."""
    return max((each.gone_at for each in amended if each.gone_at), default=None)
