"""A clip to take along: its film, its sound, its words. Where its space allows it, and of what is published.

What leaves is what is played, to the frame: the same fragments and edges in one file, nothing encoded. The file is
put together on the disk for the one who asked, and has no name there any more when it is sent: nothing keeps it.
Whether it may leave is asked before, after, and once a second on its way.
"""

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from domain.amends import places
from domain.clip import Clip
from domain.errors import Conflict, Forbidden, NotFound, Unavailable
from domain.media import RenditionState
from domain.permit import Act, demand, may
from domain.person import Person
from publish_api import playback, takeaway
from publish_api.access import Use, Viewer, still_let_in
from publish_api.answers import Fillers, Id, Language, fresh, problems, text_answer
from publish_api.leaving import Copy, give_out, without_bytes
from publish_api.playback import VTT
from publish_api.schemas import API
from publish_api.services import Services
from publish_api.tongue import _
from publish_api.turns import Turns
from store import clips, edges, spaces
from store.postgres import Tx
from transcode import playlist
from transcribe import captions

router = APIRouter(prefix=f"{API}/clips/{{id}}", tags=["downloads"], default_response_class=Response)

SRT, TEXT = "application/x-subrip", "text/plain"
_TURNS = Turns(  # to put a file together: a copy on the disk
    2, 8, lambda: Unavailable("Several clips are being put together already. Try again in a moment.", code="busy")
)
_MOST_BYTES = 180  # of a name, in UTF-8: 255 is what file systems take

Listed = Sequence[takeaway.ListedPart]
Quality = Annotated[
    str | None,
    Query(max_length=10, description="A picture that the master playlist names, by its name; the largest without."),
]


@dataclass(frozen=True)
class Along:
    """What can be taken along of a clip, and how many bytes it has."""

    films: tuple[tuple[str, int], ...]  # the name of a picture, and the bytes with its sound; the largest first
    sound: int | None  # None where there is none
    words: bool
    waits: bool  # for edges: film and sound come with them
    inexact: bool = False  # one of those could not be made: somebody has to move a bound
    unlike: bool = False  # its parts are of recordings with other sizes: there is no one film


@router.get("/download.mp4", summary="A clip as MP4", responses=text_answer("video/mp4") | problems(403, 404, 409, 503))
@router.head("/download.mp4", include_in_schema=False)
def film(request: Request, services: Use, viewer: Viewer, id_: Id, quality: Quality = None) -> Response:
    def listed(tx: Tx, clip: Clip) -> Listed:
        parts = takeaway.exact(tx, clip.parts, services.now())
        first = parts[0].rendering
        if not first.pictures:
            raise NotFound("This clip has no picture. Its sound is in download.m4a.", code="no_picture")
        name = first.pictures[0].rendition.name if quality is None else playback.known(quality, parts)
        if name == "audio":
            raise NotFound("The sound alone is in download.m4a.")
        if not takeaway.fits(tx, parts, name):
            raise Conflict(
                "The parts of this clip are of recordings with other sizes, and do not fit into one file. A reel of it"
                " does: that is made anew.",
                code="different_recordings",
            )
        return takeaway.film(tx, parts, name)

    return _file(request, services, id_, viewer, listed, ".mp4", "video/mp4")


@router.get(
    "/download.m4a", summary="A clip's sound", responses=text_answer("audio/mp4") | problems(403, 404, 409, 503)
)
@router.head("/download.m4a", include_in_schema=False)
def sound(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    def listed(tx: Tx, clip: Clip) -> Listed:
        parts = takeaway.exact(tx, clip.parts, services.now())
        if all(part.rendering.sound is None for part in parts):
            raise NotFound("This clip has no sound.", code="no_sound")
        return takeaway.sound(tx, parts)

    return _file(request, services, id_, viewer, listed, ".m4a", "audio/mp4")


@router.get(
    "/download.srt", summary="A clip's captions, as SubRip", responses=text_answer(SRT) | problems(403, 404, 409)
)
@router.head("/download.srt", include_in_schema=False)
def srt(
    request: Request, services: Use, viewer: Viewer, id_: Id, language: Language = None, fillers: Fillers = True
) -> Response:
    with services.store.transaction() as tx:
        clip = _demanded(tx, id_, viewer)
        said = playback.said(tx, clip, services.now(), language=language, fillers=fillers)
    return _named(fresh(request, captions.srt(said, notes=_corrected(clip)), SRT), clip, ".srt")


@router.get(
    "/download.vtt", summary="A clip's captions, as WebVTT", responses=text_answer(VTT) | problems(403, 404, 409)
)
@router.head("/download.vtt", include_in_schema=False)
def vtt(
    request: Request, services: Use, viewer: Viewer, id_: Id, language: Language = None, fillers: Fillers = True
) -> Response:
    with services.store.transaction() as tx:
        clip = _demanded(tx, id_, viewer)
        said = playback.said(tx, clip, services.now(), language=language, fillers=fillers)
    return _named(fresh(request, captions.webvtt(said, notes=_corrected(clip)), VTT), clip, ".vtt")


@router.get("/download.txt", summary="A clip's words", responses=text_answer(TEXT) | problems(403, 404, 409))
@router.head("/download.txt", include_in_schema=False)
def text(request: Request, services: Use, viewer: Viewer, id_: Id) -> Response:
    with services.store.transaction() as tx:
        clip = _demanded(tx, id_, viewer)
    said = [clip.text, *(words for _span, words in _corrected(clip))]
    return _named(fresh(request, "\n\n".join(filter(None, said)) + "\n", TEXT), clip, ".txt")


def along(tx: Tx, clip: Clip, viewer: Person, now: datetime) -> Along | None:
    """What this viewer can take along of a clip: what its page asks. None where that is not allowed."""
    home = spaces.spaces_by_id(tx, [clip.space_id])[clip.space_id]
    if not (home.downloads and clip.published_at is not None and may(viewer, Act.DOWNLOAD_CLIP)):
        return None
    words = bool(clip.text or places(clip.parts, clip.amended))
    if edges.inexact(tx, [(part.recording_id, part.span) for part in clip.parts]):
        return Along((), None, words, waits=False, inexact=True)
    try:
        parts = playback.with_media(tx, clip.parts, now)
        if not all(playlist.exact(part) for part in parts):
            return Along((), None, words, waits=True)
    except Unavailable:
        return Along((), None, words, waits=True)
    names = [name for name in playlist.names(parts) if name != "audio"]
    sounds = [_bytes(part, part.rendering.sound) for part in parts if part.rendering.sound is not None]
    sound = sum(each or 0 for each in sounds)
    fitting = [name for name in names if takeaway.fits(tx, parts, name)]
    films = []
    for name in fitting if all(sounds) else ():
        found = [_bytes(part, playlist.picture(part.rendering, name)) for part in parts]
        if all(found):
            films.append((name, sound + sum(each or 0 for each in found)))
    heard = sound if sounds and all(sounds) else None
    return Along(tuple(films), heard, words, waits=False, unlike=bool(names and not fitting))


def _corrected(clip: Clip) -> list[captions.Note]:
    """What was corrected about a clip goes along with its words: nobody tells who has taken it along."""
    return [
        (place.read_in(clip.length_ms), _("Corrected: %(words)s", words=place.amended.words))
        for place in places(clip.parts, clip.amended)
    ]


def _bytes(part: playlist.Part, state: RenditionState | None) -> int | None:
    """How many bytes a track of a part has. None where there is none, or where it does not fit into one file."""
    if state is None:
        return None
    found = playlist.played(part)
    edges = [part.edges[edge][state.public_id] for edge in found.edges]
    if any(edge.own_init for edge in edges):
        return None
    whole = state.fragments[found.whole.start : found.whole.stop]
    return sum(edge.size for edge in edges) + sum(fragment.size for fragment in whole)


def file_name(title: str, suffix: str) -> str:
    """A title that a stranger gave as the name of a file: letters of any script, and nothing that a shell, a file
    system, a header or an eye takes for something else.
    """
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in " -_,()" else " " for c in title)
    words = unicodedata.normalize("NFC", " ".join(kept.split())).strip(" -_,")
    while len(words.encode()) > _MOST_BYTES:
        words = words[:-1]
    words = words.strip()
    # A name of two words at least is no device of Windows (CON, NUL).
    return f"{words if ' ' in words else f'Clip {words}'.strip()}{suffix}"


def _demanded(tx: Tx, public_id: str, viewer: Person) -> Clip:
    """Raises NotFound, Gone, Forbidden (`downloads_off`), and Conflict (`not_published`)."""
    clip = clips.clip(tx, public_id, viewer.id)
    demand(viewer, Act.DOWNLOAD_CLIP)
    if not spaces.spaces_by_id(tx, [clip.space_id])[clip.space_id].downloads:
        raise Forbidden("Clips of this space stay here. Ask somebody who curates it to allow it.", code="downloads_off")
    if clip.published_at is None:
        raise Conflict("Publish this clip first: then it can be taken along.", code="not_published")
    return clip


def _file(
    request: Request,
    services: Services,
    public_id: str,
    viewer: Person,
    listed: Callable[[Tx, Clip], Listed],
    suffix: str,
    media_type: str,
) -> Response:
    def decided() -> tuple[Clip, Listed]:
        with services.store.transaction() as tx:
            clip = _demanded(tx, public_id, viewer)
            return clip, listed(tx, clip)

    def demand() -> None:
        asking = still_let_in(request)
        with services.store.transaction() as tx:
            if _demanded(tx, public_id, asking).parts != clip.parts:
                raise Conflict("This clip shows something else by now. Take it along again.", code="clip_changed")

    clip, parts = decided()  # who may not have it need not wait to hear so
    if (said := without_bytes(request, _tag(parts), media_type)) is not None:
        return _named(said, clip, suffix)
    with _TURNS.mine():
        clip, parts = decided()
        file = _joined(services, parts, suffix)
    try:
        demand()
    except BaseException:
        file.close()
        raise
    size = os.fstat(file.fileno()).st_size
    copy = Copy(_tag(parts), size, media_type, partial(_read, file), demand, file.close)
    return _named(give_out(request, copy, {}), clip, suffix)


def _tag(parts: Listed) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _joined(services: Services, parts: Listed, suffix: str) -> BinaryIO:
    """The file, which goes when it is closed: its folder is gone already, or, after a kill, goes with what lies there
    for a day (pipeline/housekeeping.py).
    """
    with tempfile.TemporaryDirectory(prefix="download-", dir=services.scratch) as folder:
        path = Path(folder) / f"clip{suffix}"
        takeaway.join(parts, services.objects, path)
        return path.open("rb")


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, offset)


def _named(response: Response, clip: Clip, suffix: str) -> Response:
    name = quote(file_name(clip.title, suffix))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
