"""Reports: what somebody finds should not stand there, and what a moderator made of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid
from domain.voice import Voice

MAX_WORDS = 1000  # characters of a report, of an answer to one, of a reason for a removal
MAX_WAITING = 50  # reports of one person, before they are asked to wait for an answer to some
KEPT_FOR = timedelta(days=30)  # what a removed comment said, so that it can be given back


class Reason(StrEnum):
    WRONG = "wrong"  # or dangerous: a correction, in the open, helps more people
    HURTFUL = "hurtful"
    PRIVATE = "private"
    SPAM = "spam"
    OTHER = "other"


class Outcome(StrEnum):
    REMOVED = "removed"  # the comment
    WITHDRAWN = "withdrawn"  # the clip
    DISMISSED = "dismissed"  # it stays, for a stated reason


class ReportAbout(StrEnum):
    COMMENT = "comment"
    CLIP = "clip"


@dataclass(frozen=True)
class Report:
    public_id: str
    about: ReportAbout
    thing: str  # public id of the comment or the clip
    clip: str  # public id: where the comment was said, or the clip itself
    title: str  # of that clip; empty where its reporter does not see it any more
    reason: Reason
    words: str
    at_ms: int | None  # of a clip: where its reporter was, in the clip's time
    made_at: datetime
    by: str  # name; empty: this moderator has not looked it up, or one reads one's own
    outcome: Outcome | None  # None: it waits
    answer: str
    settled_at: datetime | None


@dataclass(frozen=True)
class Case:
    """A comment or a clip, and what was reported about it, the oldest report first."""

    about: ReportAbout
    thing: str  # public id
    clip: str  # public id
    title: str  # of that clip
    at_ms: int | None  # in the clip's time; None: of the whole clip, or of a second that it shows no more
    author: str  # of the comment, or who speaks in the clip
    text: str  # of the comment, also where it was removed and is still kept
    voice: Voice | None  # of a comment that was spoken, while it stands
    own: bool  # the words of whoever looks: somebody else settles it
    stands: bool  # the comment was not deleted, the clip is published
    removed_at: datetime | None
    kept_until: datetime | None  # of a removed comment that can be given back
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class Reported:
    """What a report is about, for whoever settles it."""

    comment_id: UUID | None
    clip_id: UUID
    own: bool


def checked_words(text: str) -> str:
    """As kept. Raises Invalid (`bad_words`)."""
    text = text.strip()
    if len(text) > MAX_WORDS:
        raise Invalid(f"Say it in at most {MAX_WORDS} characters.", code="bad_words")
    return text


def checked_report(reason: Reason, words: str) -> str:
    """Its words as kept. Raises Invalid (`bad_words`, `say_what`)."""
    words = checked_words(words)
    if reason is Reason.OTHER and not words:
        raise Invalid("Say in your own words what is wrong with it.", code="say_what")
    return words


def checked_answer(outcome: Outcome, about: ReportAbout, words: str) -> str:
    """What the reporter reads, as kept. Raises Invalid (`bad_words`, `no_reason`, `bad_outcome`)."""
    words = checked_words(words)
    if outcome is Outcome.DISMISSED and not words:
        raise Invalid("Say why it stays: whoever reported it reads that.", code="no_reason")
    if (outcome is Outcome.REMOVED) is not (about is ReportAbout.COMMENT) and outcome is not Outcome.DISMISSED:
        raise Invalid("A comment is removed, a clip withdrawn; either report can be dismissed.", code="bad_outcome")
    return words
