# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The glossary. Every term is of a space; those of the space that everybody is in count for all recordings."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.errors import Conflict, NotFound
from domain.glossary import MAX_TERMS, Term, likely_first, once
from domain.ids import is_public_id, public_id, uuid7
from domain.recording import Recording
from store.paging import MAX_LIMIT, Page, paged
from store.postgres import Row, Tx, row, rows
from store.text import one_line

_ENTRY = "g.public_id, g.space_id, g.text, g.heard"
_CURATED = """exists (
    select from viewer_space v where v.person_id = %(viewer)s and v.space_id = g.space_id and v.curates)"""


@dataclass(frozen=True)
class Entry:
    """A term in the glossary of a space."""

    public_id: str
    space_id: UUID
    term: Term


def entries(tx: Tx, viewer_id: UUID) -> tuple[Entry, ...]:
    """The terms of all spaces that the viewer curates, in the order of the alphabet."""
    query = f"select {_ENTRY} from glossary_term g where {_CURATED} order by g.key, g.id"
    return tuple(_entry(each) for each in rows(tx, query, {"viewer": viewer_id}))


def page(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[Entry]:
    """The same, a page at a time. Raises Invalid (`bad_cursor`)."""
    by = (("g.key", str), ("g.id", UUID))
    of = f"from glossary_term g where {_CURATED}"
    return paged(tx, _ENTRY, of, {"viewer": viewer_id}, by=by, build=_entry, cursor=cursor, limit=limit)


def entry(tx: Tx, public_id: str, viewer_id: UUID) -> Entry:
    """Raises NotFound, also when the viewer does not curate its space."""
    found = None
    if is_public_id(public_id):
        query = f"select {_ENTRY} from glossary_term g where g.public_id = %(id)s and {_CURATED}"
        found = row(tx, query, {"id": public_id, "viewer": viewer_id})
    if found is None:
        raise NotFound("There is no such term in the glossary, or its space is not yours to curate.")
    return _entry(found)


def add(tx: Tx, space_id: UUID, terms: Iterable[Term]) -> tuple[Entry, ...]:
    """Adds terms, as kept; one that is there is written, and heard, as it is said now.

    Raises Invalid (`bad_term`), Conflict (`glossary_full`).
    """
    checked = once([Term(one_line(t.text), tuple(map(one_line, t.heard))).checked() for t in terms])
    tx.execute("select from space where id = %s for update", [space_id])  # or two at once would both find room
    kept = [
        row(
            tx,
            "insert into glossary_term as g (id, public_id, space_id, key, text, heard)"
            " values (%s, %s, %s, %s, %s, %s) on conflict (space_id, key)"
            f" do update set text = excluded.text, heard = excluded.heard returning {_ENTRY}",
            [uuid7(), public_id(), space_id, term.key, term.text, list(term.heard)],
        )
        for term in checked
    ]
    held = row(tx, "select count(*) as terms from glossary_term where space_id = %s", [space_id])
    if held and held["terms"] > MAX_TERMS:
        raise Conflict(
            f"A glossary holds at most {MAX_TERMS} terms. Remove some that nobody says any more.", code="glossary_full"
        )
    return tuple(_entry(each) for each in kept if each)


def remove(tx: Tx, public_id: str) -> None:
    """A second call changes nothing."""
    tx.execute("delete from glossary_term where public_id = %s", [public_id])


def terms_for(tx: Tx, recording: Recording) -> tuple[Term, ...]:
    """The terms that may be said in a recording, the likeliest first: those that its title or its brief names, then
    those of its own space, the newest first.
    """
    found = rows(
        tx,
        "select g.text, g.heard from glossary_term g join space s on s.id = g.space_id"
        " where s.everyone or s.id = %s order by s.everyone, g.id desc",
        [recording.space_id],
    )
    asked = row(tx, "select concat_ws(' ', title, wanted) as text from brief where id = %s", [recording.brief_id])
    about = f"{recording.title} {asked['text'] if asked else ''}"
    return likely_first(once([Term(each["text"], tuple(each["heard"])) for each in found]), about)


def _entry(found: Row) -> Entry:
    return Entry(found["public_id"], found["space_id"], Term(found["text"], tuple(found["heard"])))
