"""The vocabulary, for those who curate: terms with their other names, beneath what stands above them. For everybody
else the tags of the clips that they see.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Invalid, NotFound
from domain.permit import Act, demand, may
from domain.person import Person
from domain.vocabulary import as_tree
from publish_api import vocabulary as vocabulary_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.services import Services
from publish_api.vocabulary import MAX_LIST, MergerIn, TermChange, TermIn
from store import tags, vocabulary

router = APIRouter(prefix="/tags", include_in_schema=False)

_Text = Annotated[str, Form(max_length=5000)]
_BETWEEN = re.compile(r"[,;|]")


@router.get("")
def listed(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    if may(viewer, Act.REVIEW):
        return _vocabulary(request, services, viewer)
    with services.store.transaction() as tx:
        found = tags.page(tx, viewer.id, cursor=cursor or None)
    return page(request, "tags.html", viewer=viewer, tags=found.items, next=found.next)


@router.post("")
def add(
    request: Request,
    services: Use,
    viewer: Viewer,
    terms: Annotated[str, Form(max_length=MAX_LIST)] = "",
) -> Response:
    try:
        vocabulary_api.take_in(services, viewer, terms)
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, typed=terms, trouble=refusal.message, status=400)
    return RedirectResponse("/tags", 303)


@router.post("/words")
def keep(request: Request, services: Use, viewer: Viewer, word: _Text) -> Response:
    """A word that is on clips becomes a term."""
    try:
        vocabulary_api.added(
            services, viewer, Response(), TermIn.model_construct(label=word, aliases=[], parent="", language=None)
        )
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, trouble=refusal.message, status=400)
    return RedirectResponse("/tags", 303)


@router.post("/{term_id}")
def change(
    request: Request,
    services: Use,
    viewer: Viewer,
    term_id: str,
    version: Annotated[int, Form()],
    label: _Text,
    aliases: _Text = "",
    parent: _Text = "",
    language: _Text = "",
) -> Response:
    asked = TermChange.model_construct(
        label=label,
        aliases=[name for each in _BETWEEN.split(aliases) if (name := each.strip())],
        parent=parent,
        language=language.strip().lower(),
    )
    try:
        vocabulary_api.changed(services, viewer, Response(), term_id, asked, f'"{version}"')
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, trouble=refusal.message, changed=term_id, status=400)
    return RedirectResponse(f"/tags#{term_id}", 303)


@router.post("/{term_id}/merger")
def merge(
    request: Request, services: Use, viewer: Viewer, term_id: str, version: Annotated[int, Form()], into: _Text
) -> Response:
    try:
        vocabulary_api.merged(
            services, viewer, Response(), term_id, MergerIn.model_construct(into=into), f'"{version}"'
        )
    except (Conflict, Invalid, NotFound) as refusal:
        return _drawn(request, services, viewer, trouble=refusal.message, changed=term_id, status=400)
    return RedirectResponse("/tags", 303)


@router.post("/{term_id}/removal")
def remove(services: Use, viewer: Viewer, term_id: str) -> Response:
    vocabulary_api.removed(services, viewer, term_id)
    return RedirectResponse("/tags", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    typed: str = "",
    trouble: str = "",
    changed: str = "",
    status: int = 200,
) -> Response:
    """After a change."""
    demand(viewer, Act.REVIEW)
    return _vocabulary(request, services, viewer, typed=typed, trouble=trouble, changed=changed, status=status)


def _vocabulary(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    typed: str = "",
    trouble: str = "",
    changed: str = "",
    status: int = 200,
) -> Response:
    with services.store.transaction() as tx:
        found = {entry.term.label: entry for entry in vocabulary.entries(tx, viewer.id)}
        words = vocabulary.words_in_use(tx, viewer.id)
        changes = vocabulary_api.may_change(tx, viewer)
    return page(
        request,
        "vocabulary.html",
        viewer=viewer,
        status=status,
        terms=[(min(depth, 5), found[term.label]) for depth, term in as_tree([e.term for e in found.values()])],
        words=words,
        changes=changes,
        typed=typed,
        trouble=trouble,
        changed=changed,
    )
