"""What became of a clip, and going back to any of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from domain.clip import Clip, Expertise, Level, Part, Risk
from domain.permit import Act
from domain.person import Named, Person
from domain.span import Span
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, IfMatch, Items, Limit, asked_version, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import demanded, named, shown
from publish_api.schemas import API, Out
from store import clip_history, clips, recordings
from store.clip_changes import Unset
from store.clip_history import Entry
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/clips/{{id}}/history", tags=["clips"])

Number = Annotated[int, Path(ge=0, le=2**31 - 1, description="Of a change; 0: before the first.")]


class ChangedOut(Out):
    field: str
    before: Any
    after: Any


class EntryOut(Out):
    number: int
    act: str
    by: str | None = Field(description="A name; null: the house itself.")
    at: datetime
    version: int = Field(description="Of the clip, after it.")
    changes: list[ChangedOut]

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        return cls(
            number=entry.number,
            act=entry.act,
            by=entry.by,
            at=entry.at,
            version=entry.version,
            changes=[ChangedOut(field=c.field, before=c.before, after=c.after) for c in entry.changes],
        )


@router.get(
    "",
    summary="What became of a clip: the newest change first",
    description="For its curators, and for whoever speaks in it or sent it.",
    responses=problems(403, 404, 410),
)
def listed(services: Use, viewer: Viewer, id_: Id, cursor: Cursor = None, limit: Limit = 30) -> Items[EntryOut]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_HISTORY)
        page = clip_history.listed(tx, found.id, cursor=cursor, limit=limit)
        return Items(items=[EntryOut.of(each) for each in page.items], next=page.next)


@router.put(
    "/{number}/restoration",
    summary="Make a clip again what it was after a change",
    description="Which is a change itself. Whether people see it stays as it is.",
    responses=problems(403, 404, 409, 410, 412, 428),
)
def restore(
    services: Use, viewer: Viewer, response: Response, id_: Id, number: Number, if_match: IfMatch = None
) -> ClipOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        version = asked_version(if_match, found.version)
        was = clip_history.written(tx, found.id, number)
        make_again(tx, found, was, viewer, act="restored", version=version, now=services.now())
        return shown(tx, id_, viewer, response)


def make_again(
    tx: Tx, clip: Clip, was: Mapping[str, Any], viewer: Person, *, act: str, version: int, now: datetime
) -> None:
    """The clip is what its history says that it was, as far as people write that.

    Raises as `clips.change`, and NotFound and Gone for a recording that the viewer cannot see whole any more.
    """
    parts = _parts(tx, clip, was["parts"], viewer.id)
    clips.change(
        tx,
        clip.id,
        version=version,
        now=now,
        by=viewer.id,
        act=act,
        parts=None if parts == clip.parts else parts,
        title=None if was["title"] == clip.title else was["title"],  # a draft may have none
        tags=was["tags"],
        level=Level(was["level"]) if was["level"] else None,
        kind=Expertise(was["kind"]) if was["kind"] else None,
        audience=was["audience"],
        prerequisites=was["prerequisites"],
        question=was["question"],
        risk=Risk(was["risk"]),
        owner=_named(tx, was["owner"], clip.owner),
        assigned=_named(tx, was["assigned"], clip.assigned),
        review_by=date.fromisoformat(was["review_by"]) if was["review_by"] else None,
    )


def _parts(tx: Tx, clip: Clip, was: list[dict[str, Any]], viewer_id: UUID) -> tuple[Part, ...]:
    """What the clip shows a second of now, its editor has seen."""
    held = {part.recording: part.recording_id for part in clip.parts}
    for each in was:
        if each["recording"] not in held:
            held[each["recording"]] = recordings.recording(tx, each["recording"], viewer_id).id
    return tuple(
        Part(held[each["recording"]], each["recording"], Span(each["start_ms"], each["end_ms"])) for each in was
    )


def _named(tx: Tx, was: str | None, now: Named | None) -> UUID | Unset | None:
    """Who it is already may stay, also one who could not be chosen any more."""
    return clips.UNSET if was is not None and now is not None and now.public_id == was else named(tx, was)
