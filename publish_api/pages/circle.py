"""Who sees a draft, on its page; drafts that were shared with somebody; and the acts of publishing first.

The forms are for where no script runs, and for what is one press: static/js/pass-circle.js does the rest by the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from domain.circle import Circle, PulledBack
from domain.clip import Clip
from domain.errors import Invalid
from domain.permit import Act, may
from domain.person import Person
from domain.recording import Recording
from domain.space import Space
from publish_api import circles as circles_api
from publish_api import clips as clips_api
from publish_api import trust as trust_api
from publish_api.access import Use, Viewer
from publish_api.pages.look import page
from publish_api.pages.thread import Said, threads
from publish_api.services import Services
from store import circles, clips, comments, pictures, recordings, trust
from store.people import Standing, person_by_login, person_by_public_id
from store.postgres import Tx
from store.spaces import space_by_public_id, spaces_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Shared:
    """What _circle.html draws of a draft, or of all drafts of a recording. `of`: its address in the API, and here."""

    of: str
    circle: Circle
    may_share: bool
    many: int = 1
    all_of_it: bool = False  # of a recording
    shared_by: str | None = None  # with the viewer
    may_publish: bool = False
    pulled_back: PulledBack | None = None


def shared_of(tx: Tx, clip: Clip, viewer: Person, standing: Standing) -> Shared | None:
    """None once it is published."""
    if clip.published_at is not None:
        return None
    own = standing.own and circles.all_own(tx, clip.id, viewer.id)
    insider = standing.own or standing.curates
    return Shared(
        of=f"clips/{clip.public_id}",
        circle=circles.circle(tx, [clip.id]),
        may_share=may(viewer, Act.SHARE_DRAFT, own=own, curates=standing.curates),
        shared_by=None if insider else circles.shared_by(tx, clip.id, viewer.id),
        may_publish=not standing.curates and clip.id in trust.publishable(tx, [clip.id], viewer.id),
        pulled_back=trust.pulled_back(tx, [clip.id]).get(clip.id) if insider else None,
    )


def all_shared(tx: Tx, recording: Recording, viewer: Person, standing: Standing) -> Shared | None:
    """None where there is nothing to share, or it is not theirs to."""
    drafts = circles.drafts(tx, recording.id, viewer.id)
    if not drafts or not may(viewer, Act.SHARE_DRAFT, own=standing.own, curates=standing.curates):
        return None
    of = f"recordings/{recording.public_id}"
    return Shared(of, circles.circle(tx, drafts), may_share=True, many=len(drafts), all_of_it=True)


@router.get("/clips/{clip_id}/circle")
def of_clip(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    """Alone, for the page that is open already."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        shared = shared_of(tx, clip, viewer, clips.standing(tx, clip.id, viewer.id))
    return page(request, "_circle.html", viewer=viewer, clip=clip, shared=shared)


@router.post("/clips/{clip_id}/circle")
def share(
    services: Use,
    viewer: Viewer,
    clip_id: str,
    to: Annotated[str, Form(max_length=200)] = "",
    take: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """`to`: a login name, or what a space is called; `take`: from whom it is taken back, like "people/ID"."""
    with services.store.transaction() as tx:
        _act(tx, services, viewer, circles_api.draft_of(tx, clip_id, viewer), to, take)
    return RedirectResponse(f"/clips/{clip_id}", 303)


@router.post("/recordings/{recording_id}/circle")
def share_all(
    services: Use,
    viewer: Viewer,
    recording_id: str,
    to: Annotated[str, Form(max_length=200)] = "",
    take: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    with services.store.transaction() as tx:
        _act(tx, services, viewer, circles_api.drafts_of(tx, recording_id, viewer), to, take)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


@router.get("/recordings/{recording_id}/circle")
def of_recording(request: Request, services: Use, viewer: Viewer, recording_id: str) -> Response:
    """Who sees any of its drafts, and the sheet that shares them all: a piece of its page."""
    with services.store.transaction() as tx:
        found = recordings.recording(tx, recording_id, viewer.id)
        shared = all_shared(tx, found, viewer, recordings.standing(tx, found.id, viewer.id))
    return page(request, "_circle.html", viewer=viewer, shared=shared)


@router.get("/clips/{clip_id}/draft")
def said_in_draft(request: Request, services: Use, viewer: Viewer, clip_id: str) -> Response:
    """What was said in it while it was a draft, for who saw that; while it is one, it is on its page."""
    with services.store.transaction() as tx:
        clip = clips.clip(tx, clip_id, viewer.id)
        said = comments.kept_in_circle(tx, clip.id, viewer.id)
        standing = clips.standing(tx, clip.id, viewer.id)
        kept: tuple[Said, ...] = threads(
            said, clip, viewer, own=standing.own, curates=standing.curates, day=services.now().date()
        )
    if clip.published_at is None:
        return RedirectResponse(f"/clips/{clip_id}", 303)
    return page(request, "draft_said.html", viewer=viewer, clip=clip, said=kept)


@router.get("/drafts")
def shared_with_me(
    request: Request, services: Use, viewer: Viewer, cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> Response:
    with services.store.transaction() as tx:
        found = circles.shared_with(tx, viewer.id, cursor=cursor or None)
        by = {each.id: circles.shared_by(tx, each.id, viewer.id) for each in found.items}
        pictured = pictures.pictured(tx, (each.id for each in found.items))
    return page(request, "drafts.html", viewer=viewer, drafts=found.items, by=by, next=found.next, pictured=pictured)


@router.post("/clips/{clip_id}/publication")
def publish(
    services: Use,
    viewer: Viewer,
    clip_id: str,
    on: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """The buttons of whoever it is of: "yes" publishes, anything else pulls back. `back`: the recording it was pressed
    at.
    """
    with services.store.transaction() as tx:
        if on == "yes":
            clips_api.publish_as(tx, clip_id, viewer, services.now())
        else:
            found = clips_api.demanded(tx, clip_id, viewer, Act.PULL_BACK)
            clips.withdraw(tx, found.id, viewer.id, services.now())
    return RedirectResponse(f"/recordings/{back}" if back else f"/clips/{clip_id}", 303)


@router.post("/review/{clip_id}/looked")
def looked(services: Use, viewer: Viewer, clip_id: str) -> Response:
    """A curator has looked at what its expert published."""
    with services.store.transaction() as tx:
        clips_api.publish_as(tx, clip_id, viewer, services.now())
    return RedirectResponse("/review?queue=first", 303)


@router.post("/review/{clip_id}/pullback")
def pull_back(services: Use, viewer: Viewer, clip_id: str, why: Annotated[str, Form(max_length=2000)] = "") -> Response:
    trust_api.pull_back(services, viewer, clip_id, trust_api.PullbackIn(why=why))
    return RedirectResponse("/review?queue=first", 303)


def _act(tx: Tx, services: Services, viewer: Person, drafts: Sequence[UUID], to: str, take: str) -> None:
    kind, _, id_ = take.partition("/")
    if kind == "people":
        circles_api.take_back(tx, drafts, person_by_public_id(tx, id_), services, viewer)
    elif kind == "spaces":
        circles_api.take_back(tx, drafts, space_by_public_id(tx, id_, viewer.id), services, viewer)
    else:
        circles_api.share(tx, drafts, _named(tx, viewer, to), services, viewer)


def _named(tx: Tx, viewer: Person, typed: str) -> Person | Space:
    """Raises Invalid (`no_person`)."""
    named = typed.strip().removeprefix("@")
    if (found := person_by_login(tx, named)) is not None:
        return found
    for space in spaces_of(tx, viewer.id):
        if space.name.lower() == named.lower():
            return space
    raise Invalid("Nobody here has this login name, and no space is called so.", code="no_person")
