"""The vocabulary: the tags that L&D keeps. The tags of clips, as anybody sees them: clips.py."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from domain.clip import MAX_TAG
from domain.permit import Act, demand, may
from domain.person import Person
from domain.vocabulary import MAX_ALIASES, Term, read_terms, write_terms
from publish_api.access import Use, Viewer
from publish_api.answers import (
    Cursor,
    Id,
    IfMatch,
    Items,
    Limit,
    asked_version,
    page_of,
    problems,
    say_version,
    text_answer,
)
from publish_api.schemas import API, In, Out
from publish_api.services import Services
from store import spaces, vocabulary
from store.paging import MAX_LIMIT
from store.postgres import Tx
from store.vocabulary import Entry

router = APIRouter(prefix=f"{API}/tags/vocabulary", tags=["tags"])

MAX_LIST = 500_000  # characters of a list that is taken in
CSV = "text/csv"

# Four times what is kept: runs of white space go when it is.
_Name = Annotated[str, Field(max_length=4 * MAX_TAG)]
_Names = Annotated[list[_Name], Field(max_length=2 * MAX_ALIASES)]


class TermIn(In):
    label: _Name
    aliases: _Names = Field(default=[], description="Other names of the same thing: they become this tag.")
    parent: _Name = Field(default="", description="The name of the term above it; empty: none.")
    language: str | None = Field(
        default=None, max_length=20, description="ISO 639: of the clips it is suggested for. Null: all."
    )


class TermChange(In):
    """What is left out stays."""

    label: _Name | None = None
    aliases: _Names | None = None
    parent: _Name | None = Field(default=None, description="Empty: none.")
    language: Annotated[str, Field(max_length=20)] | None = Field(default=None, description="Empty: all.")


class MergerIn(In):
    into: _Name = Field(description="A name of the term that stays.")


class ListIn(In):
    terms: Annotated[str, Field(max_length=MAX_LIST)] = Field(
        description="CSV, a term a line: label, other names parted by |, the term above it, language."
    )


class TakenOut(Out):
    terms: int


class TermOut(Out):
    id: str
    slug: str
    label: str
    aliases: list[str]
    parent: str = Field(description="The label of the term above it; empty where there is none.")
    language: str | None
    version: int
    clips: int = Field(description="That you see or curate.")

    @classmethod
    def of(cls, entry: Entry) -> "TermOut":
        term = entry.term
        return cls(
            id=entry.public_id,
            slug=entry.slug,
            label=term.label,
            aliases=list(term.aliases),
            parent=term.parent,
            language=term.language,
            version=entry.version,
            clips=entry.clips,
        )


@router.get(
    "",
    summary="The vocabulary: the tags that L&D keeps",
    description="In the order of the alphabet. A clip that is given another name of a term has the term.",
    responses=problems(403),
)
def listed(services: Use, viewer: Viewer, cursor: Cursor = None, limit: Limit = MAX_LIMIT) -> Items[TermOut]:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        return page_of(vocabulary.page(tx, viewer.id, cursor=cursor, limit=limit), TermOut.of)


@router.get(
    ".csv",
    summary="The vocabulary as a spreadsheet reads it",
    response_class=Response,
    responses={**problems(403), **text_answer(CSV)},
)
def exported(services: Use, viewer: Viewer) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        text = write_terms(vocabulary.terms(tx))
    return Response(
        "\ufeff" + text,  # without it Excel reads no umlauts
        media_type=CSV,
        headers={"Content-Disposition": 'attachment; filename="vocabulary.csv"', "Cache-Control": "private, no-cache"},
    )


@router.post("", status_code=201, summary="Add a term", responses=problems(403, 409))
def added(services: Use, viewer: Viewer, response: Response, body: TermIn) -> TermOut:
    term = Term(body.label, tuple(body.aliases), body.parent, body.language or None)
    with services.store.transaction() as tx:
        _demand(tx, viewer)
        made = vocabulary.add(tx, term)
        return _shown(tx, made.public_id, viewer, response)


@router.post(
    "/list",
    summary="Take in a list of terms, all of them or none",
    description="One that is there is changed: an empty field leaves what it has.",
    responses=problems(403, 409),
)
def taken_in(services: Use, viewer: Viewer, body: ListIn) -> TakenOut:
    return TakenOut(terms=take_in(services, viewer, body.terms))


@router.get("/{id}", summary="A term", responses=problems(403, 404))
def one(services: Use, viewer: Viewer, response: Response, id_: Id) -> TermOut:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        return _shown(tx, id_, viewer, response)


@router.patch(
    "/{id}",
    summary="Change a term: all clips that have it follow",
    description="The name that it had is another name of it from now on.",
    responses=problems(403, 404, 409, 412, 428),
)
def changed(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: TermChange, if_match: IfMatch = None
) -> TermOut:
    with services.store.transaction() as tx:
        _demand(tx, viewer)
        version = asked_version(if_match, vocabulary.entry(tx, id_).version)
        vocabulary.change(tx, id_, version=version, **body.model_dump())
        return _shown(tx, id_, viewer, response)


@router.post(
    "/{id}/merger",
    summary="Make a term another name of one that stays",
    description="Its clips, its other names and what stands below it follow. Answers the term that stays.",
    responses=problems(403, 404, 409, 412, 428),
)
def merged(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: MergerIn, if_match: IfMatch = None
) -> TermOut:
    with services.store.transaction() as tx:
        _demand(tx, viewer)
        version = asked_version(if_match, vocabulary.entry(tx, id_).version)
        stays = vocabulary.merge(tx, id_, body.into, version=version)
        return _shown(tx, stays.public_id, viewer, response)


@router.delete(
    "/{id}",
    status_code=204,
    summary="Take a term out of the vocabulary",
    description="Clips keep it as a word of their own.",
    responses=problems(403, 404),
)
def removed(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        _demand(tx, viewer)
        vocabulary.remove(tx, id_)


def take_in(services: Services, viewer: Person, text: str) -> int:
    """Says how many. Raises Forbidden, and as `read_terms` and store.vocabulary.add do."""
    with services.store.transaction() as tx:
        _demand(tx, viewer)
        return vocabulary.take_in(tx, read_terms(text))


def may_change(tx: Tx, viewer: Person) -> bool:
    """There is one vocabulary for all: whoever changes it curates the space of everybody."""
    return may(viewer, Act.CHANGE_VOCABULARY, curates=_curates(tx, viewer))


def _demand(tx: Tx, viewer: Person) -> None:
    demand(viewer, Act.CHANGE_VOCABULARY, curates=_curates(tx, viewer))


def _curates(tx: Tx, viewer: Person) -> bool:
    return spaces.curates(tx, viewer.id, spaces.everyone_space(tx).id)


def _shown(tx: Tx, public_id: str, viewer: Person, response: Response) -> TermOut:
    known = vocabulary.entry(tx, public_id, viewer.id)
    say_version(response, known.version)
    return TermOut.of(known)
