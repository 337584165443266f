"""A person's data: taken along, or deleted. By themselves, or by an admin whom they asked."""

from datetime import datetime
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from domain.permit import Act, demand
from domain.person import Person
from domain.person_data import Erasure, Export, Said
from publish_api.access import Use, Viewer, still_let_in
from publish_api.answers import Id, Items, all_of, problems, text_answer
from publish_api.leaving import Copy, give_out
from publish_api.schemas import API, In, Out
from store import keys, people, person_data
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/people", tags=["people"])

ExportId = Annotated[str, Path(alias="export")]


class ExportOut(Out):
    id: str
    asked_by: str
    asked_at: datetime
    ready_at: datetime | None = Field(description="Null: it is being made.")
    bytes: int | None
    goes_at: datetime | None = Field(description="Until when it can be fetched.")

    @classmethod
    def of(cls, export: Export) -> "ExportOut":
        return cls(
            id=export.public_id,
            asked_by=export.asked_by,
            asked_at=export.asked_at,
            ready_at=export.ready_at,
            bytes=export.size,
            goes_at=export.goes_at,
        )


class ErasureIn(In):
    comments: Said = Field(default=Said.KEPT, description="`kept`: without a name.")


class ErasureOut(Out):
    asked_by: str
    asked_at: datetime
    due_at: datetime = Field(description="Until then it can be taken back.")
    comments: Said

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureOut":
        return cls(asked_by=erasure.asked_by, asked_at=erasure.asked_at, due_at=erasure.due_at, comments=erasure.said)


class ErasuresOut(Out):
    waiting: ErasureOut | None = Field(description="Null: none was asked for.")


@router.post(
    "/{id}/exports",
    status_code=202,
    summary="Have everything held about a person packed",
    description="For oneself, and for admins in the stead of who asks on paper: that is without what is for the person"
    " alone, what they watched for one. It takes some minutes; the person is told when it is ready.",
    responses=problems(403, 404, 410),
)
def ask_export(services: Use, viewer: Viewer, id_: Id) -> ExportOut:
    with services.store.transaction() as tx:
        person = demanded(tx, id_, viewer, Act.TAKE_DATA)
        return ExportOut.of(person_data.ask_export(tx, person, viewer.id, services.now()))


@router.get("/{id}/exports", summary="What was packed, the newest first", responses=problems(403, 404, 410))
def exports(services: Use, viewer: Viewer, id_: Id) -> Items[ExportOut]:
    with services.store.transaction() as tx:
        person = demanded(tx, id_, viewer, Act.TAKE_DATA)
        return all_of(ExportOut.of(each) for each in person_data.exports(tx, person.id, viewer.id))


@router.get(
    "/{id}/exports/{export}/data.zip",
    response_class=Response,
    summary="Everything held about a person",
    description="For the person, for 7 days; for admins, where one of them asked for it.",
    responses=text_answer("application/zip")
    | {
        206: {"description": "The part of it that Range asked for."},
        416: {"description": "Range lies outside the file."},
    }
    | problems(403, 404, 409, 410, 503),
)
def fetch(services: Use, viewer: Viewer, request: Request, id_: Id, export: ExportId) -> Response:
    with services.store.transaction() as tx:
        person = demanded(tx, id_, viewer, Act.TAKE_DATA)
        found = person_data.export(tx, export, person.id, viewer.id)
        person_data.fetched(tx, person, viewer.id, services.now())
    key = keys.export(found.id)

    def demand_still() -> None:
        asking = still_let_in(request)
        with services.store.transaction() as tx:
            person_data.export(tx, export, demanded(tx, id_, asking, Act.TAKE_DATA).id, asking.id)

    copy = Copy(
        found.public_id,
        services.objects.size(key),
        "application/zip",
        partial(services.objects.get_range, key),
        demand_still,
    )
    name = quote(f"{person.login} {found.asked_at:%Y-%m-%d}.zip")
    return give_out(request, copy, {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.get("/{id}/erasure", summary="Whether a person's data are to be deleted", responses=problems(403, 404, 410))
def erasure(services: Use, viewer: Viewer, id_: Id) -> ErasuresOut:
    with services.store.transaction() as tx:
        found = person_data.erasure(tx, demanded(tx, id_, viewer, Act.ERASE).id)
    return ErasuresOut(waiting=ErasureOut.of(found) if found else None)


@router.put(
    "/{id}/erasure",
    summary="Have a person's data deleted, in 30 days",
    description="Until then it can be taken back. Name and login go, and all that is theirs alone; what they speak in"
    " is taken down, for L&D to settle; their comments stay without a name, or go.",
    responses=problems(403, 404, 410),
)
def ask_erasure(services: Use, viewer: Viewer, id_: Id, body: ErasureIn) -> ErasuresOut:
    with services.store.transaction() as tx:
        person = demanded(tx, id_, viewer, Act.ERASE)
        person_data.ask_erasure(tx, person, viewer.id, body.comments, services.now())
        found = person_data.erasure(tx, person.id)
    return ErasuresOut(waiting=ErasureOut.of(found) if found else None)


@router.delete(
    "/{id}/erasure", status_code=204, summary="Do not delete a person's data", responses=problems(403, 404, 410)
)
def stop_erasure(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        person_data.stop_erasure(tx, demanded(tx, id_, viewer, Act.ERASE), viewer.id, services.now())


def demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Person:
    """Whose data it is, when the viewer may do this with it. Raises NotFound, Gone, Forbidden."""
    person = people.person_by_public_id(tx, public_id)
    demand(viewer, act, own=person.id == viewer.id)
    return person
