"""Spaces: who sees a thing, and who is in them."""

from typing import Annotated

from fastapi import APIRouter, Path

from domain.deed import Deed, DeedAbout
from domain.permit import Act, demand
from domain.person import Person
from domain.space import Member, Space
from publish_api.access import Use, Viewer
from publish_api.answers import Beginning, Cursor, Id, Items, Limit, page_of, problems
from publish_api.people import demand_curator, demand_here
from publish_api.schemas import API, MemberIn, MemberOut, SpaceChange, SpaceIn, SpaceOut, Visibility
from store import act_log, people, spaces, unfurls
from store.paging import MAX_LIMIT
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/spaces", tags=["spaces"])

PersonId = Annotated[str, Path(alias="person")]


@router.get("", summary="The spaces you see into", responses=problems())
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[SpaceOut]:
    with services.store.transaction() as tx:
        return page_of(spaces.page(tx, viewer.id, cursor=cursor, limit=limit), SpaceOut.of)


@router.post("", status_code=201, summary="Make a space", responses=problems(403, 409))
def make(services: Use, viewer: Viewer, body: SpaceIn) -> SpaceOut:
    demand(viewer, Act.MAKE_SPACE)
    with services.store.transaction() as tx:
        return SpaceOut.of(spaces.add_space(tx, body.name, open=body.visibility is Visibility.EVERYBODY))


@router.patch(
    "/{id}",
    summary="Say whether clips of a space can be taken along, who sees into it, what it is called, or what links tell",
    description="Whether clips can be taken along say those who curate it; it counts for what is published in it, from "
    "now on. The rest is for admins. Only an empty space can be opened to everybody: who speaks agreed to be shown to "
    "its members.",
    responses=problems(403, 404, 409),
)
def change(services: Use, viewer: Viewer, id_: Id, body: SpaceChange) -> SpaceOut:
    with services.store.transaction() as tx:
        space = spaces.space_by_public_id(tx, id_, viewer.id)
        if body.downloads is not None:
            demand(viewer, Act.ALLOW_DOWNLOADS, curates=spaces.curates(tx, viewer.id, space.id))
            spaces.allow_downloads(tx, space.id, body.downloads)
        if body.name is not None or body.visibility is not None or body.unfurls is not None:
            demand(viewer, Act.CHANGE_SPACE)
        if body.name is not None:
            spaces.rename(tx, space.id, body.name)
        if body.unfurls is not None:
            unfurls.allow(tx, space.id, body.unfurls)
        if body.visibility is not None:
            spaces.show(tx, space, open=body.visibility is Visibility.EVERYBODY)
        return SpaceOut.of(spaces.space_by_public_id(tx, id_, viewer.id))


@router.get(
    "/{id}/members",
    summary="Who is in a space, by name",
    description="Everybody is in the space of everybody; of it, those who were added by name.",
    responses=problems(404),
)
def members(
    services: Use, viewer: Viewer, id_: Id, q: Beginning = "", cursor: Cursor = None, limit: Limit = MAX_LIMIT
) -> Items[MemberOut]:
    with services.store.transaction() as tx:
        space = spaces.space_by_public_id(tx, id_, viewer.id)
        return page_of(spaces.page_of_members(tx, space.id, q=q, cursor=cursor, limit=limit), MemberOut.in_space)


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
        changed = body.curates != spaces.curates_by_name(tx, space.id, person.id)
        if changed:
            demand(viewer, Act.GRANT_RIGHTS)
        if body.curates:
            demand_curator(person)
        spaces.add_member(tx, space.id, person.id, curates=body.curates)
        if changed:
            _note(tx, services, viewer, space, person, curates=body.curates)
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
        if spaces.curates_by_name(tx, space.id, person.id):
            demand(viewer, Act.GRANT_RIGHTS)
            _note(tx, services, viewer, space, person, curates=False)
        spaces.remove_member(tx, space.id, person.id)


def _demanded(tx: Tx, public_id: str, viewer: Person) -> Space:
    """The space, when the viewer may change who is in it. Raises NotFound, Forbidden."""
    found = spaces.space_by_public_id(tx, public_id, viewer.id)
    demand(viewer, Act.CHANGE_MEMBERS, curates=spaces.curates(tx, viewer.id, found.id))
    return found


def _note(tx: Tx, services: Use, viewer: Person, space: Space, person: Person, *, curates: bool) -> None:
    act_log.note(
        tx,
        Deed.CHANGED_CURATING,
        DeedAbout.PERSON,
        person.public_id,
        by=viewer.id,
        now=services.now(),
        whose=person.id,
        space_id=space.id,
        words="this space" if curates else "not this space",
    )
