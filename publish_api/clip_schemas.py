"""Shapes on the wire of clips, and of what is said about them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.clip import MAX_ANSWER, MAX_PARTS, MAX_TAG, MAX_TAGS, Clip, Expertise, Level, Part, clip_time
from domain.comment import MAX_TEXT, Comment, CommentKind
from domain.person import Person
from domain.space import Space
from publish_api.schemas import API, In, Ms, Out, SpaceOut, Title
from store.clips import TagUse


class PartOut(Out):
    recording: str
    start_ms: int
    end_ms: int


class ClipOut(Out):
    id: str
    title: str
    tags: list[str]
    level: Level | None
    audience: str = Field(description="Whom it is for.")
    prerequisites: str = Field(description="What to know before.")
    kind: Expertise | None
    language: str | None
    space: SpaceOut
    parts: list[PartOut]
    start_ms: int | None = Field(description="Of the recording, while the clip has one part; else null.")
    end_ms: int | None
    length_ms: int
    text: str = Field(description="What is said in it.")
    version: int
    created_at: datetime
    published_at: datetime | None
    speaker: str
    comments: int = Field(description="That you can see.")
    play_url: str
    captions_url: str
    poster_url: str

    @classmethod
    def of(cls, clip: Clip, space: Space) -> "ClipOut":
        only = clip.parts[0].span if len(clip.parts) == 1 else None
        here = f"{API}/clips/{clip.public_id}"
        return cls(
            id=clip.public_id,
            title=clip.title,
            tags=list(clip.tags),
            level=clip.level,
            audience=clip.audience,
            prerequisites=clip.prerequisites,
            kind=clip.kind,
            language=clip.language,
            space=SpaceOut.of(space),
            parts=[PartOut(recording=p.recording, start_ms=p.span.start_ms, end_ms=p.span.end_ms) for p in clip.parts],
            start_ms=only.start_ms if only else None,
            end_ms=only.end_ms if only else None,
            length_ms=clip.length_ms,
            text=clip.text,
            version=clip.version,
            created_at=clip.created_at,
            published_at=clip.published_at,
            speaker=clip.speaker,
            comments=clip.comments,
            play_url=f"{here}/play.m3u8",
            captions_url=f"{here}/captions.vtt",
            poster_url=f"{here}/poster.jpg",
        )


class PartIn(In):
    recording: Annotated[str, Field(max_length=40)]
    start_ms: Ms
    end_ms: Ms


class ClipChange(In):
    """What is left out stays. `start_ms` and `end_ms` are for clips of one part, instead of `parts`."""

    title: Title | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=MAX_TAG)]], Field(max_length=MAX_TAGS)] | None = None
    level: Level | None = Field(default=None, description="null: none.")
    audience: Annotated[str, Field(max_length=MAX_ANSWER)] | None = None
    prerequisites: Annotated[str, Field(max_length=MAX_ANSWER)] | None = None
    kind: Expertise | None = Field(default=None, description="null: none.")
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=MAX_PARTS)] | None = None
    start_ms: Ms | None = None
    end_ms: Ms | None = None


class TagOut(Out):
    slug: str
    label: str
    clips: int = Field(description="Published ones that you see.")

    @classmethod
    def of(cls, use: TagUse) -> "TagOut":
        return cls(slug=use.slug, label=use.label, clips=use.clips)


class AuthorOut(Out):
    name: str
    role: str


class CommentOut(Out):
    id: str
    clip: str = Field(description="Where it was said.")
    recording: str
    at_ms: int
    clip_at_ms: int | None = Field(description="In the clip it is read in; null outside today's parts.")
    kind: CommentKind
    text: str = Field(description="Empty once deleted.")
    reply_to: str | None
    author: AuthorOut
    mine: bool
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    resolved: bool
    reactions: dict[str, int]
    my_reactions: list[str]

    @classmethod
    def of(cls, comment: Comment, parts: tuple[Part, ...], viewer: Person) -> "CommentOut":
        """As `viewer` reads it in a clip of these parts."""
        return cls(
            id=comment.public_id,
            clip=comment.clip,
            recording=comment.recording,
            at_ms=comment.at_ms,
            clip_at_ms=clip_time(parts, comment.recording_id, comment.at_ms),
            kind=comment.kind,
            text=comment.text,
            reply_to=comment.reply_to,
            author=AuthorOut(name=comment.author, role=comment.author_role),
            mine=comment.author_id == viewer.id,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            deleted=comment.deleted_at is not None,
            resolved=comment.resolved_at is not None,
            reactions=comment.reactions,
            my_reactions=list(comment.my_reactions),
        )


class CommentIn(In):
    """A reply joins its thread and needs no second of its own."""

    text: Annotated[str, Field(max_length=4 * MAX_TEXT)]  # said in the product's words when over MAX_TEXT
    kind: CommentKind = CommentKind.COMMENT
    reply_to: Annotated[str, Field(max_length=40)] | None = None
    at_ms: Ms | None = Field(default=None, description="In the recording's time.")
    recording: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Needed when the clip has parts of several recordings."
    )
    clip_at_ms: Ms | None = Field(default=None, description="Instead of at_ms: in the clip's time.")


class CommentChange(In):
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)]
