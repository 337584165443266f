"""Reels: several clips in one film, to be shown on a screen or posted in a chat.

A film is a copy that leaves: it is for those who see its space, where that space lets its clips be taken along. Whether
it may be given out is asked each time, and once a second while it is sent.
"""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from domain.errors import Conflict, NotFound, PassItOnError, Unavailable
from domain.permit import Act, demand
from domain.person import Person
from domain.reel import Reel, ReelState
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, IfMatch, Items, Limit, asked_version, problems, say_version, text_answer
from publish_api.downloads import file_name
from publish_api.media import byte_range
from publish_api.reel_schemas import ReelChange, ReelIn, ReelOut
from publish_api.schemas import API
from publish_api.services import Services
from store import reel_films, reels, spaces
from store.postgres import Tx

log = logging.getLogger(__name__)
router = APIRouter(prefix=f"{API}/reels", tags=["reels"])

_PIECE = 1 << 20  # bytes that are read at once
_AT_ONCE = threading.BoundedSemaphore(24)  # films that are being sent by one server
_ASK_EVERY_S = 1.0

Film = Annotated[
    str | None, Query(max_length=40, description="A film's id: that one, and no other. The newest without.")
]


@router.get("", summary="Reels of the spaces you see, newest first", responses=problems())
def listed(
    services: Use,
    viewer: Viewer,
    space: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[ReelOut]:
    with services.store.transaction() as tx:
        page = reels.reels(tx, viewer.id, space=space, cursor=cursor, limit=limit)
        homes = spaces.spaces_by_id(tx, [each.space_id for each in page.items])
    shown = [ReelOut.of(each, homes[each.space_id], services.now()) for each in page.items]
    return Items(items=shown, next=page.next)


@router.post(
    "",
    status_code=201,
    summary="Make a reel",
    description="For those who curate its space, where that lets its clips be taken along. Its film is made in the"
    " background: ask for the reel again.",
    responses=problems(403, 404, 429),
)
def make(services: Use, viewer: Viewer, response: Response, body: ReelIn) -> ReelOut:
    made = begin(services, viewer, body)
    with services.store.transaction() as tx:
        return _shown(tx, services, viewer, made, response)


@router.get("/{id}", summary="A reel", responses=problems(404))
def one(services: Use, viewer: Viewer, response: Response, id_: Id) -> ReelOut:
    with services.store.transaction() as tx:
        return _shown(tx, services, viewer, id_, response)


@router.patch(
    "/{id}",
    summary="Change a reel: its film is made anew",
    responses=problems(403, 404, 412, 428),
)
def change(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: ReelChange, if_match: IfMatch = None
) -> ReelOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        reels.change(
            tx,
            found.id,
            version=asked_version(if_match, found.version),
            by=viewer.id,
            title=body.title,
            shape=body.shape,
            captions=body.captions,
            clips=body.clips,
        )
        return _shown(tx, services, viewer, id_, response)


@router.delete("/{id}", status_code=204, summary="Delete a reel, and its film", responses=problems(403, 404))
def delete(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        reels.delete(tx, demanded(tx, id_, viewer).id)
    log.info("reel %s deleted by %s", id_, viewer.public_id)


@router.post(
    "/{id}/attempts", status_code=202, summary="Try again to make a film that failed", responses=problems(403, 404)
)
def try_again(services: Use, viewer: Viewer, response: Response, id_: Id) -> ReelOut:
    with services.store.transaction() as tx:
        reels.try_again(tx, demanded(tx, id_, viewer).id)
        return _shown(tx, services, viewer, id_, response)


@router.get(
    "/{id}/film.mp4",
    response_class=Response,
    summary="The film of a reel",
    responses=text_answer("video/mp4")
    | {
        206: {"description": "The part of it that Range asked for."},
        416: {"description": "Range lies outside the film."},
    }
    | problems(403, 404, 409, 503),
)
@router.head("/{id}/film.mp4", include_in_schema=False)
def film(
    request: Request,
    services: Use,
    viewer: Viewer,
    id_: Id,
    film: Film = None,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    with services.store.transaction() as tx:
        reel, found = _given(tx, id_, viewer, film)
    tag = f'"{found.public_id}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # who may have it is decided each time
        "ETag": tag,
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file_name(reel.title, '.mp4'))}",
    }
    if tag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    # HEAD knows no ranges (RFC 9110, 14.2), and half of another film is of use to nobody (13.1.5).
    wanted = byte_range(range_ if request.method == "GET" and if_range in {None, tag} else None, found.byte_size)
    offset, size = wanted or (0, found.byte_size)
    headers["Content-Length"] = str(size)
    if wanted:
        headers["Content-Range"] = f"bytes {offset}-{offset + size - 1}/{found.byte_size}"
    if request.method == "HEAD":
        return Response(b"", 200, headers, "video/mp4")
    if not _AT_ONCE.acquire(blocking=False):
        raise Unavailable("Many reels are being watched just now. Try again in a moment.", code="busy")
    sent = _Sent(services, reel.id, found, offset, size)
    return _Counted(sent.pieces(), 206 if wanted else 200, headers, "video/mp4")


@router.get(
    "/{id}/cover.jpg",
    response_class=Response,
    summary="A picture of a reel",
    responses=text_answer("image/jpeg") | problems(403, 404, 409, 503),
)
def cover(request: Request, services: Use, viewer: Viewer, id_: Id, film: Film = None) -> Response:
    with services.store.transaction() as tx:
        _, found = _given(tx, id_, viewer, film)
    headers = {"ETag": f'"{found.public_id}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    key = reel_films.cover_key(found.id)
    return Response(services.objects.get_range(key, 0, services.objects.size(key)), 200, headers, "image/jpeg")


def begin(services: Services, viewer: Person, body: ReelIn, once: str = "") -> str:
    """A new reel's public id; `once` as in store/reels.py.

    Raises Invalid, NotFound, Forbidden, Conflict, TooMany.
    """
    with services.store.transaction() as tx:
        home = spaces.space_by_public_id(tx, body.space, viewer.id) if body.space else spaces.everyone_space(tx)
        demand(viewer, Act.MAKE_REEL, curates=spaces.curates(tx, viewer.id, home.id))
        public_id = reels.make(
            tx,
            space_id=home.id,
            by=viewer.id,
            title=body.title,
            shape=body.shape,
            captions=body.captions,
            clips=body.clips,
            now=services.now(),
            once=once,
        )
    log.info("reel %s made by %s", public_id, viewer.public_id)
    return public_id


def demanded(tx: Tx, public_id: str, viewer: Person) -> Reel:
    """The reel, when the viewer may change it. Raises NotFound, Forbidden."""
    found = reels.reel(tx, public_id, viewer.id)
    demand(viewer, Act.MAKE_REEL, curates=spaces.curates(tx, viewer.id, found.space_id))
    return found


def why_not(reel: Reel) -> PassItOnError:
    """Why there is no film to be given out."""
    if reel.state is ReelState.EMPTY:
        return Conflict("No clip of this reel may be shown any more. Choose others.", code="no_clip_left")
    if reel.state is ReelState.FAILED:
        return Conflict(reel.trouble, code="reel_failed")
    if reel.lost:
        return Unavailable(
            "Something that this reel showed was taken out of view. It is being made anew without it.",
            code="made_anew",
        )
    return Unavailable("This reel is still being made. Try again in a minute.", code="still_making")


@dataclass(frozen=True)
class _Sent:
    """A film on its way to somebody. It stops where it may not be given out any more."""

    services: Services
    reel_id: UUID
    film: reel_films.Given
    offset: int
    size: int

    async def pieces(self) -> AsyncIterator[bytes]:
        at, end, asked_s = self.offset, self.offset + self.size, time.monotonic()
        while at < end:
            if time.monotonic() - asked_s > _ASK_EVERY_S:
                await asyncio.to_thread(self._demand)
                asked_s = time.monotonic()
            size = min(_PIECE, end - at)
            key = reel_films.film_key(self.film.id)
            yield await asyncio.to_thread(self.services.objects.get_range, key, at, size)
            at += size

    def _demand(self) -> None:
        """Raises NotFound: with half of it sent that ends the connection."""
        with self.services.store.transaction() as tx:
            if reel_films.given(tx, self.reel_id, self.film.public_id) is None:
                raise NotFound("This film may not be given out any more.")


class _Counted(StreamingResponse):
    """Makes room for the next when it is sent, or cannot be."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            _AT_ONCE.release()


def _given(tx: Tx, public_id: str, viewer: Person, film: str | None) -> tuple[Reel, reel_films.Given]:
    """Raises NotFound, Forbidden (`downloads_off`), and what `why_not` says."""
    reel = reels.reel(tx, public_id, viewer.id)
    demand(viewer, Act.WATCH_REEL)
    reels.demand_downloads(tx, reel.space_id)
    found = reel_films.given(tx, reel.id, film)
    if found is None:
        raise why_not(reel) if film is None or reel.film is None else _another()
    return reel, found


def _another() -> NotFound:
    return NotFound("This film was replaced by another. Load the reel again.", code="film_changed")


def _shown(tx: Tx, services: Services, viewer: Person, public_id: str, response: Response) -> ReelOut:
    found = reels.reel(tx, public_id, viewer.id)
    say_version(response, found.version)
    return ReelOut.of(found, spaces.spaces_by_id(tx, [found.space_id])[found.space_id], services.now())
