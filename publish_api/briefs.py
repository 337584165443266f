"""Briefs: what experts are asked for, and the links that ask them."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response

from domain.brief import Brief, Wish
from domain.permit import Act, demand
from domain.person import Person
from domain.space import Space
from publish_api.access import Guest, Use, Viewer
from publish_api.answers import (
    Cursor,
    Id,
    IfMatch,
    Items,
    Limit,
    all_of,
    asked_version,
    problems,
    say_version,
)
from publish_api.asked import demand_answer, the_brief
from publish_api.brief_schemas import (
    BriefChange,
    BriefDeviceOut,
    BriefIn,
    BriefLinkIn,
    BriefLinkMade,
    BriefLinkOut,
    BriefOut,
)
from publish_api.people import demand_here
from publish_api.qr import qr_svg
from publish_api.schemas import API
from publish_api.services import Services
from store import brief_links, briefs, people, spaces
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/briefs", tags=["briefs"])

LinkId = Annotated[str, Path(alias="link")]
DeviceId = Annotated[str, Path(alias="device")]


@router.get(
    "",
    summary="Briefs, newest first",
    description="Those of the spaces you curate, and those you were given a link to.",
    responses=problems(),
)
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> Items[BriefOut]:
    with services.store.transaction() as tx:
        page = briefs.briefs(tx, viewer.id, services.now(), cursor=cursor, limit=limit)
        return Items(items=[_shown(tx, each, viewer) for each in page.items], next=page.next)


@router.post("", status_code=201, summary="Write a brief", responses=problems(403, 404))
def make(services: Use, viewer: Viewer, response: Response, body: BriefIn) -> BriefOut:
    made = write(services, viewer, body.wish(), body.space)
    say_version(response, made.version)
    with services.store.transaction() as tx:
        return _shown(tx, made, viewer)


@router.get("/{id}", summary="A brief", responses=problems(404))
def one(services: Use, viewer: Guest, response: Response, id_: Id) -> BriefOut:
    with services.store.transaction() as tx:
        found = the_brief(tx, viewer, id_, services.now())
        say_version(response, found.version)
        return _shown(tx, found, viewer)


@router.patch("/{id}", summary="Change a brief", responses=problems(403, 404, 412, 428))
def change(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: BriefChange, if_match: IfMatch = None
) -> BriefOut:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.WRITE_BRIEF)
        version = asked_version(if_match, found.version)
        changed = briefs.change(tx, found.id, body.over(found.wish), version=version)
        say_version(response, changed.version)
        return _shown(tx, changed, viewer)


@router.put(
    "/{id}/closing",
    summary="Close a brief",
    description="Nothing more is sent for it. Those who came by its links still see what they have sent.",
    responses=problems(403, 404),
)
def close(services: Use, viewer: Viewer, id_: Id) -> BriefOut:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.WRITE_BRIEF)
        briefs.close(tx, found.id, services.now())
        return _shown(tx, briefs.load(tx, found.id), viewer)


@router.delete(
    "/{id}/closing",
    status_code=204,
    summary="Open a brief again",
    description="Its links work again until they expire.",
    responses=problems(403, 404),
)
def reopen(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        briefs.reopen(tx, demanded(tx, services, id_, viewer, Act.WRITE_BRIEF).id)


@router.get(
    "/{id}/links",
    summary="The links to a brief that work, each with the devices it has signed in",
    responses=problems(403, 404),
)
def links(services: Use, viewer: Viewer, id_: Id) -> Items[BriefLinkOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.LINK_BRIEF)
        return all_of(BriefLinkOut.of(link) for link in brief_links.links(tx, found.id, services.now()))


@router.post(
    "/{id}/links",
    status_code=201,
    summary="Make a link to a brief, for one person or for whoever opens it",
    description="It signs a device in for this brief alone, as often as it is opened, until it expires or is revoked.",
    responses=problems(403, 404, 410),
)
def make_link(services: Use, viewer: Viewer, response: Response, id_: Id, body: BriefLinkIn) -> BriefLinkMade:
    response.headers["Cache-Control"] = "no-store"
    return new_link(services, viewer, id_, body)


@router.delete(
    "/{id}/links/{link}",
    status_code=204,
    summary="Take a link back",
    description="It opens nothing any more, and every device that it signed in is signed out; one on which a name was "
    "typed stays to look back at what it sent, and to take that back.",
    responses=problems(403, 404),
)
def revoke_link(services: Use, viewer: Viewer, id_: Id, link: LinkId) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.LINK_BRIEF)
        brief_links.revoke_link(tx, found.id, link)


@router.delete(
    "/{id}/links/{link}/devices/{device}",
    status_code=204,
    summary="Sign out a device that a link has signed in",
    description="It sends nothing more, until the link is opened there again. One that `stays` still looks back at what"
    " was sent from it, as when its link has ended, and is from then on listed under `/briefs/{id}/devices`.",
    responses=problems(403, 404),
)
def revoke_device(services: Use, viewer: Viewer, id_: Id, link: LinkId, device: DeviceId) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.LINK_BRIEF)
        brief_links.revoke_device(tx, found.id, link, device)


@router.get(
    "/{id}/devices",
    summary="The devices that stay signed in after their link has ended, or after they were signed out beside it",
    description="A name was typed there. They send nothing more; they see what they sent, and take it back.",
    responses=problems(403, 404),
)
def devices_left(services: Use, viewer: Viewer, id_: Id) -> Items[BriefDeviceOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.LINK_BRIEF)
        return all_of(BriefDeviceOut.of(device) for device in brief_links.devices_left(tx, found.id, services.now()))


@router.delete(
    "/{id}/devices/{device}",
    status_code=204,
    summary="Sign out a device that stayed",
    description="Whoever holds it sees nothing more of what was sent from it, and takes nothing back there.",
    responses=problems(403, 404),
)
def revoke_device_left(services: Use, viewer: Viewer, id_: Id, device: DeviceId) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, services, id_, viewer, Act.LINK_BRIEF)
        brief_links.revoke_device_left(tx, found.id, device)


def write(services: Services, viewer: Person, wish: Wish, space: str | None) -> Brief:
    """A new brief in a space (its public id; None: everybody's) that the viewer curates.

    Raises Invalid, Forbidden, NotFound.
    """
    with services.store.transaction() as tx:
        home = _home(tx, viewer, space)
        demand(viewer, Act.WRITE_BRIEF, curates=spaces.curates(tx, viewer.id, home.id))
        return briefs.make(tx, wish, space_id=home.id, author_id=viewer.id, now=services.now())


def new_link(services: Services, viewer: Person, brief: str, body: BriefLinkIn, once: str = "") -> BriefLinkMade:
    """A link to a brief (its public id); `once` as in store/brief_links.py.

    Raises NotFound, Forbidden, Gone, Conflict (`link_made`).
    """
    with services.store.transaction() as tx:
        found = demanded(tx, services, brief, viewer, Act.LINK_BRIEF)
        person = demand_here(people.person_by_public_id(tx, body.person)) if body.person else None
        link = brief_links.make_link(
            tx,
            found.id,
            person_id=person.id if person else None,
            created_by=viewer.id,
            now=services.now(),
            lives_for=timedelta(days=body.days),
            once=once,
        )
    url = f"{services.public_url}/brief/{link.token}"
    typed = "-".join(link.typed[at : at + 4] for at in range(0, len(link.typed), 4))
    return BriefLinkMade(
        id=link.public_id,
        url=url,
        typed_url=f"{services.public_url}/b/{typed}",
        qr_svg=qr_svg(url),
        expires_at=link.expires_at,
    )


def asked_of(services: Services, viewer: Person, public_id: str) -> BriefOut:
    """The brief that the viewer is about to answer; a guest's is theirs, whatever is named.

    Raises NotFound, Forbidden (`brief_closed`).
    """
    with services.store.transaction() as tx:
        if viewer.brief_id is not None:
            public_id = briefs.load(tx, viewer.brief_id).public_id
        return _shown(tx, demand_answer(tx, viewer, public_id, services.now()), viewer)


def demanded(tx: Tx, services: Services, public_id: str, viewer: Person, act: Act) -> Brief:
    """The brief, when the viewer may do this to it. Raises NotFound, Forbidden."""
    found = briefs.brief(tx, public_id, viewer.id, services.now())
    demand(viewer, act, curates=spaces.curates(tx, viewer.id, found.space_id))
    return found


def _home(tx: Tx, viewer: Person, space: str | None) -> Space:
    return spaces.space_by_public_id(tx, space, viewer.id) if space else spaces.everyone_space(tx)


def _shown(tx: Tx, brief: Brief, viewer: Person) -> BriefOut:
    home = spaces.spaces_by_id(tx, [brief.space_id])[brief.space_id]
    curates = viewer.brief_id is None and spaces.curates(tx, viewer.id, brief.space_id)
    return BriefOut.of(brief, home, curates=curates)
