"""Who is here, and how they get in: for those who look after people."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Gone, Invalid
from domain.permit import TO_BRING_IN, Act, demand, may
from domain.person import Person, Role
from publish_api import account as account_api
from publish_api import people as people_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.schemas import PersonChange, PersonIn
from publish_api.services import Services
from publish_api.tongue import _, phrase
from store import people, takedowns

router = APIRouter(prefix="/people", include_in_schema=False)

SHOWN = 50  # people on a page
Searched = Annotated[str, Query(max_length=100)]  # how the names begin of those who are listed

_HERE_TO = (
    (Role.LEARNER, phrase("Watch and ask")),
    (Role.EXPERT, phrase("Record tips, too")),
    (Role.CURATOR, phrase("Review and publish (L&D)")),
    (Role.ADMIN, phrase("Look after everything")),
)


@dataclass(frozen=True)
class Typed:
    name: str = ""
    login: str = ""
    role: str = Role.LEARNER.value
    email: str = ""


@dataclass(frozen=True)
class Listed:
    id: str
    name: str
    login: str
    role: Role
    may_link: bool
    may_change: bool  # the role
    may_end: bool  # their sessions
    may_leave: bool  # be said to have left
    speaks_in: int  # recordings that go out of view then
    self_named: bool


@dataclass(frozen=True)
class Link:
    """Shown once: only hashes of it are kept."""

    name: str
    login: str
    url: str
    code: str
    where: str


@router.get("")
def everybody(
    request: Request,
    services: Use,
    viewer: Viewer,
    q: Searched = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    return _drawn(request, services, viewer, q=q, cursor=cursor or None)


@router.post("")
def add(
    request: Request,
    services: Use,
    viewer: Viewer,
    name: Annotated[str, Form()] = "",
    login: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = Role.LEARNER.value,
    email: Annotated[str, Form()] = "",
) -> Response:
    typed = Typed(name, login, role if role in set(Role) else Role.LEARNER.value, email)
    try:
        body = PersonIn(login=login, name=name, role=Role(typed.role), email=email[:254] or None)
        added = people_api.add_person(services, viewer, body)
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, typed=typed, trouble=refusal.message, status=400)
    return _with_link(request, services, viewer, added.id)


@router.get("/{person_id}/sign-in-links")
def link_reloaded() -> Response:
    """A reloaded page makes no second link."""
    return RedirectResponse("/people", 303)


@router.post("/{person_id}/sign-in-links")
def add_link(request: Request, services: Use, viewer: Viewer, person_id: str, q: Searched = "") -> Response:
    return _with_link(request, services, viewer, person_id, q)


def _with_link(request: Request, services: Services, viewer: Person, person_id: str, q: str = "") -> Response:
    made = people_api.add_sign_in_link(services, viewer, person_id)
    with services.store.transaction() as tx:
        invited = people.person_by_public_id(tx, person_id)
    where = urlsplit(made.url)
    link = Link(invited.name, invited.login, made.url, made.code, f"{where.netloc}/sign-in")
    return _drawn(request, services, viewer, q=q, link=link)


@router.post("/{person_id}/role")
def change_role(
    request: Request,
    services: Use,
    viewer: Viewer,
    person_id: str,
    role: Annotated[str, Form()] = "",
    q: Searched = "",
) -> Response:
    try:
        change = PersonChange(role=Role(role) if role in set(Role) else None)
        people_api.change_person(services, viewer, person_id, change)
    except (Gone, Invalid) as refusal:
        return _drawn(request, services, viewer, q=q, trouble=refusal.message, status=400)
    return RedirectResponse(_listed_again(q), 303)


@router.post("/{person_id}/sessions")
def end_sessions(services: Use, viewer: Viewer, person_id: str, q: Searched = "") -> Response:
    account_api.end_all(services, viewer, person_id)
    return RedirectResponse(_listed_again(q), 303)


@router.post("/{person_id}/leaving")
def say_left(request: Request, services: Use, viewer: Viewer, person_id: str, q: Searched = "") -> Response:
    try:
        people_api.end_stay(services, viewer, person_id)
    except Invalid as refusal:
        return _drawn(request, services, viewer, q=q, trouble=refusal.message, status=400)
    return RedirectResponse(_listed_again(q), 303)


def _listed_again(q: str) -> str:
    """The page that somebody was found on."""
    return f"/people?{urlencode({'q': q})}" if q else "/people"


def _listed(viewer: Person, person: Person, speaks_in: int) -> Listed:
    may_link = may(viewer, TO_BRING_IN[person.role])
    may_change = may_link and person.id != viewer.id
    may_end = person.id != viewer.id and may(viewer, Act.END_SESSION)
    return Listed(
        person.public_id,
        person.name,
        person.login,
        person.role,
        may_link,
        may_change,
        may_end,
        may_leave=person.id != viewer.id and may(viewer, Act.END_STAY),
        speaks_in=speaks_in,
        self_named=person.self_named,
    )


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    q: str = "",
    cursor: str | None = None,
    typed: Typed | None = None,
    link: Link | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response:
    demand(viewer, Act.INVITE)
    with services.store.transaction() as tx:
        found = people.page(tx, q=q, cursor=cursor, limit=SHOWN)
        spoken = takedowns.spoken_by(tx, [person.id for person in found.items])
    response = page(
        request,
        "people.html",
        viewer=viewer,
        status=status,
        everybody=[_listed(viewer, p, spoken.get(p.id, 0)) for p in found.items],
        alone=not q and not cursor and len(found.items) < 2,
        q=q,
        next=found.next,
        roles=[(role.value, _(words)) for role, words in _HERE_TO if may(viewer, TO_BRING_IN[role])],
        typed=typed or Typed(),
        link=link,
        trouble=trouble,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
