"""Search: clips to the second that answers, what somebody may be typing, and what nobody found."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from domain.clip import Expertise, Level
from domain.permit import Act, demand
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.answers import Items, Limit, all_of, problems
from publish_api.schemas import API
from publish_api.search_schemas import ChoiceOut, FoundOut, HitOut, MissedOut, SuggestionOut
from publish_api.services import Services
from publish_api.written import written
from store import finding, missed, typeahead
from store.search import MAX_QUERY, query_of, says_nothing

router = APIRouter(prefix=API, tags=["search"])

Words = Annotated[
    str, Query(max_length=MAX_QUERY, description='As in a search box: words; or "phrases", -not, and just that.')
]


@router.get(
    "/search",
    summary="Clips by what is said in them, to the second",
    description="By words, those of caption tracks too, by likeness of titles and tags, by meaning, and what was said"
    " about them, fused. Without `q` the newest of a tag, level, space, kind, language or speaker.",
    response_model=FoundOut,
    responses=problems(),
)
def search(
    services: Use,
    viewer: Viewer,
    q: Words = "",
    tag: Annotated[str | None, Query(max_length=200, description="Label or slug.")] = None,
    level: Level | None = None,
    space: Annotated[str | None, Query(max_length=40)] = None,
    kind: Expertise | None = None,
    language: Annotated[str | None, Query(max_length=10, description="ISO 639-1.")] = None,
    person: Annotated[str | None, Query(max_length=200, description="Who speaks, by name.")] = None,
    limit: Limit = 20,
) -> Response:
    found = find(services, viewer, q, finding.Wanted(tag, level, space, kind, language, person), limit)
    shown = FoundOut(
        items=[HitOut.of(hit) for hit in found.hits],
        next=None,
        clips=found.clips,
        choices=[ChoiceOut.of(choice) for choice in found.choices],
    )
    return written(FoundOut, shown)


@router.get("/search/suggestions", summary="What somebody may be typing", responses=problems())
def suggest(services: Use, viewer: Viewer, q: Words) -> Items[SuggestionOut]:
    with services.store.transaction() as tx:
        return all_of(SuggestionOut.of(each) for each in typeahead.suggestions(tx, viewer.id, q))


@router.get(
    "/search/missed",
    summary="What was searched for and not found, the most often first",
    description="By whom is not kept.",
    responses=problems(403),
)
def searched_in_vain(services: Use, viewer: Viewer) -> Items[MissedOut]:
    demand(viewer, Act.READ_MISSED)
    with services.store.transaction() as tx:
        return all_of(MissedOut.of(each) for each in missed.listed(tx))


def find(services: Services, viewer: Person, q: str, wanted: finding.Wanted, limit: int) -> finding.Found:
    """What is found; and a note of what is not, where words that say something were all that was asked."""
    q = query_of(q)
    meaning = services.meaning(q) if q else None  # before a connection is taken
    with services.store.transaction() as tx:
        found = finding.search(tx, viewer.id, q, limit, now=services.now(), meaning=meaning, wanted=wanted)
        if not found.hits and wanted == finding.ANY and not says_nothing(tx, viewer.id, q):
            missed.note(tx, q, services.now())
    return found
