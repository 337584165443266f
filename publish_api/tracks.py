"""Caption tracks of a recording: files that people bring, a language each, and translations by the speech engine.

Live at once in every clip that shows the recording, cut to its parts. What was heard stays as it is.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from domain.errors import Conflict, Gone, Misconfigured
from domain.languages import code_of
from domain.permit import Act
from domain.person import Person
from domain.recording import Recording
from domain.span import Span
from domain.track import ENGLISH, Made, Track, checked_language, written
from publish_api.access import Use, Viewer
from publish_api.answers import Id, Items, all_of, fresh, problems, text_answer
from publish_api.downloads import SRT
from publish_api.playback import VTT
from publish_api.schemas import API, Out
from publish_api.services import Services
from publish_api.transcripts import demanded
from store import read_along, tracks, transcripts
from store.postgres import Tx
from transcribe import caption_files, captions
from transcribe.whisper import demand_translates

router = APIRouter(prefix=f"{API}/recordings/{{id}}", tags=["captions"])

Of = Annotated[
    str, Path(alias="language", max_length=35, description="ISO 639, such as de: deu and de-AT are the same.")
]


class TrackOut(Out):
    language: str
    made: Made = Field(description="file: somebody brought it. machine: a speech engine translated what it heard.")
    filename: str
    by: str = Field(description="Who brought it, or asked for it: a person's id.")
    by_name: str
    made_at: datetime
    ready: bool = Field(description="Shown with clips; else it is being made, or `trouble` says why it is not.")
    trouble: str

    @classmethod
    def of(cls, track: Track) -> "TrackOut":
        fields = {name: getattr(track, name) for name in cls.model_fields}
        return cls(**fields)


@router.get("/captions", summary="The caption tracks of a recording", responses=problems(403, 404, 410))
def listed(services: Use, viewer: Viewer, id_: Id) -> Items[TrackOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_TRANSCRIPT)
        return all_of(TrackOut.of(track) for track in tracks.tracks(tx, found.id))


async def _file(request: Request, viewer: Viewer) -> bytes:
    """Whatever the program that sends it calls it. Read only once it is known who sends it."""
    return await request.body()


@router.put(
    "/captions/{language}",
    summary="Bring captions in a language: a WebVTT or SubRip file, as the body",
    description="In the place of those that were there. 400 says what is wrong with the file: `captions_too_large`,"
    " `captions_not_text` (it has to be UTF-8), `captions_unreadable`, `captions_outside` the recording's time.",
    responses=problems(403, 404, 409, 410),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "At most 500 kB.",
            "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in (VTT, SRT)},
        }
    },
)
def bring(
    services: Use,
    viewer: Viewer,
    id_: Id,
    language: Of,
    body: Annotated[bytes, Depends(_file)],
    filename: Annotated[str, Query(max_length=300)] = "",
) -> TrackOut:
    return bring_file(services, viewer, id_, language, body, filename)


@router.delete("/captions/{language}", status_code=204, summary="Take captions away", responses=problems(403, 404, 410))
def remove(services: Use, viewer: Viewer, id_: Id, language: Of) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.CHANGE_CAPTIONS)
        tracks.remove(tx, found.id, _track(tx, found.id, language).language)


@router.get(
    "/captions/{language}.vtt",
    summary="A caption track of a whole recording, as WebVTT",
    response_class=Response,
    responses=text_answer(VTT) | problems(403, 404, 409, 410),
)
def webvtt(request: Request, services: Use, viewer: Viewer, id_: Id, language: Of) -> Response:
    return _written(request, services, viewer, id_, language, captions.webvtt, VTT)


@router.get(
    "/captions/{language}.srt",
    summary="A caption track of a whole recording, as SubRip",
    response_class=Response,
    responses=text_answer(SRT) | problems(403, 404, 409, 410),
)
def srt(request: Request, services: Use, viewer: Viewer, id_: Id, language: Of) -> Response:
    return _written(request, services, viewer, id_, language, captions.srt, SRT)


@router.post(
    "/translations",
    status_code=202,
    summary="Have a recording translated into English captions, by the speech engine",
    description="They come as a caption track in English, marked as made by machine. 409: `captions_there` where a file"
    " says it in English, `being_translated`, `english_already`, `nothing_said`, and `cannot_translate` where the"
    " server's speech model cannot: turbo models are not made for it.",
    responses=problems(403, 404, 409, 410),
)
def translate(services: Use, viewer: Viewer, id_: Id) -> TrackOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.TRANSLATE)
        demand_translatable(tx, services, found)
        tracks.ask(tx, found.id, by=viewer.id, now=services.now())
        return TrackOut.of(tracks.track(tx, found.id, ENGLISH))


def bring_file(
    services: Services, viewer: Person, public_id: str, language: str, data: bytes, filename: str
) -> TrackOut:
    """For the page too. Raises NotFound, Gone, Forbidden, Conflict, and Invalid as caption_files.track."""
    with services.store.transaction() as tx:
        found = demanded(tx, public_id, viewer, Act.CHANGE_CAPTIONS)
        language = checked_language(language)
        if found.probe is None:
            raise Conflict("This recording is still being looked at. Bring the captions in a moment.", code="not_heard")
        cues = caption_files.track(data, found.probe.duration_ms)
        tracks.put(tx, found.id, language, cues, filename=filename, by=viewer.id, now=services.now())
        return TrackOut.of(tracks.track(tx, found.id, language))


def demand_translatable(tx: Tx, services: Services, recording: Recording) -> None:
    """Raises Conflict as `translate` says, and Gone when there is nothing left to hear."""
    said = transcripts.transcript(tx, recording.id)
    if said is None or not said.words:
        raise Conflict("Nothing that is said in this recording is written down.", code="nothing_said")
    if said.language == ENGLISH:
        raise Conflict("English is spoken in this recording: its captions are English already.", code="english_already")
    if recording.original_gone_at is not None:
        raise Gone("The file that was sent has been deleted, and with it what could be translated.")
    try:
        demand_translates(services.whisper_model)
    except Misconfigured as cannot:
        raise Conflict(cannot.message, code=cannot.code) from cannot


def _track(tx: Tx, recording_id: UUID, language: str) -> Track:
    """By any of the language's codes, or by what it was called when none was refused. Raises NotFound."""
    called = {each.language for each in tracks.tracks(tx, recording_id)}
    return tracks.track(tx, recording_id, language if language in called else code_of(language))


def _written(
    request: Request,
    services: Services,
    viewer: Person,
    public_id: str,
    language: str,
    write: Callable[[list[captions.Part]], str],
    media_type: str,
) -> Response:
    with services.store.transaction() as tx:
        found = demanded(tx, public_id, viewer, Act.READ_TRANSCRIPT)
        track = _track(tx, found.id, language)
        if not track.ready:
            raise Conflict("These captions are still being made.", code="being_translated")
        cues = written(read_along.cues(tx, track.id), ())
    whole = Span(0, max([1, *(max(cue.end_ms, cue.of.end_ms) for cue in cues)]))
    return fresh(request, write([(cues, whole)]), media_type)
