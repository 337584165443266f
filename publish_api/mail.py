"""Mail that you asked for: where to, and how often. The links in it need no sign-in, and do one thing each."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.errors import Invalid, NotFound
from domain.mail import DIGEST, MAX_ADDRESS, MailWish, Rhythm, confirms, read_stop_token, whose_confirmation
from domain.notice import NoticeKind, Way
from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.answers import problems
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import mailing, notices, people

router = APIRouter(prefix=f"{API}/me/mail", tags=["mine"])


class MailOut(Out):
    available: bool = Field(description="Whether this server sends mail at all.")
    address: str | None
    confirmed: bool = Field(description="Nothing but the question whether mail is wanted goes to one that is not.")
    rhythm: Rhythm = Field(description="Of digests; `weekly`: on Mondays.")
    hour: int
    zone: str = Field(description="Of that hour.")
    stopped_at: datetime | None = Field(description="Since when nothing is sent, for the mail server took none.")
    refused: str = Field(description="What the mail server said when it took none.")

    @classmethod
    def of(cls, wish: MailWish, services: Services) -> "MailOut":
        return cls(
            available=services.sends_mail,
            address=wish.address or None,
            confirmed=wish.confirmed_at is not None,
            rhythm=wish.rhythm,
            hour=wish.hour,
            zone=wish.zone,
            stopped_at=wish.stopped_at,
            refused=wish.refused_says,
        )


class AddressIn(In):
    address: Annotated[str, Field(max_length=MAX_ADDRESS)]


class RhythmIn(In):
    rhythm: Rhythm
    hour: Annotated[int, Field(strict=True, ge=0, le=23)] = 8
    zone: Annotated[str, Field(max_length=64)] = Field(default="UTC", description="As the IANA names it.")


@router.get("", summary="Where mail for you goes, and how often", responses=problems())
def mine(services: Use, viewer: Viewer) -> MailOut:
    with services.store.transaction() as tx:
        return MailOut.of(mailing.wish(tx, viewer.id), services)


@router.put(
    "/address",
    summary="Say where mail for you is to go",
    description="A mail with a link is sent there; nothing else is until that was opened.",
    responses=problems(403),
)
def ask(services: Use, viewer: Viewer, body: AddressIn) -> MailOut:
    demand(viewer, Act.SET_MAIL, own=True)
    if not services.sends_mail:
        raise Invalid("This server sends no mail. Ask whoever runs it.", code="no_mail")
    with services.store.transaction() as tx:
        mailing.ask(tx, viewer.id, body.address, services.now())
        return MailOut.of(mailing.wish(tx, viewer.id), services)


@router.put("/rhythm", summary="Say how often, and at which hour", responses=problems(403))
def change(services: Use, viewer: Viewer, body: RhythmIn) -> MailOut:
    demand(viewer, Act.SET_MAIL, own=True)
    with services.store.transaction() as tx:
        mailing.change(tx, viewer.id, body.rhythm, body.hour, body.zone, services.now())
        return MailOut.of(mailing.wish(tx, viewer.id), services)


@router.delete("", status_code=204, summary="Forget your address", responses=problems(403))
def forget(services: Use, viewer: Viewer) -> None:
    demand(viewer, Act.SET_MAIL, own=True)
    with services.store.transaction() as tx:
        mailing.forget(tx, viewer.id)


def confirm(services: Services, token: str) -> bool:
    """By the link in the question. False: it is too old, or of another address."""
    secret, person = services.mail_secret, whose_confirmation(token)
    if not secret:
        return False
    with services.store.transaction() as tx:
        return mailing.confirm(
            tx, person, lambda address, asked_at: confirms(secret, token, person, address, asked_at), services.now()
        )


def stopped_by(services: Services, token: str) -> str:
    """What a link ends: DIGEST, or a kind. Raises NotFound."""
    return _read(services, token)[1]


def stop(services: Services, token: str) -> None:
    """No more of it by mail; in the inbox it stays. A second time changes nothing. Raises NotFound."""
    public_id, what = _read(services, token)
    with services.store.transaction() as tx:
        if what == DIGEST:
            mailing.stop(tx, public_id)
            return
        person, kind = people.person_by_public_id(tx, public_id), NoticeKind(what)
        if notices.ways(tx, person.id)[kind] is Way.MAIL:
            notices.choose(tx, person.id, {kind: Way.INBOX})


def _read(services: Services, token: str) -> tuple[str, str]:
    found = read_stop_token(services.mail_secret, token) if services.mail_secret else None
    if found is None:
        raise NotFound("This link is not whole. Open it from the mail again, or sign in and look under Inbox.")
    return found
