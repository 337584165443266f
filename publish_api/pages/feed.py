"""Home: what one goes on with, what is new of what one follows, questions one could answer, and what is new at all."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.follow import FollowKind
from publish_api import home as home_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page, tag_page
from store import clips, following, pictures, reels
from store.tags import slug

router = APIRouter(include_in_schema=False)

_TAGS_SHOWN = 24


@router.get("/")
def feed(
    request: Request,
    services: Use,
    viewer: Viewer,
    tag: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Its number of queries does not depend on how much there is to show. `tag`: an old link to a tag's page."""
    if slug(tag):
        return RedirectResponse(tag_page(tag), 303)
    with services.store.transaction() as tx:
        found = clips.feed(tx, viewer.id, cursor=cursor or None)
        mine = home_api.NOTHING if cursor else home_api.of(tx, viewer, services.now())
        tags = () if cursor else following.following(tx, viewer.id)
        shown = (*found.items, *mine.followed, *(each.clip for each in mine.going_on))
        pictured = pictures.pictured(tx, (clip.id for clip in shown))
        waiting = 0 if shown else clips.waiting(tx, viewer.id)
        reeled = not cursor and reels.any_shown(tx, viewer.id)
    return page(
        request,
        "feed.html",
        viewer=viewer,
        clips=found.items,
        next=found.next,
        first=not cursor,
        mine=mine,
        followed_tags=[each for each in tags if each.kind is FollowKind.TAG],
        # The others are those of what is shown: to count all there are would take longer than the rest of the page.
        tags=list(dict.fromkeys(label for clip in found.items for label in clip.tags))[:_TAGS_SHOWN],
        pictured=pictured,
        waiting=waiting,
        reeled=reeled,
    )
