"""Who is asking: an API token in the Authorization header, else the session cookie.

Who came by a brief's link is a guest (`Person.brief_id`): routes are closed to them unless they ask for
a `Guest` instead of a `Viewer`, and then they show and take what belongs to that brief alone. When their
link has ended they are nobody, but where a route asks for a `Returning`: to see and take back what they sent.
"""

from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer

from domain.errors import Forbidden, Unauthenticated
from domain.person import Person
from publish_api.services import Services
from store import credentials

COOKIE = "passiton_session"
PERSON = "Person-Id"  # whose page it is: on pages, and on what they send that must not become another's
SESSION_SECONDS = 30 * 24 * 3600  # as long as store.credentials.new_session lets one live
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Stated for OpenAPI only; what they find is read from the request below, so that pages can ask too.
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="An API token: `passiton token LOGIN`.")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="Set by signing in.")


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def _services(request: Request) -> Services:
    return services_of(request)  # async: what is plain `def` waits for a thread


Use = Annotated[Services, Depends(_services)]


def anybody(
    request: Request,
    _token: Annotated[object, Depends(_bearer)] = None,
    _session: Annotated[object, Depends(_cookie)] = None,
) -> Person:
    """The person asking, a brief's guest perhaps, even one whose link has ended.

    Raises Unauthenticated when nobody is found behind what was sent, and Forbidden (`foreign_origin`)
    when the cookie comes with a change that another site's page could have asked for; `somebody_else`
    when a page that was opened as one person now sends the cookie of another (PERSON).
    """
    services = services_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        with services.store.transaction() as tx:
            person = credentials.person_of_api_token(tx, token.strip())
        if person is None:
            raise Unauthenticated("This API token is not valid. Ask for a new one.", code="bad_token")
        return person

    session = request.cookies.get(COOKIE)
    if not session:
        raise Unauthenticated("Sign in first: open your sign-in link, or send an API token.")
    if request.method not in _SAFE_METHODS and from_our_pages(request) is not True:
        raise _foreign()
    with services.store.transaction() as tx:
        person = credentials.person_of_session(tx, session, services.now())
    if person is None:
        raise Unauthenticated("You were signed out. Open your sign-in link again, or ask for a new one.")
    if request.headers.get(PERSON, person.public_id) != person.public_id:
        raise Forbidden(
            "Somebody else is signed in on this device now. Sign in again as yourself; nothing of yours is lost.",
            code="somebody_else",
        )
    return person


Returning = Annotated[Person, Depends(anybody)]


def who(person: Returning) -> Person:
    """The person asking, a brief's guest perhaps. Raises as `anybody` does, and Unauthenticated (`link_ended`)."""
    if person.ended:
        raise Unauthenticated(
            "The link you came by has ended, so nothing more can be sent by it. What you sent you still see, and take "
            "back, under your recordings on this device.",
            code="link_ended",
        )
    return person


Guest = Annotated[Person, Depends(who)]


async def no_guest(person: Guest) -> Person:
    """The person asking. Raises Forbidden (`brief_only`) for a brief's guest."""
    return _no_guest(person)


def _no_guest(person: Person) -> Person:
    if person.brief_id is not None:
        raise Forbidden(
            "The link you came by is for answering one brief: you can record for it, and see what you have sent. "
            "For everything else, sign in with a link of your own; anyone in L&D can make you one.",
            code="brief_only",
        )
    return person


Viewer = Annotated[Person, Depends(no_guest)]


def still_let_in(request: Request) -> Person:
    """The `Viewer`, asked again while an answer is on its way. Raises where that is nobody any more."""
    return _no_guest(who(anybody(request)))


def maybe_who(request: Request) -> Person | None:
    """The person asking, None when nobody is signed in. Raises Forbidden as `who` does."""
    try:
        return who(anybody(request))
    except Unauthenticated:
        return None


def still_known(request: Request) -> Person | None:
    """Whoever this browser is known as, a guest whose link has ended perhaps; None when it is nobody."""
    try:
        return anybody(request)
    except (Forbidden, Unauthenticated):
        return None


MaybeViewer = Annotated[Person | None, Depends(maybe_who)]


def from_our_pages(request: Request) -> bool | None:
    """Whether one of our own pages sent this; None when nothing in it says so (not a browser).

    A browser tells it truly in Sec-Fetch-Site, and older ones, or any over plain HTTP, in Origin.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return None
    # Besides the public address, the one this browser has connected to: no other site can choose its Host.
    public = urlsplit(services_of(request).public_url)
    hosts = {public.netloc, request.headers.get("host", "")} - {""}
    return origin.lower() in {f"{public.scheme}://{host}".lower() for host in hosts}


def refuse_other_sites(request: Request) -> None:
    """Raises Forbidden when another site's page sent this. For changes that need no cookie: signing in."""
    if from_our_pages(request) is False:
        raise _foreign()


def _foreign() -> Forbidden:
    return Forbidden(
        "This came from another site, so nothing was changed. Open our own page and try again there.",
        code="foreign_origin",
    )


def remember(response: Response, services: Services, session: str, seconds: int = SESSION_SECONDS) -> None:
    """Sets the session cookie. Lax: links from a chat message open signed in."""
    response.set_cookie(
        COOKIE,
        session,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=services.public_url.startswith("https:"),
    )


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
