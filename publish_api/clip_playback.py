"""Clips as players ask for them. Who sees a clip may play it; nothing outside its parts is named.

What names pieces of media is written from one moment's view: the parts of before a recall or a withdrawal, signed
with the key of after it, would be addresses that work.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from domain.clip import Clip
from publish_api import playback, readings
from publish_api.access import Use, Viewer
from publish_api.answers import Fillers, Id, Items, Language, all_of, fresh, problems, text_answer
from publish_api.media import bytes_of
from publish_api.playback import HLS, VTT
from publish_api.readings import Reading
from publish_api.schemas import API, Out
from store import clips, media
from transcribe.captions import webvtt

router = APIRouter(prefix=f"{API}/clips/{{id}}", tags=["playback"], default_response_class=Response)


class ReadingOut(Out):
    language: str | None = Field(description="ISO 639.")
    label: str
    spoken: bool = Field(description="What is said, word by word; else a caption track, from a file or by machine.")
    url: str = Field(description="WebVTT.")

    @classmethod
    def of(cls, reading: Reading, clip: Clip) -> "ReadingOut":
        return cls(
            language=reading.language,
            label=reading.label,
            spoken=not reading.track,
            url=reading.address(clip.public_id),
        )


@router.get("/play.m3u8", summary="Play a clip (HLS)", responses=text_answer(HLS) | problems(404, 409, 410, 503))
def play(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.master_of_clip(tx, clip, services.now())
    return fresh(request, text, HLS)


@router.get(
    "/play/{name}.m3u8",
    summary="One rendition of a clip",
    description='`name`: a rendition of the master playlist, "audio", "captions", or "captions-de" of a language.',
    responses=text_answer(HLS) | problems(404, 409, 410, 503),
)
def play_rendition(request: Request, services: Use, viewer: Viewer, id_: Id, name: str) -> Response:
    with services.store.snapshot() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.media_of_clip(tx, clip, name, services.now())
    return fresh(request, text, HLS)


@router.get(
    "/play/captions-{language}-{part}.vtt",
    summary="Captions of one part in a language, in its recording's time",
    responses=text_answer(VTT) | problems(404, 410, 503),
)
def part_track(request: Request, services: Use, viewer: Viewer, id_: Id, language: str, part: int) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.captions_of_part(tx, clip, part, services.now(), language)
    return fresh(request, text, VTT)


@router.get(
    "/play/captions-{part}.vtt",
    summary="Captions of one part, in its recording's time",
    responses=text_answer(VTT) | problems(404, 410, 503),
)
def part_captions(request: Request, services: Use, viewer: Viewer, id_: Id, part: int) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.captions_of_part(tx, clip, part, services.now())
    return fresh(request, text, VTT)


@router.get(
    "/captions",
    summary="What can be read with a clip: its captions, by language",
    response_class=JSONResponse,
    responses=problems(404, 410),
)
def readable(services: Use, viewer: Viewer, id_: Id) -> Items[ReadingOut]:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        found = readings.readings(tx, clip)
    return all_of(ReadingOut.of(each, clip) for each in found)


@router.get(
    "/captions.vtt",
    summary="What is said in a clip, as WebVTT",
    description="With `language`, one of its caption tracks.",
    responses=text_answer(VTT) | problems(404, 410),
)
def captions(
    request: Request, services: Use, viewer: Viewer, id_: Id, language: Language = None, fillers: Fillers = True
) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = webvtt(playback.said(tx, clip, services.now(), language=language, fillers=fillers))
    return fresh(request, text, VTT)


@router.get(
    "/storyboard.vtt", summary="Which still to show where", responses=text_answer(VTT) | problems(404, 410, 503)
)
def storyboard(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.snapshot() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.storyboard_of_clip(tx, clip, services.now())
    return fresh(request, text, VTT)


@router.get("/poster.jpg", summary="A picture of a clip", responses=text_answer("image/jpeg") | problems(404, 410))
def poster(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.transaction() as tx:
        still = playback.poster(tx, clips.clip(tx, id_, viewer.id).parts)
        found = media.piece(tx, still.rendition, still.number)
    return fresh(request, bytes_of(found, services.objects), "image/jpeg")
