"""A recording heard again: in the language that somebody says it is in, and with the glossary as it is now."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from domain.errors import Conflict, Refused
from domain.languages import heard_as
from domain.permit import Act, demand
from domain.recording import Recording, StepState
from publish_api.access import Use, Viewer
from publish_api.answers import Id, problems
from publish_api.schemas import API, In
from publish_api.services import Services
from store import recordings, steps
from transcribe.whisper import hears

router = APIRouter(prefix=f"{API}/recordings/{{id}}/hearings", tags=["recordings"])

AGAIN = ("transcribe", "cut")  # the steps that words come from, and that go by them
_RESTS = {StepState.DONE, StepState.FAILED}


class HearingIn(In):
    language: Annotated[str, Field(max_length=35, pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None = Field(
        default=None, description="ISO 639, such as de; left out: it is found out anew."
    )


@router.post(
    "",
    status_code=202,
    summary="Have a recording heard again",
    description="In another language than was found, or with a glossary that has grown. What people have corrected"
    " stays, and clips that they have changed or published do too, in the language that is heard now; other drafts are"
    " made anew, or called by what is heard now where they lie beside such clips. 422 `unknown_language`: the speech"
    " engine does not hear it, and nothing is changed.",
    responses=problems(403, 404, 409, 410, 422),
)
def hear_again(services: Use, viewer: Viewer, id_: Id, body: HearingIn) -> None:
    with services.store.transaction() as tx:
        found = recordings.recording(tx, id_, viewer.id)
        stands = recordings.standing(tx, found.id, viewer.id)
        demand(viewer, Act.HEAR_AGAIN, own=stands.own, curates=stands.curates)
        language = _heard(services, body.language)
        found = recordings.load(tx, found.id, lock=True)
        if not rests(found):
            raise Conflict("This recording is being heard. Wait until its clips are there.", code="not_heard")
        recordings.hear_anew(tx, found.id, language)
        steps.again(tx, found.id, AGAIN)
        services.try_again(tx, found.id)


def rests(recording: Recording) -> bool:
    """Whether it has been heard, or that was given up: else it is being heard."""
    return all(step.state in _RESTS for step in recording.steps if step.name in AGAIN)


def _heard(services: Services, said: str | None) -> str | None:
    """Raises Refused: a recording that was heard would else be left without words."""
    if said is None:
        return None
    if not hears(services.whisper_model, code := heard_as(said)):
        raise Refused(
            "The speech engine of this server does not hear this language. Choose another, or leave it out: then the"
            " language is found out.",
            code="unknown_language",
        )
    return code
