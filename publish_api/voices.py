"""Comments that are spoken: the sound comes, is checked and made anew in the jail, and is a comment at once. What is
said is written down by a job (pipeline/voices.py); all else that becomes of it is a comment's.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from domain.comment import CommentKind
from domain.errors import Unavailable
from domain.permit import Act, demand
from domain.person import Person
from domain.voice import MAX_BYTES, MAX_MS, voice_is_a_name
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.comment_schemas import CommentIn, CommentOut
from publish_api.comments import about, add, shown
from publish_api.once import Once
from publish_api.schemas import API
from publish_api.services import Services
from publish_api.turns import Turns
from store import clips, voices
from store.voices import Promised

router = APIRouter(prefix=API, tags=["comments"])

SOUND = "application/octet-stream"
_TURNS = Turns(  # to make a sound anew: a second of a core
    2, 8, lambda: Unavailable("Many say something at once. Nothing is lost; send it again in a moment.", code="busy")
)
_MS = {"ge": 0, "le": 2**31 - 1}


async def _body(request: Request, viewer: Viewer) -> bytes:
    """Read only once it is known who sends it; publish_api/armour.py ends what is too long."""
    return await request.body()


def _said(
    kind: CommentKind = CommentKind.COMMENT,
    reply_to: Annotated[str | None, Query(max_length=40)] = None,
    at_ms: Annotated[int | None, Query(description="In the recording's time.", **_MS)] = None,
    end_ms: Annotated[int | None, Query(description="Of a range that begins at at_ms.", **_MS)] = None,
    recording: Annotated[
        str | None, Query(max_length=40, description="Needed when the clip has parts of several recordings.")
    ] = None,
    clip_at_ms: Annotated[int | None, Query(description="Instead of at_ms: in the clip's time.", **_MS)] = None,
    clip_end_ms: Annotated[int | None, Query(description="Instead of end_ms, with clip_at_ms.", **_MS)] = None,
    masked: Annotated[bool, Query(description="Refused (`voice_is_a_name`): a voice tells who asks.")] = False,
    draft: Annotated[bool, Query(description="As of a comment that is written.")] = False,
) -> CommentIn:
    """A comment without its words."""
    return CommentIn(
        text="",
        kind=kind,
        reply_to=reply_to,
        at_ms=at_ms,
        end_ms=end_ms,
        recording=recording,
        clip_at_ms=clip_at_ms,
        clip_end_ms=clip_end_ms,
        masked=masked,
        draft=draft,
    )


@router.post(
    "/clips/{id}/voices",
    status_code=201,
    summary="Say something aloud at a second of a clip",
    description=f"The body is the sound, as a browser or a phone records it: {MAX_MS // 60_000} minutes and"
    f" {MAX_BYTES // 1_000_000} MB at most. It is kept as a small file of our own making, and nothing else of it. The"
    " comment is there at once; its words follow when they are written down. 422 says why a sound cannot be used:"
    " `empty_file`, `no_sound`, `too_short`, `too_long`, or that it cannot be read.",
    responses=problems(403, 404, 409, 410, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {SOUND: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def say(
    services: Use,
    viewer: Viewer,
    id_: Id,
    body: Annotated[CommentIn, Depends(_said)],
    sound: Annotated[bytes, Depends(_body)],
    once: Once,
) -> CommentOut:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.COMMENT)
        if (before := once.before(tx)) is not None:
            return shown(tx, services, before, viewer)
        if body.masked:
            raise voice_is_a_name()
        recording_id = about(tx, clip, viewer, body)
        voices.demand_room(tx, viewer.id, once.now)
    with _kept(services, viewer, recording_id, sound, once.now) as promised, services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        said = once.do(tx, lambda: add(tx, clip, viewer, body, once.now, voice=promised.id).public_id)
        return shown(tx, services, said, viewer)


@contextmanager
def _kept(services: Services, viewer: Person, recording_id: UUID, sound: bytes, now: datetime) -> Iterator[Promised]:
    """The sound as a file of our own making, among the objects. What does not become a comment goes again.

    Raises Refused, Unavailable.
    """
    with _made_anew(services, sound) as (path, length_ms):
        size = path.stat().st_size
        with services.store.transaction() as tx:
            promised = voices.promise(tx, recording_id, viewer.id, length_ms=length_ms, byte_size=size, now=now)
        try:
            services.objects.put_file(promised.key, path)
            yield promised
        finally:
            with services.store.transaction() as tx:
                voices.unsaid(tx, promised.id, now)


@contextmanager
def _made_anew(services: Services, sound: bytes) -> Iterator[tuple[Path, int]]:
    with tempfile.TemporaryDirectory(prefix="voice-", dir=services.scratch) as folder:
        sent, made = Path(folder) / "sent", Path(folder) / "made.m4a"
        sent.write_bytes(sound)
        with _TURNS.mine():
            length_ms = services.remake_voice(sent, made)
        sent.unlink()
        yield made, length_ms
