"""Shapes on the wire of reels."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.reel import MAX_CLIPS, MAX_TITLE, LeftOut, Reel, ReelClip, ReelState, Shape, TouchedReel
from domain.space import Space
from publish_api.schemas import API, In, Out, SpaceOut

Title = Annotated[str, Field(max_length=4 * MAX_TITLE, description=f"In one line, {MAX_TITLE} characters at most.")]
ClipIds = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=MAX_CLIPS)]


class ReelIn(In):
    title: Title
    clips: ClipIds = Field(description="Their ids, in order: published, of the reel's space or of everybody's.")
    shape: Shape = Shape.LANDSCAPE
    captions: Annotated[bool, Field(strict=True, description="Burnt in.")] = True
    space: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Its id. Left out: the space of everybody."
    )


class ReelChange(In):
    """What is left out stays. Its film can be watched until another is made."""

    title: Title | None = None
    clips: ClipIds | None = None
    shape: Shape | None = None
    captions: Annotated[bool | None, Field(strict=True)] = None


class ReelClipOut(Out):
    id: str = Field(description="Empty for one that is not yours to see.")
    title: str
    length_ms: int
    left_out: LeftOut | None = Field(description="Why it is not in the film; null: it is.")

    @classmethod
    def of(cls, clip: ReelClip) -> "ReelClipOut":
        return cls(id=clip.clip, title=clip.title, length_ms=clip.length_ms, left_out=clip.left_out)


class ReelFilmOut(Out):
    id: str = Field(description="Another film has another.")
    url: str = Field(description="An MP4.")
    cover_url: str
    byte_size: int
    length_ms: int
    made_at: datetime


class ReelOut(Out):
    id: str
    title: str
    shape: Shape
    captions: bool
    space: SpaceOut
    made_by: str
    created_at: datetime
    version: int
    state: ReelState = Field(
        description="`waiting` and `making` end by themselves, in `ready` or `failed`; `empty`: none of its clips may"
        " be shown. It is made anew whenever a clip of it changes."
    )
    progress: float = Field(description="0 to 1, while it is made.")
    estimate_s: float | None = Field(description="Seconds until it is ready; null while nothing can be said.")
    message: str = Field(description="What it waits for, or why it failed, and what to do. Empty otherwise.")
    film: ReelFilmOut | None = Field(
        description="The newest that may be given out: null from the moment at which something that it shows is taken"
        " out of view. Of before the last change, unless the state is `ready`."
    )
    clips: list[ReelClipOut]

    @classmethod
    def of(cls, reel: Reel, space: Space, now: datetime) -> "ReelOut":
        here = f"{API}/reels/{reel.public_id}"
        film = reel.film
        return cls(
            id=reel.public_id,
            title=reel.title,
            shape=reel.shape,
            captions=reel.captions,
            space=SpaceOut.of(space),
            made_by=reel.made_by,
            created_at=reel.created_at,
            version=reel.version,
            state=reel.state,
            progress=reel.progress,
            estimate_s=reel.estimate_s(now),
            message=reel.trouble,
            film=None
            if film is None
            else ReelFilmOut(
                id=film.public_id,
                url=f"{here}/film.mp4?film={film.public_id}",
                cover_url=f"{here}/cover.jpg?film={film.public_id}",
                byte_size=film.byte_size,
                length_ms=film.length_ms,
                made_at=film.made_at,
            ),
            clips=[ReelClipOut.of(clip) for clip in reel.clips],
        )


class TouchedReelOut(Out):
    id: str
    title: str
    space: str

    @classmethod
    def of(cls, reel: TouchedReel) -> "TouchedReelOut":
        return cls(id=reel.reel, title=reel.title, space=reel.space)
