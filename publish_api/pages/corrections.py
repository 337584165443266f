"""Corrections: those that wait for an answer, one of them with what mends it, and what was accepted or explained."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.amends import OVERDUE, Outcome, Standing
from domain.errors import Conflict, Invalid, NotFound
from domain.permit import Act, may
from domain.person import Person
from publish_api import amends as amends_api
from publish_api.access import Use, Viewer
from publish_api.errors import status_of
from publish_api.pages.look import page
from publish_api.pages.words import clock
from publish_api.services import Services
from publish_api.tongue import phrase
from store import amends, clips, comments, mended, recordings

router = APIRouter(prefix="/corrections", include_in_schema=False)

_NEAR_MS = 5000  # before the second of a correction: where one begins to look for what is wrong

# What each list is called, and what its page says when nothing is in it.
_LISTS = {
    Standing.OPEN: (
        phrase("Open"),
        phrase("No correction waits for you. When a colleague says that something in a clip is wrong, it comes here."),
    ),
    Standing.ACCEPTED: (phrase("Accepted"), phrase("No correction has been accepted yet.")),
    Standing.EXPLAINED: (phrase("Explained"), phrase("No correction has been explained yet.")),
}


@dataclass(frozen=True)
class Typed:
    """What was written into the form of one correction, when it was refused."""

    id: str = ""
    words: str = ""
    trouble: str = ""


@router.get("")
def listed(
    request: Request,
    services: Use,
    viewer: Viewer,
    state: Annotated[Standing, Query()] = Standing.OPEN,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    with services.store.transaction() as tx:
        found = amends.page(tx, viewer.id, state, cursor=cursor or None)
    return page(
        request,
        "corrections.html",
        viewer=viewer,
        corrections=found.items,
        next=found.next,
        state=state.value,
        states=[(each.value, name) for each, (name, _) in _LISTS.items()],
        nothing=_LISTS[state][1],
        typed=Typed(),
        overdue_before=services.now() - OVERDUE,
    )


@router.get("/{comment_id}")
def one(request: Request, services: Use, viewer: Viewer, comment_id: str) -> Response:
    return _drawn(request, services, viewer, comment_id, Typed(comment_id))


@router.post("/{comment_id}")
def answer(
    request: Request,
    services: Use,
    viewer: Viewer,
    comment_id: str,
    outcome: Annotated[str, Form(max_length=20)] = "",
    words: Annotated[str, Form()] = "",
    version: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """What was typed stays when it is refused."""
    typed = Typed(comment_id, words)
    try:
        chosen = next((each for each in Outcome if each == outcome), None)
        if chosen is None:
            raise Invalid("Say whether you accept the correction or explain it.", code="no_outcome")
        amends_api.answer(services, viewer, comment_id, chosen, words, f'"{version}"')
    except (Conflict, Invalid) as problem:
        typed = replace(typed, trouble=problem.message)
        return _drawn(request, services, viewer, comment_id, typed, status_of(problem))
    return RedirectResponse(f"/corrections/{comment_id}", 303)


@router.post("/{comment_id}/reopening")
def reopen(services: Use, viewer: Viewer, comment_id: str) -> Response:
    with services.store.transaction() as tx:
        amends_api.reopen(tx, services, viewer, comment_id, None)
    return RedirectResponse(f"/corrections/{comment_id}", 303)


def _drawn(
    request: Request, services: Services, viewer: Person, comment_id: str, typed: Typed, status: int = 200
) -> Response:
    with services.store.transaction() as tx:
        amends_api.demanded(tx, comment_id, viewer)
        found = amends.of(tx, comment_id, viewer.id)
        if found is None:  # a question, or one that no clip shows
            raise NotFound("There is no correction to answer here, or no clip shows its second any more.")
        said = comments.comment(tx, comment_id, viewer.id)
        stands = recordings.standing(tx, said.recording_id, viewer.id)
        in_clip = clips.standing(tx, found.clip.id, viewer.id)
        became = mended.history(tx, said.id)
    return page(
        request,
        "correction.html",
        viewer=viewer,
        status=status,
        each=found,
        typed=typed,
        became=became,
        start=clock(max(found.at_ms - (0 if found.end_ms else _NEAR_MS), 0)),
        end=clock((found.end_ms or found.at_ms) + 999),
        overdue_before=services.now() - OVERDUE,
        may_recall=may(viewer, Act.RECALL, own=stands.own, curates=stands.curates),
        may_correct=may(viewer, Act.CORRECT_TRANSCRIPT, own=stands.own, curates=stands.curates),
        may_edit=may(viewer, Act.EDIT_CLIP, own=in_clip.own, curates=in_clip.curates),
    )
