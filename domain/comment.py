"""What people say at a second of a recording, or over a range of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.amends import Outcome
from domain.clip import Part
from domain.errors import Invalid
from domain.voice import Voice

MAX_TEXT = 4000  # characters
MAX_WHY = 500  # characters of a reason for looking up who asked
MAX_MENTIONS = 10  # of one comment
MAX_MENTIONS_AN_HOUR = 60  # of one person, in all their comments


class CommentKind(StrEnum):
    COMMENT = "comment"
    QUESTION = "question"
    ANSWER = "answer"
    CORRECTION = "correction"
    USED_IT = "used-it"
    REFLECTION = "reflection"  # an answer to what the clip asks when it ends


_ASK = frozenset({CommentKind.QUESTION, CommentKind.CORRECTION})  # what an answer answers


class ReactionKind(StrEnum):
    HELPED = "helped"
    THANKS = "thanks"


class ClipReaction(StrEnum):
    USEFUL = "useful"
    LEARNED = "learned"
    OUTDATED = "outdated"
    QUESTION = "question"
    NOT_FOR_ME = "not-for-me"


@dataclass(frozen=True)
class Mentioned:
    """Somebody who is named in a comment, and may see the clip."""

    id: str  # public
    login: str
    name: str


@dataclass(frozen=True)
class Unmasking:
    """Somebody looked up who had asked, and said why."""

    by: str  # name
    why: str
    made_at: datetime


@dataclass(frozen=True)
class Before:
    """What a comment said until it was edited."""

    version: int
    text: str
    written_at: datetime


@dataclass(frozen=True)
class Comment:
    """Anchored to the recording's time, so that it survives every re-cut.

    `clip_id` is where it was said, `space_id` its audience: other clips that cover its second show
    it to people of that space alone. A deleted one keeps its place in the thread and loses its text.
    """

    id: UUID
    public_id: str
    recording_id: UUID
    recording: str  # its public id
    at_ms: int
    end_ms: int | None  # of a range
    clip_id: UUID
    clip: str  # its public id
    space_id: UUID
    author_id: UUID
    author: str  # name; where `hidden`, what stands for one
    author_role: str  # empty where `hidden`
    kind: CommentKind
    text: str
    reply_to: str | None  # public id
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    removed_at: datetime | None  # a moderator did that
    removed_why: str  # for its author, and who moderates
    resolved_at: datetime | None
    masked: bool  # asked without one's name to colleagues
    hidden: bool  # and this viewer does not learn it
    accepted: bool  # the answer that was chosen
    answered: bool  # a question of which an answer was chosen
    times_ms: tuple[int, ...]  # of its recording, for each time that `said.times` finds in the text; -1: none
    reactions: dict[str, int]
    my_reactions: tuple[str, ...]
    mentions: tuple[Mentioned, ...]
    unmaskings: tuple[Unmasking, ...]  # for its author
    outcome: Outcome | None = None  # of a correction
    outcome_words: str = ""  # what is right now, or why it stands
    settled_by: str = ""  # a name, of who said so
    voice: Voice | None = None  # it was said aloud; `text` is empty until its words are written down

    @property
    def asks_for_settling(self) -> bool:
        """Whether it can be settled: a question, or a correction, that begins a thread."""
        return self.reply_to is None and self.kind in _ASK


def checked_text(text: str) -> str:
    """A comment's words as kept. Raises Invalid."""
    text = text.strip()
    if not text:
        raise Invalid("Write a few words first.", code="empty_comment")
    if len(text) > MAX_TEXT:
        raise Invalid(f"That is longer than {MAX_TEXT} characters; split it in two.", code="comment_too_long")
    return text


def demand_asked(kind: CommentKind, began: CommentKind | None) -> None:
    """`began`: what the thread begins with that this joins; None: it joins none. Raises Invalid (`no_question`)."""
    if kind is CommentKind.ANSWER and began not in _ASK:
        raise Invalid(
            "There is no question that this answers. Reply to one, or say it as a comment.", code="no_question"
        )


def checked_why(text: str) -> str:
    """Why somebody looks up who asked, as kept. Raises Invalid."""
    text = text.strip()
    if not text:
        raise Invalid("Say why you have to know who asked: the person who asked will read it.", code="empty_reason")
    if len(text) > MAX_WHY:
        raise Invalid(f"That is longer than {MAX_WHY} characters. A sentence is enough.", code="reason_too_long")
    return text


def clip_end(parts: tuple[Part, ...], comment: Comment) -> int | None:
    """Where in a clip the range of a comment ends, as far as the clip shows it; None without one."""
    if comment.end_ms is None:
        return None
    before, end = 0, None
    for part in parts:
        shows = part.span.start_ms < comment.end_ms and part.span.end_ms > comment.at_ms
        if shows and part.recording_id == comment.recording_id:
            end = before + min(comment.end_ms, part.span.end_ms) - part.span.start_ms
        before += part.span.length_ms
    return end
