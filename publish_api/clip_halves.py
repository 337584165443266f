"""One clip becomes two; two that follow each other become one, until that is taken back."""

from collections.abc import Sequence

from fastapi import APIRouter, Response
from pydantic import Field

from clip.title import title as drafted
from domain.clip import Clip, Part
from domain.errors import Invalid
from domain.permit import Act
from publish_api.access import Use, Viewer
from publish_api.answers import Id, IfMatch, asked_version, problems, say_version
from publish_api.clip_history import make_again
from publish_api.clip_schemas import ClipId, ClipOut
from publish_api.clips import as_shown, demanded, shown
from publish_api.schemas import API, In, Ms, Out
from publish_api.suggestions import sentences_of
from store import clip_halves, clips
from store.clip_history import PARTED
from store.postgres import Tx

router = APIRouter(prefix=f"{API}/clips/{{id}}", tags=["clips"])


class SplitIn(In):
    at_ms: Ms = Field(description="In the recording's time.")
    recording: ClipId | None = Field(default=None, description="Needed when the clip shows several recordings.")


class HalvesOut(Out):
    first: ClipOut
    second: ClipOut


class JoinIn(In):
    other: ClipId | None = Field(default=None, description="The next clip of its recording; left out: whichever it is.")


@router.post(
    "/halves",
    status_code=201,
    summary="Split a clip into two",
    description="The first keeps link and thread, the second is new, with a drafted title and all that was said of the"
    " clip but its question. People who see the one see both. Comments show in the one that covers their second.",
    responses=problems(403, 404, 409, 410, 412, 428),
)
def split(
    services: Use, viewer: Viewer, response: Response, id_: Id, body: SplitIn, if_match: IfMatch = None
) -> HalvesOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        version = asked_version(if_match, found.version)
        recording = body.recording or _only_recording(found)
        _, second = clip_halves.halves(found.parts, recording, body.at_ms)
        new = clip_halves.split(
            tx,
            found,
            recording=recording,
            at_ms=body.at_ms,
            title=_title(tx, found, second),
            version=version,
            by=viewer.id,
            now=services.now(),
        )
        both = as_shown([clips.clip(tx, each, viewer.id) for each in (id_, new)])
    say_version(response, both[0].version)
    return HalvesOut(first=both[0], second=both[1])


@router.post(
    "/joins",
    summary="Join a clip with the next one of its recording",
    description="It keeps its link and has the parts and the tags of both; the other one is deleted. What was said"
    " about either shows in it.",
    responses=problems(403, 404, 409, 410, 412, 428),
)
def join(services: Use, viewer: Viewer, response: Response, id_: Id, body: JoinIn, if_match: IfMatch = None) -> ClipOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        version = asked_version(if_match, found.version)
        following = body.other or clip_halves.following(tx, found)
        if following is None:
            raise Invalid("No clip of this recording comes after this one.", code="not_neighbours")
        other = demanded(tx, following, viewer, Act.EDIT_CLIP)
        clip_halves.join(tx, found, other, version=version, by=viewer.id, now=services.now())
        return shown(tx, id_, viewer, response)


@router.delete(
    "/joins",
    summary="Take the last join of a clip back",
    description="It is again what it was before, and the other one is back under its own link, published as it was."
    " Only while nothing has become of it since (409, `changed_since`; `nothing_joined` where nothing was joined).",
    responses=problems(403, 404, 409, 410, 412, 428),
)
def take_back(services: Use, viewer: Viewer, response: Response, id_: Id, if_match: IfMatch = None) -> HalvesOut:
    now = services.now()
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_CLIP)
        version = asked_version(if_match, found.version)
        other, was = clip_halves.take_back(tx, found.id, version=version, by=viewer.id, now=now)
        make_again(tx, found, was, viewer, act=PARTED, version=version, now=now)
        clip_halves.ask_again(tx, found.id, was)
        both = as_shown([clips.clip(tx, id_, viewer.id), demanded(tx, other, viewer, Act.EDIT_CLIP)])
    say_version(response, both[0].version)
    return HalvesOut(first=both[0], second=both[1])


def _only_recording(clip: Clip) -> str:
    """Raises Invalid (`which_recording`)."""
    of = {part.recording for part in clip.parts}
    if len(of) != 1:
        raise Invalid("This clip shows several recordings: say which one you mean.", code="which_recording")
    return of.pop()


def _title(tx: Tx, clip: Clip, parts: Sequence[Part]) -> str:
    """What is said there, or else what the whole was called."""
    said = sentences_of(tx, parts)
    return drafted(said, clip.language or "", [clip.text]) if said else clip.title
