"""The way in by a brief's link, as it is sent (/brief/) or typed off a poster (/b/): what is wanted, and one button.

Programs that scan mail fetch every link in it: opening one changes nothing. Pressing the button signs
this device in, for this brief alone, as often as somebody comes back. A device where somebody once typed a name
asks whether they are still the same, by any open link: then they are one person, with all that they have sent.
"""

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Invalid
from domain.ids import chance
from domain.person import Person
from publish_api.access import COOKIE, Use, refuse_other_sites, remember, shared_device, still_known
from publish_api.asked import closed
from publish_api.guesses import Guesses
from publish_api.pages.look import page
from publish_api.services import Services
from publish_api.tongue import _, phrase
from store import brief_links, credentials
from store.brief_links import Opened
from store.people import MAX_NAME
from store.postgres import Tx

router = APIRouter(include_in_schema=False)

_NOT_HERE = phrase(
    "Others use this device, too. Open the link on a device of your own; or say here who you are, with your login name "
    "and PIN, and open it again."
)

Once = Annotated[str, Form(max_length=64)]


@router.get("/brief/{token}")
@router.get("/b/{token}")
def door(request: Request, services: Use, token: str) -> Response:
    link = _opened(request, services, token)
    return _no_such_link(request) if link is None else _drawn(request, link)


@router.post("/brief/{token}")
@router.post("/b/{token}")
def come_in(
    request: Request, services: Use, token: str, name: Annotated[str, Form()] = "", once: Once = ""
) -> Response:
    """`once`: what the form had by chance, so that a button that is pressed twice lets one person in."""
    refuse_other_sites(request)
    link = _opened(request, services, token)
    if link is None:
        return _no_such_link(request)
    if shared_device(request):  # or a guest would stay signed in on it, for everybody who picks it up
        return _drawn(request, link, trouble=_NOT_HERE, status=403)
    try:
        with services.store.transaction() as tx:
            session = _let_in(tx, services, request, link, name.strip(), once)
    except Invalid as refusal:
        return _drawn(request, link, typed=name[:MAX_NAME], trouble=refusal.message, status=400)
    where = f"/record?brief={link.brief.public_id}" if link.brief.closed_at is None else "/recordings"
    response = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
    if session is not None:
        remember(response, services, *session)
    return response


def _opened(request: Request, services: Services, token: str) -> Opened | None:
    """Raises TooMany (`too_many_guesses`): to look for what was typed off a poster is dear, and anybody may type."""
    guesses, address = cast(Guesses, request.app.state.guesses), request.client.host if request.client else ""
    if typed := brief_links.is_typed(token):
        guesses.guess(address)
    with services.store.transaction() as tx:
        link = brief_links.opened(tx, token, services.now())
    if typed and link is not None:
        guesses.right(address)
    return link


def _let_in(tx: Tx, services: Services, request: Request, link: Opened, name: str, once: str) -> tuple[str, int] | None:
    """A session, and for how many seconds to keep it; None when the one that this browser has will do as it is."""
    now, has = services.now(), request.cookies.get(COOKIE, "")
    here = still_known(request)
    if (known := _known(here, link)) is not None and not (name and link.person is None):
        if _will_do(known, link):
            brief_links.come(tx, link, known)
            return None
        brief_links.go_on(tx, link, known, has, now=now)
        return has, int(brief_links.STAYS_FOR.total_seconds())
    person = link.person
    if person is None:
        if link.brief.closed_at is not None:
            raise closed()
        if not name:
            raise Invalid("Type your name first: it is shown with what you record.", code="bad_name")
        person = brief_links.newcomer(tx, link, name, once=once)
    if here is not None:  # this browser forgets it: nobody else shall find it
        credentials.end_session(tx, has)
    session = brief_links.sign_in(tx, link, person, now=now, device=request.headers.get("user-agent", ""))
    return session, int(brief_links.lasts(link, person, now).total_seconds())


def _known(here: Person | None, link: Opened) -> Person | None:
    """Who this browser knows, if they may go on by this link: nobody else's, and for a guest who does not stay on
    this device, none of another brief.
    """
    if here is None or (link.person is not None and link.person.id != here.id):
        return None
    return here if here.looks_back is not None or _will_do(here, link) else None


def _will_do(here: Person, link: Opened) -> bool:
    """Whether what this browser is signed in by is good for the link's brief."""
    return here.brief_id is None or (here.brief_id == link.brief.id and not here.ended)


def _drawn(request: Request, link: Opened, *, typed: str = "", trouble: str = "", status: int = 200) -> Response:
    here = still_known(request)
    known = _known(here, link)
    response = page(
        request,
        "brief_link.html",
        viewer=known,
        status=status,
        brief=link.brief,
        link=link,
        asks=known is not None and known.looks_back is not None,
        replaced=here
        if here is not None and known is None and (here.brief_id is None or here.looks_back is not None)
        else None,
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
        viewer=still_known(request),
        status=404,
        number=404,
        heading=_("This link no longer works"),
        message=_(
            "It has expired, or was taken back. Ask whoever gave it to you for a new one. What you sent by it stays "
            "as it is: see it, and take it back, under your recordings on the device you sent it from, or ask L&D."
        ),
        code="bad_link",
        again=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
