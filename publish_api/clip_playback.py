"""Clips as players ask for them. Who sees a clip may play it; nothing outside its parts is named.

What names pieces of media is written from one moment's view: the parts of before a recall or a withdrawal, signed
with the key of after it, would be addresses that work.
"""

from fastapi import APIRouter, Request, Response

from publish_api import playback
from publish_api.access import Use, Viewer
from publish_api.answers import Id, fresh, problems, text_answer
from publish_api.media import bytes_of
from publish_api.playback import HLS, VTT
from publish_api.schemas import API
from store import clips, media

router = APIRouter(prefix=f"{API}/clips/{{id}}", tags=["playback"], default_response_class=Response)


@router.get("/play.m3u8", summary="Play a clip (HLS)", responses=text_answer(HLS) | problems(404, 410, 503))
def play(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.master_of_clip(tx, clip, services.now())
    return fresh(request, text, HLS)


@router.get(
    "/play/{name}.m3u8",
    summary="One rendition of a clip",
    description='`name`: a rendition of the master playlist, "audio", or "captions".',
    responses=text_answer(HLS) | problems(404, 410, 503),
)
def play_rendition(request: Request, services: Use, viewer: Viewer, id_: Id, name: str) -> Response:
    with services.store.snapshot() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.media_of_clip(tx, clip, name, services.now())
    return fresh(request, text, HLS)


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


@router.get("/captions.vtt", summary="What is said in a clip", responses=text_answer(VTT) | problems(404, 410))
def captions(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        text = playback.captions_of_clip(tx, clip, services.now())
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
