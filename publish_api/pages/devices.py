"""Shared devices: those who lend them, the one that is being enrolled, and who says there who they are."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Invalid, NotFound
from domain.permit import Act, may
from domain.person import Person
from publish_api import devices as devices_api
from publish_api.access import (
    COOKIE,
    DEVICE,
    SHARED_LASTS,
    Use,
    Viewer,
    begin_session,
    forget,
    refuse_other_sites,
    remember,
    still_known,
)
from publish_api.armour import LEAVING
from publish_api.devices import DeviceIn
from publish_api.guesses import limits_of
from publish_api.pages.look import page
from publish_api.pages.sign_in import ours
from publish_api.services import Services
from publish_api.tongue import phrase
from store import credentials, devices, spaces
from store.people import MAX_NAME

router = APIRouter(include_in_schema=False)

_BAD_CODE = phrase(
    "This code opens nothing: it was used, is older than an hour, or was mistyped. Look again, or make a new one."
)
_BAD_PIN = phrase(
    "That login name and PIN do not go together. A PIN is set under Your account, on a device of one’s own."
)

Word = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Lent:
    """Shown once: only a hash of the code is kept."""

    name: str
    code: str
    where: str


@router.get("/shared-devices")
def listed(request: Request, services: Use, viewer: Viewer) -> Response:
    return _drawn(request, services, viewer)


@router.post("/shared-devices")
def lend(
    request: Request,
    services: Use,
    viewer: Viewer,
    response: Response,
    name: Annotated[str, Form()] = "",
    chosen: Annotated[list[str] | None, Form(alias="space")] = None,
) -> Response:
    try:
        if not chosen:
            raise Invalid("Choose what the device may show: one space at least.", code="no_space")
        body = DeviceIn(name=name[:MAX_NAME], spaces=[each[:40] for each in chosen[: devices_api.MOST_SPACES]])
        made = devices_api.lend(services, viewer, response, body)
    except Invalid as refusal:
        return _drawn(request, services, viewer, typed=name[:MAX_NAME], trouble=refusal.message)
    where = f"{urlsplit(services.public_url).netloc}/device"
    return _drawn(request, services, viewer, lent=Lent(name, made.code, where))


@router.post("/shared-devices/{device_id}/end")
def take_back(services: Use, viewer: Viewer, device_id: str) -> Response:
    devices_api.take_back(services, viewer, device_id)
    return RedirectResponse("/shared-devices", 303)


@router.get("/device")
def enrol_page(request: Request) -> Response:
    return _quiet(page(request, "device.html", viewer=still_known(request), trouble=""))


@router.post("/device")
def enrol(request: Request, services: Use, code: Word = "") -> Response:
    """The device forgets who was signed in on it."""
    refuse_other_sites(request)
    limits_of(request).sign_in(request)
    with services.store.transaction() as tx:
        session = devices.enrol(tx, code, now=services.now(), browser=request.headers.get("user-agent", ""))
        if session is not None:
            credentials.end_session(tx, request.cookies.get(COOKIE, ""))
            credentials.end_session(tx, request.cookies.get(DEVICE, ""))
    if session is None:
        return _quiet(page(request, "device.html", viewer=still_known(request), status=401, trouble=_BAD_CODE))
    limits_of(request).signed_in(request)
    response = RedirectResponse("/", 303, headers=LEAVING)
    forget(response)
    remember(response, services, session, int(devices.STAYS_FOR.total_seconds()), name=DEVICE)
    return response


@router.get("/unlock")
def unlock_page(request: Request, services: Use, next_: Annotated[str, Query(alias="next")] = "/") -> Response:
    return _unlock(request, services, next_)


@router.post("/unlock")
def unlock(
    request: Request,
    services: Use,
    login: Word = "",
    pin: Word = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    refuse_other_sites(request)
    _here(request, services)
    limits_of(request).sign_in(request, login)
    with services.store.transaction() as tx:
        person = devices.by_pin(tx, login, pin, services.now())
        session = begin_session(tx, request, person) if person else None
    if session is None:
        return _unlock(request, services, next_, login=login, trouble=_BAD_PIN)
    limits_of(request).signed_in(request, login)
    response = RedirectResponse(ours(next_), 303, headers=LEAVING)
    remember(response, services, session, int(SHARED_LASTS.total_seconds()))
    return response


@router.post("/lock")
def lock(request: Request, services: Use) -> Response:
    """Whoever said who they are is signed out; the device stays what it is."""
    refuse_other_sites(request)
    with services.store.transaction() as tx:
        credentials.end_session(tx, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/", 303, headers=LEAVING)
    forget(response)
    return response


def _here(request: Request, services: Services) -> Person:
    """The device that this is. Raises NotFound where it is none."""
    with services.store.transaction() as tx:
        here = credentials.person_of_session(tx, request.cookies.get(DEVICE, ""), services.now())
    if here is None or not here.device:
        raise NotFound("This is no shared device, or it was taken back. Sign in with a link or a code.")
    return here


def _unlock(request: Request, services: Services, next_: str, *, login: str = "", trouble: str = "") -> Response:
    status = 401 if trouble else 200
    return _quiet(
        page(
            request,
            "unlock.html",
            viewer=_here(request, services),
            status=status,
            next=ours(next_),
            login=login[:63],
            trouble=trouble,
        )
    )


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    lent: Lent | None = None,
    typed: str = "",
    trouble: str = "",
) -> Response:
    with services.store.transaction() as tx:
        mine = [
            each
            for each in spaces.spaces_of(tx, viewer.id)
            if may(viewer, Act.LEND_DEVICE, curates=spaces.curates(tx, viewer.id, each.id))
        ]
        found = devices.devices(tx, viewer.id)
    return _quiet(
        page(
            request,
            "devices.html",
            viewer=viewer,
            status=400 if trouble else 200,
            devices=found,
            spaces=mine,
            lent=lent,
            typed=typed,
            trouble=trouble,
        )
    )


def _quiet(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
