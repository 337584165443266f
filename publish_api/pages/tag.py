"""The page of a tag: clips that have it, and who shared them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.follow import FollowKind
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import clips, expertise, following, pictures
from store.tags import slug
from store.text import one_line

router = APIRouter(prefix="/tags", include_in_schema=False)


@router.get("/{name:path}")
def tag_page(
    request: Request,
    services: Use,
    viewer: Viewer,
    name: str,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """By any spelling of it, or another name. What nobody sees a clip of looks like what is not there."""
    with services.store.transaction() as tx:
        use, experts = expertise.about(tx, name, viewer.id)
        found = clips.feed(tx, viewer.id, tag=name, cursor=cursor or None)
        pictured = pictures.pictured(tx, (clip.id for clip in found.items))
        mine = {each.id for each in following.following(tx, viewer.id) if each.kind is FollowKind.TAG}
    return page(
        request,
        "tag.html",
        viewer=viewer,
        label=use.label if use else one_line(name)[:200],
        slug=use.slug if use else slug(name),
        clips=found.items,
        next=found.next,
        first=not cursor,
        experts=experts,
        pictured=pictured,
        followable=use is not None or slug(name) in mine,
        followed=(use.slug if use else slug(name)) in mine,
    )
