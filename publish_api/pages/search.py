"""Search, to the spoken second; and what was searched for and not found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.clip import Expertise, Level
from domain.permit import Act, demand
from publish_api import searching
from publish_api.access import Use, Viewer
from publish_api.pages import words
from publish_api.pages.look import page
from publish_api.tongue import _, called, phrase
from store import finding, missed, pictures
from store.search import MAX_QUERY, says_nothing

router = APIRouter(include_in_schema=False)

_RUN_UP_MS = 1000  # a link lands a breath before the sentence
_FACETS = {
    "tag": phrase("Tag"),
    "level": phrase("Level"),
    "kind": phrase("Kind"),
    "space": phrase("Space"),
    "language": phrase("Language"),
    "person": phrase("Who speaks"),
}
_IN_WORDS = {"level": words.level, "kind": words.kind, "language": called}


@dataclass(frozen=True)
class Option:
    """A value to narrow the search down to, or to leave it again."""

    label: str
    clips: int | None
    href: str
    chosen: bool


@router.get("/search")
def search(
    request: Request,
    services: Use,
    viewer: Viewer,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    tag: Annotated[str, Query(max_length=200)] = "",
    level: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    space: Annotated[str, Query(max_length=40)] = "",
    language: Annotated[str, Query(max_length=10)] = "",
    person: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """A value that nobody offered is as good as none: a link that was typed wrongly still finds."""
    wanted = finding.Wanted(
        tag=tag or None,
        level=Level(level) if level in set(Level) else None,
        space=space or None,
        kind=Expertise(kind) if kind in set(Expertise) else None,
        language=language or None,
        person=person or None,
    )
    q = q.strip()
    found = searching.find(services, viewer, q, wanted, limit=20)
    with services.store.transaction() as tx:
        pictured = pictures.pictured(tx, (hit.clip.id for hit in found.hits))
        common = bool(q) and not found.hits and says_nothing(tx, viewer.id, q)
    return page(
        request,
        "search.html",
        viewer=viewer,
        q=q,
        hits=[(hit, href(hit)) for hit in found.hits],
        clips=found.clips,
        pictured=pictured,
        common=common,
        narrowed=wanted != finding.ANY,
        given=[(name, value) for name in _FACETS if (value := getattr(wanted, name))],
        facets=_facets(q, wanted, found.choices, found.clips),
        anything=_address(q, finding.ANY),
        kept_days=missed.KEPT.days,
    )


@router.get("/searches")
def searched_in_vain(request: Request, services: Use, viewer: Viewer) -> Response:
    demand(viewer, Act.READ_MISSED)
    with services.store.transaction() as tx:
        found = missed.listed(tx)
    return page(request, "searches.html", viewer=viewer, missed=found, kept_days=missed.KEPT.days)


@router.post("/searches/removal")
def remove(services: Use, viewer: Viewer, query: Annotated[str, Form(max_length=1000)] = "") -> Response:
    demand(viewer, Act.READ_MISSED)
    with services.store.transaction() as tx:
        missed.answer(tx, query)
    return RedirectResponse("/searches", 303)


def href(hit: finding.Hit) -> str:
    """To the second of a clip; of a comment, to that as well."""
    at = max((hit.clip_ms or 0) - _RUN_UP_MS, 0) // 1000
    second = f"?t={at}&v={hit.clip.version}" if at else ""
    return f"/clips/{hit.clip.public_id}{second}" + (f"#c-{hit.remark.id}" if hit.remark else "")


def _facets(
    q: str, wanted: finding.Wanted, choices: Sequence[finding.Choice], clips: int
) -> list[tuple[str, list[Option]]]:
    """What would narrow it down, and what does already."""
    facets = []
    for name, title in _FACETS.items():
        values = [each for each in choices if each.facet == name]
        chosen = getattr(wanted, name)
        if chosen is None and all(each.clips == clips for each in values):
            continue  # it would leave all of them
        options = [
            Option(_label(each), each.clips, _address(q, _but(wanted, name, each.value)), chosen=False)
            for each in values
        ]
        if chosen is not None:
            label = next((_label(each) for each in values if each.value == chosen), str(chosen))
            options = [Option(label, None, _address(q, _but(wanted, name, None)), chosen=True)]
        facets.append((_(title), options))
    return facets


def _but(wanted: finding.Wanted, name: str, value: object) -> finding.Wanted:
    changed: dict[str, Any] = {name: value}
    return replace(wanted, **changed)


def _label(choice: finding.Choice) -> str:
    said = _IN_WORDS.get(choice.facet)
    return said(choice.value) if said else choice.label


def _address(q: str, wanted: finding.Wanted) -> str:
    given = {name: value for name in _FACETS if (value := getattr(wanted, name))}
    query = urlencode({**({"q": q} if q else {}), **given})
    return f"/search?{query}" if query else "/search"
