"""Who is in a recording, as its page shows it, and the plain forms with which they are named and asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.address import leads
from domain.consent import MAX_NAME, MAX_WORDS, Appearance, AppearsAs, Consent, How, TakenBack, Term, terms
from domain.permit import Act, may
from domain.person import Person
from domain.recording import Recording
from publish_api import appearances as appearances_api
from publish_api.access import Guest, Returning, Use, Viewer
from publish_api.consent_schemas import AgreementIn, AppearanceIn
from publish_api.pages.look import page
from publish_api.qr import qr_svg
from publish_api.services import Services
from publish_api.tongue import _, phrase
from store import appearances
from store.consent import obstacles
from store.people import Standing
from store.postgres import Tx

router = APIRouter(include_in_schema=False)

_STATES = {
    Consent.ASKED: ("waiting", phrase("Has not agreed yet")),
    Consent.AGREED: ("check", phrase("Agrees")),
    Consent.DECLINED: ("correction", phrase("Does not agree")),
    Consent.WITHDRAWN: ("correction", phrase("Took consent back")),
}
_MINE = {
    Consent.ASKED: phrase("You have not said yet"),
    Consent.AGREED: phrase("You have agreed"),
    Consent.DECLINED: phrase("You do not agree"),
    Consent.WITHDRAWN: phrase("You took consent back"),
}
_HOWS = {
    How.SENT: phrase("by sending it"),
    How.LINK: phrase("on their own device"),
    How.CURATOR: phrase("noted by L&D"),
}


@dataclass(frozen=True)
class Shown:
    """Somebody in a recording, as one viewer sees them."""

    id: str
    name: str
    part: str  # in words
    sign: str  # icon
    state: str  # in words
    how: str  # in words
    note: str
    said_at: datetime | None
    mine: bool
    agreed: bool
    may_ask: bool
    may_note: bool
    may_say: bool  # whether they agree: where one is shown, beside what that means
    may_take_back: bool
    may_unname: bool


@dataclass(frozen=True)
class Appearing:
    people: tuple[Shown, ...]
    waits: str  # why its clips cannot be published; empty when they can
    taken_down: bool
    may_name: bool
    may_settle: bool


def promised(services: Services, space: str | None, by: TakenBack) -> tuple[Term, ...]:
    """Who will see what is sent to a space (None: everybody's), for how long, and how to take it back."""
    return terms(space, services.backup_days, services.originals_days, by=by, say=_)


def appearing(tx: Tx, recording: Recording, viewer: Person, stands: Standing) -> Appearing:
    """For whoever has been let in to the recording."""
    missing = obstacles(tx, [recording.id]).get(recording.id, ())
    return Appearing(
        people=tuple(_shown(each, viewer, stands) for each in appearances.of_recording(tx, recording.id)),
        waits=" ".join(each.words(_, viewer.id) for each in missing if each.code == "consent_missing"),
        taken_down=any(each.code == "takedown_open" for each in missing),
        may_name=may(viewer, Act.NAME_PEOPLE, own=stands.own, curates=stands.curates),
        may_settle=may(viewer, Act.SETTLE_TAKEDOWN, curates=stands.curates),
    )


def _shown(found: Appearance, viewer: Person, stands: Standing) -> Shown:
    sign, state = _STATES[found.state]
    mine = found.person_id == viewer.id
    agreed = found.state is Consent.AGREED
    return Shown(
        id=found.public_id,
        name=found.name,
        part=_part(found, mine),
        sign=sign,
        state=_(_MINE[found.state] if mine else state),
        how=_(_HOWS[found.how]) if found.how and agreed and not mine else "",
        note=found.words,
        said_at=found.said_at,
        mine=mine,
        agreed=agreed,
        may_ask=not mine and not agreed and may(viewer, Act.ASK_CONSENT, own=stands.own, curates=stands.curates),
        may_note=not mine and not agreed and may(viewer, Act.NOTE_CONSENT, curates=stands.curates),
        may_say=mine and not agreed and may(viewer, Act.SAY_CONSENT, own=mine, curates=stands.curates),
        may_take_back=agreed and may(viewer, Act.TAKE_BACK_CONSENT, own=mine, curates=stands.curates),
        may_unname=may(viewer, Act.UNNAME_PEOPLE, curates=stands.curates),
    )


def _part(found: Appearance, mine: bool) -> str:
    if found.part is AppearsAs.SPEAKER:
        return _("speak") if mine else _("speaks")
    return _("are to be seen") if mine else _("is to be seen")


@router.post("/recordings/{recording_id}/appearances")
def add(
    services: Use,
    viewer: Guest,
    recording_id: str,
    name: Annotated[str, Form()] = "",
    part: Annotated[str, Form()] = AppearsAs.SEEN.value,
) -> Response:
    as_ = AppearsAs(part) if part in set(AppearsAs) else AppearsAs.SEEN
    appearances_api.add(services, viewer, recording_id, AppearanceIn(name=name.strip()[:MAX_NAME] or None, part=as_))
    return RedirectResponse(f"/recordings/{recording_id}#appearances", 303)


@router.post("/appearances/{appearance_id}/link")
def ask(request: Request, services: Use, viewer: Guest, appearance_id: str) -> Response:
    """A link shown once, and as a code for the phone of the one who is asked."""
    made = appearances_api.add_link(services, viewer, appearance_id)
    with services.store.transaction() as tx:
        found, _stands = appearances_api.named(tx, appearance_id, viewer)
    drawn = page(
        request,
        "consent_link.html",
        viewer=viewer,
        asked=found,
        url=made.url,
        leads=leads(made.url),
        where=urlsplit(made.url).netloc,
        qr=qr_svg(made.url),
    )
    drawn.headers["Cache-Control"] = "no-store"
    return drawn


@router.get("/appearances/{appearance_id}/link")
def asked_before(services: Use, viewer: Guest, appearance_id: str) -> Response:
    """A reloaded page makes no second link."""
    with services.store.transaction() as tx:
        found, stands = appearances_api.named(tx, appearance_id, viewer)
    return _back(found, stands)


@router.post("/appearances/{appearance_id}/agreement")
def agree(services: Use, viewer: Viewer, appearance_id: str, words: Annotated[str, Form()] = "") -> Response:
    appearances_api.agree(services, viewer, appearance_id, AgreementIn(words=words.strip()[:MAX_WORDS]))
    with services.store.transaction() as tx:
        return _back(*appearances_api.named(tx, appearance_id, viewer))


@router.post("/appearances/{appearance_id}/withdrawal")
def take_back(services: Use, viewer: Returning, appearance_id: str) -> Response:
    appearances_api.take_back(services, viewer, appearance_id)
    with services.store.transaction() as tx:
        return _back(*appearances_api.named(tx, appearance_id, viewer))


@router.post("/appearances/{appearance_id}/removal")
def remove(services: Use, viewer: Viewer, appearance_id: str) -> Response:
    with services.store.transaction() as tx:
        found, stands = appearances_api.named(tx, appearance_id, viewer)
    appearances_api.remove(services, viewer, appearance_id)
    return _back(found, stands)


def _back(found: Appearance, stands: Standing) -> Response:
    """To the recording's page; who is only to be seen in it has a page of their own."""
    if stands.own or stands.curates:
        return RedirectResponse(f"/recordings/{found.recording}#appearances", 303)
    return RedirectResponse("/consent", 303)
