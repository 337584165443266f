"""A second pair of eyes: who is asked to approve a clip whose class wants it, and who has."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from domain.permit import Act
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.answers import Beginning, Id, IfMatch, Items, all_of, asked_version, problems, say_version
from publish_api.clip_schemas import PersonId
from publish_api.clips import demanded
from publish_api.schemas import API, In, Out, PersonRef
from store import approvals, care, people
from store.approvals import Approval
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/clips/{{id}}", tags=["clips"])


class ApprovalOut(Out):
    """Names; null: nobody."""

    asked_by: str | None = None
    asked_of: str | None = None
    asked_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    by_me: bool = Field(default=False, description="You proposed it: somebody else has to approve it.")
    holds: bool = Field(
        default=False, description="It is of what the clip shows and says now; other bounds or words void it."
    )

    @classmethod
    def of(cls, found: Approval | None, viewer: Person) -> "ApprovalOut":
        if found is None:
            return cls()
        return cls(
            asked_by=found.asked_by,
            asked_of=found.asked_of,
            asked_at=found.asked_at,
            approved_by=found.approved_by,
            approved_at=found.approved_at,
            by_me=found.asked_by_id == viewer.id,
            holds=found.holds,
        )


class ProposalIn(In):
    approver: PersonId = Field(description="Another curator of the clip's space.")


@router.get("/approval", summary="Who approved a clip", responses=problems(403, 404, 410))
def one(services: Use, viewer: Viewer, id_: Id) -> ApprovalOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.READ_HISTORY)
        return ApprovalOut.of(approvals.approval(tx, found.id), viewer)


@router.get(
    "/approvers",
    summary="Who could be asked to approve a clip, by name",
    description=f"Those whose name or login name goes on like `q`, {care.OFFERED} at most.",
    responses=problems(403, 404, 410),
)
def approvers(services: Use, viewer: Viewer, id_: Id, q: Beginning = "") -> Items[PersonRef]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.APPROVE_CLIP)
        return all_of(PersonRef.of(each) for each in care.possible(tx, found.id, curators=True, besides=viewer.id, q=q))


@router.get(
    "/possible",
    summary="Who could look after a clip, by name",
    description="Own it, or with `curators` look at it: those whose name or login name goes on like `q`,"
    f" {care.OFFERED} at most.",
    responses=problems(403, 404, 410),
)
def possible(
    services: Use, viewer: Viewer, id_: Id, q: Beginning = "", curators: Annotated[bool, Query()] = False
) -> Items[PersonRef]:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        return all_of(PersonRef.of(each) for each in care.possible(tx, found.id, curators=curators, q=q))


@router.put(
    "/proposal",
    summary="Ask another curator to approve a clip as it is",
    responses=problems(403, 404, 410, 412, 428),
)
def propose(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: ProposalIn, if_match: IfMatch = None
) -> ApprovalOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.PUBLISH_CLIP)
        version = asked_version(if_match, found.version)
        to = people.person_by_public_id(tx, body.approver)
        approvals.propose(tx, found.id, version=version, by=viewer.id, to=to.id, now=services.now())
        return _shown(tx, found.id, version, viewer, response)


@router.put(
    "/approval",
    summary="Approve a clip that somebody else proposed, exactly as it is",
    responses=problems(403, 404, 409, 410, 412, 428),
)
def approve(services: Use, viewer: Viewer, response: Response, id_: Id, if_match: IfMatch = None) -> ApprovalOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.APPROVE_CLIP)
        version = asked_version(if_match, found.version)
        approvals.approve(tx, found.id, version=version, by=viewer.id, now=services.now())
        return _shown(tx, found.id, version, viewer, response)


def _shown(tx: Tx, clip_id: UUID, version: int, viewer: Person, response: Response) -> ApprovalOut:
    say_version(response, version)
    return ApprovalOut.of(approvals.approval(tx, clip_id), viewer)
