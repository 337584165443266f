# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What waits for a curator, in the order of need: domain/review.py says what counts how much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.review import (
    ALIKE,
    BRIEF,
    CORRECTION,
    LIKE_ANOTHER,
    MOST_CORRECTIONS,
    MOST_SEARCHED,
    SAFETY,
    SEARCHED,
    Like,
    Queue,
    Waiting,
)
from store.approvals import APPROVED, PROPOSED_TO, SEEN, WANTS_APPROVAL
from store.clip_rows import CLIP, clip_from
from store.comments import UNANSWERED
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES_CLIP, SEES_SPACE

_CURATED = """c.deleted_at is null and c.space_id = any(array(
    select v.space_id from viewer_space v where v.person_id = %(viewer)s and v.curates))"""
_OWNED = """(c.owner_id = %(viewer)s or (c.owner_id is null and exists (
    select from clip_part p join recording r on r.id = p.recording_id
    where p.clip_id = c.id and r.speaker_id = %(viewer)s)))"""
# A matter of safety until somebody else said that it is none.
_LOWERED = "(c.lowered_at is not null and c.lowered_by is distinct from %(viewer)s)"
_DUE = "coalesce(c.review_by <= %(today)s, false)"
_LISTED: Mapping[Queue, str] = {
    Queue.NEW: "c.published_at is null",
    Queue.MINE: f"""(c.published_at is null or c.changed_at is not null or {_DUE})
        and (c.assigned_to = %(viewer)s or {_OWNED} or ({WANTS_APPROVAL} and {PROPOSED_TO}))""",
    Queue.FIRST: "c.published_at is not null and c.first_at is not null",
    Queue.CHANGED: f"""c.published_at is not null
        and ((c.changed_at is not null and c.changed_by is distinct from %(viewer)s)
            or ({WANTS_APPROVAL} and not {APPROVED}) or {_LOWERED})""",
    Queue.DUE: f"c.published_at is not null and {_DUE}",
    Queue.PUBLISHED: "c.published_at is not null",
}
# By when, and not by need: a column, what comes after a page of it, and which way.
_BY_AGE = {Queue.PUBLISHED: ("published_at", "<", "desc"), Queue.FIRST: ("first_at", ">", "asc")}
_SEARCHES = 30  # the most often missed: each is looked for in every draft that waits
# Whoever knows what was missed may see another clip's name, too: it is of a space that the viewer sees.
_FACTS = f"""
    here as materialized (
        select c.id, c.risk, c.search, c.search_config, c.published_at, first.recording_id, first.start_ms
        from clip c cross join lateral (
            select recording_id, start_ms from clip_part where clip_id = c.id order by position limit 1) first
        where {_CURATED} and {{listed}}),
    missed as materialized (
        select m.query, m.times, k.config, websearch_to_tsquery(k.config, m.query) as wanted
        from (select query, sum(times)::int as times from search_missed
              group by query order by times desc, query limit {_SEARCHES}) m
        cross join (select distinct search_config as config from here) k),
    fact as (
        select h.id, h.recording_id, h.start_ms, s.query as searched, coalesce(s.times, 0) as times, b.title as brief,
            k.corrections, l.like_id, l.like_title, l.like_published,
            least({SEARCHED} * coalesce(s.times, 0), {MOST_SEARCHED}) + case when b.id is null then 0 else {BRIEF} end
            + least({CORRECTION} * k.corrections, {MOST_CORRECTIONS})
            + case when h.risk = 'safety' then {SAFETY} else 0 end
            + case when l.like_published then {LIKE_ANOTHER} else 0 end as points
        from here h
        left join lateral (select m.query, m.times from missed m where m.config = h.search_config
            and h.search @@ m.wanted order by m.times desc, m.query limit 1) s on true
        join recording r on r.id = h.recording_id
        left join brief b on b.id = r.brief_id and b.closed_at is null
        cross join lateral (select count(*)::int as corrections from clip_part p
            join comment m on m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms
            where p.clip_id = h.id and m.kind = 'correction' and {UNANSWERED}
                and (not m.draft or (m.clip_id = h.id and h.published_at is null))
                and exists (select from viewer_space v
                    where v.person_id = %(viewer)s and v.space_id = m.space_id)) k
        left join lateral (select c.public_id as like_id, c.title as like_title,
                c.published_at is not null as like_published
            from clip_meaning v join clip c on c.id = v.like_id
            where v.clip_id = h.id and v.likeness >= {ALIKE} and c.deleted_at is null and {SEES_SPACE}
                and (c.published_at is not null or exists (select from viewer_space s
                    where s.person_id = %(viewer)s and s.space_id = c.space_id and s.curates))) l on true),
    ranked as (select *, max(points) over (partition by recording_id) as need from fact)"""


@dataclass(frozen=True)
class Numbers:
    """How many clips wait in each queue (what is published does not), and since when the oldest that is new does."""

    waiting: Mapping[Queue, int]
    oldest: datetime | None


def queue(
    tx: Tx, viewer_id: UUID, which: Queue, today: date, *, cursor: str | None = None, limit: int = 50
) -> Page[Waiting]:
    """Clips in spaces that one curates, those of a recording together, in order of its time: what is needed most first,
    then the oldest recording. Those that are published, the newest first; what was published before a curator looked,
    the oldest. Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    values: dict[str, Any] = {"viewer": viewer_id, "today": today, "limit": limit + 1}
    if which in _BY_AGE:
        column, beyond, way = _BY_AGE[which]
        last = after(cursor, datetime.fromisoformat, UUID) if cursor else [None, None]
        order = f"c.{column} {way}, c.id {way}"
        chosen = (
            f"select c.id from clip c where {_CURATED} and {_LISTED[which]}"
            f" and (%(last)s::timestamptz is null or (c.{column}, c.id) {beyond} (%(last)s, %(last_id)s))"
            f" order by {order} limit %(limit)s"
        )
        found = _read(tx, f"c.id in ({chosen})", "true", order, {**values, "last": last[0], "last_id": last[1]})
        return cut_page(found, limit, _waiting, [column, "id"])
    need, recording_id, start_ms, id_ = after(cursor, int, UUID, int, UUID) if cursor else [None] * 4
    found = _read(
        tx,
        _LISTED[which],
        "%(need)s::int is null or f.need < %(need)s or (f.need = %(need)s"
        " and (f.recording_id, f.start_ms, f.id) > (%(recording)s, %(ms)s, %(id)s))",
        "f.need desc, f.recording_id, f.start_ms, f.id",
        {**values, "need": need, "recording": recording_id, "ms": start_ms, "id": id_},
    )
    return cut_page(found, limit, _waiting, ["need", "recording_id", "start_ms", "id"])


def changed_by_others(tx: Tx, clip_id: UUID, viewer_id: UUID) -> str | None:
    """Who changed a published clip that nobody has looked at since, or said that it is no matter of safety any more: a
    name, empty for the house; None: nobody else.
    """
    found = row(
        tx,
        "select coalesce(p.name, '') as name from clip c left join person p"
        f" on p.id = case when {_LOWERED} then c.lowered_by else c.changed_by end"
        " where c.id = %(clip)s and c.published_at is not null"
        f" and (c.changed_at is not null and c.changed_by is distinct from %(viewer)s or {_LOWERED})",
        {"clip": clip_id, "viewer": viewer_id},
    )
    return None if found is None else str(found["name"])


def concerns(tx: Tx, viewer_id: UUID, public_ids: Iterable[str]) -> bool:
    """Whether any of these clips is, or was, one that the viewer looks at: also one that is deleted by now."""
    asked = f"select from clip c where c.public_id = any(%(clips)s) and {CURATES_CLIP} limit 1"
    return row(tx, asked, {"clips": list(public_ids), "viewer": viewer_id}) is not None


def numbers(tx: Tx, viewer_id: UUID, today: date) -> Numbers:
    counted = ", ".join(
        f"(select count(*) from clip c where {_CURATED} and {listed}"
        f" and exists (select from clip_part where clip_id = c.id)) as {which}"
        for which, listed in _LISTED.items()
        if which is not Queue.PUBLISHED
    )
    oldest = (
        f"(select min(c.created_at) from clip c where {_CURATED} and {_LISTED[Queue.NEW]}"
        " and exists (select from clip_part where clip_id = c.id)) as oldest"
    )
    found = row(tx, f"select {counted}, {oldest}", {"viewer": viewer_id, "today": today})
    assert found is not None
    return Numbers({which: found[which] for which in Queue if which in found}, found["oldest"])


def _read(tx: Tx, listed: str, where: str, order: str, values: Mapping[str, Any]) -> list[Row]:
    return rows(
        tx,
        f"with {_FACTS.format(listed=listed)} select {CLIP}, c.first_at, f.need, f.recording_id, f.start_ms,"
        " f.searched, f.times, f.brief, f.corrections, f.like_id, f.like_title, f.like_published,"
        " case when c.changed_by is distinct from %(viewer)s then c.changed_at end as changed_at,"
        f" (select name from person where id = c.changed_by) as changed_by, {_OWNED} as owned,"
        f" case when {_LOWERED} then coalesce((select name from person where id = c.lowered_by), '') end as lowered_by,"
        " case when c.first_at is not null then coalesce((select name from person where id = c.published_by), '') end"
        " as first_by,"
        f" coalesce(c.assigned_to = %(viewer)s, false) as assigned, {APPROVED} as approved,"
        " asked.name as asked_of, asker.name as asked_by, coalesce(asked.id = %(viewer)s, false) as asked"
        " from ranked f join clip c on c.id = f.id"
        f" left join clip_approval a on a.clip_id = c.id and {WANTS_APPROVAL} and a.approved_at is null"
        f"  and a.seen = {SEEN}"
        " left join person asked on asked.id = a.asked_of left join person asker on asker.id = a.asked_by"
        f" where {where} order by {order} limit %(limit)s",
        values,
    )


def _waiting(found: Row) -> Waiting:
    return Waiting(
        clip=clip_from(found),
        searched=found["searched"] or "",
        times=found["times"],
        brief=found["brief"] or "",
        corrections=found["corrections"],
        like=Like(found["like_id"], found["like_title"], found["like_published"]) if found["like_id"] else None,
        asked_by=found["asked_by"],
        asked_of=found["asked_of"],
        asked_of_viewer=found["asked"],
        approved=found["approved"],
        assigned_to_viewer=found["assigned"],
        owned_by_viewer=found["owned"],
        changed_at=found["changed_at"],
        changed_by=found["changed_by"],
        first_by=found["first_by"],
        lowered_by=found["lowered_by"],
    )
