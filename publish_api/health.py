"""Whether this process lives, and whether it can work."""

from contextlib import suppress

from fastapi import APIRouter

from domain.errors import NotFound
from publish_api.access import Use
from publish_api.answers import Problem
from publish_api.schemas import HealthOut

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process answers")
def healthz() -> HealthOut:
    return HealthOut(status="ok")


@router.get(
    "/readyz",
    summary="Database and object store can be reached",
    responses={503: {"model": Problem, "description": "One of them cannot."}},
)
def readyz(services: Use) -> HealthOut:
    with services.store.transaction():  # the pool checks a connection before it lends it
        pass
    with suppress(NotFound):  # there is no such object, and the store was there to say so
        services.objects.size("readiness")
    return HealthOut(status="ok")
