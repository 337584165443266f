"""The film of a tip whose sound came first: what is said of it while it is on its way. See store/joining.py."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.permit import Act, demand
from domain.person import Person
from domain.recording import Recording
from publish_api.access import Guest, Use
from publish_api.answers import Id, problems
from publish_api.schemas import API, In
from store import joining, recordings
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/recordings/{{id}}/film", tags=["recordings"])


class FilmIn(In):
    byte_size: Annotated[int, Field(strict=True, ge=0, le=2**53, description="How much of it waits on the phone.")]


@router.put("", status_code=204, summary="Say that the film is still on its phone", responses=problems(403, 404, 410))
def waits(services: Use, viewer: Guest, id_: Id, body: FilmIn) -> None:
    """Of a recording whose film has come, or never was apart from it, nothing changes."""
    with services.store.transaction() as tx:
        joining.waits(tx, awaiting(tx, viewer, id_).id, body.byte_size)


@router.delete("", status_code=204, summary="Say that the film will not come", responses=problems(403, 404, 410))
def give_up(services: Use, viewer: Guest, id_: Id) -> None:
    """The sound stays as a voice tip. Should the film come all the same, it takes its place."""
    with services.store.transaction() as tx:
        joining.give_up(tx, awaiting(tx, viewer, id_).id)


def awaiting(tx: Tx, viewer: Person, public_id: str) -> Recording:
    """One of which the viewer may say what becomes of its film. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id, briefs=viewer.briefs)
    stands = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, Act.SAY_OF_FILM, own=stands.own, curates=stands.curates)
    return found
