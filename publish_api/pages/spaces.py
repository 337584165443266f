"""Spaces: which there are, who is in one, who sees into it, and whether clips of it can be taken along."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Gone, Invalid
from domain.permit import Act, demand, may
from domain.person import Person
from publish_api import people as people_api
from publish_api import spaces as spaces_api
from publish_api import trust as trust_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.schemas import MemberIn, PersonChange, SpaceChange, SpaceIn, Visibility
from publish_api.services import Services
from store import people, spaces, trust

router = APIRouter(prefix="/spaces", include_in_schema=False)

_SHOWN = 50  # members on a page, and people offered before a name is typed


@router.get("")
def listed(request: Request, services: Use, viewer: Viewer) -> Response:
    return _list(request, services, viewer)


@router.post("")
def make(
    request: Request,
    services: Use,
    viewer: Viewer,
    name: Annotated[str, Form()] = "",
    visibility: Annotated[str, Form()] = "",
) -> Response:
    try:
        made = spaces_api.make(services, viewer, SpaceIn(name=name, visibility=_visibility(visibility)))
    except (Conflict, Invalid) as refusal:
        return _list(request, services, viewer, typed=name, trouble=refusal.message)
    return RedirectResponse(f"/spaces/{made.id}", 303)


@router.get("/{space_id}")
def one(
    request: Request,
    services: Use,
    viewer: Viewer,
    space_id: str,
    q: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    return _drawn(request, services, viewer, space_id, q=q, cursor=cursor or None)


@router.post("/{space_id}")
def change(
    request: Request,
    services: Use,
    viewer: Viewer,
    space_id: str,
    name: Annotated[str | None, Form()] = None,
    visibility: Annotated[str | None, Form()] = None,
) -> Response:
    try:
        said = None if visibility is None else _visibility(visibility)
        spaces_api.change(services, viewer, space_id, SpaceChange(name=name, visibility=said))
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, space_id, trouble=refusal.message)
    return RedirectResponse(f"/spaces/{space_id}", 303)


@router.post("/{space_id}/downloads")
def allow_downloads(services: Use, viewer: Viewer, space_id: str, allowed: Annotated[str, Form()] = "") -> Response:
    spaces_api.change(services, viewer, space_id, SpaceChange(downloads=allowed == "yes"))
    return RedirectResponse("/spaces", 303)


@router.post("/{space_id}/unfurls")
def allow_unfurls(services: Use, viewer: Viewer, space_id: str, allowed: Annotated[str, Form()] = "") -> Response:
    spaces_api.change(services, viewer, space_id, SpaceChange(unfurls=allowed == "yes"))
    return RedirectResponse(f"/spaces/{space_id}", 303)


@router.post("/{space_id}/members")
def let_in(
    request: Request, services: Use, viewer: Viewer, space_id: str, login: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    try:
        with services.store.transaction() as tx:
            found = people.person_by_login(tx, login)
        if found is None:
            raise Invalid("Nobody here has this login name. Look for it under People.", code="no_person")
        spaces_api.let_in(services, viewer, space_id, found.public_id, MemberIn(curates=False))
    except (Gone, Invalid) as refusal:
        return _drawn(request, services, viewer, space_id, typed=login, trouble=refusal.message)
    return RedirectResponse(f"/spaces/{space_id}", 303)


@router.post("/{space_id}/trusted")
def trust_somebody(
    request: Request,
    services: Use,
    viewer: Viewer,
    space_id: str,
    login: Annotated[str, Form(max_length=200)] = "",
    person: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """`login`: who publishes first from now on; or `person`, a public id: who does no more."""
    try:
        with services.store.transaction() as tx:
            space = trust_api.space_of(tx, space_id, viewer)
            if person:
                found = people.person_by_public_id(tx, person)
                trust.end(tx, space.id, found.id, by=viewer.id, now=services.now())
            elif (named := people.person_by_login(tx, login)) is not None:
                trust.trust(tx, space.id, named, by=viewer.id, now=services.now())
            else:
                raise Invalid("Nobody here has this login name. Look for it under People.", code="no_person")
    except Invalid as refusal:
        return _drawn(request, services, viewer, space_id, trouble=refusal.message)
    return RedirectResponse(f"/spaces/{space_id}#trusted-title", 303)


@router.post("/{space_id}/members/{person_id}")
def change_member(
    request: Request, services: Use, viewer: Viewer, space_id: str, person_id: str, act: Annotated[str, Form()] = ""
) -> Response:
    """`act`: "curates", "watches" or "leaves"."""
    try:
        if act == "leaves":
            spaces_api.take_out(services, viewer, space_id, person_id)
        elif act == "curates":
            _curates_here_alone(services, viewer, space_id, person_id)
        elif act == "watches":
            spaces_api.let_in(services, viewer, space_id, person_id, MemberIn(curates=False))
    except (Gone, Invalid) as refusal:
        return _drawn(request, services, viewer, space_id, trouble=refusal.message)
    return RedirectResponse(f"/spaces/{space_id}", 303)


def _curates_here_alone(services: Services, viewer: Person, space_id: str, person_id: str) -> None:
    """From now on a curator of this space: of those that they are named in, no more of all."""
    spaces_api.let_in(services, viewer, space_id, person_id, MemberIn(curates=True))
    people_api.change_person(services, viewer, person_id, PersonChange(curates_all=False))


def _visibility(text: str) -> Visibility:
    return Visibility.EVERYBODY if text == Visibility.EVERYBODY.value else Visibility.MEMBERS


def _list(request: Request, services: Services, viewer: Person, *, typed: str = "", trouble: str = "") -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        found = [
            space
            for space in spaces.spaces_of(tx, viewer.id)
            if may(viewer, Act.ALLOW_DOWNLOADS, curates=spaces.curates(tx, viewer.id, space.id))
        ]
    return page(
        request,
        "spaces.html",
        viewer=viewer,
        status=400 if trouble else 200,
        spaces=found,
        may_make=may(viewer, Act.MAKE_SPACE),
        typed=typed,
        trouble=trouble,
    )


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    space_id: str,
    *,
    q: str = "",
    cursor: str | None = None,
    typed: str = "",
    trouble: str = "",
) -> Response:
    with services.store.transaction() as tx:
        space = spaces.space_by_public_id(tx, space_id, viewer.id)
        demand(viewer, Act.CHANGE_MEMBERS, curates=spaces.curates(tx, viewer.id, space.id))
        members = spaces.page_of_members(tx, space.id, q=q, cursor=cursor, limit=_SHOWN)
        by_role = people.curating_all(tx, _SHOWN)
        others = people.page(tx, limit=_SHOWN)
        trusted = trust.trusted(tx, space.id)
        may_trust = may(viewer, Act.TRUST, curates=spaces.curates(tx, viewer.id, space.id))
    there = {member.person.id for member in members.items}
    return page(
        request,
        "space.html",
        viewer=viewer,
        status=400 if trouble else 200,
        space=space,
        members=members.items,
        next=members.next,
        q=q,
        paged=bool(q or cursor or members.next),
        by_role=by_role,
        more_by_role=len(by_role) == _SHOWN,
        others=[each for each in others.items if each.id not in there and not each.self_named],
        many=others.next is not None,
        may_grant=may(viewer, Act.GRANT_RIGHTS),
        trusted=trusted,
        may_trust=may_trust,
        may_unfurl=may(viewer, Act.CHANGE_SPACE),
        may_change=may(viewer, Act.CHANGE_SPACE) and not space.everyone,
        typed=typed,
        trouble=trouble,
    )
