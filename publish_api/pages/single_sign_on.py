"""Signing in by one's work account: away to the provider, and back.

The browser that is sent away holds one secret, in a cookie of this errand alone, and PKCE's verifier and the nonce are
made of it; the database holds hashes. So neither whoever reads the database nor another browser can finish an errand.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Forbidden, Misconfigured, NotFound, PassItOnError, Unauthenticated, Unavailable
from publish_api.access import Use, begin_session, demand_our_page, maybe_who, remember
from publish_api.errors import status_of
from publish_api.guesses import limits_of
from publish_api.pages.sign_in import form, ours
from publish_api.services import Services, SingleSignOn
from publish_api.tongue import _, phrase
from store import identities
from store.identities import Errand

router = APIRouter(prefix="/single-sign-on", include_in_schema=False)

BACK = f"{router.prefix}/back"  # the provider has to know it, after the public address

_ERRAND = "passiton_errand_"  # and the beginning of its state: two tabs are two errands
_STALE = phrase("This way in was begun in another browser, too long ago, or used before. Begin again.")
_STOPPED = phrase(
    "Your work account did not let you in, or you stopped there. Try again, or sign in with a link or a code."
)
_UNSET = phrase(
    "Signing in with a work account is not set up rightly here. Tell whoever looks after Pass It On, and sign in with "
    "a link or a code meanwhile."
)

Word = Annotated[str, Query(max_length=4000)]


@router.get("")
def go(request: Request, services: Use, next_: Annotated[str, Query(alias="next")] = "/", join: str = "") -> Response:
    """`join`: whoever is signed in wants to come in this way, too."""
    provider, person = _provider(services), None
    if join:
        demand_our_page(request)  # or another site could have its own work account let in as whoever is signed in
        if (person := maybe_who(request)) is None or person.brief_id is not None:
            raise Unauthenticated(_("Sign in first: then your work account can let you in, too."))
    limits_of(request).sign_in(request)
    state, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    try:
        where = provider.address(state=state, nonce=_made_of(secret, "nonce"), verifier=_made_of(secret, "verifier"))
    except (Misconfigured, Unavailable) as trouble:
        return _sorry(request, trouble, next_)
    with services.store.transaction() as tx:
        identities.begin(
            tx,
            state=state,
            browser=secret,
            leads_to=ours(next_),
            now=services.now(),
            person_id=person.id if person else None,
        )
    response = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        _cookie(state),
        secret,
        max_age=int(identities.ERRAND_LASTS.total_seconds()),
        path=router.prefix,
        httponly=True,
        samesite="lax",  # the provider's page leads back here
        secure=services.public_url.startswith("https:"),
    )
    return response


@router.get("/back")
def come_back(request: Request, services: Use, state: Word = "", code: Word = "", iss: Word | None = None) -> Response:
    provider, secret = _provider(services), request.cookies.get(_cookie(state), "")
    with services.store.transaction() as tx:
        errand = identities.finish(tx, state=state, browser=secret, now=services.now())
    if errand is None:
        response = form(request, trouble=_STALE, status=401)
    elif not code or not _from(provider, iss):
        response = form(request, next_=errand.leads_to, trouble=_STOPPED, status=401)
    else:
        response = _known(request, services, provider, errand, code, secret)
    response.delete_cookie(_cookie(state), path=router.prefix, httponly=True, samesite="lax")
    response.headers["Cache-Control"] = "no-store"
    return response


def _known(
    request: Request, services: Services, provider: SingleSignOn, errand: Errand, code: str, secret: str
) -> Response:
    response, now = RedirectResponse(errand.leads_to, 303), services.now()
    try:
        who = provider.identity(code, nonce=_made_of(secret, "nonce"), verifier=_made_of(secret, "verifier"), now=now)
        limits_of(request).signed_in(request)
        if errand.person_id is None:
            with services.store.transaction() as tx:
                person = identities.person_of(tx, who, now)
                session = begin_session(tx, request, person)
            remember(response, services, session)
            return response
    except (Forbidden, Misconfigured, Unavailable) as trouble:
        return _sorry(request, trouble, errand.leads_to)
    here = maybe_who(request)
    if here is None or here.id != errand.person_id:  # signed out meanwhile, or somebody else in
        return form(request, next_=errand.leads_to, trouble=_STALE, status=401)
    with services.store.transaction() as tx:
        identities.join(tx, who, here.id, now)
    return response


def _provider(services: Services) -> SingleSignOn:
    if services.single_sign_on is None:
        raise NotFound("There is no signing in with a work account here. Use a link or a code.")
    return services.single_sign_on


def _from(provider: SingleSignOn, iss: str | None) -> bool:
    """Whether what came back names this provider, or none: RFC 9207, against mixing two of them up."""
    return iss is None or iss.rstrip("/") == provider.issuer.rstrip("/")


def _cookie(state: str) -> str:
    return _ERRAND + "".join(c for c in state[:8] if c.isascii() and (c.isalnum() or c in "-_"))


def _made_of(secret: str, what: str) -> str:
    """43 characters of base64url: as long as PKCE wants a verifier (RFC 7636, 4.1)."""
    mac = hmac.new(secret.encode(), what.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _sorry(request: Request, trouble: PassItOnError, next_: str) -> Response:
    said = _UNSET if isinstance(trouble, Misconfigured) else trouble.message
    return form(request, next_=next_, trouble=said, status=status_of(trouble))
