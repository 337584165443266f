"""What one watched, for oneself: to go on, to find again, to forget, and to say that it is not to be kept."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from publish_api import history as history_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import pictures, watched

router = APIRouter(prefix="/watched", include_in_schema=False)


@router.get("")
def listed(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    with services.store.transaction() as tx:
        found = watched.history(tx, viewer.id, cursor=cursor or None)
        kept = history_api.is_kept(tx, services, viewer)
        pictured = pictures.pictured(tx, (each.clip.id for each in found.items))
    return page(
        request,
        "watched.html",
        viewer=viewer,
        watched=found.items,
        next=found.next,
        pictured=pictured,
        kept=kept,
        days=services.history_days,
    )


@router.post("/removal")
def forget(services: Use, viewer: Viewer, clip: Annotated[str, Form(max_length=40)] = "") -> Response:
    """One clip, or without a name all of them."""
    if clip:
        history_api.forget(services, viewer, clip)
    else:
        history_api.forget_all(services, viewer)
    return RedirectResponse("/watched", 303)


@router.post("/keeping")
def switch(services: Use, viewer: Viewer, kept: Annotated[str, Form()] = "") -> Response:
    history_api.switch(services, viewer, history_api.KeptIn(kept=kept == "yes"))
    return RedirectResponse("/watched", 303)
