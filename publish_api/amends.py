"""The API of corrections: what waits for an answer, and what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.amends import Correction, Outcome, Standing, overdue
from domain.comment import Comment, CommentKind
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, all_of, asked_version, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.comment_schemas import BecameOut, CommentOut
from publish_api.comments import shown
from publish_api.schemas import API, Out
from publish_api.services import Services
from store import amends, comments, mended, recordings, spaces
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["comments"])

State = Annotated[Standing, Query()]


class CorrectionOut(Out):
    comment: str = Field(description="The id of the comment that raised it.")
    version: int = Field(description="Its ETag.")
    text: str
    author: str
    created_at: datetime
    overdue: bool = Field(description="It has waited for more than five days.")
    safety: bool = Field(description="A clip that shows its second is a matter of safety.")
    recording: str
    at_ms: int
    end_ms: int | None
    clip: ClipOut = Field(description="Where it is best looked at.")
    clip_at_ms: int | None = Field(description="In that clip's time; null: the clip does not show its second any more.")
    state: Standing
    words: str = Field(description="Of the answer.")
    settled_by: str
    settled_at: datetime | None

    @classmethod
    def of(cls, each: Correction, clip: ClipOut, now: datetime) -> "CorrectionOut":
        return cls(
            comment=each.id,
            version=each.version,
            text=each.text,
            author=each.author,
            created_at=each.created_at,
            overdue=each.standing is Standing.OPEN and overdue(each.created_at, now),
            safety=each.safety,
            recording=each.recording,
            at_ms=each.at_ms,
            end_ms=each.end_ms,
            clip=clip,
            clip_at_ms=each.clip_ms,
            state=each.standing,
            words=each.words,
            settled_by=each.settled_by,
            settled_at=each.settled_at,
        )


@router.get(
    "/corrections",
    summary="Corrections that you may answer: matters of safety first, then the oldest",
    description="About what you sent or speak in, and what was said in spaces that you curate.",
    responses=problems(),
)
def listed(
    services: Use, viewer: Viewer, state: State = Standing.OPEN, cursor: Cursor = None, limit: Limit = 30
) -> Items[CorrectionOut]:
    with services.store.transaction() as tx:
        page = amends.page(tx, viewer.id, state, cursor=cursor, limit=limit)
        return Items(items=as_corrections(tx, page.items, services.now()), next=page.next)


@router.get(
    "/comments/{id}/outcomes",
    summary="What became of a correction, in order: answers, and what mended it",
    responses=problems(404),
)
def outcomes(services: Use, viewer: Viewer, id_: Id) -> Items[BecameOut]:
    with services.store.transaction() as tx:
        said = comments.comment(tx, id_, viewer.id)
        return all_of(BecameOut.of(each) for each in mended.history(tx, said.id))


def as_corrections(tx: Tx, found: Sequence[Correction], now: datetime) -> list[CorrectionOut]:
    clips = as_shown([each.clip for each in found])
    return [CorrectionOut.of(each, clip, now) for each, clip in zip(found, clips, strict=True)]


def answer(
    services: Services, viewer: Person, public_id: str, outcome: Outcome, words: str, if_match: str | None
) -> CommentOut:
    """Raises NotFound, Forbidden, Invalid (`not_a_correction`, `version_needed`, or of the words), Conflict."""
    with services.store.transaction() as tx:
        said = demanded(tx, public_id, viewer)
        if not said.asks_for_settling or said.kind is not CommentKind.CORRECTION:
            raise Invalid("Only a correction that begins a thread is accepted or explained.", code="not_a_correction")
        comments.living(tx, said.id)  # held, and so read again: of two answers at a time the second one is refused
        asked_version(if_match, comments.comment(tx, public_id, viewer.id).version)
        amends.answer(tx, said, outcome, words, by=viewer.id, now=services.now())
        return shown(tx, services, public_id, viewer)


def reopen(tx: Tx, services: Services, viewer: Person, public_id: str, if_match: str | None) -> None:
    """Also of one whose author has taken it back since. Raises NotFound, Forbidden, Conflict."""
    said = demanded(tx, public_id, viewer)
    amends.lock(tx, said.id)
    if if_match is not None:
        asked_version(if_match, comments.comment(tx, public_id, viewer.id).version)
    amends.reopen(tx, said, by=viewer.id, now=services.now())


def demanded(tx: Tx, public_id: str, viewer: Person) -> Comment:
    """The comment, when the viewer may answer it. Raises NotFound, Forbidden."""
    said = comments.comment(tx, public_id, viewer.id)
    stands = recordings.standing(tx, said.recording_id, viewer.id)
    demand(viewer, Act.ANSWER_CORRECTION, own=stands.own, curates=spaces.curates(tx, viewer.id, said.space_id))
    return said
