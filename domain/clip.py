"""A clip: an ordered list of parts, each a span of a recording."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.person import Named
from domain.space import Space
from domain.span import Span

MAX_PARTS = 50
SHORTEST_PART_MS = 500  # of what a person asks for: less is a flicker, and no player is at its best with crumbs
MAX_TAGS = 20
MAX_TAG = 60  # characters
MAX_ANSWER = 300  # characters: whom it is for, what to know before
MAX_QUESTION = 300  # characters: what is asked when it ends
MAX_WAIT = timedelta(days=3653)  # until somebody looks at it again: ten years


class Level(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Expertise(StrEnum):
    """What sort of know-how: for the hands, to be understood, or a way to decide."""

    SKILL = "skill"
    THEORY = "theory"
    STRATEGY = "strategy"


class Risk(StrEnum):
    """How careful one has to be with what is said: whether somebody may be hurt who does it wrong. The gravest last.

    What a class asks for is said here alone. What it is called: in editor.html, pages/clip_history.py and why.py. A
    migration lets a new one in.
    """

    NONE = "none"
    SAFETY = "safety"

    @property
    def wants_approval(self) -> bool:
        """People see such a clip when a second curator has approved it as it is: store/approvals.py."""
        return self is Risk.SAFETY


@dataclass(frozen=True)
class Part:
    recording_id: UUID
    recording: str  # its public id
    span: Span


@dataclass(frozen=True)
class Lengths:
    """How long clips are: at least, at most, and on average if the words do not say otherwise. Raises Invalid."""

    min_ms: int = 20_000
    max_ms: int = 120_000
    target_ms: int = 45_000

    def __post_init__(self) -> None:
        if not 0 < self.min_ms <= self.target_ms <= self.max_ms:
            raise Invalid(
                "The shortest clip, the usual one and the longest one have to come in that order.",
                code="bad_limits",
            )


USUAL = Lengths()  # where nobody has said otherwise


@dataclass(frozen=True)
class Proposal:
    """A clip as the machine proposes it: replaced as a set until a person has touched one."""

    span: Span
    title: str
    tags: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Amended:
    """A correction that was accepted, about something that a clip shows, or showed: domain/amends.py."""

    recording_id: UUID
    span: Span  # of the recording: a millisecond, or a range
    words: str  # what is right
    at: datetime
    gone_at: datetime | None  # since when the clip does not show it


@dataclass(frozen=True)
class Clip:
    id: UUID
    public_id: str
    space: Space
    title: str
    tags: tuple[str, ...]
    level: Level | None
    language: str | None
    parts: tuple[Part, ...]
    text: str  # what is said in it
    version: int
    created_at: datetime
    published_at: datetime | None
    touched: bool  # by a person: no re-cut replaces it
    speaker: str  # the speaker's name, of the first part
    comments: int  # that this viewer can see
    audience: str = ""  # whom it is for
    prerequisites: str = ""  # what to know before
    kind: Expertise | None = None
    speaker_id: str | None = None  # public; None of somebody without an account
    question: str = ""  # asked when it ends
    risk: Risk = Risk.NONE
    review_by: date | None = None  # somebody looks then whether it still holds
    owner: Named | None = None  # looks after it: who was named, or else who speaks first
    assigned: Named | None = None  # the curator who is to look at it
    amended: tuple[Amended, ...] = ()

    @property
    def space_id(self) -> UUID:
        return self.space.id

    @property
    def length_ms(self) -> int:
        return sum(p.span.length_ms for p in self.parts)


def checked_parts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Raises Invalid (`bad_parts`, `part_too_short`) unless a clip can be made of these."""
    if not 1 <= len(parts) <= MAX_PARTS:
        raise Invalid(f"A clip has 1 to {MAX_PARTS} parts.", code="bad_parts")
    if any(part.span.length_ms < SHORTEST_PART_MS for part in parts):
        raise Invalid(
            "A part of this clip is too short to be played: give it half a second at least.", code="part_too_short"
        )
    return parts


def checked_answer(text: str) -> str:
    """Whom it is for, or what to know before, in one line already. Raises Invalid (`answer_too_long`)."""
    if len(text) > MAX_ANSWER:
        raise Invalid(f"That is longer than {MAX_ANSWER} characters. A few words are enough.", code="answer_too_long")
    return text


def checked_question(text: str) -> str:
    """What is asked when it ends, in one line already. Raises Invalid (`question_too_long`)."""
    if len(text) > MAX_QUESTION:
        raise Invalid(
            f"That is longer than {MAX_QUESTION} characters. Ask one thing: it is read on a phone.",
            code="question_too_long",
        )
    return text


def checked_day(day: date, today: date) -> date:
    """When somebody is to look at it again: for who says so, it may be yesterday still. Raises Invalid (`bad_day`)."""
    if not -timedelta(days=1) <= day - today <= MAX_WAIT:
        raise Invalid(
            "That day lies too far from today. Choose one from today on, within the next ten years.", code="bad_day"
        )
    return day


def clip_time(parts: tuple[Part, ...], recording_id: UUID, at_ms: int) -> int | None:
    """Where a recording's millisecond is shown in a clip; None when it lies outside today's parts."""
    before = 0
    for part in parts:
        if part.recording_id == recording_id and part.span.covers(at_ms):
            return before + at_ms - part.span.start_ms
        before += part.span.length_ms
    return None


def recording_time(parts: tuple[Part, ...], clip_ms: int) -> tuple[Part, int]:
    """The part, and the millisecond of its recording, shown at a clip's millisecond. Raises Invalid."""
    rest = clip_ms
    for part in parts:
        if 0 <= rest < part.span.length_ms:
            return part, part.span.start_ms + rest
        rest -= part.span.length_ms
    raise Invalid("That moment is not in this clip.", code="outside_clip")
