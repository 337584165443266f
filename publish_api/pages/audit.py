"""Who did what to whose words, clips and rights: for those who answer for it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.deed import Deed
from domain.permit import Act, demand
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from store import act_log

router = APIRouter(prefix="/audit", include_in_schema=False)


@router.get("")
def audit(
    request: Request,
    services: Use,
    viewer: Viewer,
    person: Annotated[str, Query(max_length=40)] = "",
    act: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    demand(viewer, Act.READ_ACTS)
    deed = Deed(act) if act in set(Deed) else None
    with services.store.transaction() as tx:
        found = act_log.page(tx, viewer.id, person=person or None, deed=deed, cursor=cursor or None)
    names = {each.by_id: each.by for each in found.items} | {each.whose_id: each.whose for each in found.items}
    return page(
        request,
        "audit.html",
        viewer=viewer,
        entries=found.items,
        next=found.next,
        person=person,
        whose=names.get(person) or "",
        act=deed.value if deed else "",
        deeds=[each.value for each in Deed],
        keeps_days=services.audit_days,
    )
