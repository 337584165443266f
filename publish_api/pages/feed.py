"""What has been published, newest first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import clips, pictures

router = APIRouter(include_in_schema=False)

_TAGS_SHOWN = 24


@router.get("/")
def feed(
    request: Request,
    services: Use,
    viewer: Viewer,
    tag: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    with services.store.transaction() as tx:
        found = clips.feed(tx, viewer.id, tag=tag or None, cursor=cursor or None)
        tags = clips.tags(tx, viewer.id)
        pictured = pictures.pictured(tx, (clip.id for clip in found.items))
        waiting = 0 if found.items else clips.waiting(tx, viewer.id)
    return page(
        request,
        "feed.html",
        viewer=viewer,
        clips=found.items,
        pictured=pictured,
        next=found.next,
        tag=tag,
        tags=tags[:_TAGS_SHOWN],
        waiting=waiting,
    )
