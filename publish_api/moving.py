"""A recording, or a clip, goes to another space: by who curates both."""

from fastapi import APIRouter

from domain.permit import Act, demand
from domain.person import Person
from domain.space import Space
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.schemas import API, SpaceOut, SpaceRef
from store import clips, moving, recordings, spaces
from store.postgres import Tx

router = APIRouter(prefix=API)


@router.put(
    "/recordings/{id}/space",
    summary="Move a recording to another space, with its clips",
    description="Out of a space whose members alone see into it clips are taken back, to be published there: who "
    "speaks agreed to be shown to those members. Comments stay for whom they were said to.",
    tags=["recordings"],
    responses=problems(403, 404, 409, 410),
)
def move_recording(services: Use, viewer: Viewer, id_: Id, body: SpaceRef) -> SpaceOut:
    with services.store.transaction() as tx:
        found = recordings.recording(tx, id_, viewer.id)
        to = _demanded(tx, viewer, spaces.curates(tx, viewer.id, found.space_id), body.space)
        moving.move_recording(tx, found.id, to, by=viewer.id, now=services.now())
    return SpaceOut.of(to)


@router.put(
    "/clips/{id}/space",
    summary="Move a clip to another space, alone",
    description="Where its recordings are everybody's, or in that space. It is taken back as a recording's clips are.",
    tags=["clips"],
    responses=problems(403, 404, 409, 410),
)
def move_clip(services: Use, viewer: Viewer, id_: Id, body: SpaceRef) -> SpaceOut:
    with services.store.transaction() as tx:
        found = clips.clip(tx, id_, viewer.id)
        to = _demanded(tx, viewer, spaces.curates(tx, viewer.id, found.space_id), body.space)
        moving.move_clip(tx, found.id, to, by=viewer.id, now=services.now())
    return SpaceOut.of(to)


def _demanded(tx: Tx, viewer: Person, curates_here: bool, space: str) -> Space:
    """Where it goes. Raises NotFound, Forbidden."""
    to = spaces.space_by_public_id(tx, space, viewer.id)
    demand(viewer, Act.MOVE, curates=curates_here and spaces.curates(tx, viewer.id, to.id))
    return to
