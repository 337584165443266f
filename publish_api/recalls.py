"""Recalls: seconds of a recording taken out of every clip in one act, and given back in one."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query

from domain.permit import Act, demand
from domain.person import Person
from domain.recall import Recall
from domain.recording import Recording
from domain.span import Span
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, page_of, problems
from publish_api.mends import Mends
from publish_api.recall_schemas import ReachOut, RecallIn, RecallOut
from publish_api.schemas import API
from store import recalls, recordings
from store.paging import MAX_LIMIT
from store.postgres import Tx

log = logging.getLogger(__name__)
router = APIRouter(prefix=API, tags=["recalls"])

_MS = Query(ge=0, le=2**31 - 1)


@router.get(
    "/recordings/{id}/recalls",
    summary="What was taken out of a recording's clips, the newest first",
    responses=problems(403, 404, 410),
)
def listed(services: Use, viewer: Viewer, id_: Id, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[RecallOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        return page_of(recalls.page(tx, found.id, viewer.id, cursor=cursor, limit=limit), RecallOut.of)


@router.get(
    "/recordings/{id}/recalls/reach",
    summary="What taking these seconds out would touch. Nothing is changed",
    responses=problems(403, 404, 410),
)
def reach(
    services: Use, viewer: Viewer, id_: Id, start_ms: Annotated[int, _MS], end_ms: Annotated[int, _MS]
) -> ReachOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        return ReachOut.of(recalls.reach(tx, found.id, Span(start_ms, end_ms), viewer.id))


@router.post(
    "/recordings/{id}/recalls",
    status_code=201,
    summary="Take seconds of a recording out of every clip, live at once",
    description="No media address that anybody holds works any more at our server. While it stands no clip can be"
    " given the seconds back: changing one so is answered with 409 `recalled`.",
    responses=problems(403, 404, 410),
)
def make(services: Use, viewer: Viewer, id_: Id, body: RecallIn, mends: Mends) -> RecallOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        span = Span(body.start_ms, body.end_ms)
        mends.recall(tx, found.id, span)
        made = recalls.make(tx, found.id, span, body.reason, by=viewer.id, now=services.now())
        out = next(each for each in recalls.recalls(tx, found.id, viewer.id) if each.id == made)
    log.info("recall %s made by %s", out.public_id, viewer.public_id)
    return RecallOut.of(out)


@router.get("/recalls/{id}", summary="A recall, and what it touched", responses=problems(404))
def one(services: Use, viewer: Viewer, id_: Id) -> RecallOut:
    with services.store.transaction() as tx:
        return RecallOut.of(recalls.recall(tx, id_, viewer.id))


@router.delete(
    "/recalls/{id}",
    status_code=204,
    summary="Give the seconds back to the clips that nobody has changed since",
    description="The recall stays in the list, undone. Its `changed` clips are left for a curator to look at.",
    responses=problems(403, 404, 410),
)
def undo(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = demanded_to_undo(tx, id_, viewer)
        recalls.undo(tx, found.id, by=viewer.id, now=services.now())
    log.info("recall %s undone by %s", found.public_id, viewer.public_id)


def demanded(tx: Tx, public_id: str, viewer: Person) -> Recording:
    """The recording, when the viewer may take seconds out of its clips. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id)
    stands = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, Act.RECALL, own=stands.own, curates=stands.curates)
    return found


def demanded_to_undo(tx: Tx, public_id: str, viewer: Person) -> Recall:
    """Raises NotFound, Forbidden."""
    found = recalls.recall(tx, public_id, viewer.id)
    demand(viewer, Act.UNDO_RECALL, curates=recordings.standing(tx, found.recording_id, viewer.id).curates)
    return found
