"""What people say at a second of a recording."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import Invalid

MAX_TEXT = 4000  # characters


class CommentKind(StrEnum):
    COMMENT = "comment"
    QUESTION = "question"
    ANSWER = "answer"
    CORRECTION = "correction"
    USED_IT = "used-it"


class ReactionKind(StrEnum):
    HELPED = "helped"
    THANKS = "thanks"


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
    clip_id: UUID
    clip: str  # its public id
    space_id: UUID
    author_id: UUID
    author: str  # name
    author_role: str
    kind: CommentKind
    text: str
    reply_to: str | None  # public id
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    resolved_at: datetime | None
    reactions: dict[str, int]
    my_reactions: tuple[str, ...]

    @property
    def asks_for_settling(self) -> bool:
        """Whether it can be settled: a question, or a correction, that begins a thread."""
        return self.reply_to is None and self.kind in {CommentKind.QUESTION, CommentKind.CORRECTION}


def checked_text(text: str) -> str:
    """A comment's words as kept. Raises Invalid."""
    text = text.strip().replace("\x00", "")
    if not text:
        raise Invalid("Write a few words first.", code="empty_comment")
    if len(text) > MAX_TEXT:
        raise Invalid(f"That is longer than {MAX_TEXT} characters; split it in two.", code="comment_too_long")
    return text
