# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What became of a clip: each change with who, when, and what it was before and after, whole.

What the machine drafts anew while no person has touched a clip is no history. Written in the transaction of the
change, below the clip's lock; goes with the clip's words when those go.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.errors import NotFound
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows

# What a clip c is, people and recordings by their public ids.
_STATE = """jsonb_build_object(
    'title', c.title, 'language', c.language, 'level', c.level, 'kind', c.kind, 'audience', c.audience,
    'prerequisites', c.prerequisites,
    'question', c.question, 'risk', c.risk, 'review_by', c.review_by,
    'tags', (select coalesce(jsonb_agg(t.label order by k.position), '[]')
        from clip_tag k join tag t on t.id = k.tag_id where k.clip_id = c.id),
    'parts', (select coalesce(jsonb_agg(jsonb_build_object(
            'recording', r.public_id, 'start_ms', p.start_ms, 'end_ms', p.end_ms) order by p.position), '[]')
        from clip_part p join recording r on r.id = p.recording_id where p.clip_id = c.id),
    'owner', (select public_id from person where id = c.owner_id),
    'assigned', (select public_id from person where id = c.assigned_to),
    'approver', (select p.public_id from clip_approval a join person p on p.id = coalesce(a.approved_by, a.asked_of)
        where a.clip_id = c.id),
    'published', c.published_at is not null, 'published_at', c.published_at, 'asked', c.asked_parts,
    'deleted', c.deleted_at is not null)"""

# What a person writes, in the order in which a page says it; the rest is a matter of publication.
WRITTEN = (
    "title", "parts", "tags", "level", "kind", "audience", "prerequisites", "question", "risk", "owner", "assigned",
    "review_by",
)  # fmt: skip
_TOLD = (*WRITTEN, "language", "approver", "published", "deleted")
_PEOPLE = ("owner", "assigned", "approver")
JOINED, PARTED = "joined", "parted"  # of both clips: the second takes the first back


@dataclass(frozen=True)
class Changed:
    """A field; people by name."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    number: int
    act: str
    by: str | None  # a name; None: the house itself
    at: datetime
    version: int
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class Last:
    """The newest change of a clip that was not taken back, and all that it was before."""

    act: str
    before: Mapping[str, Any]


@contextlib.contextmanager
def kept(
    tx: Tx, clip_id: UUID, act: str, by: UUID | None, now: datetime | None = None, *, always: bool = False
) -> Iterator[None]:
    """Around a change of a clip that is locked. Nothing is written where nothing was changed, unless `always`."""
    before = _state(tx, clip_id)
    yield
    tx.execute(
        "insert into clip_version (clip_id, number, act, by, at, version, before, after)"
        " select c.id, coalesce((select max(number) from clip_version where clip_id = c.id), 0) + 1, %(act)s, %(by)s,"
        f" coalesce(%(now)s, now()), c.version, %(before)s, {_STATE} from clip c"
        f" where c.id = %(id)s and (%(always)s or {_STATE} <> %(before)s)",
        {"act": act, "by": by, "now": now, "before": Jsonb(before), "id": clip_id, "always": always},
    )


def listed(tx: Tx, clip_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Entry]:
    """The newest first."""
    limit = limited(limit)
    last = after(cursor, int)[0] if cursor else None
    found = rows(
        tx,
        "select v.number, v.act, v.version, v.at, p.name as by, v.before, v.after from clip_version v"
        " left join person p on p.id = v.by where v.clip_id = %(id)s and (%(last)s::int is null or v.number < %(last)s)"
        " order by v.number desc limit %(limit)s",
        {"id": clip_id, "last": last, "limit": limit + 1},
    )
    names = _names(tx, found)
    return cut_page(found, limit, lambda each: _entry(each, names), ["number"])


def written(tx: Tx, clip_id: UUID, number: int) -> dict[str, Any]:
    """What people had written after change `number`; before the first one for 0. Raises NotFound."""
    found = row(
        tx,
        "select case when %(number)s = 0 then before else after end as state from clip_version"
        " where clip_id = %(id)s and number = greatest(%(number)s, 1)",
        {"id": clip_id, "number": number},
    )
    if found is None:
        raise NotFound("There is no such change in the history of this clip.")
    return {name: found["state"][name] for name in WRITTEN}


def last(tx: Tx, clip_id: UUID) -> Last | None:
    """None when the clip has no history, or was changed since without a line in it."""
    found = rows(
        tx,
        "select v.act, v.before, v.version = c.version as newest from clip_version v join clip c on c.id = v.clip_id"
        " where c.id = %s order by v.number desc",
        [clip_id],
    )
    if not found or not found[0]["newest"]:
        return None
    taken_back = 0
    for each in found:
        if each["act"] == PARTED:
            taken_back += 1
        elif taken_back:
            taken_back -= 1  # the join that was
        else:
            return Last(each["act"], each["before"])
    return None


def forget(tx: Tx, clip_id: UUID) -> None:
    """Its words are gone for good."""
    tx.execute("delete from clip_version where clip_id = %s", [clip_id])


def _state(tx: Tx, clip_id: UUID) -> dict[str, Any]:
    found = row(tx, f"select {_STATE} as state from clip c where c.id = %s", [clip_id])
    return found["state"] if found else {}


def _names(tx: Tx, found: list[Row]) -> dict[str, str]:
    ids = {each[side][name] for each in found for side in ("before", "after") for name in _PEOPLE}
    told = rows(tx, "select public_id, name from person where public_id = any(%s)", [[i for i in ids if i]])
    return {each["public_id"]: each["name"] for each in told}


def _entry(found: Row, names: Mapping[str, str]) -> Entry:
    def said(side: str, name: str) -> Any:
        value = found[side].get(name)
        return names.get(value, value) if name in _PEOPLE and value else value

    changes = tuple(
        Changed(name, said("before", name), said("after", name))
        for name in _TOLD
        if found["before"].get(name) != found["after"].get(name)
    )
    return Entry(found["number"], found["act"], found["by"], found["at"], found["version"], changes)
