"""Your inbox: what you are told of, and of what you want to be told. Yours alone, whoever asks."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.notice import Notice, NoticeKind, Way
from domain.permit import Act, demand
from publish_api import told
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, problems
from publish_api.schemas import API, In, Out
from store import inbox, notices

router = APIRouter(prefix=API, tags=["mine"])


class NoticeOut(Out):
    id: str
    kind: NoticeKind
    says: str = Field(description="In a sentence, for people.")
    count: int = Field(description="How many of a kind about one thing are bundled.")
    people: int = Field(description="How many did it; 0: nobody in particular.")
    at: datetime = Field(description="Of the newest.")
    seen_at: datetime | None
    comment: str | None = Field(description="The comment that the newest is about.")
    text: str | None = Field(description="Of that comment; or why a clip was pulled back, if that was said.")
    clip: str | None
    recording: str | None
    titles: list[str] = Field(description="Of the clips or the recording, the newest first; three at most.")
    path: str = Field(description="A page that leads to the very second or comment, and notes that you have seen it.")

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        return cls(
            id=notice.id,
            kind=notice.kind,
            says=told.headline(notice),
            count=notice.count,
            people=notice.people,
            at=notice.at,
            seen_at=notice.seen_at,
            comment=notice.comment or None,
            text=notice.text or None,
            clip=notice.clip or None,
            recording=notice.recording or None,
            titles=list(notice.titles),
            path=f"/inbox/{notice.id}",
        )


class InboxOut(Items[NoticeOut]):
    unread: int = Field(description=f"How many have not been seen; {inbox.COUNTED} stands for that many and more.")


class SeenIn(In):
    until: datetime | None = Field(default=None, description="What came later stays unread; null: all of it was seen.")


class WaysIn(In):
    ways: Annotated[dict[NoticeKind, Way], Field(max_length=len(NoticeKind))] = Field(
        description="Kinds that are left out stay as they are."
    )


class WaysOut(Out):
    ways: dict[NoticeKind, Way] = Field(
        description="`inbox`: there alone; `mail`: in the digest too, if you have one; `nothing`: you are not told."
    )


@router.get(
    "/notices",
    summary="What you are told of, the newest first",
    description="As far as you may still see it. Those of one kind about one thing are one.",
    responses=problems(),
)
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = 30) -> InboxOut:
    with services.store.transaction() as tx:
        page = inbox.lines(tx, viewer.id, services.now(), cursor=cursor, limit=limit)
        unread = inbox.unread(tx, viewer.id, services.now())
    return InboxOut(items=[NoticeOut.of(each) for each in page.items], next=page.next, unread=unread)


@router.put("/notices/seen", status_code=204, summary="You have seen all of it", responses=problems(403))
def see_all(services: Use, viewer: Viewer, body: SeenIn) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        notices.see_all(tx, viewer.id, services.now(), until=body.until)


@router.put(
    "/notices/{id}/seen",
    status_code=204,
    summary="You have seen it",
    description="And those that are bundled with it.",
    responses=problems(403, 404),
)
def see(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        notices.see(tx, viewer.id, id_, services.now())


@router.get("/me/ways", summary="Of what you want to be told, and how", responses=problems())
def ways(services: Use, viewer: Viewer) -> WaysOut:
    with services.store.transaction() as tx:
        return WaysOut(ways=notices.ways(tx, viewer.id))


@router.put("/me/ways", summary="Say of what you want to be told, and how", responses=problems(403))
def choose(services: Use, viewer: Viewer, body: WaysIn) -> WaysOut:
    demand(viewer, Act.KEEP_FOR_ONESELF)
    with services.store.transaction() as tx:
        notices.choose(tx, viewer.id, body.ways)
        return WaysOut(ways=notices.ways(tx, viewer.id))
