# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips: who sees which, in what order. How they come and change: store/proposed.py, store/clip_changes.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.clip import Clip, Level, Part
from domain.errors import Gone, NotFound
from domain.ids import is_public_id
from domain.review import Queue
from store.clip_changes import UNSET, Unset, change, delete, publish, withdraw
from store.clip_rows import CLIP, PARTS, PUBLISHED, clip_from, parts_from
from store.finding import Found, Hit, Wanted, search
from store.paging import Page, after, cut_page, limited
from store.people import Standing
from store.postgres import Row, Tx, row, rows
from store.proposed import propose
from store.review_queue import queue
from store.search import MATCHING, query_of
from store.sight import CURATES_CLIP, LISTED, OWN_CLIP, SEES_CLIP, SEES_SPACE
from store.tags import TAGGED, TagUse, slug, tags

__all__ = [
    "UNSET", "Found", "Hit", "TagUse", "Unset", "Wanted", "change", "clip", "clips_of_recording", "delete", "feed",
    "first_titles", "outline", "propose", "publish", "search", "standing", "tags", "to_review", "waiting", "withdraw",
]  # fmt: skip

# Written into the query only where it is asked for, as the number of rows is: a plan that is made once, and kept, is
# then as good as one that is made for these very values, and to make one takes longer than to follow it.
_NARROWED = {
    "tag": TAGGED,
    "level": "c.level = %(level)s",
    "space": "c.space_id = (select id from space where public_id = %(space)s)",
}

# Why nothing is left of a clip that recalls have taken all of.
_TAKEN_OUT = """select k.reason from recall_clip b join recall k on k.id = b.recall_id join clip c on c.id = b.clip_id
    where b.clip_id = %s and c.asked_parts is not null and k.undone_at is null order by k.id desc limit 1"""
_WAITS = f"c.published_at is null and c.deleted_at is null and {CURATES_CLIP}"


def clip(tx: Tx, public_id: str, viewer_id: UUID) -> Clip:
    """A published one in a space that the viewer sees, one's own, or one that one curates: else NotFound.

    Raises Gone when it was deleted (`recalled`, and why, when all of it was taken out).
    """
    shown = _published(tx, PUBLISHED, public_id, viewer_id)
    return clip_from(shown or _seen(tx, CLIP, public_id, viewer_id))


@dataclass(frozen=True)
class Outline:
    """What is needed of a clip to read what was said in it."""

    id: UUID
    parts: tuple[Part, ...]
    published: bool


def outline(tx: Tx, public_id: str, viewer_id: UUID) -> Outline:
    """Of the clip that `clip` gives. Raises as it does."""
    columns = f"c.id, {PARTS} as parts, c.published_at"
    found = _published(tx, columns, public_id, viewer_id) or _seen(tx, columns, public_id, viewer_id)
    return Outline(found["id"], parts_from(found["parts"] or ()), found["published_at"] is not None)


def _published(tx: Tx, columns: str, public_id: str, viewer_id: UUID) -> Row | None:
    """What nearly everybody asks for, and sees for the plainest of reasons. To ask about all the others at once takes
    longer than to look: what is not used of a statement is made ready all the same.
    """
    asked = f"select {columns} from clip c where c.public_id = %(id)s and {LISTED}"
    return row(tx, asked, {"id": public_id, "viewer": viewer_id}) if is_public_id(public_id) else None


def _seen(tx: Tx, columns: str, public_id: str, viewer_id: UUID) -> Row:
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"select {columns}, c.deleted_at from clip c"
            f" where c.public_id = %(id)s and ({SEES_CLIP} or (c.deleted_at is not null and {SEES_SPACE}))",
            {"id": public_id, "viewer": viewer_id},
        )
    if found is None:
        raise NotFound("There is no such clip, or it is not yours to see.")
    if found["deleted_at"] is not None:
        taken_out = row(tx, _TAKEN_OUT, [found["id"]])
        if taken_out is not None:
            raise Gone(f"All of this clip was taken out: “{taken_out['reason']}”", code="recalled")
        raise Gone("This clip was deleted.")
    return found


def standing(tx: Tx, clip_id: UUID, person_id: UUID) -> Standing:
    found = row(
        tx,
        f"select {OWN_CLIP} as own, {CURATES_CLIP} as curates from clip c where c.id = %(id)s",
        {"id": clip_id, "viewer": person_id},
    )
    return Standing(**found) if found else Standing(own=False, curates=False)


def feed(
    tx: Tx,
    viewer_id: UUID,
    *,
    q: str | None = None,
    tag: str | None = None,
    level: Level | None = None,
    space: str | None = None,
    cursor: str | None = None,
    limit: int = 30,
) -> Page[Clip]:
    """Published clips that the viewer sees: the newest first, or with words to look for the best first.

    `q` is what people type into search boxes: words, "phrases", or, -not. `tag` is a label or a slug,
    `space` a public id. Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    values = {
        "viewer": viewer_id,
        "tag": None if tag is None else slug(tag),
        "level": level,
        "space": space if space is None or is_public_id(space) else "",
    }
    listed = " and ".join([LISTED, *(each for key, each in _NARROWED.items() if values[key] is not None)])
    if q := query_of(q or ""):
        rank, last_id = after(cursor, float, UUID) if cursor else (None, None)
        found = rows(
            tx,
            f"with found as (select c.*, ts_rank_cd(c.search, k.query)::float8 as rank from {MATCHING} where {listed})"
            f" select {PUBLISHED}, c.rank from found c"
            f"{' where (c.rank, c.id) < (%(rank)s, %(last_id)s)' if cursor else ''}"
            f" order by c.rank desc, c.id desc limit {limit + 1}",
            {**values, "q": q, "rank": rank, "last_id": last_id},
        )
        return cut_page(found, limit, clip_from, ["rank", "id"])
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    found = rows(
        tx,
        f"select {PUBLISHED} from clip c where {listed}"
        f"{' and (c.published_at, c.id) < (%(last)s, %(last_id)s)' if cursor else ''}"
        f" order by c.published_at desc, c.id desc limit {limit + 1}",
        {**values, "last": last, "last_id": last_id},
    )
    return cut_page(found, limit, clip_from, ["published_at", "id"])


def to_review(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = 50) -> Page[Clip]:
    """Unpublished clips in spaces that one curates, in the order of the queue: store/review_queue.py."""
    page = queue(tx, viewer_id, Queue.NEW, date.min, cursor=cursor, limit=limit)
    return Page(tuple(each.clip for each in page.items), page.next)


def waiting(tx: Tx, viewer_id: UUID) -> int:
    """How many clips `to_review` lists on all its pages."""
    found = row(
        tx,
        f"select count(*) as clips from clip c where {_WAITS} and exists (select from clip_part where clip_id = c.id)",
        {"viewer": viewer_id},
    )
    return int(found["clips"]) if found else 0


def first_titles(tx: Tx, recording_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the first clip of each is called, for whoever sees the recordings: it tells those of one name apart."""
    found = rows(
        tx,
        "select distinct on (p.recording_id) p.recording_id, c.title from clip_part p join clip c on c.id = p.clip_id"
        " where p.recording_id = any(%s) and c.deleted_at is null and c.title <> ''"
        " order by p.recording_id, p.start_ms, c.id",
        [list(recording_ids)],
    )
    return {each["recording_id"]: each["title"] for each in found}


def clips_of_recording(tx: Tx, recording_id: UUID, viewer_id: UUID) -> tuple[Clip, ...]:
    """The clips with a part of this recording that the viewer may see, in order of its time."""
    found = rows(
        tx,
        f"select {CLIP} from clip c"
        " join (select clip_id, min(start_ms) as start_ms from clip_part where recording_id = %(id)s"
        "   group by clip_id) here on here.clip_id = c.id"
        f" where c.deleted_at is null and {SEES_CLIP} order by here.start_ms, c.id",
        {"id": recording_id, "viewer": viewer_id},
    )
    return tuple(clip_from(each) for each in found)
