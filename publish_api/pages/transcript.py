"""The words of a recording, to be corrected, and its captions in other languages."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Gone, Invalid
from domain.languages import LANGUAGES
from domain.permit import Act, may
from domain.person import Person
from domain.recording import Recording, Status
from domain.transcript import joined
from publish_api import playback
from publish_api import tracks as tracks_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.standing import name_of, shape
from publish_api.services import Services
from publish_api.tongue import called
from publish_api.transcripts import demanded
from store import media, recordings, tracks
from store.postgres import Tx
from transcribe.caption_files import MAX_BYTES

router = APIRouter(prefix="/recordings/{recording_id}/words", include_in_schema=False)

_CAPTIONS = "captions"  # where on the page they are


@router.get("")
def words(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    return _drawn(request, services, viewer, recording_id)


@router.post("/captions")
def bring(
    request: Request,
    services: Use,
    viewer: Viewer,
    recording_id: str,
    file: Annotated[UploadFile, File()],
    language: Annotated[str, Form()] = "",
) -> Response:
    try:
        data = file.file.read(MAX_BYTES + 1)
        tracks_api.bring_file(services, viewer, recording_id, language, data, file.filename or "")
    except (Conflict, Invalid) as problem:
        return _drawn(request, services, viewer, recording_id, problem, chosen=language)
    return _back(recording_id)


@router.post("/captions/{language}/removal")
def remove(services: Use, viewer: Viewer, recording_id: str, language: str) -> Response:
    tracks_api.remove(services, viewer, recording_id, language)
    return _back(recording_id)


@router.post("/translation")
def translate(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    try:
        tracks_api.translate(services, viewer, recording_id)
    except Conflict as problem:
        return _drawn(request, services, viewer, recording_id, problem)
    return _back(recording_id)


def between(language: str | None) -> str:
    """What is written between two words of a language."""
    return joined(("", ""), language or "")


def _back(recording_id: str) -> Response:
    return RedirectResponse(f"/recordings/{recording_id}/words#{_CAPTIONS}", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    recording_id: str,
    problem: Conflict | Invalid | None = None,
    *,
    chosen: str = "",
) -> Response:
    with services.store.transaction() as tx:
        recording = demanded(tx, recording_id, viewer, Act.CORRECT_TRANSCRIPT)
        pictured = playback.pictured(media.rendering(tx, recording.id))
        there = tracks.tracks(tx, recording.id)
        stands = recordings.standing(tx, recording.id, viewer.id)
        may_translate = may(viewer, Act.TRANSLATE, own=stands.own, curates=stands.curates)
        cannot = _why_not(tx, services, recording) if may_translate else ""
    return page(
        request,
        "words.html",
        viewer=viewer,
        status=200 if problem is None else 409 if isinstance(problem, Conflict) else 400,
        recording=recording,
        called=name_of(recording.title, recording.filename),
        shape=shape(recording.probe),
        pictured=pictured,
        length_ms=recording.probe.duration_ms if recording.probe else 0,
        growing=recording.status is Status.WORKING,
        between=between(recording.language),
        tracks=there,
        languages={code: called(code) for code in LANGUAGES},
        chosen=chosen,
        trouble=problem.message if problem else "",
        may_translate=may_translate,
        cannot_translate=cannot,
    )


def _why_not(tx: Tx, services: Services, recording: Recording) -> str:
    """Why a recording cannot be translated; empty when it can."""
    try:
        tracks_api.demand_translatable(tx, services, recording)
    except (Conflict, Gone) as reason:
        return reason.message
    return ""
