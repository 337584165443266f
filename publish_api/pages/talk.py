"""What is said about a clip, as its page shows it: a page of the thread at a time, one thread of it, or what a comment
said before it was edited.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.clip import Clip, clip_time
from domain.comment import Comment, CommentKind
from domain.errors import NotFound
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.markup import html
from publish_api.pages.look import page
from publish_api.pages.thread import Said, points, threads
from store import clips, comments, mended
from store.postgres import Tx

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Talk:
    """`more`: the cursor of the rest. `marks`, JSON: where on the time line threads begin, also those that are not
    here; empty where all are.
    """

    threads: tuple[Said, ...]
    more: str | None = None
    stamp: str = ""
    marks: str = ""


@router.get("/clips/{clip_id}/thread")
def thread(
    request: Request,
    services: Use,
    viewer: Viewer,
    clip_id: str,
    of: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """The thread alone, for the page that is open already; `of`: what began with one comment."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        day = services.now().date()
        said = talk(tx, clip, viewer, day, cursor=after) if of is None else _one(tx, clip, viewer, of, day)
    return page(request, "_thread.html", viewer=viewer, clip=clip, talk=said)


@router.get("/comments/{comment_id}/history")
def history(request: Request, services: Use, viewer: Viewer, comment_id: str) -> Response:
    with services.store.transaction() as tx:
        said = comments.comment(tx, comment_id, viewer.id)
        clip = clips.clip(tx, said.clip, viewer.id)
        before = comments.before(tx, said.id)
        became = mended.history(tx, said.id)
    return page(
        request,
        "comment_history.html",
        viewer=viewer,
        clip=clip,
        said=said,
        became=became,
        now_html=html(said.text, points(said, clip)),
        before=[(each.written_at, html(each.text, points(said, clip))) for each in before],
    )


def talk(tx: Tx, clip: Clip, viewer: Person, day: date, *, cursor: str | None = None) -> Talk:
    """A page of what is said, as it is drawn on `day`. Raises Invalid (`bad_cursor`)."""
    found = comments.page(tx, clip.id, viewer.id, published=clip.published_at is not None, cursor=cursor)
    items = found.items
    if cursor and items and items[0].reply_to is not None:  # the thread that the page before had begun
        items = (*_beginning(tx, clip, items[0].reply_to, viewer), *items)
    return Talk(
        _drawn(tx, items, clip, viewer, day),
        found.next,
        comments.stamp(tx, clip.id, viewer.id),
        _marks(comments.beginnings(tx, clip, viewer.id), clip) if found.next or cursor else "",
    )


def _one(tx: Tx, clip: Clip, viewer: Person, of: str, day: date) -> Talk:
    return Talk(_drawn(tx, comments.thread(tx, clip, viewer.id, of=of), clip, viewer, day))


def _drawn(tx: Tx, items: tuple[Comment, ...], clip: Clip, viewer: Person, day: date) -> tuple[Said, ...]:
    standing = clips.standing(tx, clip.id, viewer.id)
    return threads(items, clip, viewer, own=standing.own, curates=standing.curates, day=day)


def _beginning(tx: Tx, clip: Clip, public_id: str, viewer: Person) -> tuple[Comment, ...]:
    try:
        return (comments.in_clip(tx, clip, public_id, viewer.id),)
    except NotFound:  # it is not for this viewer, who reads the reply alone
        return ()


def _marks(beginnings: tuple[Comment, ...], clip: Clip) -> str:
    return json.dumps(
        [
            {
                "id": c.public_id,
                "ms": at_ms,
                "kind": c.kind,
                "resolved": c.resolved_at is not None,
                # A correction is shown over the picture, as its author's.
                "by": c.author,
                "text": c.text if c.kind is CommentKind.CORRECTION and c.resolved_at is None else "",
            }
            for c in beginnings
            if (at_ms := clip_time(clip.parts, c.recording_id, c.at_ms)) is not None
        ]
    )
