# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What people are told of: rows, made in the transaction of the act that they tell of; and how each wants to be told.

What of it somebody may read is asked when they read it: store/inbox.py.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from domain.errors import Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.notice import ALWAYS, DAILY, DEFAULT, EVERY, About, NoticeKind, Way, bundle, told_again
from store.postgres import Tx, row, rows

# Whoever wants nothing of a kind, has left, or has no inbox is not told.
_TELLS = """
    with told as (
        select new.id, new.public_id, p.id as person_id, p.public_id as person,
            case when not %(daily)s or last.at is null or last.at + %(every)s <= %(now)s then %(now)s
                when last.at > %(now)s then last.at else last.at + %(every)s end as shows_at
        from unnest(%(to)s::uuid[], %(ids)s::uuid[], %(public_ids)s::text[]) new (person_id, id, public_id)
        join person p on p.id = new.person_id
        cross join lateral (select max(shows_at) as at from notice
            where %(daily)s and person_id = p.id and kind = %(kind)s) last
        where p.left_at is null and not p.self_named and not p.device
            and (%(always)s or not exists (select from notice_wish w
                where w.person_id = p.id and w.kind = %(kind)s and w.way = 'nothing'))),
    kept as (
        insert into notice (id, public_id, person_id, kind, by_id, comment_id, clip_id, recording_id, thing, bundle,
            shows_at)
        select id, public_id, person_id, %(kind)s, %(by)s, %(comment)s, %(clip)s, %(recording)s, %(thing)s,
            %(bundle)s, shows_at from told
        on conflict (person_id, kind, comment_id, clip_id, recording_id, thing, by_id) do update
            set shows_at = excluded.shows_at, seen_at = null, mailing_id = null
            where %(again)s and notice.seen_at is not null
        returning person_id, shows_at)
    select pg_notify('passiton', 'person ' || told.person || ' notices')
    from kept join told using (person_id) where kept.shows_at <= %(now)s"""


def tell(
    tx: Tx, kind: NoticeKind, to: Collection[UUID], about: About, *, by: UUID | None = None, now: datetime
) -> None:
    """Puts it in the inboxes of these people, in the transaction of what it tells of.

    One of a kind a person, thing and doer: a second call changes nothing, unless it is of a kind that is told again.
    Nobody is told of their own act (`by`; None: the house did it). Whether they may see what it is about is asked when
    they read it, and each time anew. What comes once a day waits for its day. A comment brings its clip along.
    """
    people = sorted({each for each in to if each != by})
    if not people:
        return
    tx.execute(
        _TELLS,
        {
            "ids": [uuid7() for _ in people],
            "public_ids": [public_id() for _ in people],
            "to": people,
            "kind": kind.value,
            "always": kind in ALWAYS,
            "daily": kind in DAILY,
            "every": EVERY,
            "again": told_again(kind),
            "by": by,
            "comment": about.comment,
            "clip": about.clip,
            "recording": about.recording,
            "thing": about.thing,
            "bundle": bundle(kind, about),
            "now": now,
        },
    )


def untell(tx: Tx, kind: NoticeKind, clip_id: UUID) -> None:
    """What was told of a clip is so no more, and leaves every inbox: when it happens again, it is told anew."""
    tx.execute(
        "with gone as (delete from notice where kind = %s and clip_id = %s returning person_id)"
        " select pg_notify('passiton', 'person ' || p.public_id || ' notices')"
        " from person p where p.id in (select person_id from gone)",
        [kind, clip_id],
    )


def see(tx: Tx, person_id: UUID, public_id: str, now: datetime) -> None:
    """A line was read, whose newest this is. A second call changes nothing. Raises NotFound."""
    newest = (
        row(tx, "select kind, bundle, shows_at from notice where person_id = %s and public_id = %s"
            " and shows_at <= %s", [person_id, public_id, now]) if is_public_id(public_id) else None
    )  # fmt: skip
    if newest is None:
        raise NotFound("There is nothing like that in your inbox.")
    _saw(tx, person_id, "kind = %(kind)s and bundle = %(bundle)s and shows_at <= %(shows_at)s", now, **newest)


def see_all(tx: Tx, person_id: UUID, now: datetime, *, until: datetime | None = None) -> None:
    """All was read that was shown by then; None: by now."""
    _saw(tx, person_id, "shows_at <= %(until)s", now, until=min(until or now, now))


def _saw(tx: Tx, person_id: UUID, which: str, now: datetime, **values: object) -> None:
    seen = tx.execute(
        f"update notice set seen_at = %(now)s where person_id = %(person)s and seen_at is null and {which}",
        {"person": person_id, "now": now, **values},
    )
    if seen.rowcount:  # the number is another on other devices, too
        tx.execute(
            "select pg_notify('passiton', 'person ' || public_id || ' notices') from person where id = %s", [person_id]
        )


def ways(tx: Tx, person_id: UUID) -> dict[NoticeKind, Way]:
    """How somebody wants to be told of each kind."""
    chosen = {
        each["kind"]: Way(each["way"])
        for each in rows(tx, "select kind, way from notice_wish where person_id = %s", [person_id])
    }
    return {kind: chosen.get(kind, DEFAULT) for kind in NoticeKind}


def choose(tx: Tx, person_id: UUID, chosen: Mapping[NoticeKind, Way]) -> None:
    """From now on; kinds that are not named stay as they are. Raises Invalid (`always_told`)."""
    if any(kind in ALWAYS and way is Way.NOTHING for kind, way in chosen.items()):
        raise Invalid("Of sign-in links that somebody makes for you, you are always told.", code="always_told")
    for kind, way in chosen.items():
        tx.execute(
            "insert into notice_wish (person_id, kind, way) values (%s, %s, %s)"
            " on conflict (person_id, kind) do update set way = excluded.way",
            [person_id, kind, way],
        )


def sweep(tx: Tx, now: datetime, days: int) -> None:
    """Deletes what was shown more than so many days ago, and what belongs to people who have left."""
    tx.execute("delete from notice where shows_at < %s", [now - timedelta(days=days)])
    for table in ("notice", "notice_wish", "mail_wish"):
        tx.execute(f"delete from {table} x using person p where p.id = x.person_id and p.left_at is not null")
