"""Clips: found, read, edited, published, played."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.clip import Clip, Level, Part
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from domain.span import Span
from publish_api.access import Asks, Use, Viewer
from publish_api.answers import Cursor, Id, IfMatch, Items, Limit, asked_version, page_of, problems, say_version
from publish_api.clip_schemas import ClipChange, ClipOut, TagOut
from publish_api.mends import Mends
from publish_api.schemas import API
from publish_api.written import written
from store import clips, people, recordings, trust
from store import tags as stored_tags
from store.paging import MAX_LIMIT
from store.postgres import Tx
from store.search import MAX_QUERY

router = APIRouter(prefix=API, tags=["clips"])

Words = Annotated[str, Query(max_length=MAX_QUERY, description='As in a search box: words, "phrases", or, -not.')]


@router.get(
    "/clips",
    summary="Published clips: the newest first, or with `q` the best first",
    description="With `review`, what waits for you to review: the oldest recording first. It takes no other filter.",
    response_model=Items[ClipOut],
    responses=problems(),
)
def listed(
    asks: Asks,
    q: Words = "",
    tag: Annotated[str | None, Query(max_length=200, description="Label or slug.")] = None,
    level: Level | None = None,
    space: Annotated[str | None, Query(max_length=40)] = None,
    review: bool = False,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Response:
    with asks.glance() as (tx, viewer):
        if review:
            page = clips.to_review(tx, viewer.id, cursor=cursor, limit=limit)
        else:
            page = clips.feed(tx, viewer.id, q=q, tag=tag, level=level, space=space, cursor=cursor, limit=limit)
    return written(Items[ClipOut], Items(items=as_shown(page.items), next=page.next))


@router.get("/clips/{id}", summary="A clip", response_model=ClipOut, responses=problems(404, 410))
def one(asks: Asks, id_: Id) -> Response:
    with asks.glance() as (tx, viewer):
        found = clips.clip(tx, id_, viewer.id)
    response = written(ClipOut, ClipOut.of(found))
    say_version(response, found.version)
    return response


@router.patch(
    "/clips/{id}",
    summary="Change a clip: live at once, same link, same thread",
    responses=problems(403, 404, 410, 412, 428),
)
def change(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: ClipChange, mends: Mends, if_match: IfMatch = None
) -> ClipOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        parts = _parts(tx, found, body, viewer)
        sent = body.model_fields_set
        clips.change(
            tx,
            found.id,
            version=asked_version(if_match, found.version),
            now=services.now(),
            by=viewer.id,
            title=body.title,
            tags=body.tags,
            level=body.level if "level" in sent else clips.UNSET,
            parts=parts,
            audience=body.audience,
            prerequisites=body.prerequisites,
            kind=body.kind if "kind" in sent else clips.UNSET,
            question=body.question,
            risk=body.risk,
            owner=named(tx, body.owner) if "owner" in sent else clips.UNSET,
            assigned=named(tx, body.assigned) if "assigned" in sent else clips.UNSET,
            review_by=body.review_by if "review_by" in sent else clips.UNSET,
        )
        mends.clip(tx, found, parts)
        return shown(tx, id_, viewer, response)


@router.delete("/clips/{id}", status_code=204, summary="Delete a clip", responses=problems(403, 404, 410))
def delete(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        clips.delete(tx, found.id, services.now(), viewer.id)


@router.put(
    "/clips/{id}/publication",
    summary="Publish a clip",
    description="Of one that is published: you have looked at what was changed since, or at what its expert published"
    " first. One that wants approval has to be approved before (409, `approval_needed`). Of your own, where the"
    " curators of its space trust you (409, `not_trusted`). With If-Match only that version.",
    responses=problems(403, 404, 409, 410, 412),
)
def publish(services: Use, viewer: Viewer, response: Response, id_: Id, if_match: IfMatch = None) -> ClipOut:
    with services.store.transaction() as tx:
        publish_as(tx, id_, viewer, services.now(), if_match)
        return shown(tx, id_, viewer, response)


@router.delete(
    "/clips/{id}/publication",
    status_code=204,
    summary="Withdraw a clip",
    description="Your own, at any time; or where you review. With If-Match only that version. Whoever sent it or speaks"
    " in it is told; to say why to them: `pullbacks`.",
    responses=problems(403, 404, 410, 412),
)
def withdraw(services: Use, viewer: Viewer, id_: Id, mends: Mends, if_match: IfMatch = None) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.PULL_BACK)
        clips.withdraw(tx, found.id, viewer.id, services.now(), version=_wanted(if_match, found))
        mends.withdrawn(tx, found)


@router.get("/tags", summary="Tags of the clips you see, the most used first", responses=problems())
def tags(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[TagOut]:
    with services.store.transaction() as tx:
        return page_of(stored_tags.page(tx, viewer.id, cursor=cursor, limit=limit), TagOut.of)


def as_shown(found: Iterable[Clip]) -> list[ClipOut]:
    return [ClipOut.of(clip) for clip in found]


def shown(tx: Tx, public_id: str, viewer: Person, response: Response) -> ClipOut:
    found = clips.clip(tx, public_id, viewer.id)
    say_version(response, found.version)
    return ClipOut.of(found)


def demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Clip:
    """The clip, when the viewer may do this to it. Raises NotFound, Gone, Forbidden."""
    found = clips.clip(tx, public_id, viewer.id)
    standing = clips.standing(tx, found.id, viewer.id)
    demand(viewer, act, own=standing.own, curates=standing.curates)
    return found


def publish_as(tx: Tx, public_id: str, viewer: Person, now: datetime, if_match: str | None = None) -> None:
    """A curator publishes a clip, or has looked at it; whose own it is publishes it where they are trusted to.

    Raises NotFound, Gone, Forbidden, and Conflict as `trust.publish_first` and `clips.publish` do.
    """
    found = clips.clip(tx, public_id, viewer.id)
    stands = clips.standing(tx, found.id, viewer.id)
    first = stands.own and not stands.curates
    demand(viewer, Act.PUBLISH_FIRST if first else Act.PUBLISH_CLIP, own=stands.own, curates=stands.curates)
    publishes = trust.publish_first if first else clips.publish
    publishes(tx, found.id, viewer.id, now, version=_wanted(if_match, found))


def _wanted(if_match: str | None, clip: Clip) -> int | None:
    """The version that is asked for, if any is."""
    return None if if_match is None else asked_version(if_match, clip.version)


def named(tx: Tx, public_id: str | None) -> UUID | None:
    """Raises NotFound."""
    return None if public_id is None else people.person_by_public_id(tx, public_id).id


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
