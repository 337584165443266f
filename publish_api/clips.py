"""Clips: found, read, edited, published, played."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from domain.clip import Clip, Level, Part
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from domain.span import Span
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, IfMatch, Items, Limit, all_of, asked_version, problems, say_version
from publish_api.clip_schemas import ClipChange, ClipOut, TagOut
from publish_api.schemas import API
from store import clips, recordings, spaces
from store.postgres import Tx
from store.search import MAX_QUERY

router = APIRouter(prefix=API, tags=["clips"])

Words = Annotated[str, Query(max_length=MAX_QUERY, description='As in a search box: words, "phrases", or, -not.')]


@router.get(
    "/clips",
    summary="Published clips: the newest first, or with `q` the best first",
    description="With `review`, what waits for you to review: the oldest recording first. It takes no other filter.",
    responses=problems(),
)
def listed(
    services: Use,
    viewer: Viewer,
    q: Words = "",
    tag: Annotated[str | None, Query(max_length=200, description="Label or slug.")] = None,
    level: Level | None = None,
    space: Annotated[str | None, Query(max_length=40)] = None,
    review: bool = False,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[ClipOut]:
    with services.store.transaction() as tx:
        if review:
            page = clips.to_review(tx, viewer.id, cursor=cursor, limit=limit)
        else:
            page = clips.feed(tx, viewer.id, q=q, tag=tag, level=level, space=space, cursor=cursor, limit=limit)
        return Items(items=as_shown(tx, page.items), next=page.next)


@router.get("/clips/{id}", summary="A clip", responses=problems(404, 410))
def one(services: Use, viewer: Viewer, response: Response, id_: Id) -> ClipOut:
    with services.store.transaction() as tx:
        return _shown(tx, id_, viewer, response)


@router.patch(
    "/clips/{id}",
    summary="Change a clip: live at once, same link, same thread",
    responses=problems(403, 404, 410, 412, 428),
)
def change(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: ClipChange, if_match: IfMatch = None
) -> ClipOut:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.EDIT_CLIP)
        parts = _parts(tx, found, body, viewer)
        clips.change(
            tx,
            found.id,
            version=asked_version(if_match, found.version),
            now=services.now(),
            title=body.title,
            tags=body.tags,
            level=body.level if "level" in body.model_fields_set else clips.UNSET,
            parts=parts,
            audience=body.audience,
            prerequisites=body.prerequisites,
            kind=body.kind if "kind" in body.model_fields_set else clips.UNSET,
        )
        return _shown(tx, id_, viewer, response)


@router.delete("/clips/{id}", status_code=204, summary="Delete a clip", responses=problems(403, 404, 410))
def delete(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.EDIT_CLIP)
        clips.delete(tx, found.id, services.now())


@router.put("/clips/{id}/publication", summary="Publish a clip", responses=problems(403, 404, 410))
def publish(services: Use, viewer: Viewer, response: Response, id_: Id) -> ClipOut:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.PUBLISH_CLIP)
        clips.publish(tx, found.id, viewer.id, services.now())
        return _shown(tx, id_, viewer, response)


@router.delete("/clips/{id}/publication", status_code=204, summary="Withdraw a clip", responses=problems(403, 404, 410))
def withdraw(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.PUBLISH_CLIP)
        clips.withdraw(tx, found.id)


@router.get("/tags", summary="Tags of the clips you see, the most used first", responses=problems())
def tags(services: Use, viewer: Viewer) -> Items[TagOut]:
    with services.store.transaction() as tx:
        return all_of(TagOut.of(use) for use in clips.tags(tx, viewer.id))


def as_shown(tx: Tx, found: Sequence[Clip]) -> list[ClipOut]:
    homes = spaces.spaces_by_id(tx, [clip.space_id for clip in found])
    return [ClipOut.of(clip, homes[clip.space_id]) for clip in found]


def _shown(tx: Tx, public_id: str, viewer: Person, response: Response) -> ClipOut:
    found = clips.clip(tx, public_id, viewer.id)
    say_version(response, found.version)
    return as_shown(tx, [found])[0]


def _demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Clip:
    """The clip, when the viewer may do this to it. Raises NotFound, Gone, Forbidden."""
    found = clips.clip(tx, public_id, viewer.id)
    standing = clips.standing(tx, found.id, viewer.id)
    demand(viewer, act, own=standing.own, curates=standing.curates)
    return found


def _parts(tx: Tx, clip: Clip, body: ClipChange, viewer: Person) -> tuple[Part, ...] | None:
    """The parts that are asked for, None when they stay. Raises Invalid, and NotFound for a recording
    that the viewer may not see whole: a clip shows nobody what its editor has not seen.
    """
    asked = _spans(clip, body)
    return None if asked is None else tuple(_part(tx, recording, span, viewer) for recording, span in asked)


def _part(tx: Tx, recording: str, span: Span, viewer: Person) -> Part:
    found = recordings.recording(tx, recording, viewer.id)
    return Part(found.id, found.public_id, span)


def _spans(clip: Clip, body: ClipChange) -> list[tuple[str, Span]] | None:
    """Recordings' public ids, and what is to be shown of each. Raises Invalid."""
    moved = body.start_ms is not None or body.end_ms is not None
    if body.parts is not None:
        if moved:
            raise Invalid("Send parts, or start_ms and end_ms, not both.", code="bad_parts")
        return [(part.recording, Span(part.start_ms, part.end_ms)) for part in body.parts]
    if not moved:
        return None
    if len(clip.parts) != 1:
        raise Invalid("This clip has several parts: send all of them as parts.", code="bad_parts")
    now = clip.parts[0].span
    start_ms = now.start_ms if body.start_ms is None else body.start_ms
    end_ms = now.end_ms if body.end_ms is None else body.end_ms
    return [(clip.parts[0].recording, Span(start_ms, end_ms))]
