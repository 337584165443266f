"""What becomes of a clip, told to those who have it open: server-sent events.

A stream costs no thread and no connection to the database: it sleeps until something is told (store/events.py), then
looks as its viewer, and says what differs from what it said before. It looks now and then in any case. So it ends
when its viewer is signed out, or may not see the clip any more, and says why.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from domain.clip import Clip
from domain.errors import NotFound, PassItOnError, TooMany, Unavailable
from domain.span import Span
from publish_api import playback, readings
from publish_api.access import Use, Viewer, anybody, who
from publish_api.answers import problems
from publish_api.clip_schemas import PartOut
from publish_api.schemas import API, Out
from publish_api.services import Services
from store import clips
from store.events import clip_topic, person_topic
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["clips"])

LOOK_S = 25.0  # proxies let go of a connection that is silent for a minute, many of them
MAX_OF_ONE = 20  # streams of one person: a browser opens six at most to one server
MAX = 2000  # streams of one process, at some 50 kB each
_AGAIN_MS = 3000  # after a connection broke
_ALL = "clips"  # what every stream hears of, so that all can be counted

_EXAMPLE = """event: clip
data: {"version": 3, "plays": [{"recording": "9hmxtd1s0jbnrtyj", "start_ms": 4000, "end_ms": 49120}], "words": "5e88"}

"""


class ClipNow(Out):
    version: int
    plays: list[PartOut] = Field(description="What a player is sent now, in order; empty while that is being made.")
    words: str = Field(description="Another when other words are written down of it, or it has other captions.")


@router.get(
    "/events",
    summary="What becomes of a clip while it is open (server-sent events)",
    description="`clip`: its version, and what of which recordings plays; at first, and whenever that is another. "
    "`end`: it cannot be seen any more; `code` and `message` say why. Nothing comes after that.",
    response_class=Response,
    responses={
        200: {
            "description": "As long as you listen.",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        },
        **problems(404, 410, 429),
    },
)
async def events(
    request: Request, services: Use, viewer: Viewer, clip: Annotated[str, Query(max_length=40)]
) -> Response:
    heard = services.store.events
    if heard.listeners(person_topic(viewer.public_id)) >= MAX_OF_ONE or heard.listeners(_ALL) >= MAX:
        raise TooMany("Too many players listen at once. This one plays all the same; ask again later.")
    now = await run_in_threadpool(_look, request, services, clip)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would keep what is said to itself
    told = _told(request, services, clip, now, (clip_topic(clip), person_topic(viewer.public_id), _ALL))
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def _told(
    request: Request, services: Services, clip: str, said: ClipNow, topics: tuple[str, ...]
) -> AsyncIterator[str]:
    """`said`: what was found before anything was listened to."""
    async with services.store.events.hear(*topics) as something:
        yield f"retry: {_AGAIN_MS}\n\n{_event('clip', said.model_dump_json())}"
        while not services.store.events.closed:
            something.clear()
            try:
                now = await run_in_threadpool(_look, request, services, clip)
            except Unavailable:
                now = said
            except PassItOnError as end:
                yield _event("end", json.dumps({"code": end.code, "message": _why(end)}))
                return
            yield _event("clip", now.model_dump_json()) if now != said else ":\n\n"
            said = now
            with suppress(TimeoutError):
                await asyncio.wait_for(something.wait(), LOOK_S)


def _look(request: Request, services: Services, clip_id: str) -> ClipNow:
    """Raises Unauthenticated once they have signed out, NotFound, Gone, Unavailable."""
    viewer = who(anybody(request))
    try:
        with services.store.snapshot() as tx:
            clip = clips.clip(tx, clip_id, viewer.id)
            spans = _played(tx, clip, services)
            words = readings.fingerprint(tx, clip)
    except NotFound:
        who(anybody(request))  # who has left since is told that
        raise
    plays = [
        PartOut(recording=part.recording, start_ms=span.start_ms, end_ms=span.end_ms)
        for part, span in zip(clip.parts, spans, strict=False)
    ]
    return ClipNow(version=clip.version, plays=plays, words=words)


def _played(tx: Tx, clip: Clip, services: Services) -> tuple[Span, ...]:
    try:
        return playback.played_of_clip(tx, clip, services.now())
    except Unavailable:
        return ()


def _why(end: PassItOnError) -> str:
    return "This clip was taken back, or is not shared with you any more." if isinstance(end, NotFound) else end.message


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
