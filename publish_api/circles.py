"""Drafts that are shared with named people, or with a space, before they are published: who sees one, and what is said
in it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from domain.circle import Circle, Share
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from domain.space import Space
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, all_of, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.comment_schemas import CommentOut
from publish_api.schemas import API, Out, SpaceOut
from publish_api.services import Services
from store import circles, clips, comments, people, recordings, spaces
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["clips"])

PersonId = Annotated[str, Path(alias="person")]
SpaceId = Annotated[str, Path(alias="space")]
Typed = Annotated[str, Query(max_length=100)]


class ColleagueOut(Out):
    id: str
    login: str
    name: str

    @classmethod
    def of(cls, person: Person) -> "ColleagueOut":
        return cls(id=person.public_id, login=person.login, name=person.name)


class ShareOut(Out):
    person: ColleagueOut | None
    space: SpaceOut | None = Field(description="Instead of a person: who is in it, and sees the clip's space.")
    by: str | None = Field(description="A name; null: somebody who has left.")
    at: datetime

    @classmethod
    def of(cls, share: Share) -> "ShareOut":
        return cls(
            person=ColleagueOut.of(share.person) if share.person else None,
            space=SpaceOut.of(share.space) if share.space else None,
            by=share.by,
            at=share.at,
        )


class CircleOut(Out):
    items: list[ShareOut]
    sees: int = Field(description="People in all, with who made the recording and who reviews it; 0 once published.")

    @classmethod
    def of(cls, circle: Circle) -> "CircleOut":
        return cls(items=[ShareOut.of(each) for each in circle.shares], sees=circle.sees)


class CandidatesOut(Out):
    people: list[ColleagueOut]
    spaces: list[SpaceOut]


@router.get(
    "/clips/{id}/circle",
    summary="Who sees a draft",
    description="Empty once it is published: then whoever may see it does.",
    responses=problems(404, 410),
)
def of_clip(services: Use, viewer: Viewer, id_: Id) -> CircleOut:
    with services.store.transaction() as tx:
        found = clips.clip(tx, id_, viewer.id)
        return CircleOut.of(Circle() if found.published_at else circles.circle(tx, [found.id]))


@router.get(
    "/clips/{id}/circle/comments",
    summary="What was said in a clip while it was a draft",
    description="For those who saw the draft, and those who review it; nothing for others.",
    responses=problems(404, 410),
)
def said(services: Use, viewer: Viewer, id_: Id) -> Items[CommentOut]:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        return all_of(
            CommentOut.of(c, clip.parts, viewer, services.now().date())
            for c in comments.kept_in_circle(tx, clip.id, viewer.id)
        )


@router.get(
    "/clips/{id}/circle/candidates",
    summary="Colleagues and spaces that a draft can be shared with",
    description="Whose name or login goes on like `q`.",
    responses=problems(403, 404, 410),
)
def for_clip(services: Use, viewer: Viewer, id_: Id, q: Typed = "") -> CandidatesOut:
    with services.store.transaction() as tx:
        return _candidates(tx, draft_of(tx, id_, viewer), q, viewer)


@router.put(
    "/clips/{id}/circle/people/{person}",
    summary="Share a draft with somebody",
    description="With whoever sees the clip's space: they are told. It ends by itself when the clip is published.",
    responses=problems(403, 404, 409, 410),
)
def share_with_person(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> CircleOut:
    with services.store.transaction() as tx:
        return share(tx, draft_of(tx, id_, viewer), _person(tx, person_id), services, viewer)


@router.delete(
    "/clips/{id}/circle/people/{person}",
    status_code=204,
    summary="Show a draft to somebody no more: at once",
    responses=problems(403, 404, 410),
)
def take_from_person(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> None:
    with services.store.transaction() as tx:
        take_back(tx, draft_of(tx, id_, viewer), _person(tx, person_id), services, viewer)


@router.put(
    "/clips/{id}/circle/spaces/{space}",
    summary="Share a draft with the people of a space",
    description="With the clip's own, or, where all colleagues see into that, with any that you see.",
    responses=problems(403, 404, 409, 410),
)
def share_with_space(services: Use, viewer: Viewer, id_: Id, space_id: SpaceId) -> CircleOut:
    with services.store.transaction() as tx:
        drafts = draft_of(tx, id_, viewer)
        return share(tx, drafts, spaces.space_by_public_id(tx, space_id, viewer.id), services, viewer)


@router.delete(
    "/clips/{id}/circle/spaces/{space}",
    status_code=204,
    summary="Show a draft to the people of a space no more: at once",
    responses=problems(403, 404, 410),
)
def take_from_space(services: Use, viewer: Viewer, id_: Id, space_id: SpaceId) -> None:
    with services.store.transaction() as tx:
        drafts = draft_of(tx, id_, viewer)
        take_back(tx, drafts, spaces.space_by_public_id(tx, space_id, viewer.id), services, viewer)


@router.get("/recordings/{id}/circle", summary="Who sees any draft of a recording", responses=problems(403, 404, 410))
def of_recording(services: Use, viewer: Viewer, id_: Id) -> CircleOut:
    with services.store.transaction() as tx:
        drafts = drafts_of(tx, id_, viewer)
        return CircleOut.of(circles.circle(tx, drafts) if drafts else Circle())


@router.get(
    "/recordings/{id}/circle/candidates",
    summary="Colleagues and spaces that the drafts of a recording can be shared with",
    responses=problems(403, 404, 410),
)
def for_recording(services: Use, viewer: Viewer, id_: Id, q: Typed = "") -> CandidatesOut:
    with services.store.transaction() as tx:
        return _candidates(tx, drafts_of(tx, id_, viewer), q, viewer)


@router.put(
    "/recordings/{id}/circle/people/{person}",
    summary="Share all drafts that there are of a recording with somebody",
    responses=problems(403, 404, 409, 410),
)
def share_all_with_person(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> CircleOut:
    with services.store.transaction() as tx:
        return share(tx, drafts_of(tx, id_, viewer), _person(tx, person_id), services, viewer)


@router.delete(
    "/recordings/{id}/circle/people/{person}",
    status_code=204,
    summary="Show no draft of a recording to somebody any more",
    responses=problems(403, 404, 410),
)
def take_all_from_person(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> None:
    with services.store.transaction() as tx:
        take_back(tx, drafts_of(tx, id_, viewer), _person(tx, person_id), services, viewer)


@router.put(
    "/recordings/{id}/circle/spaces/{space}",
    summary="Share all drafts that there are of a recording with the people of a space",
    responses=problems(403, 404, 409, 410),
)
def share_all_with_space(services: Use, viewer: Viewer, id_: Id, space_id: SpaceId) -> CircleOut:
    with services.store.transaction() as tx:
        drafts = drafts_of(tx, id_, viewer)
        return share(tx, drafts, spaces.space_by_public_id(tx, space_id, viewer.id), services, viewer)


@router.delete(
    "/recordings/{id}/circle/spaces/{space}",
    status_code=204,
    summary="Show no draft of a recording to the people of a space any more",
    responses=problems(403, 404, 410),
)
def take_all_from_space(services: Use, viewer: Viewer, id_: Id, space_id: SpaceId) -> None:
    with services.store.transaction() as tx:
        drafts = drafts_of(tx, id_, viewer)
        take_back(tx, drafts, spaces.space_by_public_id(tx, space_id, viewer.id), services, viewer)


@router.get("/me/drafts", summary="Drafts that were shared with you, the last one first", responses=problems())
def mine(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> Items[ClipOut]:
    with services.store.transaction() as tx:
        page = circles.shared_with(tx, viewer.id, cursor=cursor, limit=limit)
        return Items(items=as_shown(page.items), next=page.next)


def draft_of(tx: Tx, public_id: str, viewer: Person) -> list[UUID]:
    """The draft, when the viewer may share it. Raises NotFound, Gone, Forbidden."""
    found = clips.clip(tx, public_id, viewer.id)
    standing = clips.standing(tx, found.id, viewer.id)
    own = standing.own and circles.all_own(tx, found.id, viewer.id)
    demand(viewer, Act.SHARE_DRAFT, own=own, curates=standing.curates)
    return [found.id]


def drafts_of(tx: Tx, public_id: str, viewer: Person) -> Sequence[UUID]:
    """Its drafts that the viewer may share. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id)
    standing = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, Act.SHARE_DRAFT, own=standing.own, curates=standing.curates)
    return circles.drafts(tx, found.id, viewer.id)


def _person(tx: Tx, public_id: str) -> Person:
    return people.person_by_public_id(tx, public_id)


def _candidates(tx: Tx, drafts: Sequence[UUID], q: str, viewer: Person) -> CandidatesOut:
    colleagues, homes = circles.candidates(tx, drafts, q, viewer.id)
    return CandidatesOut(
        people=[ColleagueOut.of(each) for each in colleagues], spaces=[SpaceOut.of(each) for each in homes]
    )


def share(tx: Tx, drafts: Sequence[UUID], to: Person | Space, services: Services, viewer: Person) -> CircleOut:
    if not drafts:
        raise Invalid("There is no draft of this recording: all its clips are published, or none is made yet.")
    for each in drafts:
        circles.share(tx, each, to, by=viewer.id, now=services.now())
    return CircleOut.of(circles.circle(tx, drafts))


def take_back(tx: Tx, drafts: Sequence[UUID], to: Person | Space, services: Services, viewer: Person) -> None:
    for each in drafts:
        circles.take_back(tx, each, to, by=viewer.id, now=services.now())
