"""The inbox: what one is told of. Opening a line leads to the very second or comment."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from domain.amends import places
from domain.clip import Clip, clip_time
from domain.errors import Gone, Invalid, NotFound
from domain.mail import MAX_ADDRESS, Rhythm
from domain.notice import ALWAYS, DEFAULT, Notice, NoticeKind, Way
from domain.person import Person
from publish_api import mail as mail_api
from publish_api import notices as notices_api
from publish_api.access import Use, Viewer
from publish_api.mail import AddressIn, RhythmIn
from publish_api.pages.look import page
from publish_api.services import Services
from publish_api.told import KINDS, WAYS, headline
from store import clips, comments, inbox, mailing, notices
from store.postgres import Tx

router = APIRouter(prefix="/inbox", include_in_schema=False)

Hour = Annotated[int, Form(ge=0, le=23)]
Zone = Annotated[str, Form(max_length=64)]


@router.get("")
def listed(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    with services.store.transaction() as tx:
        found = inbox.lines(tx, viewer.id, services.now(), cursor=cursor or None)
    return page(
        request,
        "inbox.html",
        viewer=viewer,
        lines=found.items,
        next=found.next,
        headline=headline,
        # What comes while one reads is not marked as read with the rest.
        until=max((each.at for each in found.items), default=None),
    )


@router.post("/seen")
def see_all(services: Use, viewer: Viewer, until: Annotated[datetime | None, Form()] = None) -> Response:
    notices_api.see_all(services, viewer, notices_api.SeenIn(until=until))
    return RedirectResponse("/inbox", 303)


@router.get("/settings")
def settings(request: Request, services: Use, viewer: Viewer) -> Response:
    return _settings(request, services, viewer)


@router.post("/settings")
async def choose(request: Request, services: Use, viewer: Viewer) -> Response:
    """A field a kind. Kinds and ways that are none are left out."""
    form = await request.form()
    chosen = {NoticeKind(k): Way(str(v)) for k, v in form.items() if k in set(NoticeKind) and v in set(Way)}
    if not services.sends_mail:  # where it was not asked about mail, nothing was said of it
        chosen = {kind: DEFAULT if way is Way.INBOX else way for kind, way in chosen.items()}
    await run_in_threadpool(notices_api.choose, services, viewer, notices_api.WaysIn(ways=chosen))
    return RedirectResponse("/inbox/settings", 303)


@router.post("/settings/address")
def ask(
    request: Request,
    services: Use,
    viewer: Viewer,
    address: Annotated[str, Form(max_length=MAX_ADDRESS)] = "",
    rhythm: Annotated[Rhythm | None, Form()] = None,
    hour: Hour = 8,
    zone: Zone = "UTC",
) -> Response:
    """How often, too, where that was not said yet."""

    def act() -> None:
        mail_api.ask(services, viewer, AddressIn(address=address))
        if rhythm is not None:
            mail_api.change(services, viewer, RhythmIn(rhythm=rhythm, hour=hour, zone=zone.strip()))

    return _done(request, services, viewer, act)


@router.post("/settings/rhythm")
def change(
    request: Request,
    services: Use,
    viewer: Viewer,
    rhythm: Annotated[Rhythm, Form()] = Rhythm.OFF,
    hour: Hour = 8,
    zone: Zone = "UTC",
) -> Response:
    body = RhythmIn(rhythm=rhythm, hour=hour, zone=zone.strip())
    return _done(request, services, viewer, lambda: mail_api.change(services, viewer, body))


@router.post("/settings/no-address")
def forget(services: Use, viewer: Viewer) -> Response:
    mail_api.forget(services, viewer)
    return RedirectResponse("/inbox/settings", 303)


@router.get("/{notice_id}")
def leads(services: Use, viewer: Viewer, notice_id: str) -> Response:
    """Where it leads; it has been seen then."""
    with services.store.transaction() as tx:
        found = inbox.line(tx, viewer.id, notice_id, services.now())
        notices.see(tx, viewer.id, notice_id, services.now())
        return RedirectResponse(_place(tx, found, viewer), 303)


def _done(request: Request, services: Services, viewer: Person, act: Callable[[], object]) -> Response:
    try:
        act()
    except Invalid as refusal:
        return _settings(request, services, viewer, trouble=refusal.message, status=400)
    return RedirectResponse("/inbox/settings", 303)


def _settings(
    request: Request, services: Services, viewer: Person, *, trouble: str = "", status: int = 200
) -> Response:
    with services.store.transaction() as tx:
        ways, mail = notices.ways(tx, viewer.id), mailing.wish(tx, viewer.id)
    return page(
        request,
        "inbox_settings.html",
        viewer=viewer,
        status=status,
        kinds=KINDS,
        always=ALWAYS,
        hows={way: words for way, words in WAYS.items() if services.sends_mail or way is not Way.MAIL},
        ways={kind: way if services.sends_mail or way is not Way.MAIL else Way.INBOX for kind, way in ways.items()},
        mail=mail,
        sends_mail=services.sends_mail,
        trouble=trouble,
    )


def _place(tx: Tx, found: Notice, viewer: Person) -> str:
    if found.kind is NoticeKind.REPORT:
        return f"/reports#r-{found.thing}"
    if found.kind is NoticeKind.REMOVED:
        return f"/clips/{found.clip}#c-{found.thing}"
    if found.kind in {NoticeKind.EXPORT, NoticeKind.ERASURE}:
        return f"/people/{viewer.public_id}/data"
    if found.kind in {NoticeKind.LINK, NoticeKind.LINK_USED}:
        return "/account"
    if found.kind in {NoticeKind.REVIEW, NoticeKind.LOWERED}:
        return f"/review/{found.clip}"
    if found.kind is NoticeKind.FOLLOWED and found.count > 1:
        return "/"
    if found.kind is NoticeKind.PUBLISHED and found.count > 1 and found.recording:
        return f"/recordings/{found.recording}"
    if found.clip:
        return f"/clips/{found.clip}{_second(tx, found, viewer)}"
    return f"/recordings/{found.recording}" if found.recording else "/inbox"


def _second(tx: Tx, found: Notice, viewer: Person) -> str:
    if found.kind is NoticeKind.CORRECTED:
        return _corrected(tx, found, viewer)
    if not found.comment:
        return ""
    try:
        clip: Clip = clips.clip(tx, found.clip, viewer.id)
        said = comments.in_clip(tx, clip, found.comment, viewer.id)
    except (Gone, NotFound):
        return ""
    at_ms = clip_time(clip.parts, said.recording_id, said.at_ms)
    moment = f"?t={at_ms // 1000}&v={clip.version}" if at_ms else ""
    asks = found.kind is NoticeKind.QUESTION and not said.resolved_at
    return f"{moment}#{'reply' if asks else 'c'}-{said.public_id}"


def _corrected(tx: Tx, found: Notice, viewer: Person) -> str:
    """The second of what was corrected last, where the clip still shows it."""
    try:
        clip = clips.clip(tx, found.clip, viewer.id)
    except (Gone, NotFound):
        return ""
    last = max(places(clip.parts, clip.amended), key=lambda each: each.amended.at, default=None)
    return "" if last is None else f"?t={last.from_ms // 1000}&v={clip.version}"
