"""Signing in by a link or a typed code, and signing out.

Programs that scan mail fetch every link in it: opening one only shows a button, and pressing that
uses the link up.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from publish_api.access import (
    COOKIE,
    MaybeViewer,
    Use,
    begin_session,
    forget,
    refuse_other_sites,
    remember,
    services_of,
    still_known,
)
from publish_api.armour import LEAVING
from publish_api.guesses import limits_of
from publish_api.pages.look import page
from publish_api.pages.unfurl import preview
from publish_api.services import Services
from publish_api.tongue import phrase
from store import credentials

router = APIRouter(include_in_schema=False)

_USED = phrase("This link has been used, or is too old. Type the newest code you were given, or ask for a new link.")
_WRONG = phrase(
    "That login name and code do not go together, or the code is used up. "
    "Look again, or ask for a new one: after five wrong tries a code is void."
)
_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/sign-in")
def sign_in_page(request: Request, viewer: MaybeViewer, next_: Annotated[str, Query(alias="next")] = "/") -> Response:
    # A brief's guest may sign in as more than that, and anybody on a device that others use, too.
    if viewer is not None and viewer.brief_id is None and not viewer.device:
        return RedirectResponse(ours(next_), 303)
    return form(request, next_=next_)


@router.post("/sign-in")
def sign_in_by_code(
    request: Request,
    services: Use,
    login: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    refuse_other_sites(request)
    limits_of(request).sign_in(request, login)
    with services.store.transaction() as tx:
        person = credentials.redeem_code(tx, login, code, services.now())
        session = begin_session(tx, request, person) if person else None
    if session is None:
        return form(request, next_=next_, login=login, trouble=_WRONG, status=401)
    limits_of(request).signed_in(request, login)
    return _signed_in(services, session, next_)


@router.get("/sign-in/{token}")
def sign_in_link_page(request: Request, next_: Annotated[str, Query(alias="next")] = "/") -> Response:
    return _quiet(page(request, "sign_in_link.html", next=ours(next_)))


@router.post("/sign-in/{token}")
def sign_in_by_link(
    request: Request, services: Use, token: str, next_: Annotated[str, Form(alias="next")] = "/"
) -> Response:
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        person = credentials.redeem_link(tx, token, services.now())
        session = begin_session(tx, request, person) if person else None
    if session is None:
        return form(request, next_=next_, trouble=_USED, status=401)
    return _signed_in(services, session, next_)


@router.post("/sign-out")
def sign_out(request: Request, services: Use) -> Response:
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        credentials.end_session(tx, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", 303, headers=LEAVING)
    forget(response)
    return response


def form(request: Request, *, next_: str = "/", login: str = "", trouble: str = "", status: int = 200) -> Response:
    here = still_known(request)
    former = here if here is not None and here.ended else None
    return _quiet(
        page(
            request,
            "sign_in.html",
            status=status,
            next=ours(next_),
            login=login,
            trouble=trouble,
            former=former,
            preview=preview(services_of(request), ours(next_)),
            by_work_account=services_of(request).single_sign_on is not None,
        )
    )


def _quiet(response: Response) -> Response:
    response.headers.update(_NO_STORE)
    return response


def _signed_in(services: Services, session: str, next_: str) -> Response:
    response = RedirectResponse(ours(next_), 303)
    remember(response, services, session)
    return response


def ours(path: str) -> str:
    """Where somebody goes who has signed in: a path of our own, whatever was asked for, but not back to signing in."""
    return "/" if path.startswith("/sign-in") else here(path)


def here(path: str) -> str:
    """A path of our own, whatever was asked for: no link or form leads anybody to another site.

    Browsers read both "//" and a backslash as the beginning of a host.
    """
    odd = "\\" in path or path.startswith("//") or not path.isprintable()
    return "/" if odd or not path.startswith("/") else path
