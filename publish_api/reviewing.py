"""What waits for a curator, and why."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.permit import Act, demand
from domain.review import Like, Queue, Reason, Waiting, reasons
from publish_api import why
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Items, Limit, problems
from publish_api.clip_schemas import ClipOut
from publish_api.clips import as_shown
from publish_api.schemas import API, Out
from publish_api.tongue import ENGLISH, speaking
from store import review_queue

router = APIRouter(prefix=API, tags=["clips"])


class LikeOut(Out):
    id: str
    title: str
    published: bool

    @classmethod
    def of(cls, like: Like) -> "LikeOut":
        return cls(id=like.id, title=like.title, published=like.published)


class ReasonOut(Out):
    code: Reason = Field(description="Never changes; compare this.")
    words: str = Field(description="In English.")

    @classmethod
    def of(cls, reason: Reason, waiting: Waiting) -> "ReasonOut":
        with speaking(ENGLISH):
            return cls(code=reason, words=why.words(reason, waiting))


class WaitingOut(Out):
    clip: ClipOut
    why: list[ReasonOut] = Field(description="What concerns you first, then what is urgent.")
    like: LikeOut | None = Field(description="Another clip that says much the same.")


class NumbersOut(Out):
    waiting: dict[Queue, int] = Field(description="Clips in each queue but `published`.")
    oldest: datetime | None = Field(description="When the oldest was made of those that are not published.")


@router.get(
    "/review",
    summary="What waits for you to review: what is needed most first",
    description="`new`: not published. `mine`: you look after it, or were asked to look at it or to approve it."
    " `first`: published by their expert before a curator looked, the oldest first."
    " `changed`: since it was published, by somebody else. `due`: to be looked at again by today. `published`: all, the"
    " newest first. Clips of a recording stay together. The order is made of what was searched for and not found,"
    " open briefs, corrections without an answer, matters of safety, and whether people can find the like already; it"
    " moves with these, so that a page may repeat what was on the one before.",
    responses=problems(403),
)
def waiting(
    services: Use,
    viewer: Viewer,
    queue: Annotated[Queue, Query()] = Queue.NEW,
    cursor: Cursor = None,
    limit: Limit = 30,
) -> Items[WaitingOut]:
    demand(viewer, Act.REVIEW)
    today = services.now().date()
    with services.store.transaction() as tx:
        page = review_queue.queue(tx, viewer.id, queue, today, cursor=cursor, limit=limit)
        shown = as_shown([each.clip for each in page.items])
    return Items(
        items=[
            WaitingOut(
                clip=clip,
                why=[ReasonOut.of(reason, each) for reason in reasons(each, today)],
                like=LikeOut.of(each.like) if each.like else None,
            )
            for each, clip in zip(page.items, shown, strict=True)
        ],
        next=page.next,
    )


@router.get("/review/numbers", summary="How much waits for you, and since when", responses=problems(403))
def numbers(services: Use, viewer: Viewer) -> NumbersOut:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        found = review_queue.numbers(tx, viewer.id, services.now().date())
    return NumbersOut(waiting=dict(found.waiting), oldest=found.oldest)
