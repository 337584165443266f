"""In which language somebody reads: chosen once, kept with who they are and in this browser."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import Invalid
from publish_api import tongue
from publish_api.access import Use, refuse_other_sites, still_known
from publish_api.pages.sign_in import here
from store import people

router = APIRouter(prefix="/language", include_in_schema=False)

_SECONDS = 365 * 24 * 3600


@router.post("")
def choose(
    request: Request,
    services: Use,
    language: Annotated[str, Form()] = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    refuse_other_sites(request)
    if language not in tongue.languages():
        raise Invalid("These pages cannot be read in that language. Choose one that is listed.", code="bad_language")
    person = still_known(request)
    if person is not None and not person.device:  # a device that others share remembers it in the browser alone
        with services.store.transaction() as tx:
            people.choose_language(tx, person.id, language)
    answer = RedirectResponse(here(next_), 303)
    answer.set_cookie(
        tongue.COOKIE,
        language,
        max_age=_SECONDS,
        httponly=True,
        samesite="lax",
        secure=services.public_url.startswith("https:"),
    )
    return answer
