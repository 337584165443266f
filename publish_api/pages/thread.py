"""A clip's thread and its spoken words, as the clip page shows them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from markupsafe import Markup

from domain.amends import Outcome
from domain.clip import Clip, Part, clip_time
from domain.comment import Comment, CommentKind, Unmasking, clip_end
from domain.permit import Act, may
from domain.person import Person
from domain.said import times
from domain.transcript import Transcript, Word, joined, words_in
from domain.voice import Voice
from publish_api.markup import Points, html
from publish_api.media import voice_url


@dataclass(frozen=True)
class Aloud:
    """The sound of a comment, and how far its words are."""

    src: str
    length_ms: int
    state: str
    language: str  # of the words, where a machine wrote them; empty where it is not known, or its author did


@dataclass(frozen=True)
class Said:
    """A comment as one viewer sees it in one clip. `clip_ms` is None outside the clip's parts of today."""

    id: str
    author: str
    role: str
    kind: str
    html: Markup
    aloud: Aloud | None
    clip_ms: int | None
    end_ms: int | None  # of a range, in the clip
    order: str  # texts of threads sort as the threads do
    reply_to: str | None
    created_at: datetime
    edited: bool
    deleted: bool
    removed: bool
    removed_why: str
    resolved: bool
    accepted: bool
    answered: bool
    masked: bool
    unmaskings: tuple[Unmasking, ...]
    reactions: Mapping[str, int]
    my_reactions: tuple[str, ...]
    mine: bool
    may_delete: bool
    may_resolve: bool
    may_accept: bool
    may_unmask: bool
    may_report: bool
    may_answer: bool  # of a correction: to accept it, or to explain
    outcome: str  # of a correction; empty: none
    outcome_words: str
    settled_by: str
    settled_at: datetime | None
    replies: tuple["Said", ...] = ()


def threads(
    comments: Iterable[Comment], clip: Clip, viewer: Person, *, own: bool, curates: bool, day: date
) -> tuple[Said, ...]:
    """Replies under what they answer. A deleted comment that nobody answered leaves no trace.

    `own`: the viewer speaks in the clip, or sent it; `curates`: its space. `day`, UTC, on which this is drawn.
    """
    comments = tuple(comments)
    roots = {c.public_id: c for c in comments if c.reply_to is None}
    replies: dict[str, list[Comment]] = {root: [] for root in roots}
    for c in comments:
        if c.reply_to in roots and _shown(c):
            replies[c.reply_to].append(c)
    stands = _Stands(clip, viewer, own, curates, day)
    return tuple(
        stands.said(c, replies.get(c.public_id, ()))
        for c in comments
        if c.reply_to not in roots and (_shown(c) or replies.get(c.public_id))
    )


def _shown(c: Comment) -> bool:
    """What a moderator has removed leaves a trace, what its author has taken back none; but an answer stands alone."""
    return c.deleted_at is None or c.outcome is Outcome.ACCEPTED or c.removed_at is not None


@dataclass(frozen=True)
class _Stands:
    """How somebody stands to a clip, and so to what is said in it."""

    clip: Clip
    viewer: Person
    own: bool
    curates: bool
    day: date

    def said(self, c: Comment, replies: Iterable[Comment] = (), root: Comment | None = None) -> Said:
        mine = c.author_id == self.viewer.id
        clip_ms = clip_time(self.clip.parts, c.recording_id, c.at_ms)
        asked = root is not None and root.kind is CommentKind.QUESTION and root.deleted_at is None
        corrects = c.kind is CommentKind.CORRECTION and c.reply_to is None
        chooses = self.own or (root is not None and root.author_id == self.viewer.id)
        return Said(
            id=c.public_id,
            author=c.author,
            role=c.author_role,
            kind=c.kind.value,
            html=html(c.text, points(c, self.clip)),
            aloud=aloud(c.voice, self.day, edited=c.edited_at is not None),
            clip_ms=clip_ms,
            end_ms=None if clip_ms is None else clip_end(self.clip.parts, c),
            order=f"{c.at_ms:010} {c.created_at:%Y-%m-%dT%H:%M:%S.%f}",
            reply_to=c.reply_to,
            created_at=c.created_at,
            edited=c.edited_at is not None,
            deleted=c.deleted_at is not None,
            removed=c.removed_at is not None,
            removed_why=c.removed_why if c.author_id == self.viewer.id else "",
            resolved=c.resolved_at is not None,
            accepted=c.accepted,
            answered=c.answered,
            masked=c.masked,
            unmaskings=c.unmaskings,
            reactions=c.reactions,
            my_reactions=c.my_reactions,
            mine=mine and may(self.viewer, Act.EDIT_COMMENT, own=mine),
            may_delete=may(self.viewer, Act.DELETE_COMMENT, own=mine, curates=self.curates),
            # Who may answer a correction does that; who raised it may say that it was none.
            may_resolve=c.asks_for_settling
            and c.outcome is None
            and (mine or not corrects or c.resolved_at is not None)
            and may(self.viewer, Act.RESOLVE_COMMENT, own=mine, curates=self.curates),
            may_answer=corrects and may(self.viewer, Act.ANSWER_CORRECTION, own=self.own, curates=self.curates),
            outcome=c.outcome.value if c.outcome else "",
            outcome_words=c.outcome_words,
            settled_by=c.settled_by,
            settled_at=c.resolved_at,
            may_accept=asked and may(self.viewer, Act.ACCEPT_ANSWER, own=chooses, curates=self.curates),
            may_report=not mine and may(self.viewer, Act.REPORT),
            may_unmask=c.hidden and c.reply_to is None and may(self.viewer, Act.UNMASK, curates=self.curates),
            replies=tuple(self.said(reply, root=c) for reply in replies),
        )


def aloud(voice: Voice | None, day: date, *, edited: bool = False) -> Aloud | None:
    if voice is None:
        return None
    return Aloud(voice_url(voice, day), voice.length_ms, voice.state.value, "" if edited else voice.language or "")


def points(c: Comment, clip: Clip) -> Points:
    """What a comment's text points at, as this clip shows it today."""
    kept = zip(times(c.text), c.times_ms, strict=False)
    places = {typed: clip_time(clip.parts, c.recording_id, at_ms) for typed, at_ms in kept}
    return Points(
        names={each.login: each.name for each in c.mentions},
        moments={typed: clip_ms for typed, clip_ms in places.items() if clip_ms is not None},
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
