"""What one has saved."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from publish_api import saved as saved_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import pictures, saved

router = APIRouter(prefix="/saved", include_in_schema=False)


@router.get("")
def listed(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    with services.store.transaction() as tx:
        found = saved.saved(tx, viewer.id, cursor=cursor or None)
        pictured = pictures.pictured(tx, (each.clip.id for each in found.items))
    return page(request, "saved.html", viewer=viewer, saved=found.items, next=found.next, pictured=pictured)


@router.post("/{clip_id}")
def change(
    services: Use, viewer: Viewer, clip_id: str, on: Annotated[str, Form()] = "", back: Annotated[str, Form()] = ""
) -> Response:
    """The button, where no script runs."""
    (saved_api.save if on == "yes" else saved_api.drop)(services, viewer, clip_id)
    return RedirectResponse("/saved" if back else f"/clips/{clip_id}", 303)
