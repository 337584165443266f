# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Spaces, and who is in them. Who sees into which is the view `viewer_space`."""

from collections.abc import Iterable
from uuid import UUID

import psycopg

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.space import Member, Space
from store.media import rotate_media_key
from store.paging import MAX_LIMIT, Page, paged
from store.people import BEGINS, MAX_NAME, PERSON, beginning, typed
from store.postgres import Tx, row, rows
from store.text import one_line

_SPACE = "s.id, s.public_id, s.name, s.everyone, s.downloads, s.unfurls, s.open"


def everyone_space(tx: Tx) -> Space:
    """The space that everybody is in; made when it is missing."""
    find = f"select {_SPACE} from space s where everyone"
    found = row(tx, find)
    if found is None:
        tx.execute(
            "insert into space (id, public_id, name, everyone) values (%s, %s, 'Everyone', true)"
            " on conflict do nothing",
            [uuid7(), public_id()],
        )
        found = row(tx, find)
    assert found is not None
    return Space(**found)


def spaces_of(tx: Tx, viewer_id: UUID) -> tuple[Space, ...]:
    """The spaces this person sees into, the one of everybody first."""
    found = rows(
        tx,
        f"select {_SPACE} from space s join viewer_space v on v.space_id = s.id and v.person_id = %s"
        " order by not s.everyone, lower(s.name)",
        [viewer_id],
    )
    return tuple(Space(**each) for each in found)


def page(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[Space]:
    """The same, a page at a time. Raises Invalid (`bad_cursor`)."""
    by = (("(not s.everyone)::int", int), ("lower(s.name)", str), ("s.id", UUID))
    of = "from space s join viewer_space v on v.space_id = s.id and v.person_id = %(viewer)s"
    return paged(
        tx, _SPACE, of, {"viewer": viewer_id}, by=by, build=lambda found: Space(**found), cursor=cursor, limit=limit
    )


def spaces_by_id(tx: Tx, space_ids: Iterable[UUID]) -> dict[UUID, Space]:
    """For naming the space of a thing whose reader has been let see it."""
    found = rows(tx, f"select {_SPACE} from space s where id = any(%s)", [list(set(space_ids))])
    return {each["id"]: Space(**each) for each in found}


def space_by_public_id(tx: Tx, public_id: str, viewer_id: UUID) -> Space:
    """Raises NotFound, also when the person does not see into it."""
    found = None
    if is_public_id(public_id):
        found = row(
            tx,
            f"select {_SPACE} from space s join viewer_space v on v.space_id = s.id and v.person_id = %s"
            " where s.public_id = %s",
            [viewer_id, public_id],
        )
    if found is None:
        raise NotFound("There is no such space, or you are not in it.")
    return Space(**found)


def add_space(tx: Tx, name: str, *, open: bool = False) -> Space:  # noqa: A002 - as the noun has it
    """A space with no members yet. Raises Invalid on a bad name, Conflict (`space_taken`)."""
    name = _name(name)
    space = Space(uuid7(), public_id(), name, everyone=False, open=open)
    added = tx.execute(
        "insert into space (id, public_id, name, open) values (%s, %s, %s, %s) on conflict (name) do nothing",
        [space.id, space.public_id, space.name, space.open],
    )
    if not added.rowcount:
        raise _taken(name)
    return space


def allow_downloads(tx: Tx, space_id: UUID, allowed: bool) -> None:
    """Whether its published clips can be taken along, from now on."""
    tx.execute("update space set downloads = %s where id = %s", [allowed, space_id])


def show(tx: Tx, space: Space, *, open: bool) -> None:  # noqa: A002
    """Whether all colleagues see into it. Closed, no media URL given out for it works any more at our server.

    Raises Invalid (`everyones`) for the space of everybody, Conflict (`space_in_use`) where it would show what was
    promised to be for members: who speaks agreed to be shown to the people of that space.
    """
    if space.everyone:
        raise Invalid("Everybody is in this space, and that stays so.", code="everyones")
    if open == space.open:
        return
    used = row(tx, "select from recording where space_id = %s and deleted_at is null limit 1", [space.id]) is not None
    if open and used:
        raise Conflict(
            "There are recordings in this space, and who speaks in them agreed to be shown to its members. Make "
            "another space that all colleagues see into, and move there what may be shown to them.",
            code="space_in_use",
        )
    tx.execute("update space set open = %s where id = %s", [open, space.id])
    if not open:
        for each in rows(tx, "select id from recording where space_id = %s order by id", [space.id]):
            rotate_media_key(tx, each["id"])


def rename(tx: Tx, space_id: UUID, name: str) -> None:
    """Raises Invalid (`bad_name`), Conflict (`space_taken`)."""
    name = _name(name)
    try:
        with tx.transaction():
            tx.execute("update space set name = %s where id = %s", [name, space_id])
    except psycopg.errors.UniqueViolation as cause:
        raise _taken(name) from cause


def _name(text: str) -> str:
    name = one_line(text)
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A space's name is 1 to {MAX_NAME} characters long.", code="bad_name")
    return name


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a space called {name} already. Choose another name.", code="space_taken")


def members(tx: Tx, space_id: UUID) -> tuple[Member, ...]:
    """Those who were let in and have not left, by name. Everybody is in the space of everybody without a word here."""
    found = rows(
        tx,
        f"select m.curates, {PERSON} from membership m join person p on p.id = m.person_id"
        " where m.space_id = %s and p.left_at is null and not p.device order by lower(p.name), p.id",
        [space_id],
    )
    return tuple(Member(curates=each.pop("curates"), person=typed(each)) for each in found)


def page_of_members(
    tx: Tx, space_id: UUID, *, q: str = "", cursor: str | None = None, limit: int = MAX_LIMIT
) -> Page[Member]:
    """The same, a page at a time; with `q` those whose name or login name goes on like that.

    Raises Invalid (`bad_cursor`).
    """
    return paged(
        tx,
        f"m.curates, {PERSON}",
        "from membership m join person p on p.id = m.person_id where m.space_id = %(space)s and p.left_at is null"
        f" and not p.device and {BEGINS}",
        {"space": space_id, "begins": beginning(q)},
        by=(("lower(p.name)", str), ("p.id", UUID)),
        build=lambda each: Member(curates=each.pop("curates"), person=typed(each)),
        cursor=cursor,
        limit=limit,
    )


def add_member(tx: Tx, space_id: UUID, person_id: UUID, curates: bool = False) -> None:
    """Lets a person see into a space. `curates` counts for those whose role is curator."""
    try:
        tx.execute(
            "insert into membership (space_id, person_id, curates) values (%s, %s, %s)"
            " on conflict (space_id, person_id) do update set curates = excluded.curates",
            [space_id, person_id, curates],
        )
    except psycopg.errors.ForeignKeyViolation as cause:
        raise NotFound("There is no such space or person.") from cause


def remove_member(tx: Tx, space_id: UUID, person_id: UUID) -> None:
    """A second call changes nothing."""
    tx.execute("delete from membership where space_id = %s and person_id = %s", [space_id, person_id])


def curates_by_name(tx: Tx, space_id: UUID, person_id: UUID) -> bool:
    """Whether a membership says that they curate it, whatever they are here for."""
    query = "select from membership where space_id = %s and person_id = %s and curates"
    return row(tx, query, [space_id, person_id]) is not None


def curates(tx: Tx, person_id: UUID, space_id: UUID) -> bool:
    found = tx.execute(
        "select curates from viewer_space where person_id = %s and space_id = %s", [person_id, space_id]
    ).fetchone()
    return bool(found and found[0])
