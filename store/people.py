# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""People, and the spaces they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.person import Person, Role, Space, login_name
from store.postgres import Row, Tx, row, rows
from store.text import one_line

MAX_NAME = 200  # characters
PERSON = "p.id, p.public_id, p.login, p.name, p.role, p.email, p.left_at"
_SPACE = "s.id, s.public_id, s.name, s.everyone"


@dataclass(frozen=True)
class Standing:
    """How a person stands to a thing: what domain.permit asks for. Both false for those who have left."""

    own: bool
    curates: bool


def add_person(tx: Tx, *, login: str, name: str, role: Role, email: str | None = None) -> Person:
    """Raises Invalid on a bad login or name, Conflict (`login_taken`)."""
    name = one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A name is 1 to {MAX_NAME} characters long.", code="bad_name")
    person = Person(uuid7(), public_id(), login_name(login), name, Role(role), one_line(email or "") or None)
    added = tx.execute(
        "insert into person (id, public_id, login, name, role, email) values (%s, %s, %s, %s, %s, %s)"
        " on conflict (login) do nothing",
        [person.id, person.public_id, person.login, person.name, person.role, person.email],
    )
    if not added.rowcount:
        raise Conflict(f"Somebody is called {person.login} already. Choose another login name.", code="login_taken")
    return person


def person_by_login(tx: Tx, login: str) -> Person | None:
    """Also those who have left."""
    try:
        login = login_name(login)
    except Invalid:
        return None
    return person_from(row(tx, f"select {PERSON} from person p where login = %s", [login]))


def person_by_public_id(tx: Tx, public_id: str) -> Person:
    """Also those who have left. Raises NotFound."""
    found = (
        person_from(row(tx, f"select {PERSON} from person p where public_id = %s", [public_id]))
        if is_public_id(public_id)
        else None
    )
    if found is None:
        raise NotFound("There is nobody with that id.")
    return found


def list_people(tx: Tx) -> tuple[Person, ...]:
    """Everybody who has not left, by name."""
    found = rows(tx, f"select {PERSON} from person p where left_at is null order by lower(name), id")
    return tuple(_typed(each) for each in found)


def people_by_id(tx: Tx, person_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Also those who have left: whose names stand under what they did."""
    found = rows(tx, f"select {PERSON} from person p where id = any(%s)", [list(set(person_ids))])
    return {each["id"]: _typed(each) for each in found}


def leave(tx: Tx, person_id: UUID, now: datetime) -> None:
    """The person is nobody from now on: no session, link or token of theirs works."""
    tx.execute("update person set left_at = %s where id = %s and left_at is null", [now, person_id])


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


def add_space(tx: Tx, name: str) -> Space:
    """A space with no members yet. Raises Invalid on a bad name, Conflict (`space_taken`)."""
    name = one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A space's name is 1 to {MAX_NAME} characters long.", code="bad_name")
    space = Space(uuid7(), public_id(), name, everyone=False)
    added = tx.execute(
        "insert into space (id, public_id, name) values (%s, %s, %s) on conflict (name) do nothing",
        [space.id, space.public_id, space.name],
    )
    if not added.rowcount:
        raise Conflict(f"There is a space called {name} already. Choose another name.", code="space_taken")
    return space


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


def scope_curator(tx: Tx, person_id: UUID, *, curates_all: bool) -> None:
    """Whether a curator curates every space, or those where a membership says so."""
    tx.execute("update person set curates_all = %s where id = %s", [curates_all, person_id])


def curates(tx: Tx, person_id: UUID, space_id: UUID) -> bool:
    found = tx.execute(
        "select curates from viewer_space where person_id = %s and space_id = %s", [person_id, space_id]
    ).fetchone()
    return bool(found and found[0])


def person_from(found: Row | None) -> Person | None:
    """From a row of the columns PERSON."""
    return None if found is None else _typed(found)


def _typed(found: Row) -> Person:
    return Person(**{**found, "role": Role(found["role"])})
