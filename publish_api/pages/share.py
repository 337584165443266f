"""What a phone's gallery hands us, where the service worker has not taken it before.

The gallery posts whole files (the manifest's share_target). The service worker keeps them on the phone and
leads to the record page; where it is not there yet, that page says so and asks for the video itself.
"""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

router = APIRouter(include_in_schema=False)


@router.post("/share")
async def shared_too_early() -> Response:
    """Without reading the body: nothing of it is kept here, and the video is still in the gallery."""
    return RedirectResponse("/record?shared=failed", 303)


@router.get("/share")
async def shared_again() -> Response:
    """A page that is loaded again has nothing to hand over."""
    return RedirectResponse("/record", 303)
