# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What a person is told of, as they may read it now: those that are theirs to see no more, or not true any more, are
in no answer and in no number. For that person alone.
"""

from datetime import datetime
from uuid import UUID

from domain.errors import NotFound
from domain.ids import is_public_id
from domain.notice import Notice, NoticeKind
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, HEARS, MASK, OWN, SEES_CLIP

COUNTED = 100  # unread lines: a page says "99+"
_LOOKED_AT = 1000  # the newest of one person, of which lines are made
_TITLES = 3

# `{which}`: conditions on a notice `n` of the viewer. A comment is shown by the clip it was said in, or by another that
# has its second.
_THEIRS = f"""
    from (select * from notice n where n.person_id = %(viewer)s and n.shows_at <= %(now)s and n.kind = any(%(kinds)s)
        and {{which}} order by n.shows_at desc limit {{most}}) n
    left join comment m on m.id = n.comment_id
    left join comment root on root.id = m.reply_to
    left join recording r on r.id = n.recording_id
    left join person b on b.id = n.by_id
    left join lateral (
        select c.id, c.public_id, c.title, c.published_at
        from (select n.clip_id, 0 as far
            union all
            select p.clip_id, 1 from clip_part p
            where p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) here
        join clip c on c.id = here.clip_id
        where c.deleted_at is null and {SEES_CLIP} order by here.far limit 1) shown on n.clip_id is not null
    where (n.clip_id is null or shown.id is not null)
        and (n.comment_id is null or (m.deleted_at is null and {HEARS}))
        and (n.recording_id is null or n.clip_id is not null
            or (r.deleted_at is null and ({OWN} or {CURATES})))
        and case n.kind
            when 'mentioned' then exists (select from mention x
                where x.comment_id = n.comment_id and x.person_id = n.person_id)
            when 'accepted' then root.id is null or root.accepted_id = m.id
            when 'helped' then coalesce(m.kind = 'used-it', false)
                or exists (select from reaction x where x.comment_id = n.comment_id and x.person_id = n.by_id)
                or exists (select from clip_reaction x where n.comment_id is null and x.clip_id = n.clip_id
                    and x.person_id = n.by_id and x.kind in ('useful', 'learned'))
            when 'published' then shown.published_at is not null
            when 'followed' then shown.published_at is not null
            when 'removed' then exists (select from comment x
                where x.public_id = n.thing and x.removed_at is not null)
            when 'erasure' then exists (select from erasure x
                where x.person_id = n.person_id and x.asked_by = n.by_id and x.done_at is null)
            when 'refused' then r.refusal_code is not null
                or exists (select from step s where s.recording_id = r.id and s.state = 'failed')
            else true end"""

# Who asked without a name has none here either, also where they choose the answer.
_NAME = f"""case when coalesce(root.masked, m.masked, false) and n.by_id = coalesce(root.author_id, m.author_id)
    and not exists (select from unmasking u where u.comment_id = coalesce(m.reply_to, m.id)
        and u.person_id = %(viewer)s) then '{MASK}' else b.name end"""
# The word that came with a clip that was pulled back: of the same moment. None, where it was withdrawn without one.
_WHY = """case when n.kind = 'pulled-back' then (select b.why from pullback b
    where b.clip_id = n.clip_id and b.by = n.by_id and b.at = n.shows_at limit 1) end"""
_NEWEST = "order by n.shows_at desc, n.id desc"
_LINES = f"""
    select n.kind, n.seen_at, count(*) as count, count(distinct n.by_id) as people, max(n.shows_at) as at,
        (array_agg(n.id {_NEWEST}))[1] as last_id, (array_agg(n.public_id {_NEWEST}))[1] as id,
        (array_agg({_NAME} {_NEWEST}))[1:20] as names,
        (array_agg(m.public_id {_NEWEST}))[1] as comment, (array_agg(coalesce(m.text, {_WHY}) {_NEWEST}))[1] as text,
        (array_agg(shown.public_id {_NEWEST}))[1] as clip, (array_agg(r.public_id {_NEWEST}))[1] as recording,
        (array_agg(n.thing {_NEWEST}))[1] as thing,
        (array_agg(coalesce(shown.title, r.title) {_NEWEST}))[1:20] as titles
    {_THEIRS} group by n.kind, n.bundle, n.seen_at"""


def lines(tx: Tx, viewer_id: UUID, now: datetime, *, cursor: str | None = None, limit: int = 30) -> Page[Notice]:
    """The newest first. Those of a kind about one thing that came since it was read last are one line.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    query = _LINES.format(which="true", most=_LOOKED_AT)
    found = rows(
        tx,
        f"select * from ({query}) line where %(last)s::timestamptz is null or (at, last_id) < (%(last)s, %(last_id)s)"
        " order by at desc, last_id desc limit %(limit)s",
        {**_of(viewer_id, now), "last": last, "last_id": last_id, "limit": limit + 1},
    )
    return cut_page(found, limit, _line, ["at", "last_id"])


def unread(tx: Tx, viewer_id: UUID, now: datetime) -> int:
    """How many lines the viewer has not read; COUNTED at most, for that many takes long enough to read."""
    query = _THEIRS.format(which="n.seen_at is null", most=2 * COUNTED)
    found = row(
        tx,
        f"select count(*) as n from (select distinct n.kind, n.bundle {query} limit {COUNTED}) line",
        _of(viewer_id, now),
    )
    return int(found["n"]) if found else 0


def line(tx: Tx, viewer_id: UUID, public_id: str, now: datetime) -> Notice:
    """One notice of the viewer's. Raises NotFound: also of what is not theirs to see any more."""
    query = _LINES.format(which="n.public_id = %(id)s", most=1)
    found = rows(tx, query, {**_of(viewer_id, now), "id": public_id}) if is_public_id(public_id) else ()
    if not found:
        raise NotFound("This is not there any more, or not shared with you any more.")
    return _line(found[0])


def to_mail(tx: Tx, person_id: UUID, mailing_id: UUID, now: datetime, kinds: list[str], most: int) -> list[Notice]:
    """What is unread and was in no mail before this one, of these kinds: the newest first."""
    which = "n.seen_at is null and (n.mailing_id is null or n.mailing_id = %(mailing)s)"
    query = f"{_LINES.format(which=which, most=_LOOKED_AT)} order by at desc, last_id desc limit %(most)s"
    found = rows(tx, query, {**_of(person_id, now), "kinds": kinds, "mailing": mailing_id, "most": most})
    return [_line(each) for each in found]


def _of(viewer_id: UUID, now: datetime) -> dict[str, object]:
    return {"viewer": viewer_id, "now": now, "kinds": [each.value for each in NoticeKind]}


def _line(found: Row) -> Notice:
    kind = NoticeKind(found["kind"])
    named = () if kind is NoticeKind.HELPED else tuple(dict.fromkeys(filter(None, found["names"])))
    return Notice(
        id=found["id"],
        kind=kind,
        count=found["count"],
        people=found["people"],
        names=named[:2],
        at=found["at"],
        seen_at=found["seen_at"],
        comment=found["comment"] or "",
        text=found["text"] or "",
        clip=found["clip"] or "",
        recording=found["recording"] or "",
        thing=found["thing"],
        titles=tuple(dict.fromkeys(each or "" for each in found["titles"]))[:_TITLES],
    )
