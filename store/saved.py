# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips that somebody has put aside for themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.clip import Clip
from store.clip_rows import CLIP, clip_from
from store.paging import Page, after, cut_page, limited
from store.postgres import Tx, row, rows
from store.sight import SEES_CLIP


@dataclass(frozen=True)
class Saved:
    clip: Clip
    saved_at: datetime


def save(tx: Tx, person_id: UUID, clip_id: UUID, now: datetime) -> None:
    """A clip that they see. A second call changes nothing."""
    tx.execute(
        "insert into saved (person_id, clip_id, saved_at) values (%s, %s, %s) on conflict do nothing",
        [person_id, clip_id, now],
    )


def drop(tx: Tx, person_id: UUID, clip: str) -> None:
    """By its public id; also one that they do not see any more. A second call changes nothing."""
    tx.execute(
        "delete from saved where person_id = %s and clip_id = (select id from clip where public_id = %s)",
        [person_id, clip],
    )


def saved(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Saved]:
    """The viewer's own, of clips that they see today: what they saved last comes first. Raises Invalid."""
    limit = limited(limit)
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    found = rows(
        tx,
        f"select {CLIP}, s.saved_at, c.id as clip_id from saved s join clip c on c.id = s.clip_id"
        f" where s.person_id = %(viewer)s and c.deleted_at is null and {SEES_CLIP}"
        " and (%(last)s::timestamptz is null or (s.saved_at, s.clip_id) < (%(last)s, %(last_id)s))"
        " order by s.saved_at desc, s.clip_id desc limit %(limit)s",
        {"viewer": viewer_id, "last": last, "last_id": last_id, "limit": limit + 1},
    )
    return cut_page(found, limit, lambda each: Saved(clip_from(each), each["saved_at"]), ["saved_at", "clip_id"])


def is_saved(tx: Tx, viewer_id: UUID, clip_id: UUID) -> bool:
    return row(tx, "select from saved where person_id = %s and clip_id = %s", [viewer_id, clip_id]) is not None
