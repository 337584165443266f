"""Seconds that are taken out of every clip of a recording, and what was taken out so far."""

import json
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Invalid
from domain.permit import Act, may
from domain.person import Person
from domain.recall import MAX_REASON, Reach
from domain.recording import Status
from domain.span import Span
from publish_api import playback
from publish_api import recalls as recalls_api
from publish_api.access import Use, Viewer
from publish_api.mends import Mending
from publish_api.pages.look import page
from publish_api.pages.standing import name_of, shape
from publish_api.pages.takedowns import ms_of
from publish_api.recall_schemas import RecallIn
from publish_api.services import Services
from store import media, recalls, recordings

router = APIRouter(prefix="/recordings/{recording_id}/recalls", include_in_schema=False)

_Typed = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True)
class Typed:
    """What is in the form when the page arrives."""

    start: str = ""
    end: str = ""
    reason: str = ""
    correction: str = ""  # the one that this mends
    trouble: str = ""

    @property
    def span(self) -> Span:
        """Raises Invalid."""
        start, end = ms_of(self.start), ms_of(self.end)
        if start is None or end is None or end <= start:
            raise Invalid("Say from where to where, like 0:12 to 0:20.", code="bad_span")
        return Span(start, end)


@router.get("")
def listed(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    start: _Typed = "",
    end: _Typed = "",
    reason: Annotated[str, Query(max_length=4 * MAX_REASON)] = "",
    correction: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    return _drawn(request, services, viewer, recording_id, Typed(start, end, reason, correction))


@router.get("/reach")
def reach(
    request: Request, services: Use, viewer: Viewer, recording_id: str, start: _Typed = "", end: _Typed = ""
) -> Response:
    """What it would touch, alone: for the page that is open already."""
    typed, touched = _looked(services, viewer, recording_id, Typed(start, end))
    return page(request, "_reach.html", viewer=viewer, typed=typed, reach=touched)


@router.post("")
def make(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    start: Annotated[str, Form()] = "",
    end: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    correction: Annotated[str, Form()] = "",
) -> Response:
    """`seen`: the seconds whose clips were listed above the button. Others are listed first."""
    typed = Typed(start, end, reason, correction)
    try:
        if seen != f"{start}-{end}":
            raise Invalid("These are other seconds than those listed. Look at the list again.", code="not_seen")
        body = RecallIn(start_ms=typed.span.start_ms, end_ms=typed.span.end_ms, reason=reason[: 4 * MAX_REASON])
        mends = Mending(viewer, correction or None, services.now())
        made = recalls_api.make(services, viewer, recording_id, body, mends)
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 400
        return _drawn(request, services, viewer, recording_id, replace(typed, trouble=problem.message), status)
    return RedirectResponse(f"/recordings/{recording_id}/recalls#r-{made.id}", 303)


@router.post("/{recall_id}/undoing")
def undo(services: Use, viewer: Viewer, recording_id: str, recall_id: str) -> Response:
    recalls_api.undo(services, viewer, recall_id)
    return RedirectResponse(f"/recordings/{recording_id}/recalls#r-{recall_id}", 303)


def _looked(services: Services, viewer: Person, recording_id: str, typed: Typed) -> tuple[Typed, Reach | None]:
    """What these seconds would touch; None, and why, when they are none. Raises NotFound, Gone, Forbidden."""
    with services.store.transaction() as tx:
        recording = recalls_api.demanded(tx, recording_id, viewer)
        if not (typed.start and typed.end):
            return typed, None
        try:
            return typed, recalls.reach(tx, recording.id, typed.span, viewer.id)
        except Invalid as problem:
            return replace(typed, trouble=typed.trouble or problem.message), None


def _drawn(
    request: Request, services: Services, viewer: Person, recording_id: str, typed: Typed, status: int = 200
) -> Response:
    typed, touched = _looked(services, viewer, recording_id, typed)
    with services.store.transaction() as tx:
        recording = recalls_api.demanded(tx, recording_id, viewer)
        stands = recordings.standing(tx, recording.id, viewer.id)
        made = recalls.recalls(tx, recording.id, viewer.id)
        pictured = playback.pictured(media.rendering(tx, recording.id))
    return page(
        request,
        "recalls.html",
        viewer=viewer,
        status=status,
        recording=recording,
        called=name_of(recording.title, recording.filename),
        shape=shape(recording.probe),
        pictured=pictured,
        length_ms=recording.probe.duration_ms if recording.probe else 0,
        growing=recording.status is Status.WORKING,
        typed=typed,
        reach=touched,
        recalls=made,
        taken=json.dumps(
            [
                {"id": each.public_id, "start_ms": each.span.start_ms, "end_ms": each.span.end_ms}
                for each in made
                if each.undone_at is None
            ]
        ),
        may_undo=may(viewer, Act.UNDO_RECALL, curates=stands.curates),
    )
