"""The page of a person: what they shared, about what, and whether it helped."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.follow import FollowKind
from domain.permit import Act, may
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import expertise, following, people, pictures

router = APIRouter(prefix="/people", include_in_schema=False)


@router.get("/{person_id}")
def person_page(
    request: Request,
    services: Use,
    viewer: Viewer,
    person_id: str,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    with services.store.transaction() as tx:
        found = people.person_by_public_id(tx, person_id)
        shared = expertise.shared(tx, found.id, viewer.id, cursor=cursor or None)
        pictured = pictures.pictured(tx, (clip.id for clip in shared.items))
        mine = {each.id for each in following.following(tx, viewer.id) if each.kind is FollowKind.PERSON}
        topics = expertise.topics(tx, found.id, viewer.id)
        helped = expertise.helped(tx, found.id, viewer.id)
    return page(
        request,
        "person.html",
        viewer=viewer,
        person=found,
        clips=shared.items,
        next=shared.next,
        first=not cursor,
        topics=topics,
        helped=helped,
        pictured=pictured,
        myself=found.id == viewer.id,
        may_take_data=may(viewer, Act.TAKE_DATA, own=found.id == viewer.id),
        followed=found.public_id in mine,
    )
