"""Covers: seconds of a recording that nobody hears any more, or sees a part of, in any clip; and back again."""

import contextlib
import logging
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.correction import Text
from domain.cover import Box, Cover, Hidden
from domain.errors import Unavailable
from domain.permit import Act, demand
from domain.person import Person
from domain.recording import Recording
from domain.span import Span
from publish_api import transcripts
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, page_of, problems
from publish_api.schemas import API, In, Ms, Out
from publish_api.services import Services
from publish_api.transcript_schemas import StillCalledOut
from store import covers, recordings
from store import transcripts as store_transcripts
from store.drafted import StillCalled
from store.paging import MAX_LIMIT
from store.postgres import Tx

log = logging.getLogger(__name__)
router = APIRouter(prefix=API, tags=["covers"])

_Thousandths = Annotated[int, Field(strict=True, ge=0, le=1000)]


class BoxIn(In):
    """In thousandths of the picture's width and height, as it is shown."""

    left: _Thousandths
    top: _Thousandths
    right: _Thousandths
    bottom: _Thousandths


class CoverIn(In):
    """In the recording's time: [start_ms, end_ms)."""

    start_ms: Ms
    end_ms: Ms
    box: BoxIn | None = Field(default=None, description="Of the picture. Without one the sound is muted.")

    def hides(self) -> Hidden:
        box = Box(**self.box.model_dump()) if self.box else None
        return Hidden(Span(self.start_ms, self.end_ms), box)


class BoxOut(Out):
    left: int
    top: int
    right: int
    bottom: int


class CoverOut(Out):
    id: str
    recording: str
    start_ms: int
    end_ms: int
    box: BoxOut | None = Field(description="Null: the sound is muted.")
    made_by: str
    made_at: datetime
    removed_by: str = Field(description="Empty while it stands.")
    removed_at: datetime | None
    ready: bool = Field(
        description="False while sound or picture are being made anew: until then what it touches is played to nobody."
    )

    @classmethod
    def of(cls, found: Cover) -> "CoverOut":
        box = found.hides.box
        return cls(
            id=found.public_id,
            recording=found.recording,
            start_ms=found.hides.span.start_ms,
            end_ms=found.hides.span.end_ms,
            box=BoxOut(**asdict(box)) if box else None,
            made_by=found.made_by,
            made_at=found.made_at,
            removed_by=found.removed_by,
            removed_at=found.removed_at,
            ready=found.ready,
        )


class CoverMadeOut(CoverOut):
    still_called: list[StillCalledOut] = Field(
        description="Clips of which a person wrote the title, which says the muted words yet: theirs to write anew."
    )


@router.get(
    "/recordings/{id}/covers",
    summary="What is muted or covered of a recording, and was, the newest first",
    responses=problems(403, 404, 410),
)
def listed(services: Use, viewer: Viewer, id_: Id, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[CoverOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        return page_of(covers.page(tx, found.id, cursor=cursor, limit=limit), CoverOut.of)


@router.post(
    "/recordings/{id}/covers",
    status_code=201,
    summary="Mute seconds of a recording, or cover a part of its picture, in every clip, live at once",
    description="No media address that anybody holds works any more at our server; new ones play silence there, or show"
    " a black box, as soon as it was made. Captions, transcript and search say “[…]” for every word that is muted. The"
    " same once more finds the one that stands.",
    responses=problems(403, 404, 410),
)
def make(services: Use, viewer: Viewer, id_: Id, body: CoverIn) -> CoverMadeOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer)
        before = store_transcripts.text(tx, found.id)
        made, gone = covers.make(tx, found.id, body.hides(), by=viewer.id, now=services.now())
        still = [StillCalledOut(clip=each.clip, title=each.title) for each in _follow(tx, found, before)]
        out = covers.cover(tx, made, viewer.id)
    _clear(services, gone)
    log.info("cover %s made by %s", out.public_id, viewer.public_id)
    return CoverMadeOut(**CoverOut.of(out).model_dump(), still_called=still)


@router.get("/covers/{id}", summary="What is muted or covered, and whether it was made", responses=problems(404))
def one(services: Use, viewer: Viewer, id_: Id) -> CoverOut:
    with services.store.transaction() as tx:
        return CoverOut.of(covers.cover(tx, id_, viewer.id))


@router.delete(
    "/covers/{id}",
    status_code=204,
    summary="Let it be heard or seen again",
    description="It stays in the list, removed. A second call changes nothing.",
    responses=problems(403, 404, 410),
)
def remove(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = covers.cover(tx, id_, viewer.id)
        curates = recordings.standing(tx, found.recording_id, viewer.id).curates
        demand(viewer, Act.UNCOVER, own=found.made_by_id == viewer.id, curates=curates)
        recording = recordings.load(tx, found.recording_id)
        before = store_transcripts.text(tx, recording.id)
        gone = covers.remove(tx, found.id, by=viewer.id, now=services.now())
        _follow(tx, recording, before)
    _clear(services, gone)
    log.info("cover %s removed by %s", found.public_id, viewer.public_id)


def demanded(tx: Tx, public_id: str, viewer: Person) -> Recording:
    """The recording, when the viewer may cover something of it. Raises NotFound, Gone, Forbidden."""
    found = recordings.recording(tx, public_id, viewer.id)
    stands = recordings.standing(tx, found.id, viewer.id)
    demand(viewer, Act.COVER, own=stands.own, curates=stands.curates)
    return found


def _follow(tx: Tx, recording: Recording, before: Text | None) -> tuple[StillCalled, ...]:
    """Titles and tags that are still the machine's, which are drafted from what is said; and those that are not."""
    after = store_transcripts.text(tx, recording.id)
    if before and after:
        return transcripts.follow(tx, recording, before, after)
    return ()


def _clear(services: Services, gone: Collection[str]) -> None:
    """Where the object store is away, the sweep has them: nobody can reach them any more as it is."""
    with contextlib.suppress(Unavailable):
        services.objects.delete(gone)
