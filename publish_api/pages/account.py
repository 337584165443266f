"""One's own account: where one is signed in, one's work account, and tokens for programs."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Invalid
from domain.person import Person
from domain.scope import SAYS, Scope
from publish_api import account as account_api
from publish_api import devices as devices_api
from publish_api.access import COOKIE, Use, Viewer
from publish_api.account import MAX_LABEL, TokenIn
from publish_api.pages.look import page
from publish_api.services import Services
from publish_api.tongue import _, phrase
from store import devices, identities, mailing, person_data, ways_in

router = APIRouter(prefix="/account", include_in_schema=False)

_LASTS = (
    (30, phrase("30 days")),
    (90, phrase("90 days")),
    (365, phrase("A year")),
    (0, phrase("Until I take it back")),
)


@dataclass(frozen=True)
class Typed:
    name: str = ""
    scopes: list[str] = field(default_factory=lambda: [Scope.READ.value])
    days: int = 90


@router.get("")
def account(request: Request, services: Use, viewer: Viewer) -> Response:
    return _drawn(request, services, viewer)


@router.post("/sessions/others")
def end_others(request: Request, services: Use, viewer: Viewer) -> Response:
    account_api.end_others(services, viewer, request)
    return RedirectResponse("/account", 303)


@router.post("/sessions/{session_id}")
def end_session(services: Use, viewer: Viewer, session_id: str) -> Response:
    account_api.end_session(services, viewer, session_id)
    return RedirectResponse("/account", 303)


@router.get("/tokens")
def token_reloaded() -> Response:
    """A reloaded page makes no second token."""
    return RedirectResponse("/account", 303)


@router.post("/tokens")
def make_token(
    request: Request,
    services: Use,
    viewer: Viewer,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[str] | None, Form(alias="scope")] = None,
    days: Annotated[int, Form()] = 90,
) -> Response:
    asked = [Scope(each) for each in scopes or () if each in set(Scope)]
    typed = Typed(name[:MAX_LABEL], [each.value for each in asked], days if days in dict(_LASTS) else 90)
    try:
        if not asked:
            raise Invalid("Choose what the token may do.", code="no_scope")
        body = TokenIn(name=typed.name, scopes=asked, days=typed.days or None)
        made, _ = account_api.made_token(services, viewer, body)
    except Invalid as refusal:
        return _drawn(request, services, viewer, typed=typed, trouble=refusal.message, status=400)
    return _drawn(request, services, viewer, made=made)


@router.post("/tokens/{token_id}")
def revoke_token(services: Use, viewer: Viewer, token_id: str) -> Response:
    account_api.revoke_token(services, viewer, token_id)
    return RedirectResponse("/account", 303)


@router.post("/work-accounts")
def part(services: Use, viewer: Viewer) -> Response:
    account_api.part(services, viewer)
    return RedirectResponse("/account", 303)


@router.post("/pin")
def set_pin(request: Request, services: Use, viewer: Viewer, pin: Annotated[str, Form(max_length=40)] = "") -> Response:
    try:
        devices_api.change_pin(services, viewer, pin)
    except Invalid as refusal:
        return _drawn(request, services, viewer, trouble=refusal.message, status=400)
    return RedirectResponse("/account", 303)


@router.post("/pin/end")
def drop_pin(services: Use, viewer: Viewer) -> Response:
    devices_api.change_pin(services, viewer, None)
    return RedirectResponse("/account", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    typed: Typed | None = None,
    made: str = "",
    trouble: str = "",
    status: int = 200,
) -> Response:
    now = services.now()
    with services.store.transaction() as tx:
        sessions = ways_in.sessions(tx, viewer.id, now, current=request.cookies.get(COOKIE, ""))
        tokens, known_by = ways_in.tokens(tx, viewer.id), identities.known_by(tx, viewer.id)
        pin_set_at = devices.pin_set_at(tx, viewer.id)
        erasure = person_data.erasure(tx, viewer.id)
        mail_stopped = mailing.wish(tx, viewer.id).stopped_at is not None
    response = page(
        request,
        "account.html",
        viewer=viewer,
        status=status,
        sessions=sessions,
        tokens=tokens,
        known_by=known_by,
        pin_set_at=pin_set_at,
        erasure=erasure,
        mail_stopped=mail_stopped,
        work_accounts=services.single_sign_on is not None,
        says={scope: _(said) for scope, said in SAYS.items()},
        lasts=[(days, _(words)) for days, words in _LASTS],
        typed=typed or Typed(),
        made=made,
        trouble=trouble,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
