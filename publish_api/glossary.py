"""The glossary: words that speech engines cannot know, kept by those who curate a space."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.glossary import MAX_HEARD, MAX_TERM, Term
from domain.permit import Act, demand
from domain.person import Person
from domain.space import Space
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Id, Items, Limit, page_of, problems
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import glossary, spaces
from store.glossary import Entry
from store.paging import MAX_LIMIT
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/glossary", tags=["glossary"])

# Four times what is kept: runs of white space go when it is.
_Text = Annotated[str, Field(max_length=4 * MAX_TERM)]


class TermIn(In):
    text: _Text = Field(description="As it has to be written.")
    heard: list[_Text] = Field(
        default=[], max_length=4 * MAX_HEARD, description="What is known to be written down instead."
    )
    space: str | None = Field(default=None, description="For recordings of this space; left out: for all.")


class TermOut(Out):
    id: str
    text: str
    heard: list[str]
    space: str = Field(description="Its recordings are heard with it; those of all spaces, if it is everybody's.")

    @classmethod
    def of(cls, entry: Entry, space: Space) -> "TermOut":
        return cls(id=entry.public_id, text=entry.term.text, heard=list(entry.term.heard), space=space.public_id)


@router.get(
    "",
    summary="The glossary of the spaces you curate",
    description="Company words, names, product codes: as they are written, and what is heard instead.",
    responses=problems(403),
)
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[TermOut]:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        page = glossary.page(tx, viewer.id, cursor=cursor, limit=limit)
        named = spaces.spaces_by_id(tx, {entry.space_id for entry in page.items})
    return page_of(page, lambda entry: TermOut.of(entry, named[entry.space_id]))


@router.post(
    "",
    status_code=201,
    summary="Add a term to the glossary",
    description="One that is there is written, and heard, as it is said now. It counts for what is heard from now on.",
    responses=problems(403, 404, 409),
)
def add(services: Use, viewer: Viewer, body: TermIn) -> TermOut:
    with services.store.transaction() as tx:
        space = _space(tx, body.space, viewer)
        (entry,) = glossary.add(tx, space.id, [Term(body.text, tuple(body.heard))])
        return TermOut.of(entry, space)


@router.delete("/{id}", status_code=204, summary="Take a term out of the glossary", responses=problems(403, 404))
def remove(services: Use, viewer: Viewer, id_: Id) -> None:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        glossary.remove(tx, glossary.entry(tx, id_, viewer.id).public_id)


def add_terms(services: Services, viewer: Person, space_id: str | None, terms: Iterable[Term]) -> int:
    """For the page, where several are written at once: all of them or none. Says how many."""
    with services.store.transaction() as tx:
        return len(glossary.add(tx, _space(tx, space_id, viewer).id, terms))


def _space(tx: Tx, public_id: str | None, viewer: Person) -> Space:
    """Where the viewer may change the glossary. Raises NotFound, Forbidden."""
    found = spaces.space_by_public_id(tx, public_id, viewer.id) if public_id else spaces.everyone_space(tx)
    demand(viewer, Act.CHANGE_GLOSSARY, curates=spaces.curates(tx, viewer.id, found.id))
    return found
