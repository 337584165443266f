"""One's recordings: how each is doing, and what became of it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Clip
from domain.errors import Conflict, Invalid
from domain.media import Kind
from domain.permit import Act, demand, may
from domain.person import Person
from domain.recording import Recording
from publish_api import recordings as recordings_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.standing import Shown, shown
from publish_api.schemas import estimate_s
from publish_api.services import Services
from store import clips, media, people, recordings
from store.postgres import Tx

router = APIRouter(include_in_schema=False)


@router.get("/record")
def record(request: Request, services: Use, viewer: Viewer) -> Response:
    demand(viewer, Act.UPLOAD)
    return page(request, "record.html", viewer=viewer, most=services.max_upload_bytes)


@router.get("/recordings")
def mine(
    request: Request,
    services: Use,
    viewer: Viewer,
    whose: Annotated[str, Query()] = "",
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    everybody = whose == "all" and may(viewer, Act.REVIEW)
    listed = recordings.curated_recordings if everybody else recordings.own_recordings
    with services.store.transaction() as tx:
        found = listed(tx, viewer.id, cursor=cursor or None)
        seen = [_shown(tx, services, each) for each in found.items]
    return page(request, "recordings.html", viewer=viewer, recordings=seen, next=found.next, everybody=everybody)


@router.get("/recordings/{recording_id}")
def one(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    return _drawn(request, services, viewer, recording_id, "recording.html")


@router.get("/recordings/{recording_id}/standing")
def standing(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    """How it is doing, alone: for the page that is open already."""
    return _drawn(request, services, viewer, recording_id, "_standing.html")


@router.post("/recordings/{recording_id}")
def rename(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    title: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """The plain form, where no script runs."""
    try:
        with services.store.transaction() as tx:
            recordings_api.rename(tx, viewer, recording_id, title, version)
    except (Conflict, Invalid) as problem:
        return _drawn(request, services, viewer, recording_id, "recording.html", problem)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.post("/recordings/{recording_id}/attempts")
def try_again(services: Use, viewer: Viewer, recording_id: str) -> Response:
    recordings_api.try_again(services, viewer, recording_id)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    recording_id: str,
    template: str,
    problem: Conflict | Invalid | None = None,
) -> Response:
    with services.store.transaction() as tx:
        recording = recordings.recording(tx, recording_id, viewer.id)
        made = clips.clips_of_recording(tx, recording.id, viewer.id)
        stands = recordings.standing(tx, recording.id, viewer.id)
        retry = may(viewer, Act.RETRY, own=stands.own, curates=stands.curates)
        seen = _shown(tx, services, recording, made, may_retry=retry)
    return page(
        request,
        template,
        viewer=viewer,
        status=200 if problem is None else 409 if isinstance(problem, Conflict) else 400,
        recording=seen,
        clips=made,
        trouble=problem.message if problem else "",
        curates=stands.curates,
    )


def _shown(
    tx: Tx, services: Services, recording: Recording, made: Sequence[Clip] = (), *, may_retry: bool = False
) -> Shown:
    speaker = people.people_by_id(tx, [recording.speaker_id])[recording.speaker_id]
    now = services.now()
    return shown(
        recording,
        speaker=speaker.name,
        plays=_plays(tx, recording),
        estimate_s=lambda step: estimate_s(step, now),
        clips=len(made),
        published=sum(c.published_at is not None for c in made),
        may_retry=may_retry,
    )


def _plays(tx: Tx, recording: Recording) -> bool:
    """Whether there is a first fragment."""
    rendering = media.rendering(tx, recording.id)
    return rendering is not None and any(
        r.fragments for r in rendering.renditions if r.rendition.kind is not Kind.STILLS
    )
