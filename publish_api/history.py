"""What you watched, and where you stopped: yours alone, whoever asks.

There is no address under which anybody else's could be asked for, for nobody: not for curators, not for admins.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.clip import clip_time
from domain.errors import Invalid
from domain.ids import is_public_id
from domain.permit import Act, demand
from domain.person import Person
from domain.watched import Watched
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.schemas import API, In, Ms, Out
from publish_api.services import Services
from store import clips, watched
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/me/history", tags=["mine"])


class WatchedOut(Out):
    clip: ClipOut
    clip_at_ms: int | None = Field(description="Where you go on, in the clip as it is now; null: at the start.")
    seen_at: datetime


class HistoryOut(Items[WatchedOut]):
    kept: bool = Field(description="Whether it is kept what you watch from now on.")
    days: int = Field(description="How long it is kept; 0: not at all, for nobody here.")


class KeptIn(In):
    kept: Annotated[bool, Field(strict=True)]


class PlaceIn(In):
    recording: Annotated[str, Field(max_length=40)]
    at_ms: Annotated[Ms, Field(description="In the recording's time: a moment that the clip shows.")]
    version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] = Field(description="Of the clip, as you play it.")


@router.get("", summary="What you watched, the last first", description="Nobody else can ask.", responses=problems())
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> HistoryOut:
    with services.store.transaction() as tx:
        page = watched.history(tx, viewer.id, cursor=cursor, limit=limit)
        return HistoryOut(
            items=as_watched(tx, page.items),
            next=page.next,
            kept=is_kept(tx, services, viewer),
            days=services.history_days,
        )


@router.put(
    "",
    status_code=204,
    summary="Say whether it is kept what you watch",
    description="Switched off, what is there is deleted at once.",
    responses=problems(403),
)
def switch(services: Use, viewer: Viewer, body: KeptIn) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        watched.set_kept(tx, viewer.id, body.kept)


@router.delete("", status_code=204, summary="Forget all that you watched", responses=problems(403))
def forget_all(services: Use, viewer: Viewer) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        watched.forget(tx, viewer.id)


@router.put(
    "/{id}",
    status_code=204,
    summary="Say where you are in a clip",
    description="Players do so every fifteen seconds, and when one leaves. Nothing is kept when it is switched off.",
    responses=problems(403, 404, 410),
)
def keep(services: Use, viewer: Viewer, id_: Id, body: PlaceIn) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        recording_id = next((p.recording_id for p in clip.parts if p.recording == body.recording), None)
        if recording_id is None or clip_time(clip.parts, recording_id, body.at_ms) is None:
            raise Invalid("That moment is not in this clip. Say one that it shows.", code="outside_clip")
        if services.history_days:
            watched.keep(
                tx, viewer.id, clip, recording_id, body.at_ms, version=body.version, now=services.now()
            )  # fmt: skip


@router.delete(
    "/{id}",
    status_code=204,
    summary="Forget that you watched a clip",
    description="Also of one that you do not see any more, and of one that you never watched.",
    responses=problems(403),
)
def forget(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    if is_public_id(id_):
        with services.store.transaction() as tx:
            watched.forget(tx, viewer.id, id_)


def is_kept(tx: Tx, services: Services, viewer: Person) -> bool:
    return services.history_days > 0 and watched.kept(tx, viewer.id)


def as_watched(tx: Tx, found: tuple[Watched, ...]) -> list[WatchedOut]:
    shown = as_shown([each.clip for each in found])
    return [
        WatchedOut(clip=clip, clip_at_ms=each.clip_ms, seen_at=each.seen_at)
        for each, clip in zip(found, shown, strict=True)
    ]
