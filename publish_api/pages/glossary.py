"""The glossary, for those who curate: company words as they are written, several added at once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Conflict, Invalid
from domain.glossary import read_terms
from domain.permit import Act, demand, may
from domain.person import Person
from publish_api import glossary as glossary_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.services import Services
from store import glossary, spaces

router = APIRouter(prefix="/glossary", include_in_schema=False)


@router.get("")
def listed(request: Request, services: Use, viewer: Viewer) -> Response:
    return _drawn(request, services, viewer)


@router.post("")
def add(
    request: Request,
    services: Use,
    viewer: Viewer,
    terms: Annotated[str, Form(max_length=200_000)] = "",
    space: Annotated[str, Form()] = "",
) -> Response:
    try:
        glossary_api.add_terms(services, viewer, space or None, read_terms(terms))
    except (Conflict, Invalid) as refusal:
        return _drawn(request, services, viewer, typed=terms, where=space, trouble=refusal.message, status=400)
    return RedirectResponse("/glossary", 303)


@router.post("/{term_id}/removal")
def remove(services: Use, viewer: Viewer, term_id: str) -> Response:
    glossary_api.remove(services, viewer, term_id)
    return RedirectResponse("/glossary", 303)


def _drawn(
    request: Request,
    services: Services,
    viewer: Person,
    *,
    typed: str = "",
    where: str = "",
    trouble: str = "",
    status: int = 200,
) -> Response:
    demand(viewer, Act.REVIEW)
    with services.store.transaction() as tx:
        curated = [
            space
            for space in spaces.spaces_of(tx, viewer.id)
            if may(viewer, Act.CHANGE_GLOSSARY, curates=spaces.curates(tx, viewer.id, space.id))
        ]
        found = glossary.entries(tx, viewer.id)
    return page(
        request,
        "glossary.html",
        viewer=viewer,
        status=status,
        spaces=curated,
        terms={space.id: [entry for entry in found if entry.space_id == space.id] for space in curated},
        typed=typed,
        where=where,
        trouble=trouble,
    )
