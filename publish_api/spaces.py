"""Spaces: who sees a thing, and who is in them."""

from typing import Annotated

from fastapi import APIRouter, Path

from domain.permit import Act, demand
from domain.person import Person
from domain.space import Member, Space
from publish_api.access import Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.people import demand_curator, demand_here
from publish_api.schemas import API, MemberIn, MemberOut, SpaceChange, SpaceIn, SpaceOut
from store import people, spaces
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/spaces", tags=["spaces"])

PersonId = Annotated[str, Path(alias="person")]


@router.get("", summary="The spaces you see into", responses=problems())
def listed(services: Use, viewer: Viewer) -> Items[SpaceOut]:
    with services.store.transaction() as tx:
        return all_of(SpaceOut.of(space) for space in spaces.spaces_of(tx, viewer.id))


@router.post("", status_code=201, summary="Make a space", responses=problems(403, 409))
def make(services: Use, viewer: Viewer, body: SpaceIn) -> SpaceOut:
    demand(viewer, Act.MAKE_SPACE)
    with services.store.transaction() as tx:
        return SpaceOut.of(spaces.add_space(tx, body.name))


@router.patch(
    "/{id}",
    summary="Say whether clips of a space can be taken along",
    description="For those who curate it. It counts for what is published in it, and from now on.",
    responses=problems(403, 404),
)
def change(services: Use, viewer: Viewer, id_: Id, body: SpaceChange) -> SpaceOut:
    with services.store.transaction() as tx:
        space = spaces.space_by_public_id(tx, id_, viewer.id)
        demand(viewer, Act.ALLOW_DOWNLOADS, curates=spaces.curates(tx, viewer.id, space.id))
        spaces.allow_downloads(tx, space.id, body.downloads)
        return SpaceOut.of(spaces.space_by_public_id(tx, id_, viewer.id))


@router.get(
    "/{id}/members",
    summary="Who is in a space, by name",
    description="Everybody is in the space of everybody; of it, those who were added by name.",
    responses=problems(404),
)
def members(services: Use, viewer: Viewer, id_: Id) -> Items[MemberOut]:
    with services.store.transaction() as tx:
        space = spaces.space_by_public_id(tx, id_, viewer.id)
        return all_of(MemberOut.in_space(member) for member in spaces.members(tx, space.id))


@router.put(
    "/{id}/members/{person}",
    summary="Let a person into a space",
    description="For those who curate it. Only admins say who curates.",
    responses=problems(403, 404, 410),
)
def let_in(services: Use, viewer: Viewer, id_: Id, person_id: PersonId, body: MemberIn) -> MemberOut:
    with services.store.transaction() as tx:
        space = _demanded(tx, id_, viewer)
        person = demand_here(people.person_by_public_id(tx, person_id))
        if body.curates != _curates_by_name(tx, space, person):
            demand(viewer, Act.GRANT_RIGHTS)
        if body.curates:
            demand_curator(person)
        spaces.add_member(tx, space.id, person.id, curates=body.curates)
        return MemberOut.in_space(Member(person, body.curates))


@router.delete(
    "/{id}/members/{person}",
    status_code=204,
    summary="Take a person out of a space",
    responses=problems(403, 404),
)
def take_out(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> None:
    with services.store.transaction() as tx:
        space = _demanded(tx, id_, viewer)
        person = people.person_by_public_id(tx, person_id)
        if _curates_by_name(tx, space, person):
            demand(viewer, Act.GRANT_RIGHTS)
        spaces.remove_member(tx, space.id, person.id)


def _demanded(tx: Tx, public_id: str, viewer: Person) -> Space:
    """The space, when the viewer may change who is in it. Raises NotFound, Forbidden."""
    found = spaces.space_by_public_id(tx, public_id, viewer.id)
    demand(viewer, Act.CHANGE_MEMBERS, curates=spaces.curates(tx, viewer.id, found.id))
    return found


def _curates_by_name(tx: Tx, space: Space, person: Person) -> bool:
    return any(member.curates and member.person.id == person.id for member in spaces.members(tx, space.id))
