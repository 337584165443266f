"""Who is asking: an API token in the Authorization header, else the session cookie.

Who came by a brief's link is a guest (`Person.brief_id`): routes are closed to them unless they ask for
a `Guest` instead of a `Viewer`, and then they show and take what belongs to that brief alone. When their
link has ended they are nobody, but where a route asks for a `Returning`: to see and take back what they sent.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, cast
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer

from domain.errors import Forbidden, Unauthenticated
from domain.permit import demand_scope
from domain.person import Person
from domain.scope import EVERYTHING, Scope
from publish_api.armour import UPLOADS
from publish_api.guesses import limits_of
from publish_api.services import Services
from publish_api.tongue import speak
from store import credentials, devices
from store.postgres import Tx

COOKIE = "passiton_session"
DEVICE = "passiton_device"  # beside it, on a device that others share: what that shows while nobody says who they are
PERSON = "Person-Id"  # whose page it is: on pages, and on what they send that must not become another's
SESSION_SECONDS = 30 * 24 * 3600  # as long as store.credentials.new_session lets one live
SHARED_LASTS = timedelta(hours=12)  # on a device that others share, however busy it is: a shift
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_EVENTS = "/api/v1/events"  # asks by itself, for as long as a page is open
_WORDS = re.compile(r"/(comments|reactions?|reports?)(/|$)")  # what is said to others

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
    find = _proof(request)
    with services_of(request).store.glance() as tx:
        return find(tx)


def _proof(request: Request) -> Callable[[Tx], Person]:
    """What finds the person behind what was sent. Raises as `anybody` does, and so does what it gives."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return lambda tx: _of_token(tx, request, token.strip())
    # Whoever has said who they are, on a device that others share beside it; else the device.
    sessions = [session for name in (COOKIE, DEVICE) if (session := request.cookies.get(name))]
    if not sessions:
        raise Unauthenticated("Sign in first: open your sign-in link, or send an API token.")
    if request.method not in _SAFE_METHODS and from_our_pages(request) is not True:
        raise _foreign()
    return lambda tx: _of_sessions(tx, request, sessions)


def _of_token(tx: Tx, request: Request, token: str) -> Person:
    person = credentials.person_of_api_token(tx, token, services_of(request).now())
    if person is None:
        raise Unauthenticated("This API token is not valid any more, or never was. Make a new one.", code="bad_token")
    speak(person.language)
    return _paced(request, _within(person, request))


def _of_sessions(tx: Tx, request: Request, sessions: Sequence[str]) -> Person:
    now, touched = services_of(request).now(), request.url.path != _EVENTS
    people = (credentials.person_of_session(tx, each, now, touched=touched) for each in sessions)
    person = next((each for each in people if each is not None), None)
    if person is None:
        raise Unauthenticated("You were signed out. Open your sign-in link again, or ask for a new one.")
    speak(person.language)
    if person.device and request.method not in _SAFE_METHODS:
        raise Forbidden(
            "Others use this device, too. Say who you are first, with your login name and PIN: the button is above.",
            code="who_are_you",
        )
    if request.headers.get(PERSON, person.public_id) != person.public_id:
        raise Forbidden(
            "Somebody else is signed in on this device now. Sign in again as yourself; nothing of yours is lost.",
            code="somebody_else",
        )
    return _paced(request, person)


def _within(person: Person, request: Request) -> Person:
    """The person of an API token, whose scopes are enough for this sort of request. What a single act takes beside
    that, domain/permit.py knows; where nothing is changed, reading is all it takes. Raises Forbidden (`token_scope`).
    """
    assert person.scopes is not None
    safe = request.method in _SAFE_METHODS
    uploads = request.url.path.startswith(UPLOADS)
    demand_scope(person.scopes, Scope.UPLOAD if uploads else Scope.READ if safe else Scope.WRITE)
    return replace(person, scopes=None) if safe or person.scopes == EVERYTHING else person


def _paced(request: Request, person: Person) -> Person:
    """Raises TooMany (`too_many_writes`) for more words at once than anybody has to say."""
    if request.method not in _SAFE_METHODS and _WORDS.search(request.url.path):
        limits_of(request).write(person.public_id)
    return person


Returning = Annotated[Person, Depends(anybody)]


async def who(person: Returning) -> Person:
    """The person asking, a brief's guest perhaps. Raises as `anybody` does, and Unauthenticated (`link_ended`)."""
    return still_good(person)


def still_good(person: Person) -> Person:
    """The same person. Raises Unauthenticated (`link_ended`)."""
    if person.ended:
        raise Unauthenticated(
            "Nothing more can be sent by the link you came by: it has ended, or this device was signed out. Open it "
            "again, or ask for a new one. What you sent you still see, and take back, under your recordings on this "
            "device.",
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


@dataclass(frozen=True)
class Asking:
    """The `Viewer` of a route that is asked often, and only reads: found where the answer is, over the same connection
    and in the same thread. To hand a request to a thread, and to come by a connection, takes as long as a query.
    """

    request: Request

    @contextmanager
    def glance(self) -> Iterator[tuple[Tx, Person]]:
        """As `Store.glance`, and who asks. Raises as `no_guest` does."""
        find = _proof(self.request)
        with services_of(self.request).store.glance() as tx:
            yield tx, _no_guest(still_good(find(tx)))


async def asking(request: Request) -> Asking:
    return Asking(request)  # that a token or a session is wanted, rights.py writes into the description of the API


Asks = Annotated[Asking, Depends(asking)]


def still_let_in(request: Request) -> Person:
    """The `Viewer`, asked again while an answer is on its way. Raises where that is nobody any more."""
    return _no_guest(still_good(anybody(request)))


def maybe_who(request: Request) -> Person | None:
    """The person asking, None when nobody is signed in. Raises Forbidden as `who` does."""
    try:
        return still_good(anybody(request))
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


def demand_our_page(request: Request) -> None:
    """Raises Forbidden unless one of our own pages sent this. For what a link of ours does beside showing something."""
    if from_our_pages(request) is not True:
        raise _foreign()


def refuse_other_sites(request: Request) -> None:
    """Raises Forbidden when another site's page sent this. For changes that need no cookie: signing in."""
    if from_our_pages(request) is False:
        raise _foreign()


def _foreign() -> Forbidden:
    return Forbidden(
        "This came from another site, so nothing was changed. Open our own page and try again there.",
        code="foreign_origin",
    )


def begin_session(tx: Tx, request: Request, person: Person) -> str:
    """A session for somebody who has just shown who they are, for `remember`. On a device that others share it ends
    soon after its last touch.
    """
    now = services_of(request).now()
    device = _device(tx, request)
    browser = request.headers.get("user-agent", "")
    lasts = SHARED_LASTS if device else timedelta(seconds=SESSION_SECONDS)
    return credentials.new_session(
        tx, person.id, now=now, device=browser, lives_for=lasts, device_id=device, link_id=person.link_id
    )


def shared_device(request: Request) -> bool:
    """Whether others use it, too, and nobody has said who they are."""
    if DEVICE not in request.cookies or still_known(request) is not None:
        return False
    with services_of(request).store.transaction() as tx:
        return _device(tx, request) is not None


def _device(tx: Tx, request: Request) -> UUID | None:
    session = request.cookies.get(DEVICE)
    return devices.of_session(tx, session, services_of(request).now()) if session else None


def remember(
    response: Response, services: Services, session: str, seconds: int = SESSION_SECONDS, *, name: str = COOKIE
) -> None:
    """Sets the session cookie. Lax: links from a chat message open signed in."""
    response.set_cookie(
        name,
        session,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=services.public_url.startswith("https:"),
    )


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
