"""Who appears in a recording: named, asked, and what they said."""

import logging
from uuid import UUID

from fastapi import APIRouter

from domain.consent import Appearance, How
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from domain.recording import Recording
from publish_api.access import Guest, Returning, Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.consent_schemas import AgreementIn, AppearanceIn, AppearanceOut, ConsentLinkOut
from publish_api.people import demand_here
from publish_api.schemas import API
from store import appearances, people, recordings
from store.people import Standing
from store.postgres import Tx

log = logging.getLogger(__name__)
router = APIRouter(prefix=API, tags=["consent"])


@router.get(
    "/recordings/{id}/appearances",
    summary="Who appears in a recording, and whether they agree to be shown",
    responses=problems(404, 410),
)
def listed(services: Use, viewer: Returning, id_: Id) -> Items[AppearanceOut]:
    with services.store.transaction() as tx:
        found, _ = of_recording(tx, id_, viewer)
        return all_of(AppearanceOut.of(each) for each in appearances.of_recording(tx, found.id))


@router.post(
    "/recordings/{id}/appearances",
    status_code=201,
    summary="Name somebody who is heard or seen",
    description="They are asked; until they agree no clip of the recording is published, and those that were are not"
    " any more.",
    responses=problems(403, 404, 409, 410),
)
def add(services: Use, viewer: Guest, id_: Id, body: AppearanceIn) -> AppearanceOut:
    with services.store.transaction() as tx:
        found, stands = of_recording(tx, id_, viewer)
        demand(viewer, Act.NAME_PEOPLE, own=stands.own, curates=stands.curates)
        added = appearances.add(
            tx,
            found.id,
            part=body.part,
            by=viewer.id,
            now=services.now(),
            name=body.name or "",
            person_id=_person(tx, viewer, body, stands),
        )
        return AppearanceOut.of(appearances.by_id(tx, added))


@router.delete(
    "/appearances/{id}",
    status_code=204,
    summary="Say that somebody is not in it after all",
    responses=problems(403, 404, 409),
)
def remove(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found, stands = named(tx, id_, viewer)
        demand(viewer, Act.UNNAME_PEOPLE, curates=stands.curates)
        appearances.remove(tx, found)


@router.post(
    "/appearances/{id}/links",
    status_code=201,
    summary="Make a link that asks them, on a phone of their own",
    description="Opening it changes nothing. With it they agree, decline, and later take it back.",
    responses=problems(403, 404),
)
def add_link(services: Use, viewer: Guest, id_: Id) -> ConsentLinkOut:
    with services.store.transaction() as tx:
        found, stands = named(tx, id_, viewer)
        demand(viewer, Act.ASK_CONSENT, own=stands.own, curates=stands.curates)
        token = appearances.new_link(tx, found, viewer.id, services.now())
    return ConsentLinkOut(url=f"{services.public_url}/consent/{token}")


@router.put(
    "/appearances/{id}/agreement",
    summary="Say that they agree to be shown",
    description="For the person themself; and for those who curate, who note it on their word.",
    responses=problems(403, 404),
)
def agree(services: Use, viewer: Viewer, id_: Id, body: AgreementIn) -> AppearanceOut:
    with services.store.transaction() as tx:
        found, stands = named(tx, id_, viewer)
        mine = found.person_id == viewer.id
        demand(viewer, Act.SAY_CONSENT if mine else Act.NOTE_CONSENT, own=mine, curates=stands.curates)
        appearances.agree(
            tx,
            found,
            how=How.LINK if mine else How.CURATOR,
            now=services.now(),
            by=viewer.id,
            words="" if mine else body.words,
        )
        return AppearanceOut.of(appearances.by_id(tx, found.id))


@router.delete(
    "/appearances/{id}/agreement",
    status_code=204,
    summary="Take consent back, or decline",
    description="For the person themself, and for those who curate, on their word. Every clip of the recording is out"
    " of publication at once, and a takedown is open.",
    responses=problems(403, 404),
)
def take_back(services: Use, viewer: Returning, id_: Id) -> None:
    with services.store.transaction() as tx:
        found, stands = named(tx, id_, viewer)
        mine = found.person_id == viewer.id
        demand(viewer, Act.TAKE_BACK_CONSENT, own=mine, curates=stands.curates)
        appearances.refuse(
            tx,
            found,
            how=How.LINK if mine else How.CURATOR,
            now=services.now(),
            backup_days=services.backup_days,
            by=viewer.id,
        )
    log.info("consent %s taken back by %s", found.public_id, viewer.public_id)


def of_recording(tx: Tx, public_id: str, viewer: Person) -> tuple[Recording, Standing]:
    """A recording as far as the viewer may see it, and how they stand to it. Raises NotFound, Gone."""
    found = recordings.recording(tx, public_id, viewer.id, briefs=viewer.briefs)
    return found, recordings.standing(tx, found.id, viewer.id)


def named(tx: Tx, public_id: str, viewer: Person) -> tuple[Appearance, Standing]:
    """Somebody who was named, and how the viewer stands to the recording. Raises NotFound."""
    found = appearances.appearance(tx, public_id, viewer.id, briefs=viewer.briefs)
    return found, recordings.standing(tx, found.recording_id, viewer.id)


def _person(tx: Tx, viewer: Person, body: AppearanceIn, stands: Standing) -> UUID | None:
    if bool(body.name) == bool(body.person):
        raise Invalid("Name one person: name, or person.", code="bad_name")
    if body.person is None:
        return None
    demand(viewer, Act.NOTE_CONSENT, curates=stands.curates)
    return demand_here(people.person_by_public_id(tx, body.person)).id
