"""Reports: said by anybody, settled by who moderates; and comments that a moderator removed, given back."""

import logging
from typing import Annotated

from fastapi import APIRouter, Query

from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, page_of, problems
from publish_api.comment_schemas import CommentOut
from publish_api.comments import demanded, shown
from publish_api.once import Once
from publish_api.report_schemas import CaseOut, ClipReportIn, ReportIn, ReportOut, SettlementIn
from publish_api.schemas import API
from store import clips, comments, removals, reports

log = logging.getLogger(__name__)
router = APIRouter(prefix=API, tags=["moderation"])


@router.post(
    "/comments/{id}/reports",
    status_code=201,
    summary="Report a comment",
    description="Your name is for moderators who look it up, which is written down.",
    responses=problems(403, 404, 409, 410, 429),
)
def report_comment(services: Use, viewer: Viewer, id_: Id, body: ReportIn, once: Once) -> ReportOut:
    demand(viewer, Act.REPORT)
    with services.store.transaction() as tx:
        said = comments.comment(tx, id_, viewer.id)
        made = once.do(tx, lambda: reports.report_comment(tx, said, viewer.id, body.reason, body.words, once.now))
        return ReportOut.of(reports.one_of_own(tx, made, viewer.id))


@router.post(
    "/clips/{id}/reports",
    status_code=201,
    summary="Report a clip",
    description="Your name is for moderators who look it up, which is written down.",
    responses=problems(403, 404, 409, 410, 429),
)
def report_clip(services: Use, viewer: Viewer, id_: Id, body: ClipReportIn, once: Once) -> ReportOut:
    demand(viewer, Act.REPORT)
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        at_ms = None if body.clip_at_ms is None else min(body.clip_at_ms, clip.length_ms)
        made = once.do(
            tx,
            lambda: reports.report_clip(tx, clip, viewer.id, body.reason, body.words, once.now, at_ms=at_ms),
        )
        return ReportOut.of(reports.one_of_own(tx, made, viewer.id))


@router.get("/me/reports", summary="What you have reported, and what became of it", responses=problems())
def own(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> Items[ReportOut]:
    with services.store.transaction() as tx:
        return page_of(reports.own(tx, viewer.id, cursor=cursor, limit=limit), ReportOut.of)


@router.get(
    "/reports",
    summary="What was reported in the spaces you curate",
    description="Grouped by what it is about, the longest waiting first; with `settled` what is, the latest first.",
    responses=problems(403),
)
def listed(
    services: Use,
    viewer: Viewer,
    settled: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Items[CaseOut]:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        found = reports.cases(tx, viewer.id, settled=settled, cursor=cursor, limit=limit)
    day = services.now().date()
    return page_of(found, lambda case: CaseOut.of(case, day))


@router.put(
    "/reports/{id}/resolution",
    status_code=204,
    summary="Settle a report, and all others about the same thing",
    description="Nobody settles what is about words of their own.",
    responses=problems(403, 404, 409, 410),
)
def settle(services: Use, viewer: Viewer, id_: Id, body: SettlementIn) -> None:
    with services.store.transaction() as tx:
        reports.reported(tx, id_, viewer.id)
        demand(viewer, Act.MODERATE, curates=True)  # else it would not have been found
        reports.settle(tx, id_, viewer.id, body.outcome, answer=body.words, now=services.now())
    log.info("report %s %s by %s", id_, body.outcome.value, viewer.public_id)


@router.put(
    "/reports/{id}/reporter",
    status_code=204,
    summary="Look up who reported something",
    description="You read the name from then on. That you looked is written down.",
    responses=problems(403, 404),
)
def read_reporter(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        reports.reported(tx, id_, viewer.id)
        demand(viewer, Act.MODERATE, curates=True)
        reports.read_reporter(tx, id_, viewer.id, services.now())


@router.delete(
    "/comments/{id}/removal",
    summary="Give a removed comment back",
    description="While what it said is kept: 30 days. Nobody gives back words of their own.",
    responses=problems(403, 404, 409),
)
def restore(services: Use, viewer: Viewer, id_: Id) -> CommentOut:
    with services.store.transaction() as tx:
        said = demanded(tx, id_, viewer, Act.MODERATE)
        removals.restore(tx, said, by=viewer.id, now=services.now())
        return shown(tx, services, id_, viewer)
