"""Whom the curators of a space trust to publish clips of their own before they have looked; and clips pulled back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from domain.circle import MAX_WORD, Trust
from domain.permit import Act, demand
from domain.person import Person
from domain.space import Space
from publish_api.access import Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.clips import demanded
from publish_api.schemas import API, In, Out, PersonRef
from store import people, spaces, trust
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["clips"])

PersonId = Annotated[str, Path(alias="person")]


class TrustOut(Out):
    person: PersonRef
    by: str | None = Field(description="A name; null: somebody who has left.")
    at: datetime

    @classmethod
    def of(cls, found: Trust) -> "TrustOut":
        return cls(person=PersonRef.of(found.person), by=found.by, at=found.at)


class PullbackIn(In):
    why: Annotated[str, Field(max_length=4 * MAX_WORD, description="Whoever speaks in it reads it.")]


@router.get("/spaces/{id}/trusted", summary="Who publishes first in a space", responses=problems(403, 404))
def trusted(services: Use, viewer: Viewer, id_: Id) -> Items[TrustOut]:
    with services.store.transaction() as tx:
        return all_of(TrustOut.of(each) for each in trust.trusted(tx, space_of(tx, id_, viewer).id))


@router.put(
    "/spaces/{id}/trusted/{person}",
    status_code=204,
    summary="Trust somebody to publish first in a space",
    description="Clips that show nothing but their own recordings; a curator looks after. Consent, and the second pair "
    "of eyes for what is a matter of safety, are wanted all the same.",
    responses=problems(403, 404),
)
def believe(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> None:
    with services.store.transaction() as tx:
        space = space_of(tx, id_, viewer)
        trust.trust(tx, space.id, people.person_by_public_id(tx, person_id), by=viewer.id, now=services.now())


@router.delete(
    "/spaces/{id}/trusted/{person}",
    status_code=204,
    summary="Trust them to publish first no more",
    description="What they have published stays.",
    responses=problems(403, 404),
)
def doubt(services: Use, viewer: Viewer, id_: Id, person_id: PersonId) -> None:
    with services.store.transaction() as tx:
        space = space_of(tx, id_, viewer)
        trust.end(tx, space.id, people.person_by_public_id(tx, person_id).id, by=viewer.id, now=services.now())


@router.post(
    "/clips/{id}/pullbacks",
    status_code=204,
    summary="Pull a published clip back, with a word to its expert",
    description="Nobody sees it from the next request on. A curator publishes it again.",
    responses=problems(403, 404, 409, 410),
)
def pull_back(services: Use, viewer: Viewer, id_: Id, body: PullbackIn) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.PUBLISH_CLIP)
        trust.pull_back(tx, found.id, body.why, by=viewer.id, now=services.now())


def space_of(tx: Tx, public_id: str, viewer: Person) -> Space:
    """The space, when the viewer may say who publishes first in it. Raises NotFound, Forbidden."""
    found = spaces.space_by_public_id(tx, public_id, viewer.id)
    demand(viewer, Act.TRUST, curates=spaces.curates(tx, viewer.id, found.id))
    return found
