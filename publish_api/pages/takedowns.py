"""What somebody asked to be taken out of view: raised below a clip, settled here by curators."""

import re
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.consent import MAX_WORDS, Takedown, TakedownState
from domain.errors import Conflict, Invalid
from domain.permit import Act, demand
from domain.person import Person
from publish_api import takedowns as takedowns_api
from publish_api.access import Use, Viewer
from publish_api.consent_schemas import CutIn, ResolutionIn, TakedownIn
from publish_api.pages.look import page
from publish_api.services import Services
from store import takedowns

router = APIRouter(include_in_schema=False)

_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,3}):)?([0-9]{1,5})(?:\.([0-9]))?")


@dataclass(frozen=True)
class Typed:
    """What was written into the form of one takedown, when it was refused."""

    id: str = ""
    state: str = ""
    words: str = ""
    start: str = ""
    end: str = ""
    trouble: str = ""


@router.get("/takedowns")
def listed(request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query()] = None) -> Response:
    return _drawn(request, services, viewer, cursor=cursor or None)


@router.post("/takedowns/{takedown_id}/resolution")
def settle(
    request: Request,
    services: Use,
    viewer: Viewer,
    takedown_id: str,
    state: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    start: Annotated[str, Form()] = "",
    end: Annotated[str, Form()] = "",
) -> Response:
    typed = Typed(takedown_id, state, words, start, end)
    try:
        takedowns_api.settle(services, viewer, takedown_id, _resolution(typed))
    except (Invalid, Conflict) as problem:
        status = 409 if isinstance(problem, Conflict) else 400
        return _drawn(request, services, viewer, typed=replace(typed, trouble=problem.message), status=status)
    return RedirectResponse("/takedowns", 303)


@router.post("/clips/{clip_id}/takedowns")
def raise_one(
    services: Use,
    viewer: Viewer,
    clip_id: str,
    at: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    body = TakedownIn(clip_at_ms=ms_of(at) or 0, words=words.strip()[:MAX_WORDS])
    raised = takedowns_api.raise_one(services, viewer, clip_id, body)
    return RedirectResponse(f"/consent#t-{raised.id}", 303)


def ms_of(text: str) -> int | None:
    """ "0:12", "1:02:03" or "12" in milliseconds; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds, tenths = (int(each or 0) for each in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + tenths * 100


def _resolution(typed: Typed) -> ResolutionIn:
    """Raises Invalid."""
    if typed.state not in {"removed", "cut", "kept"}:
        raise Invalid("Choose what becomes of it: removed, cut or kept.", code="bad_resolution")
    if len(typed.words) > MAX_WORDS:
        raise Invalid(f"Say it in at most {MAX_WORDS} characters.", code="bad_words")
    cut = []
    if typed.state == "cut":
        start, end = ms_of(typed.start), ms_of(typed.end)
        if start is None or end is None or end <= start:
            raise Invalid("Say from where to where it is cut out, like 0:12 to 0:20.", code="bad_cut")
        cut = [CutIn(start_ms=start, end_ms=end)]
    return ResolutionIn(state=TakedownState(typed.state), words=typed.words.strip(), cut=cut)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    cursor: str | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        waiting: tuple[Takedown, ...] = ()
        more = False
        if cursor is None:
            first = takedowns.curated_takedowns(tx, viewer.id, limit=100)
            waiting, more = first.items, first.next is not None
        settled = takedowns.curated_takedowns(tx, viewer.id, resolved=True, cursor=cursor)
    return page(
        request,
        "takedowns.html",
        viewer=viewer,
        status=status,
        waiting=waiting,
        more=more,
        settled=settled.items,
        next=settled.next,
        older=cursor is not None,
        typed=typed or Typed(),
    )
