"""Clips that you have put aside: yours alone."""

from datetime import datetime

from fastapi import APIRouter

from domain.ids import is_public_id
from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.schemas import API, Out
from store import clips, saved

router = APIRouter(prefix=f"{API}/me/saved", tags=["mine"])


class SavedOut(Out):
    clip: ClipOut
    saved_at: datetime


@router.get("", summary="Clips that you have saved, the last first", responses=problems())
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> Items[SavedOut]:
    with services.store.transaction() as tx:
        page = saved.saved(tx, viewer.id, cursor=cursor, limit=limit)
        shown = as_shown([each.clip for each in page.items])
    items = [SavedOut(clip=clip, saved_at=each.saved_at) for each, clip in zip(page.items, shown, strict=True)]
    return Items(items=items, next=page.next)


@router.put("/{id}", status_code=204, summary="Save a clip", responses=problems(403, 404, 410))
def save(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        saved.save(tx, viewer.id, clips.clip(tx, id_, viewer.id).id, services.now())


@router.delete(
    "/{id}",
    status_code=204,
    summary="Save a clip no more",
    description="Also one that you do not see any more, and one that you never saved.",
    responses=problems(403),
)
def drop(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    if is_public_id(id_):
        with services.store.transaction() as tx:
            saved.drop(tx, viewer.id, id_)
