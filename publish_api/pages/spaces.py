"""The spaces that one curates, and whether what is published in them can be taken along."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.permit import Act, demand, may
from publish_api import spaces as spaces_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.schemas import SpaceChange
from store import spaces

router = APIRouter(prefix="/spaces", include_in_schema=False)


@router.get("")
def listed(request: Request, services: Use, viewer: Viewer) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        found = [
            space
            for space in spaces.spaces_of(tx, viewer.id)
            if may(viewer, Act.ALLOW_DOWNLOADS, curates=spaces.curates(tx, viewer.id, space.id))
        ]
    return page(request, "spaces.html", viewer=viewer, spaces=found)


@router.post("/{space_id}/downloads")
def allow_downloads(services: Use, viewer: Viewer, space_id: str, allowed: Annotated[str, Form()] = "") -> Response:
    spaces_api.change(services, viewer, space_id, SpaceChange(downloads=allowed == "yes"))
    return RedirectResponse("/spaces", 303)
