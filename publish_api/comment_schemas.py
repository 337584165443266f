"""Shapes on the wire of what is said about clips."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.amends import MAX_WORDS, Act, Entry, Outcome
from domain.clip import Part, clip_time
from domain.comment import (
    MAX_TEXT,
    MAX_WHY,
    Before,
    ClipReaction,
    Comment,
    CommentKind,
    Mentioned,
    Unmasking,
    clip_end,
)
from domain.person import Person
from domain.voice import Voice, VoiceState
from publish_api.media import voice_url
from publish_api.schemas import In, Ms, Out, Ready


class AuthorOut(Ready):
    name: str
    role: str = Field(description="Empty where the name is hidden.")


class MentionedOut(Ready):
    id: str
    login: str
    name: str

    @classmethod
    def of(cls, person: Mentioned) -> "MentionedOut":
        return cls(id=person.id, login=person.login, name=person.name)


class UnmaskingOut(Out):
    by: str
    why: str
    made_at: datetime

    @classmethod
    def of(cls, made: Unmasking) -> "UnmaskingOut":
        return cls(by=made.by, why=made.why, made_at=made.made_at)


class BeforeOut(Out):
    version: int
    text: str
    written_at: datetime

    @classmethod
    def of(cls, before: Before) -> "BeforeOut":
        return cls(version=before.version, text=before.text, written_at=before.written_at)


class OutcomeOut(Out):
    outcome: Outcome
    words: str = Field(description="What is right now, or why it stands.")
    by: str
    at: datetime


class BecameOut(Out):
    act: Act = Field(description="An answer, or an act that mends it.")
    words: str = Field(description="Of an answer.")
    clip: str | None = Field(description="Of an act on one clip that is published: its title.")
    by: str | None
    at: datetime

    @classmethod
    def of(cls, entry: Entry) -> "BecameOut":
        return cls(act=entry.act, words=entry.words, clip=entry.clip, by=entry.by, at=entry.at)


class ResolutionIn(In):
    """Without an outcome it is settled, and no more is said of it."""

    words: Annotated[str, Field(max_length=4 * MAX_WORDS)] = Field(
        default="",
        description="Of a correction's answer. Where it is accepted, everybody who watches its second reads them.",
    )
    outcome: Outcome | None = Field(default=None, description="Of a correction.")


class VoiceOut(Ready):
    src: str = Field(description="Where its sound is, AAC in MP4: an address for a day or two, as those of films are.")
    length_ms: int
    state: VoiceState = Field(
        description="waiting: its words are being written down. silent: no words were heard. failed: they could not be"
        " written down; whoever spoke can write them."
    )
    language: str | None = Field(description="ISO 639, of what was heard.")

    @classmethod
    def of(cls, voice: Voice, day: date) -> "VoiceOut":
        return cls(src=voice_url(voice, day), length_ms=voice.length_ms, state=voice.state, language=voice.language)


class CommentOut(Ready):
    id: str
    clip: str = Field(description="Where it was said.")
    recording: str
    at_ms: int
    end_ms: int | None = Field(description="Of a range; null: it is about a moment.")
    clip_at_ms: int | None = Field(description="In the clip it is read in; null outside today's parts.")
    clip_end_ms: int | None = Field(description="Of a range: as far as the clip shows it.")
    kind: CommentKind
    text: str = Field(
        description="Empty once deleted, and of a voice until its words are written down. Markdown: bold, italics,"
        " lists, code and links."
    )
    voice: VoiceOut | None = Field(description="Of a comment that was spoken.")
    reply_to: str | None
    author: AuthorOut
    mine: bool
    version: int = Field(description="Its ETag.")
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    removed: bool = Field(description="By a moderator.")
    removed_why: str = Field(description="For its author.")
    resolved: bool
    outcome: OutcomeOut | None = Field(description="Of a correction that was accepted or explained.")
    accepted: bool = Field(description="The answer that was chosen.")
    masked: bool = Field(description="Asked without a name. `author` says who where you may know.")
    mentions: list[MentionedOut] = Field(description="Who is named, of those who may see the clip.")
    unmaskings: list[UnmaskingOut] = Field(description="Of your own: who looked up that it is yours, and why.")
    reactions: dict[str, int]
    my_reactions: list[str]

    @classmethod
    def of(cls, comment: Comment, parts: tuple[Part, ...], viewer: Person, day: date) -> "CommentOut":
        """As `viewer` reads it in a clip of these parts, on `day`, UTC."""
        clip_at_ms = clip_time(parts, comment.recording_id, comment.at_ms)
        return cls(
            id=comment.public_id,
            clip=comment.clip,
            recording=comment.recording,
            at_ms=comment.at_ms,
            end_ms=comment.end_ms,
            clip_at_ms=clip_at_ms,
            clip_end_ms=None if clip_at_ms is None else clip_end(parts, comment),
            kind=comment.kind,
            text=comment.text,
            voice=VoiceOut.of(comment.voice, day) if comment.voice else None,
            reply_to=comment.reply_to,
            author=AuthorOut(name=comment.author, role=comment.author_role),
            mine=comment.author_id == viewer.id,
            version=comment.version,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            deleted=comment.deleted_at is not None,
            removed=comment.removed_at is not None,
            removed_why=comment.removed_why if comment.author_id == viewer.id else "",
            resolved=comment.resolved_at is not None,
            outcome=OutcomeOut(
                outcome=comment.outcome,
                words=comment.outcome_words,
                by=comment.settled_by,
                at=comment.resolved_at,
            )
            if comment.outcome and comment.resolved_at
            else None,
            accepted=comment.accepted,
            masked=comment.masked,
            mentions=[MentionedOut.of(each) for each in comment.mentions],
            unmaskings=[UnmaskingOut.of(each) for each in comment.unmaskings],
            reactions=comment.reactions,
            my_reactions=list(comment.my_reactions),
        )


class CommentIn(In):
    """A reply joins its thread and needs no second of its own."""

    text: Annotated[str, Field(max_length=4 * MAX_TEXT)]  # said in the product's words when over MAX_TEXT
    kind: CommentKind = CommentKind.COMMENT
    reply_to: Annotated[str, Field(max_length=40)] | None = None
    at_ms: Ms | None = Field(default=None, description="In the recording's time.")
    end_ms: Ms | None = Field(default=None, description="Of a range that begins at at_ms.")
    recording: Annotated[str, Field(max_length=40)] | None = Field(
        default=None,
        description="Needed with at_ms when the clip has parts of several recordings; with clip_at_ms, the one that is"
        " shown there, or nothing.",
    )
    clip_at_ms: Ms | None = Field(default=None, description="Instead of at_ms: in the clip's time.")
    clip_end_ms: Ms | None = Field(default=None, description="Instead of end_ms, with clip_at_ms.")
    masked: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="A question without your name to colleagues. Who curates the space, and admins, can look it up; "
        "you see who did and why.",
    )
    draft: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="It is for those who see the draft: refused (409, `published`) once the clip is published.",
    )


class CommentChange(In):
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)]


class UnmaskingIn(In):
    why: Annotated[str, Field(max_length=4 * MAX_WHY, description="The one who asked reads it.")]


class ReactionOut(Out):
    kind: ClipReaction
    count: int
    mine: bool


class ClipReactionsOut(Out):
    items: list[ReactionOut] = Field(description="All five kinds, in their order.")

    @classmethod
    def of(cls, counted: Mapping[ClipReaction, tuple[int, bool]]) -> "ClipReactionsOut":
        given = {kind: counted.get(kind, (0, False)) for kind in ClipReaction}
        return cls(items=[ReactionOut(kind=kind, count=n, mine=mine) for kind, (n, mine) in given.items()])
