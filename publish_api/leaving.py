"""Copies that leave: a film or a clip on its way to somebody, in ranges where those are asked for.

Whether it may still be given out is asked once a second; where it may not, the connection ends, with half of it
sent. Somebody who does not read, a paused player for one, costs no more than their connection: what takes time, the
reading, is done by a few for everybody, a piece at a time. After a minute without a step that ends too: players and
browsers come back with a Range when they want more.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from domain.errors import PassItOnError
from publish_api.media import byte_range

log = logging.getLogger(__name__)

_PIECE = 1 << 19  # bytes that are read at once
_STEP = 1 << 16  # and sent at once: what still goes out after a no, and what must be taken within _STALLED_S
_ASK_EVERY_S = 1.0
_STALLED_S = 60.0
_READERS = ThreadPoolExecutor(8, "leaving")  # each reads a piece, or asks


@dataclass(frozen=True)
class Copy:
    """What is given out. `demand` raises when it may not be, and is called first by whoever makes this."""

    tag: str  # another for other bytes
    size: int
    media_type: str
    read: Callable[[int, int], bytes]  # (offset, size)
    demand: Callable[[], None]
    done: Callable[[], None] = lambda: None  # it is sent, or cannot be: called once


def give_out(request: Request, copy: Copy, headers: Mapping[str, str]) -> Response:
    """The answer: all of it, a part, or that nothing has changed. Raises a 416 outside of it."""
    try:
        answer = _answer(request, copy, headers)
    except BaseException:
        copy.done()
        raise
    if not isinstance(answer, _Leaving):
        copy.done()
    return answer


def without_bytes(request: Request, tag: str, media_type: str) -> Response | None:
    """The answer for which no file has to be put together: that nothing has changed, or what HEAD asks. That has no
    length, which is known only of the file itself (RFC 9110, 9.3.2). None where bytes are wanted.
    """
    headers = _headers(tag)
    if _known(request, headers):
        return Response(status_code=304, headers=headers)
    if request.method != "HEAD":
        return None
    answer = Response(None, 200, headers, media_type)
    del answer.headers["content-length"]
    return answer


def _answer(request: Request, copy: Copy, more: Mapping[str, str]) -> Response:
    headers, said = {**_headers(copy.tag), **more}, request.headers
    tag = headers["ETag"]
    if _known(request, headers):
        return Response(status_code=304, headers=headers)
    # HEAD knows no ranges (RFC 9110, 14.2), and half of another copy is of use to nobody (13.1.5).
    ranged = request.method == "GET" and said.get("if-range") in {None, tag}
    wanted = byte_range(said.get("range") if ranged else None, copy.size)
    offset, size = wanted or (0, copy.size)
    headers["Content-Length"] = str(size)
    if wanted:
        headers["Content-Range"] = f"bytes {offset}-{offset + size - 1}/{copy.size}"
    if request.method == "HEAD":
        return Response(b"", 200, headers, copy.media_type)
    return _Leaving(copy, offset, size, 206 if wanted else 200, headers)


def _headers(tag: str) -> dict[str, str]:
    return {"Accept-Ranges": "bytes", "Cache-Control": "private, no-cache", "ETag": f'"{tag}"'}


def _known(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether they have it: whoever asks has said which they have."""
    said = request.headers.get("if-none-match", "")
    return headers["ETag"] in {each.strip().removeprefix("W/") for each in said.split(",")}


class _Leaving(StreamingResponse):
    def __init__(self, copy: Copy, offset: int, size: int, status: int, headers: dict[str, str]) -> None:
        super().__init__(_steps(copy, offset, offset + size), status, headers, copy.media_type)
        self._done = copy.done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(_STALLED_S):
                    await send(message)
            except TimeoutError as error:
                raise _StalledError from error

        try:
            await super().__call__(scope, receive, in_time)
        except (PassItOnError, _StalledError) as why:  # it is too late to say so: the server ends the connection
            log.info("%s was not sent to its end: %s", scope["path"], why)
        finally:
            self._done()


class _StalledError(Exception):
    def __str__(self) -> str:
        return f"nothing of it was taken for {_STALLED_S:.0f} s"


async def _steps(copy: Copy, at: int, end: int) -> AsyncIterator[bytes]:
    asked_s = time.monotonic()
    while at < end:
        size = min(_PIECE, end - at)
        piece = await _elsewhere(copy.read, at, size)
        for begin in range(0, size, _STEP):
            if time.monotonic() - asked_s > _ASK_EVERY_S:
                await _elsewhere(copy.demand)
                asked_s = time.monotonic()
            yield piece[begin : begin + _STEP]
        at += size


async def _elsewhere(act: Callable[..., Any], *of: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_READERS, act, *of)
