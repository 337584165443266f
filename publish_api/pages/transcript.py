"""The words of a recording, to be corrected."""

from fastapi import APIRouter, Request, Response

from domain.permit import Act
from domain.recording import Status
from domain.transcript import joined
from publish_api import playback
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.standing import name_of, shape
from publish_api.transcripts import demanded
from store import media

router = APIRouter(prefix="/recordings/{recording_id}/words", include_in_schema=False)


@router.get("")
def words(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    with services.store.transaction() as tx:
        recording = demanded(tx, recording_id, viewer, Act.CORRECT_TRANSCRIPT)
        pictured = playback.pictured(media.rendering(tx, recording.id))
    return page(
        request,
        "words.html",
        viewer=viewer,
        recording=recording,
        called=name_of(recording.title, recording.filename),
        shape=shape(recording.probe),
        pictured=pictured,
        length_ms=recording.probe.duration_ms if recording.probe else 0,
        growing=recording.status is Status.WORKING,
        between=between(recording.language),
    )


def between(language: str | None) -> str:
    """What is written between two words of a language."""
    return joined(("", ""), language or "")
