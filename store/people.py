# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""People."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.errors import Conflict, Gone, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.person import Person, Role, login_name
from store import events
from store.paging import MAX_LIMIT, Page, paged
from store.postgres import Row, Tx, row, rows
from store.text import one_line

MAX_NAME = 200  # characters
PERSON = (
    "p.id, p.public_id, p.login, p.name, p.role, p.email, p.left_at, p.curates_all, p.self_named, p.device, p.language"
)
# Of a person `p`, whose login name or one of whose names begins with %(begins)s, made by `beginning`.
BEGINS = "(p.login like %(begins)s || '%%' or ' ' || folded(p.name) like '%% ' || folded(%(begins)s) || '%%')"


@dataclass(frozen=True)
class Standing:
    """How a person stands to a thing: what domain.permit asks for. Both false for those who have left."""

    own: bool
    curates: bool


def add_person(
    tx: Tx, *, login: str, name: str, role: Role, email: str | None = None, self_named: bool = False
) -> Person:
    """Raises Invalid on a bad login or name, Conflict (`login_taken`)."""
    name = one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A name is 1 to {MAX_NAME} characters long.", code="bad_name")
    person = Person(
        uuid7(), public_id(), login_name(login), name, Role(role), one_line(email or "") or None, self_named=self_named
    )
    added = tx.execute(
        "insert into person (id, public_id, login, name, role, email, self_named) values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict (login) do nothing",
        [person.id, person.public_id, person.login, person.name, person.role, person.email, self_named],
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
    """Also those who have left. Raises NotFound, and Gone for whose data were deleted."""
    found = (
        person_from(row(tx, f"select {PERSON} from person p where public_id = %s", [public_id]))
        if is_public_id(public_id)
        else None
    )
    if found is None:
        raise NotFound("There is nobody with that id.")
    if row(tx, "select from person where id = %s and erased_at is not null", [found.id]) is not None:
        raise Gone("Who was here has left, and what was held about them was deleted.", code="erased")
    return found


def list_people(tx: Tx) -> tuple[Person, ...]:
    """Everybody who has not left, by name. No devices."""
    found = rows(tx, f"select {PERSON} from person p where left_at is null and not device order by lower(name), id")
    return tuple(typed(each) for each in found)


def page(tx: Tx, *, q: str = "", cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[Person]:
    """The same, a page at a time; with `q` those whose name or login name goes on like that.

    Raises Invalid (`bad_cursor`).
    """
    by = (("lower(p.name)", str), ("p.id", UUID))
    of = f"from person p where left_at is null and not p.device and {BEGINS}"
    return paged(tx, PERSON, of, {"begins": beginning(q)}, by=by, build=typed, cursor=cursor, limit=limit)


def beginning(typed_: str) -> str:
    """What somebody typed of a name, for `BEGINS`: nothing of it is a sign for any letters."""
    return one_line(typed_).lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def curating_all(tx: Tx, limit: int) -> tuple[Person, ...]:
    """Who is here to review everything, by name: so many at most."""
    found = rows(
        tx,
        f"select {PERSON} from person p where p.left_at is null and not p.device"
        " and (p.role = 'admin' or p.role = 'curator' and p.curates_all) order by lower(p.name), p.id limit %s",
        [limit],
    )
    return tuple(typed(each) for each in found)


def people_by_id(tx: Tx, person_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Also those who have left: whose names stand under what they did."""
    found = rows(tx, f"select {PERSON} from person p where id = any(%s)", [list(set(person_ids))])
    return {each["id"]: typed(each) for each in found}


def leave(tx: Tx, person_id: UUID, now: datetime) -> None:
    """The person is nobody from now on: no session, link or token of theirs works."""
    left = row(
        tx,
        "update person set left_at = %s where id = %s and left_at is null returning public_id",
        [now, person_id],
    )
    if left is not None:
        events.tell(tx, events.person_topic(left["public_id"]))


def change_role(tx: Tx, person_id: UUID, role: Role) -> None:
    """Whoever says what somebody is here for knows who that is."""
    tx.execute("update person set role = %s, self_named = false where id = %s", [role, person_id])


def scope_curator(tx: Tx, person_id: UUID, *, curates_all: bool) -> None:
    """Whether a curator curates every space, or those where a membership says so."""
    tx.execute("update person set curates_all = %s where id = %s", [curates_all, person_id])


def choose_language(tx: Tx, person_id: UUID, language: str) -> None:
    """The language of their pages and mails, as a code of ISO 639."""
    tx.execute("update person set language = %s where id = %s", [language, person_id])


def person_from(found: Row | None) -> Person | None:
    return None if found is None else typed(found)


def typed(found: Row) -> Person:
    """From a row of the columns PERSON."""
    return Person(**{**found, "role": Role(found["role"])})
