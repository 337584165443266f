"""What has been published, newest first, and the search to the spoken second."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import clips, pictures
from store.search import MAX_QUERY, says_nothing

router = APIRouter(include_in_schema=False)

_TAGS_SHOWN = 24
_RUN_UP_MS = 1000  # a link lands a breath before the sentence


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


@router.get("/search")
def search(
    request: Request, services: Use, viewer: Viewer, q: Annotated[str, Query(max_length=MAX_QUERY)] = ""
) -> Response:
    hits: tuple[clips.Hit, ...] = ()
    pictured: frozenset[UUID] = frozenset()
    common = False
    if q := q.strip():
        with services.store.transaction() as tx:
            hits = clips.search(tx, viewer.id, q)
            pictured = pictures.pictured(tx, (hit.clip.id for hit in hits))
            common = not hits and says_nothing(tx, viewer.id, q)
    shown = [(hit, _href(hit)) for hit in hits]
    return page(request, "search.html", viewer=viewer, q=q, hits=shown, pictured=pictured, common=common)


def _href(hit: clips.Hit) -> str:
    at = max(hit.clip_ms - _RUN_UP_MS, 0) // 1000
    return f"/clips/{hit.clip.public_id}" + (f"?t={at}&v={hit.clip.version}" if at else "")
