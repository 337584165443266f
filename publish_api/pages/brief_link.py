"""The way in by a brief's link, as it is sent (/brief/) or typed off a poster (/b/): what is wanted, and one button.

Programs that scan mail fetch every link in it: opening one changes nothing. Pressing the button signs
this device in, for this brief alone, as often as somebody comes back.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Forbidden, Invalid
from domain.ids import chance
from domain.person import Person
from publish_api.access import COOKIE, SESSION_SECONDS, Use, maybe_who, refuse_other_sites, remember
from publish_api.asked import closed
from publish_api.pages.look import page
from publish_api.services import Services
from store import brief_links, credentials
from store.brief_links import Opened
from store.people import MAX_NAME
from store.postgres import Tx

router = APIRouter(include_in_schema=False)

Once = Annotated[str, Form(max_length=64)]


@router.get("/brief/{token}")
@router.get("/b/{token}")
def door(request: Request, services: Use, token: str) -> Response:
    with services.store.transaction() as tx:
        link = brief_links.opened(tx, token, services.now())
    return _no_such_link(request) if link is None else _drawn(request, link)


@router.post("/brief/{token}")
@router.post("/b/{token}")
def come_in(
    request: Request, services: Use, token: str, name: Annotated[str, Form()] = "", once: Once = ""
) -> Response:
    """`once`: what the form had by chance, so that a button that is pressed twice lets one person in."""
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        link = brief_links.opened(tx, token, services.now())
    if link is None:
        return _no_such_link(request)
    try:
        with services.store.transaction() as tx:
            session = _let_in(tx, services, request, link, name.strip(), once)
    except Invalid as refusal:
        return _drawn(request, link, typed=name[:MAX_NAME], trouble=refusal.message, status=400)
    where = f"/record?brief={link.brief.public_id}" if link.brief.closed_at is None else "/recordings"
    response = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
    if session is not None:
        seconds = int((link.expires_at - services.now()).total_seconds())
        remember(response, services, session, min(seconds, SESSION_SECONDS))
    return response


def _let_in(tx: Tx, services: Services, request: Request, link: Opened, name: str, once: str) -> str | None:
    """A new session; None when the one that this browser has is good for the brief already."""
    here = _here(request)
    if (known := _known(here, link)) is not None and not (name and link.person is None):
        brief_links.come(tx, link, known)
        return None
    person = link.person
    if person is None:
        if link.brief.closed_at is not None:
            raise closed()
        if not name:
            raise Invalid("Type your name first: it is shown with what you record.", code="bad_name")
        person = brief_links.newcomer(tx, link, name, once=once)
    if here is not None:  # this browser forgets it: nobody else shall find it
        credentials.end_session(tx, request.cookies.get(COOKIE, ""))
    device = request.headers.get("user-agent", "")
    return brief_links.sign_in(tx, link, person, now=services.now(), device=device)


def _here(request: Request) -> Person | None:
    try:
        return maybe_who(request)
    except Forbidden:
        return None


def _known(here: Person | None, link: Opened) -> Person | None:
    """Who is signed in here, if that is enough: not somebody else's link, not another brief's guest."""
    if here is None or here.brief_id not in {None, link.brief.id}:
        return None
    return here if link.person is None or link.person.id == here.id else None


def _drawn(request: Request, link: Opened, *, typed: str = "", trouble: str = "", status: int = 200) -> Response:
    here = _here(request)
    known = _known(here, link)
    response = page(
        request,
        "brief_link.html",
        viewer=known,
        status=status,
        brief=link.brief,
        link=link,
        replaced=here if here is not None and here.brief_id is None and known is None else None,
        typed=typed,
        once=chance(16),
        trouble=trouble,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _no_such_link(request: Request) -> Response:
    response = page(
        request,
        "error.html",
        viewer=_here(request),
        status=404,
        number=404,
        heading="This link no longer works",
        message="It has expired, or was taken back. Ask whoever gave it to you for a new one.",
        code="bad_link",
        again=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
