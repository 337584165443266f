"""Reporting what should not stand there, what became of it, and the queue of those who settle it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Clip
from domain.comment import Comment
from domain.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from domain.permit import Act, demand
from domain.person import Person
from domain.report import KEPT_FOR, MAX_WORDS, Outcome, Reason
from publish_api import reports as reports_api
from publish_api.access import Use, Viewer
from publish_api.errors import status_of
from publish_api.markup import Points, html
from publish_api.once import Sending
from publish_api.pages.look import page
from publish_api.pages.takedowns import ms_of
from publish_api.pages.thread import aloud, points
from publish_api.report_schemas import ClipReportIn, ReportIn, SettlementIn
from publish_api.services import Services
from store import clips, comments, reports

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Typed:
    """What was written into a form, when it was refused; of the queue's forms, `id` says into which."""

    id: str = ""
    choice: str = ""
    words: str = ""
    at: str = ""
    trouble: str = ""


@router.get("/comments/{comment_id}/report")
def comment_form(request: Request, services: Use, viewer: Viewer, comment_id: str) -> Response:
    return _form(request, services, viewer, comment_id=comment_id)


@router.post("/comments/{comment_id}/report")
def report_comment(
    request: Request,
    services: Use,
    viewer: Viewer,
    comment_id: str,
    reason: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    typed = Typed(choice=reason, words=words)
    try:
        body = ReportIn(reason=_reason(reason), words=_short(words))
        reports_api.report_comment(services, viewer, comment_id, body, _sending(viewer, services.now()))
    except (Conflict, Invalid, TooMany) as refusal:
        typed = replace(typed, trouble=refusal.message)
        return _form(request, services, viewer, comment_id=comment_id, typed=typed, status=status_of(refusal))
    return RedirectResponse("/reports", 303)


@router.get("/clips/{clip_id}/report")
def clip_form(
    request: Request, services: Use, viewer: Viewer, clip_id: str, t: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    return _form(request, services, viewer, clip_id=clip_id, typed=Typed(at=t))


@router.post("/clips/{clip_id}/report")
def report_clip(
    request: Request,
    services: Use,
    viewer: Viewer,
    clip_id: str,
    reason: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    at: Annotated[str, Form()] = "",
) -> Response:
    typed = Typed(choice=reason, words=words, at=at[:20])
    try:
        body = ClipReportIn(reason=_reason(reason), words=_short(words), clip_at_ms=ms_of(at))
        reports_api.report_clip(services, viewer, clip_id, body, _sending(viewer, services.now()))
    except (Conflict, Invalid, TooMany) as refusal:
        typed = replace(typed, trouble=refusal.message)
        return _form(request, services, viewer, clip_id=clip_id, typed=typed, status=status_of(refusal))
    return RedirectResponse("/reports", 303)


@router.get("/reports")
def own(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    with services.store.transaction() as tx:
        found = reports.own(tx, viewer.id, cursor=cursor or None)
    return page(request, "reports.html", viewer=viewer, reports=found.items, next=found.next, older=bool(cursor))


@router.get("/moderation")
def queue(
    request: Request,
    services: Use,
    viewer: Viewer,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    settled: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    return _queue(request, services, viewer, cursor=cursor or None, settled=settled or None)


@router.post("/moderation/{report_id}")
def settle(
    request: Request,
    services: Use,
    viewer: Viewer,
    report_id: str,
    outcome: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    typed = Typed(report_id, outcome, words)
    with services.store.transaction() as tx:
        reports.reported(tx, report_id, viewer.id)
    try:
        if outcome not in set(Outcome):
            raise Invalid("Choose what becomes of it.", code="bad_outcome")
        reports_api.settle(services, viewer, report_id, SettlementIn(outcome=Outcome(outcome), words=_short(words)))
    except (Conflict, Forbidden, Invalid) as refusal:
        typed = replace(typed, trouble=refusal.message)
        return _queue(request, services, viewer, typed=typed, status=status_of(refusal))
    return RedirectResponse("/moderation", 303)


@router.post("/moderation/{report_id}/reporter")
def read_reporter(services: Use, viewer: Viewer, report_id: str) -> Response:
    reports_api.read_reporter(services, viewer, report_id)
    return RedirectResponse(f"/moderation#r-{report_id}", 303)


@router.post("/moderation/comments/{comment_id}/restoration")
def restore(services: Use, viewer: Viewer, comment_id: str) -> Response:
    reports_api.restore(services, viewer, comment_id)
    return RedirectResponse("/moderation", 303)


def _reason(typed: str) -> Reason:
    if typed not in set(Reason):
        raise Invalid("Choose what is wrong with it.", code="no_reason")
    return Reason(typed)


def _short(words: str) -> str:
    if len(words) > MAX_WORDS:
        raise Invalid(f"Say it in at most {MAX_WORDS} characters.", code="bad_words")
    return words


def _sending(viewer: Person, now: datetime) -> Sending:
    """Of a form: it has no key, and a second one is refused as what is reported already."""
    return Sending(viewer.id, None, b"", now)


def _form(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    comment_id: str = "",
    clip_id: str = "",
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    demand(viewer, Act.REPORT)
    said: Comment | None = None
    clip: Clip | None = None
    with services.store.transaction() as tx:
        if comment_id:
            said = comments.comment(tx, comment_id, viewer.id)
            with suppress(Gone, NotFound):  # another clip that covers its second shows it
                clip = clips.clip(tx, said.clip, viewer.id)
        else:
            clip = clips.clip(tx, clip_id, viewer.id)
    return page(
        request,
        "report.html",
        viewer=viewer,
        status=status,
        clip=clip,
        said=said,
        said_html=html(said.text, points(said, clip) if clip else Points()) if said else "",
        typed=typed or Typed(),
        reasons=list(Reason),
        max_words=MAX_WORDS,
    )


def _queue(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    cursor: str | None = None,
    settled: str | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        waits = reports.cases(tx, viewer.id, cursor=cursor)
        done = reports.cases(tx, viewer.id, settled=True, cursor=settled, limit=10)
    day = services.now().date()
    return page(
        request,
        "moderation.html",
        viewer=viewer,
        status=status,
        waiting=waits.items,
        next=waits.next,
        older=cursor is not None,
        settled=done.items,
        sounds={case.thing: aloud(case.voice, day) for case in (*waits.items, *done.items)},
        next_settled=done.next,
        typed=typed or Typed(),
        kept_days=KEPT_FOR.days,
        max_words=MAX_WORDS,
    )
