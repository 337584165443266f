"""The page on which a recording, or a clip, is moved to another space."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict
from domain.permit import Act, demand
from domain.person import Person
from publish_api import moving as moving_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.schemas import SpaceRef
from publish_api.services import Services
from publish_api.tongue import _
from store import clips, recordings, spaces

router = APIRouter(include_in_schema=False)

To = Annotated[str, Form(max_length=40)]


@router.get("/recordings/{recording_id}/space")
def recording_page(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    return _drawn(request, services, viewer, recording=recording_id)


@router.post("/recordings/{recording_id}/space")
def move_recording(request: Request, services: Use, viewer: Viewer, recording_id: str, space: To = "") -> Response:
    try:
        moving_api.move_recording(services, viewer, recording_id, SpaceRef(space=space))
    except Conflict as refusal:
        return _drawn(request, services, viewer, recording=recording_id, trouble=refusal.message)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.get("/clips/{clip_id}/space")
def clip_page(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    return _drawn(request, services, viewer, clip=clip_id)


@router.post("/clips/{clip_id}/space")
def move_clip(request: Request, services: Use, viewer: Viewer, clip_id: str, space: To = "") -> Response:
    try:
        moving_api.move_clip(services, viewer, clip_id, SpaceRef(space=space))
    except Conflict as refusal:
        return _drawn(request, services, viewer, clip=clip_id, trouble=refusal.message)
    return RedirectResponse(f"/review/{clip_id}", 303)


def _drawn(
    request: Request, services: Services, viewer: Person, *, recording: str = "", clip: str = "", trouble: str = ""
) -> Response:
    """Raises Forbidden for who does not curate the space that it is in."""
    with services.store.transaction() as tx:
        if recording:
            of_recording = recordings.recording(tx, recording, viewer.id)
            title, home = of_recording.title or of_recording.filename, of_recording.space_id
        else:
            of_clip = clips.clip(tx, clip, viewer.id)
            title, home = of_clip.title, of_clip.space_id
        demand(viewer, Act.MOVE, curates=spaces.curates(tx, viewer.id, home))
        mine = [each for each in spaces.spaces_of(tx, viewer.id) if spaces.curates(tx, viewer.id, each.id)]
    return page(
        request,
        "moving.html",
        viewer=viewer,
        status=409 if trouble else 200,
        title=title or _("Untitled"),
        home=next(each for each in mine if each.id == home),
        spaces=[each for each in mine if each.id != home],
        clip=clip,
        back=f"/recordings/{recording}" if recording else f"/review/{clip}",
        trouble=trouble,
    )
