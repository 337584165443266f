"""A clip's thread and its spoken words, as the clip page shows them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import Clip, Part, clip_time
from domain.comment import Comment
from domain.permit import Act, may
from domain.person import Person
from domain.transcript import Transcript, Word, joined, words_in


@dataclass(frozen=True)
class Said:
    """A comment as one viewer sees it in one clip. `clip_ms` is None outside the clip's parts of today."""

    id: str
    author: str
    role: str
    kind: str
    text: str
    clip_ms: int | None
    reply_to: str | None
    created_at: datetime
    edited: bool
    deleted: bool
    resolved: bool
    reactions: Mapping[str, int]
    my_reactions: tuple[str, ...]
    mine: bool
    may_delete: bool
    may_resolve: bool
    replies: tuple["Said", ...] = ()


def threads(comments: Iterable[Comment], clip: Clip, viewer: Person, *, curates: bool) -> tuple[Said, ...]:
    """Replies under what they answer. A deleted comment that nobody answered leaves no trace."""
    comments = tuple(comments)
    roots = {c.public_id for c in comments if c.reply_to is None}
    replies: dict[str, list[Comment]] = {root: [] for root in roots}
    for c in comments:
        if c.reply_to in roots and c.deleted_at is None:
            replies[c.reply_to].append(c)
    return tuple(
        _said(c, clip, viewer, curates, replies.get(c.public_id, ()))
        for c in comments
        if c.reply_to not in roots and (c.deleted_at is None or replies.get(c.public_id))
    )


def _said(c: Comment, clip: Clip, viewer: Person, curates: bool, replies: Iterable[Comment] = ()) -> Said:
    own = c.author_id == viewer.id
    return Said(
        id=c.public_id,
        author=c.author,
        role=c.author_role,
        kind=c.kind.value,
        text=c.text,
        clip_ms=clip_time(clip.parts, c.recording_id, c.at_ms),
        reply_to=c.reply_to,
        created_at=c.created_at,
        edited=c.edited_at is not None,
        deleted=c.deleted_at is not None,
        resolved=c.resolved_at is not None,
        reactions=c.reactions,
        my_reactions=c.my_reactions,
        mine=own and may(viewer, Act.EDIT_COMMENT, own=own),
        may_delete=may(viewer, Act.DELETE_COMMENT, own=own, curates=curates),
        may_resolve=c.asks_for_settling and may(viewer, Act.RESOLVE_COMMENT, own=own, curates=curates),
        replies=tuple(_said(r, clip, viewer, curates) for r in replies),
    )


@dataclass(frozen=True)
class Spoken:
    text: str
    at_ms: int  # of the clip


@dataclass(frozen=True)
class Line:
    """A sentence, or what the clip has of it. `space`: what is written between its words."""

    at_ms: int  # of the clip
    words: tuple[Spoken, ...]
    space: str


def lines(parts: Iterable[Part], transcripts: Mapping[UUID, Transcript]) -> tuple[Line, ...]:
    """What is said in a clip, a line a sentence. Nothing of what was cut away is in it."""
    found: list[Line] = []
    before = 0
    for part in parts:
        if (transcript := transcripts.get(part.recording_id)) is None:
            before += part.span.length_ms
            continue
        for words in _sentences(transcript, part):
            spoken = tuple(
                Spoken(w.text, before + max(w.start_ms, part.span.start_ms) - part.span.start_ms) for w in words
            )
            found.append(Line(spoken[0].at_ms, spoken, joined(("", ""), transcript.language)))
        before += part.span.length_ms
    return tuple(found)


def _sentences(transcript: Transcript, part: Part) -> Iterable[tuple[Word, ...]]:
    """The words whose middle lies in the part, grouped by the sentence they begin in."""
    starts = iter([s.start_ms for s in transcript.sentences[1:]])
    next_start = next(starts, None)
    line: list[Word] = []
    for word in words_in(transcript.words, part.span):
        while next_start is not None and word.start_ms >= next_start:
            if line:
                yield tuple(line)
                line = []
            next_start = next(starts, None)
        line.append(word)
    if line:
        yield tuple(line)
