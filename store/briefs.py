# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Briefs: what experts are asked for. The links that ask them: store/brief_links.py."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.brief import Brief, Wish
from domain.clip import Expertise, Level
from domain.errors import Conflict, NotFound
from domain.ids import is_public_id, public_id, uuid7
from store.paging import Page, after, cut_page, limited
from store.people import Standing
from store.postgres import Row, Tx, row, rows
from store.text import clean, one_line

_BRIEF = """
    b.id, b.public_id, b.space_id, b.author_id, a.name as author, b.title, b.wanted, b.questions, b.audience,
    b.prerequisites, b.kind, b.level, b.version, b.created_at, b.closed_at,
    answered.recordings, answered.refused"""
_FROM = """from brief b join person a on a.id = b.author_id cross join lateral (
    select count(*) filter (where not no_good) as recordings, count(*) filter (where no_good) as refused
    from (select r.refusal_code is not null and r.film is distinct from 'refused' as no_good
        from recording r where r.brief_id = b.id and r.deleted_at is null) each) answered"""
_CURATES = """exists (
    select from viewer_space v where v.person_id = %(viewer)s and v.space_id = b.space_id and v.curates)"""
# Given to the person by name, or opened by the person, and still good.
_ASKED = """(exists (
        select from brief_link l where l.brief_id = b.id and l.expires_at > %(now)s and (l.person_id = %(viewer)s
            or exists (select from brief_comer k where k.link_id = l.id and k.person_id = %(viewer)s)))
    and exists (select from person where id = %(viewer)s and left_at is null))"""
# Whether the person %(viewer)s may read the brief b, at %(now)s.
SEES_BRIEF = f"({_CURATES} or {_ASKED})"

# The same of any brief, for the person p: by indexes, since it is asked with every request.
ASKED_ANYTHING = """(
    exists (select from brief_link l where l.person_id = p.id and l.expires_at > %(now)s)
    or exists (select from brief_comer k join brief_link l on l.id = k.link_id
        where k.person_id = p.id and l.expires_at > %(now)s))"""


def make(tx: Tx, wish: Wish, *, space_id: UUID, author_id: UUID, now: datetime) -> Brief:
    """Raises Invalid as `Wish.checked` does."""
    brief_id = uuid7()
    tx.execute(
        "insert into brief (id, public_id, space_id, author_id, created_at, title, wanted, questions, audience,"
        " prerequisites, kind, level) values (%(id)s, %(public_id)s, %(space)s, %(author)s, %(now)s, %(title)s,"
        " %(wanted)s, %(questions)s, %(audience)s, %(prerequisites)s, %(kind)s, %(level)s)",
        {
            **_columns(wish),
            "id": brief_id,
            "public_id": public_id(),
            "space": space_id,
            "author": author_id,
            "now": now,
        },
    )
    return load(tx, brief_id)


def change(tx: Tx, brief_id: UUID, wish: Wish, *, version: int) -> Brief:
    """Raises Invalid as `Wish.checked` does, Conflict (`stale_version`) when somebody changed it since `version`."""
    changed = tx.execute(
        "update brief set title = %(title)s, wanted = %(wanted)s, questions = %(questions)s, audience = %(audience)s,"
        " prerequisites = %(prerequisites)s, kind = %(kind)s, level = %(level)s, version = version + 1"
        " where id = %(id)s and version = %(version)s",
        {**_columns(wish), "id": brief_id, "version": version},
    )
    if not changed.rowcount:
        raise Conflict("Somebody else changed this brief meanwhile. Load it again.", code="stale_version")
    return load(tx, brief_id)


def close(tx: Tx, brief_id: UUID, now: datetime) -> None:
    """Nothing more is sent for it; what was sent stays. A second call changes nothing."""
    tx.execute("update brief set closed_at = %s where id = %s and closed_at is null", [now, brief_id])


def reopen(tx: Tx, brief_id: UUID) -> None:
    """Links that have not expired work again."""
    tx.execute("update brief set closed_at = null where id = %s", [brief_id])


def load(tx: Tx, brief_id: UUID) -> Brief:
    """For those whose right to it is settled: its guests, and programs. Raises NotFound."""
    return _found(row(tx, f"select {_BRIEF} {_FROM} where b.id = %s", [brief_id]))


def of_public_id(tx: Tx, public_id: str) -> Brief | None:
    """For programs: whoever names it was let do so before. None: there is none."""
    found = row(tx, f"select {_BRIEF} {_FROM} where b.public_id = %s", [public_id]) if is_public_id(public_id) else None
    return None if found is None else _brief(found)


def brief(tx: Tx, public_id: str, viewer_id: UUID, now: datetime) -> Brief:
    """One in a space that one curates, or that one was given a link to: else NotFound."""
    found = None
    if is_public_id(public_id):
        query = f"select {_BRIEF} {_FROM} where b.public_id = %(id)s and {SEES_BRIEF}"
        found = row(tx, query, {"id": public_id, "viewer": viewer_id, "now": now})
    return _found(found)


def briefs(tx: Tx, viewer_id: UUID, now: datetime, *, cursor: str | None = None, limit: int = 30) -> Page[Brief]:
    """Those in spaces that one curates, and those one was given a link to: the newest first.

    Raises Invalid (`bad_cursor`).
    """
    limit = limited(limit)
    last = after(cursor, UUID)[0] if cursor else None
    found = rows(
        tx,
        f"select {_BRIEF} {_FROM} where {SEES_BRIEF}"
        " and (%(last)s::uuid is null or b.id < %(last)s) order by b.id desc limit %(limit)s",
        {"viewer": viewer_id, "now": now, "last": last, "limit": limit + 1},
    )
    return cut_page(found, limit, _brief, ["id"])


def standing(tx: Tx, brief_id: UUID, person_id: UUID, now: datetime) -> Standing:
    """One's own is a brief that one was given a link to."""
    found = row(
        tx,
        f"select {_ASKED} as own, {_CURATES} as curates from brief b where b.id = %(id)s",
        {"id": brief_id, "viewer": person_id, "now": now},
    )
    return Standing(**found) if found else Standing(own=False, curates=False)


def titles(tx: Tx, brief_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Public ids and titles, for naming what a recording answers to whoever sees the recording."""
    found = rows(tx, "select id, public_id, title from brief where id = any(%s)", [list(set(brief_ids))])
    return {each["id"]: (each["public_id"], each["title"]) for each in found}


def _columns(wish: Wish) -> Row:
    said = wish.answers
    kept = Wish(
        one_line(wish.title),
        clean(wish.wanted).replace("\r\n", "\n").strip(),
        tuple(one_line(question) for question in wish.questions),
        replace(said, audience=one_line(said.audience), prerequisites=one_line(said.prerequisites)),
    ).checked()
    return {
        "title": kept.title,
        "wanted": kept.wanted,
        "questions": list(kept.questions),
        "audience": kept.answers.audience,
        "prerequisites": kept.answers.prerequisites,
        "kind": kept.answers.kind,
        "level": kept.answers.level,
    }


def nothing() -> NotFound:
    """The error for a brief that is not there, or not for whoever asks."""
    return NotFound("There is no such brief, or it is not for you.")


def _found(found: Row | None) -> Brief:
    if found is None:
        raise nothing()
    return _brief(found)


def _brief(found: Row) -> Brief:
    typed = {
        "questions": tuple(found["questions"]),
        "kind": Expertise(found["kind"]) if found["kind"] else None,
        "level": Level(found["level"]) if found["level"] else None,
    }
    return Brief(**{**found, **typed})
