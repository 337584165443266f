"""What becomes of clips, and of what is said about them, told to those who have them open: server-sent events.

One stream is for all that a browser shows, in however many tabs (static/js/hub.js). It costs no thread and no
connection to the database: it sleeps until something is told (store/events.py), then looks as its viewer, and says what
differs from what it said before: of a clip what it plays, of a thread that it is another. It looks now and then in any
case. So a clip ends when its viewer is signed out, or may not see it any more, and why is said; the stream ends with
the last of them.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from domain.clip import Clip
from domain.errors import Invalid, NotFound, PassItOnError, TooMany, Unavailable
from domain.span import Span
from publish_api import playback, readings
from publish_api.access import Use, Viewer, anybody, still_good, still_let_in
from publish_api.answers import problems
from publish_api.clip_schemas import PartOut
from publish_api.schemas import API, Out
from publish_api.services import Services
from publish_api.tongue import _, gettext
from store import clips, comments, inbox, review_queue
from store.events import ANY_CLIP, clip_topic, person_topic, talk_topic
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["clips"])

LOOK_S = 25.0  # proxies let go of a connection that is silent for a minute, many of them
MAX_CLIPS = 8  # of one stream: those that one browser shows at a time
MAX_OF_ONE = 20  # streams of one person: a browser opens six at most to one server
MAX = 2000  # streams of one process, at some 50 kB each
_AGAIN_MS = 3000  # after a connection broke
_MANY = 20  # threads told of at a time: beyond, all of them are to be looked at
_ALL = "clips"  # what every stream hears of, so that all can be counted
_REACTIONS = "reactions"  # as the trigger says it
_NOTICES = "notices"  # as store/notices.py says it, behind a person

_EXAMPLE = """event: clip
data: {"clip": "5kbn3v0tq1h8zy2c", "version": 3, "plays": [{"recording": "9hmxtd1s0jbnrtyj", "start_ms": 4000, "end_ms": 49120}], "words": "5e88"}

event: comment
data: {"clip": "5kbn3v0tq1h8zy2c", "thread": "d0r8mmq5kzs3yt1e"}

"""  # noqa: E501 - a line is a line


class ClipNow(Out):
    clip: str
    version: int
    plays: list[PartOut] = Field(description="What a player is sent now, in order; empty while that is being made.")
    words: str = Field(
        description="Another when other words are written down of it, it has other captions, or a correction of it was"
        " accepted."
    )


@router.get(
    "/events",
    summary="What becomes of clips and their threads while they are open (server-sent events)",
    description="`clip`: its version, and what of which recordings plays; at first, and whenever that is another. "
    "`talk`: `stamp` is another where the thread is; at first, and when anything in it may have changed, the "
    "clip's reactions too. `comment`: something was said, edited, taken back, settled or thanked for in the thread "
    "that began with `thread`. `reactions`: those on the clip are others. "
    "`notices`: how many lines of your inbox you have not read; at first, and whenever that is another. "
    "`review`: a clip that you look at as a curator has changed, so that what waits may be other clips, or be called "
    "otherwise; at first, too. It says nothing else. "
    "`end`: the clip cannot be seen any more; `code` and `message` say why. Nothing comes of it after that. "
    "All but `notices` and `review` have the clip as `clip`.",
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
    request: Request,
    services: Use,
    viewer: Viewer,
    clip: Annotated[
        list[Annotated[str, Query(max_length=40)]] | None, Query(max_length=MAX_CLIPS, description="Once each.")
    ] = None,
    notices: Annotated[bool, Query(description="Whether your inbox is listened to, too.")] = False,
    review: Annotated[bool, Query(description="Whether what waits for you as a curator is, too.")] = False,
) -> Response:
    if not (clip or notices or review):
        raise Invalid("Say what to listen to: clips, notices=true or review=true.", code="nothing_to_hear")
    _demand_room(services, person_topic(viewer.public_id))
    now, ends = await run_in_threadpool(_look, request, services, dict.fromkeys(clip or ()))
    if not (now or notices or review):
        raise next(iter(ends.values()))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would keep what is said to itself
    told = _told(request, services, now, ends, person_topic(viewer.public_id), notices=notices, review=review)
    first = await anext(told)  # from then on it is counted, also where others have asked meanwhile
    return StreamingResponse(_whole(first, told), media_type="text/event-stream", headers=headers)


def _demand_room(services: Services, person: str) -> None:
    """Raises TooMany."""
    heard = services.store.events
    if heard.listeners(person) >= MAX_OF_ONE or heard.listeners(_ALL) >= MAX:
        raise TooMany("Too many players listen at once. This one plays all the same; ask again later.")


async def _whole(first: str, rest: AsyncGenerator[str]) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield first
        async for each in rest:
            yield each


async def _told(
    request: Request,
    services: Services,
    said: dict[str, ClipNow],
    ends: Mapping[str, PassItOnError],
    person: str,
    *,
    notices: bool,
    review: bool,
) -> AsyncGenerator[str]:
    """`said`: what was found of each clip before anything was listened to. Raises TooMany."""
    unread: int | None = None
    topics = [topic(clip) for clip in said for topic in (clip_topic, talk_topic)]
    topics += [ANY_CLIP] if review else []
    _demand_room(services, person)
    async with services.store.events.hear(*topics, person, _ALL) as something:
        first = "".join(_event("clip", now.model_dump_json()) for now in said.values())
        yield f"retry: {_AGAIN_MS}\n\n{first}{_ended(ends)}"
        something.tell_all()
        while said or notices or review:
            with suppress(TimeoutError):
                await asyncio.wait_for(something.wait(), LOOK_S)
            if services.store.events.closed:
                return
            news = something.take()
            talked = {clip: about for clip in said if (about := news.pop(talk_topic(clip), set()))}
            heard, more, changed = "", news.pop(person, set()), news.pop(ANY_CLIP, set())
            if more - {_NOTICES}:
                news[person] = more
            # After a while in any case: some are shown later than they came.
            if notices and (more or not (talked or changed)):
                before, unread = unread, await run_in_threadpool(_unread, request, services, unread)
                notices = unread is not None
                heard = _event("notices", json.dumps({"unread": unread})) if unread not in (before, None) else ""
            if review and (changed or not (talked or more or news)):
                waits = await run_in_threadpool(_reviewed, request, services, changed)
                review = waits is not None
                heard += _event("review", "{}") if waits else ""
            if said and (news or not (talked or more or changed)):
                now, ends = await run_in_threadpool(_look, request, services, said)
                heard += "".join(_event("clip", now[each].model_dump_json()) for each in now if now[each] != said[each])
                heard += _ended(ends)
                said = now
            if talked := {clip: about for clip, about in talked.items() if clip in said}:
                heard += await run_in_threadpool(_talk, request, services, talked)
            yield heard or ":\n\n"


def _look(
    request: Request, services: Services, said: Mapping[str, ClipNow | None]
) -> tuple[dict[str, ClipNow], dict[str, PassItOnError]]:
    """What each of these clips is now, and which cannot be seen, and why. Raises Unavailable of what is new."""
    found: dict[str, ClipNow] = {}
    ends: dict[str, PassItOnError] = {}
    for clip, before in said.items():
        try:
            found[clip] = _look_at(request, services, clip)
        except Unavailable:
            if before is None:
                raise
            found[clip] = before
        except PassItOnError as end:
            ends[clip] = end
    return found, ends


def _look_at(request: Request, services: Services, clip_id: str) -> ClipNow:
    """Raises Unauthenticated once they have signed out, NotFound, Gone, Unavailable."""
    viewer = still_good(anybody(request))
    try:
        with services.store.snapshot() as tx:
            clip = clips.clip(tx, clip_id, viewer.id)
            spans = _played(tx, clip, services)
            words = readings.fingerprint(tx, clip)
    except NotFound:
        still_good(anybody(request))  # who has left since is told that
        raise
    plays = [
        PartOut(recording=part.recording, start_ms=span.start_ms, end_ms=span.end_ms)
        for part, span in zip(clip.parts, spans, strict=False)
        if span is not None
    ]
    return ClipNow(clip=clip_id, version=clip.version, plays=plays, words=words)


def _played(tx: Tx, clip: Clip, services: Services) -> tuple[Span | None, ...]:
    try:
        return playback.played_of_clip(tx, clip, services.now())
    except Unavailable:
        return ()


def _talk(request: Request, services: Services, talked: Mapping[str, set[str]]) -> str:
    """What was said behind each clip's topic, as far as it is for the viewer: which threads are others now."""
    try:
        viewer = still_good(anybody(request))
        with services.store.glance() as tx:
            return "".join(
                _event(name, json.dumps({"clip": clip, **more}))
                for clip, about in talked.items()
                if (clip_id := comments.seen_clip(tx, clip, viewer.id)) is not None
                for name, more in _talk_of(tx, clip_id, about, viewer.id)
            )
    except PassItOnError:
        return ""  # the next look says why


def _talk_of(tx: Tx, clip: UUID, about: set[str], viewer_id: UUID) -> Iterator[tuple[str, dict[str, str]]]:
    if "" in about or len(about) > _MANY:
        yield "talk", {"stamp": comments.stamp(tx, clip, viewer_id)}
        return
    if _REACTIONS in about:
        yield "reactions", {}
    for thread in comments.heard(tx, clip, about - {_REACTIONS}, viewer_id):
        yield "comment", {"thread": thread}


def _unread(request: Request, services: Services, before: int | None) -> int | None:
    """`before`: what it was. None: they have signed out, or may not ask any more."""
    try:
        viewer = still_let_in(request)
        with services.store.glance() as tx:
            return inbox.unread(tx, viewer.id, services.now())
    except Unavailable:
        return before
    except PassItOnError:
        return None


def _reviewed(request: Request, services: Services, changed: set[str]) -> bool | None:
    """Whether it may be another queue of the viewer's, after these clips have changed. None: as `_unread`."""
    try:
        viewer = still_let_in(request)
        with services.store.glance() as tx:
            return "" in changed or review_queue.concerns(tx, viewer.id, changed)
    except Unavailable:
        return True
    except PassItOnError:
        return None


def _ended(ends: Mapping[str, PassItOnError]) -> str:
    return "".join(
        _event("end", json.dumps({"clip": clip, "code": end.code, "message": _why(end)})) for clip, end in ends.items()
    )


def _why(end: PassItOnError) -> str:
    if isinstance(end, NotFound):
        return _("This clip was taken back, or is not shared with you any more.")
    return gettext(end.message)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
