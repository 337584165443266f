"""Fragments, edges, initialisation segments, stills, and voices in threads: /m/{rendition}/{piece}/{mac}.

One address a piece, the same for every viewer and every clip, good for a day or two, so that a cache
in front can hold it. Who may have it was decided where the address was written: in a playlist. The
MAC is of the recording's media key, so that changing the key takes every address back at once.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from domain.edge import Edge
from domain.errors import NotFound, Unavailable
from domain.media import Kind
from domain.voice import Voice
from publish_api.access import Use, services_of
from store import edges, media, voices
from store.media import Piece
from store.objects import Objects
from store.postgres import Tx
from transcode.playlist import SILENCE
from transcode.repack import silence


class _Described(APIRoute):
    """Described like every route, and answered without what FastAPI does for each request: half of the time."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def answer(request: Request) -> Response:
            said = request.headers
            return await run_in_threadpool(
                piece,
                request,
                services_of(request),
                **request.path_params,
                range_=said.get("range"),
                if_range=said.get("if-range"),
                if_none_match=said.get("if-none-match", ""),
            )

        return answer


router = APIRouter(tags=["media"], route_class=_Described)

VOICE = "voice"  # stands for a rendition in the addresses of what was said aloud in a comment
MAC_BYTES = 16  # 128 bits: the first half of HMAC-SHA256 (RFC 2104, 5, allows no less than half)
CHUNK = 1 << 19  # bytes that are read at a time: most pieces in one
MAX_AGE_S = 24 * 3600  # how long a cache may go on serving what has been withdrawn
CONTENT_TYPES: Mapping[Kind, str] = {
    Kind.VIDEO: "video/mp4",
    Kind.AUDIO: "audio/mp4",
    Kind.STILLS: "image/jpeg",
}
_EDGE = re.compile(r"e(0|[1-9][0-9]{0,17})-([1-9][0-9]{0,17})(-init)?", re.ASCII)  # as domain.edge names them
_OWN_INIT = re.compile(r"(0|[1-9][0-9]{0,8})-init", re.ASCII)  # of a fragment that was made anew, for a cover
_SILENCE = re.compile(r"s(0|[1-9][0-9]{0,9})-([1-9][0-9]{0,9})", re.ASCII)
_MOST_SILENCE = 500  # AAC frames, ten seconds: no piece is as long
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)


def media_url(media_key: bytes, rendition: str, piece: str, day: date) -> str:
    """Where a piece of a rendition is on `day`, UTC, and the next: a fragment's number, an edge's name, "init", or
    "5-init" where fragment 5 has its own.
    """
    return f"/m/{rendition}/{piece}/{sign(media_key, rendition, piece, day)}"


def voice_url(voice: Voice, day: date) -> str:
    """Where what was said aloud is."""
    return media_url(voice.media_key, VOICE, voice.public_id, day)


def sign(media_key: bytes, rendition: str, piece: str, day: date) -> str:
    """The MAC in a piece's address: 128 bits as base64url without padding."""
    said = f"{rendition}/{piece}/{day.isoformat()}".encode()
    mac = hmac.new(media_key, said, hashlib.sha256).digest()[:MAC_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


@router.get(
    "/m/{rendition}/{piece}/{mac}",
    response_class=Response,
    summary="A piece of a rendition",
    responses={
        200: {"description": "The piece.", "content": {t: {} for t in CONTENT_TYPES.values()}},
        206: {"description": "The part of it that Range asked for."},
        304: {"description": "What you have is still right."},
        404: {"description": "There is no such piece, or the address is no longer good."},
        416: {"description": "Range lies outside the piece."},
        "default": {"description": "An error."},
    },
)
@router.head("/m/{rendition}/{piece}/{mac}", include_in_schema=False)
def piece(
    request: Request,
    services: Use,
    rendition: str,
    piece: str,
    mac: str,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    with services.store.glance() as tx:
        found = _signed_piece(tx, rendition, piece, mac, services.now())
    tag = f'"{rendition}.{piece}"'  # what an address has is never written again: covers change addresses
    headers = {
        "Accept-Ranges": "bytes",
        # A voice is asked for each time: it is gone with the words of its comment, and out of every cache.
        "Cache-Control": "private, no-cache" if rendition == VOICE else f"public, max-age={MAX_AGE_S}, immutable",
        "ETag": tag,
    }
    if tag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    # HEAD knows no ranges (RFC 9110, 14.2), and half of another version's piece is of use to nobody (13.1.5).
    ranged = request.method == "GET" and if_range in {None, tag}
    wanted = byte_range(range_ if ranged else None, found.size)
    offset, size = wanted or (0, found.size)
    headers["Content-Length"] = str(size)
    if wanted:
        headers["Content-Range"] = f"bytes {offset}-{offset + size - 1}/{found.size}"
    status, media_type = 206 if wanted else 200, CONTENT_TYPES[found.kind]
    if request.method == "HEAD":
        return Response(b"", status, headers, media_type)
    return _Bytes(found, services.objects, offset, size, status, headers, media_type)


class _Bytes(Response):
    """A piece's bytes. Of a long one that lies on this machine, a part at a time is in memory: phones are slow."""

    def __init__(
        self, piece: Piece, objects: Objects, offset: int, size: int, status: int, headers: dict[str, str], kind: str
    ) -> None:
        local = piece.object_key is not None and objects.local_path(piece.object_key) is not None
        self._step = CHUNK if local else max(size, 1)
        self._read = partial(bytes_of, piece, objects)
        self._rest = range(offset + self._step, offset + size, self._step)
        self._end = offset + size
        # Read here, where the database was asked: most pieces need no second thread.
        super().__init__(self._read(offset, min(self._step, size)), status, headers, kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": bool(self._rest)})
        for at in self._rest:
            body = await run_in_threadpool(self._read, at, min(self._step, self._end - at))
            await send({"type": "http.response.body", "body": body, "more_body": at != self._rest[-1]})


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """(offset, size) of what a Range header asks of a piece, None when that is all of it.

    What is not one range of bytes is passed over (RFC 9110, 14.2). Raises a 416 outside the piece.
    """
    found = _RANGE.match(header or "")
    if not found or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if first and last and int(last) < int(first):
        return None
    if start >= size or (not first and int(last) == 0):
        raise HTTPException(416, headers={"Content-Range": f"bytes */{size}"})
    return start, end - start


def bytes_of(piece: Piece, objects: Objects, offset: int = 0, size: int | None = None) -> bytes:
    """`size` bytes of a piece from its byte `offset`; without `size`, all that follow.

    Raises Unavailable (`no_object`) where what ought to be there is not: that a player asks for again.
    """
    size = piece.size - offset if size is None else size
    if piece.object_key is None:
        return (piece.init or b"")[offset : offset + size]
    try:
        return objects.get_range(piece.object_key, piece.offset + offset, size)
    except NotFound as lost:
        raise Unavailable("This cannot be read at the moment. Try again in a moment.", code=lost.code) from lost


def _signed_piece(tx: Tx, rendition: str, name: str, mac: str, now: datetime) -> Piece:
    """Raises NotFound alike for what is not there, what is not signed, and what no longer is."""
    nothing = NotFound("There is nothing here, or not any more. Open the clip again.")
    if rendition == SILENCE and (silent := _silence(name)):
        return silent  # whoever asks: it says nothing of anybody
    try:
        found = _piece(tx, rendition, name)
    except NotFound:
        raise nothing from None
    today = now.astimezone(UTC).date()
    good = (sign(found.media_key, rendition, name, day) for day in (today, today - timedelta(days=1)))
    if not any(hmac.compare_digest(each.encode(), mac.encode()) for each in good):
        raise nothing
    return found


def _silence(name: str) -> Piece | None:
    frames = _SILENCE.fullmatch(name)
    first, end = (int(frames[1]), int(frames[2])) if frames else (0, 0)
    if not 0 < end - first <= _MOST_SILENCE:
        return None
    made = silence(first, end - first)
    return Piece(b"", Kind.AUDIO, made, None, 0, len(made))


def _piece(tx: Tx, rendition: str, name: str) -> Piece:
    if rendition == VOICE:
        return voices.piece(tx, name)
    if re.fullmatch(r"init|0|[1-9][0-9]{0,8}", name):
        return media.piece(tx, rendition, None if name == "init" else int(name))
    if own_init := _OWN_INIT.fullmatch(name):
        return media.piece(tx, rendition, int(own_init[1]), init=True)
    edge = _EDGE.fullmatch(name)
    if not edge or int(edge[1]) >= int(edge[2]):
        raise NotFound("There is no such piece of media.")
    return edges.piece(tx, rendition, Edge(int(edge[1]), int(edge[2])), init=bool(edge[3]))
