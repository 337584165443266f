"""Shapes on the wire of clips; of what is said about them in comment_schemas.py."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.amends import mended_at, places
from domain.clip import (
    MAX_ANSWER,
    MAX_PARTS,
    MAX_QUESTION,
    MAX_TAG,
    MAX_TAGS,
    Clip,
    Expertise,
    Level,
    Risk,
)
from publish_api.schemas import API, In, Ms, Out, PersonRef, Ready, SpaceOut, Title
from store.clips import TagUse


class PartOut(Ready):
    recording: str
    start_ms: int
    end_ms: int


class AmendedOut(Ready):
    clip_at_ms: int
    words: str = Field(description="What is right.")
    at: datetime = Field(description="When the correction was accepted.")


class ClipOut(Ready):
    id: str
    title: str
    tags: list[str]
    level: Level | None
    audience: str = Field(description="Whom it is for.")
    prerequisites: str = Field(description="What to know before.")
    kind: Expertise | None
    question: str = Field(description="Asked when it ends; empty: none.")
    risk: Risk
    wants_approval: bool = Field(description="Of its risk: a second curator approves it before people see it.")
    owner: PersonRef | None = Field(description="Who looks after it: who was named, or else who speaks.")
    assigned: PersonRef | None = Field(description="The curator who is to look at it.")
    review_by: date | None = Field(description="Somebody looks then whether it still holds.")
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
    speaker_id: str | None = Field(description="Null for somebody without an account.")
    comments: int = Field(description="That you can see.")
    corrected: list[AmendedOut] = Field(description="Corrections that were accepted about seconds that it shows.")
    mended_at: datetime | None = Field(description="When seconds that were corrected left it, the last time.")
    play_url: str
    captions_url: str
    poster_url: str

    @classmethod
    def of(cls, clip: Clip) -> "ClipOut":
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
            question=clip.question,
            risk=clip.risk,
            wants_approval=clip.risk.wants_approval,
            owner=PersonRef.of(clip.owner) if clip.owner else None,
            assigned=PersonRef.of(clip.assigned) if clip.assigned else None,
            review_by=clip.review_by,
            language=clip.language,
            space=SpaceOut.of(clip.space),
            parts=[PartOut(recording=p.recording, start_ms=p.span.start_ms, end_ms=p.span.end_ms) for p in clip.parts],
            start_ms=only.start_ms if only else None,
            end_ms=only.end_ms if only else None,
            length_ms=clip.length_ms,
            text=clip.text,
            version=clip.version,
            created_at=clip.created_at,
            published_at=clip.published_at,
            speaker=clip.speaker,
            speaker_id=clip.speaker_id,
            comments=clip.comments,
            corrected=[
                AmendedOut(clip_at_ms=each.from_ms, words=each.amended.words, at=each.amended.at)
                for each in places(clip.parts, clip.amended)
            ],
            mended_at=mended_at(clip.amended),
            play_url=f"{here}/play.m3u8",
            captions_url=f"{here}/captions.vtt",
            poster_url=f"{here}/poster.jpg",
        )


class PartIn(In):
    recording: Annotated[str, Field(max_length=40)]
    start_ms: Ms
    end_ms: Ms


PersonId = Annotated[str, Field(max_length=40)]
ClipId = Annotated[str, Field(max_length=40)]


class ClipChange(In):
    """What is left out stays. `start_ms` and `end_ms` are for clips of one part, instead of `parts`."""

    title: Title | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=MAX_TAG)]], Field(max_length=MAX_TAGS)] | None = None
    level: Level | None = Field(default=None, description="null: none.")
    audience: Annotated[str, Field(max_length=MAX_ANSWER)] | None = None
    prerequisites: Annotated[str, Field(max_length=MAX_ANSWER)] | None = None
    kind: Expertise | None = Field(default=None, description="null: none.")
    question: Annotated[str, Field(max_length=MAX_QUESTION)] | None = None
    risk: Risk | None = None
    owner: PersonId | None = Field(default=None, description="null: who speaks in it.")
    assigned: PersonId | None = Field(default=None, description="A curator of its space; null: nobody.")
    review_by: date | None = Field(default=None, description="null: no date.")
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
