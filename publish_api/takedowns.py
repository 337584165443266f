"""Takedowns: "I am in this", and what becomes of what somebody asked to be taken out of view."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query

from domain.consent import TakedownState
from domain.permit import Act, demand
from domain.span import Span
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, all_of, problems
from publish_api.consent_schemas import ResolutionIn, TakedownIn, TakedownOut
from publish_api.schemas import API
from store import clips, recordings, settling, takedowns

log = logging.getLogger(__name__)
router = APIRouter(prefix=API, tags=["consent"])


@router.post(
    "/clips/{id}/takedowns",
    status_code=201,
    summary="Say that you are in a clip, and want to be out of it",
    description="Kept with your name. Every clip of that recording is out of publication at once, until a curator has"
    " settled it.",
    responses=problems(403, 404, 410, 429),
)
def raise_one(services: Use, viewer: Viewer, id_: Id, body: TakedownIn) -> TakedownOut:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.ASK_TAKEDOWN)
        raised = takedowns.in_this(
            tx,
            clip,
            viewer.id,
            clip_ms=min(body.clip_at_ms, clip.length_ms - 1),  # a player at its end stands a little behind it
            words=body.words,
            now=services.now(),
            backup_days=services.backup_days,
        )
        found = takedowns.raised(tx, raised, viewer.id)
    log.info("takedown %s raised by %s", found.public_id, viewer.public_id)
    return TakedownOut.of(found)


@router.get(
    "/takedowns",
    summary="What was asked to be taken out of view, in the spaces you curate",
    description="The open ones, the oldest first; with `resolved` those that are settled, the newest first; with `mine`"
    " those you raised, or that are about your consent.",
    responses=problems(403),
)
def listed(
    services: Use,
    viewer: Viewer,
    resolved: Annotated[bool, Query()] = False,
    mine: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[TakedownOut]:
    if not mine:
        demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        if mine:
            return all_of(TakedownOut.of(each) for each in takedowns.own_takedowns(tx, viewer.id))
        page = takedowns.curated_takedowns(tx, viewer.id, resolved=resolved, cursor=cursor, limit=limit)
    return Items(items=[TakedownOut.of(each) for each in page.items], next=page.next)


@router.put(
    "/takedowns/{id}/resolution",
    summary="Settle a takedown: removed, cut or kept",
    responses=problems(403, 404, 409, 410, 503),
)
def settle(services: Use, viewer: Viewer, id_: Id, body: ResolutionIn) -> TakedownOut:
    with services.store.transaction() as tx:
        found = takedowns.takedown(tx, id_, viewer.id)
        stands = recordings.standing(tx, found.recording_id, viewer.id)
        demand(viewer, Act.SETTLE_TAKEDOWN, curates=stands.curates)
        settled = settling.settle(
            tx,
            found,
            body.state,
            by=viewer.id,
            now=services.now(),
            answer=body.words,
            cut=[Span(each.start_ms, each.end_ms) for each in body.cut],
        )
        if settled and body.state is TakedownState.REMOVED:
            recordings.delete(tx, found.recording_id, services.now()).clear(services.objects)
        settled_as = takedowns.takedown(tx, id_, viewer.id)
    log.info("takedown %s %s by %s", settled_as.public_id, settled_as.state.value, viewer.public_id)
    return TakedownOut.of(settled_as)
