"""Everything held about somebody: to take along, or to have deleted. One's own, or for an admin who was asked."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Invalid
from domain.permit import Act
from domain.person import Person
from domain.person_data import KEPT_FOR, WAIT, Said
from publish_api import person_data as api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.services import Services
from store import person_data, takedowns

router = APIRouter(prefix="/people/{person_id}/data", include_in_schema=False)


@router.get("")
def data(request: Request, services: Use, viewer: Viewer, person_id: str) -> Response:
    return _drawn(request, services, viewer, person_id)


@router.post("/exports")
def ask_export(services: Use, viewer: Viewer, person_id: str) -> Response:
    api.ask_export(services, viewer, person_id)
    return RedirectResponse(f"/people/{person_id}/data", 303)


@router.post("/erasure")
def ask_erasure(
    request: Request, services: Use, viewer: Viewer, person_id: str, comments: Annotated[str, Form()] = ""
) -> Response:
    said = Said(comments) if comments in set(Said) else Said.KEPT
    try:
        api.ask_erasure(services, viewer, person_id, api.ErasureIn(comments=said))
    except Invalid as refusal:
        return _drawn(request, services, viewer, person_id, trouble=refusal.message, status=400)
    return RedirectResponse(f"/people/{person_id}/data", 303)


@router.post("/erasure/end")
def stop_erasure(services: Use, viewer: Viewer, person_id: str) -> Response:
    api.stop_erasure(services, viewer, person_id)
    return RedirectResponse(f"/people/{person_id}/data", 303)


def _drawn(
    request: Request, services: Services, viewer: Person, person_id: str, *, trouble: str = "", status: int = 200
) -> Response:
    with services.store.transaction() as tx:
        person = api.demanded(tx, person_id, viewer, Act.TAKE_DATA)
        found = person_data.exports(tx, person.id, viewer.id)
        erasure = person_data.erasure(tx, person.id)
        speaks_in = takedowns.spoken_by(tx, [person.id]).get(person.id, 0)
    response = page(
        request,
        "my_data.html",
        viewer=viewer,
        status=status,
        person=person,
        own=person.id == viewer.id,
        exports=found,
        erasure=erasure,
        speaks_in=speaks_in,
        kept_days=KEPT_FOR.days,
        wait_days=WAIT.days,
        history_days=services.history_days,
        audit_days=services.audit_days,
        backup_days=services.backup_days,
        trouble=trouble,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
