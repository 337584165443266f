"""Who did what to whose words, clips and rights."""

from typing import Annotated

from fastapi import APIRouter, Query

from domain.deed import Deed
from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.answers import Cursor, Items, Limit, page_of, problems
from publish_api.report_schemas import EntryOut
from publish_api.schemas import API
from store import act_log

router = APIRouter(prefix=API, tags=["moderation"])

Whom = Annotated[str | None, Query(max_length=40, description="A person: what they did, and what was done to theirs.")]


@router.get(
    "/audit",
    summary="Who did what to whose words, clips and rights, the newest first",
    description="For admins all of it, for curators that of the spaces they curate. Nothing can change it.",
    responses=problems(403),
)
def audit(
    services: Use,
    viewer: Viewer,
    person: Whom = None,
    act: Deed | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[EntryOut]:
    demand(viewer, Act.READ_ACTS)
    with services.store.transaction() as tx:
        found = act_log.page(tx, viewer.id, person=person, deed=act, cursor=cursor, limit=limit)
    return page_of(found, EntryOut.of)
