"""Threads: what people say at a second, or over a range; what became of it is in reactions.py."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.clip import Clip, Part, recording_time
from domain.comment import Comment, CommentKind
from domain.errors import Gone, Invalid, NotFound
from domain.permit import Act, demand
from domain.person import Person
from publish_api.access import Asks, Use, Viewer
from publish_api.answers import (
    Cursor,
    Id,
    IfMatch,
    Items,
    Limit,
    all_of,
    asked_version,
    problems,
    say_version,
)
from publish_api.comment_schemas import (
    BeforeOut,
    CommentChange,
    CommentIn,
    CommentOut,
    MentionedOut,
    UnmaskingIn,
    UnmaskingOut,
)
from publish_api.once import Once
from publish_api.schemas import API
from publish_api.services import Services
from publish_api.written import written
from store import clips, comments, mentions, removals, spaces, unmasking
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["comments"])

# A player that has played to its end stands a little behind it: its last frame is shown to the end.
_END_SLACK_MS = 1000


@router.get(
    "/clips/{id}/comments",
    summary="What is said about a clip",
    response_model=Items[CommentOut],
    responses=problems(404, 410),
)
def thread(services: Use, asks: Asks, id_: Id, cursor: Cursor = None, limit: Limit = comments.PAGE) -> Response:
    with asks.glance() as (tx, viewer):
        clip = clips.outline(tx, id_, viewer.id)
        page = comments.page(tx, clip.id, viewer.id, published=clip.published, cursor=cursor, limit=limit)
    day = services.now().date()
    items = [CommentOut.of(each, clip.parts, viewer, day) for each in page.items]
    return written(Items[CommentOut], Items(items=items, next=page.next))


@router.post(
    "/clips/{id}/comments",
    status_code=201,
    summary="Say something at a second of a clip",
    responses=problems(403, 404, 409, 410, 429),
)
def say(services: Use, viewer: Viewer, id_: Id, body: CommentIn, once: Once) -> CommentOut:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.COMMENT)
        said = once.do(tx, lambda: add(tx, clip, viewer, body, once.now).public_id)
        return shown(tx, services, said, viewer)


@router.get(
    "/clips/{id}/mentionable",
    summary="Colleagues who can be named in a comment on a clip",
    description="Of those who may see it, whose name or login goes on like `q`. Naming is by `@login` in the text.",
    responses=problems(404, 410),
)
def mentionable(
    services: Use, viewer: Viewer, id_: Id, q: Annotated[str, Query(max_length=100)] = ""
) -> Items[MentionedOut]:
    with services.store.transaction() as tx:
        demand(viewer, Act.COMMENT)
        clip = clips.clip(tx, id_, viewer.id)
        return all_of(MentionedOut.of(each) for each in mentions.offered(tx, clip, q, viewer.id))


@router.get("/comments/{id}", summary="A comment", responses=problems(404))
def comment(services: Use, viewer: Viewer, id_: Id, response: Response) -> CommentOut:
    with services.store.transaction() as tx:
        found = shown(tx, services, id_, viewer)
    say_version(response, found.version)
    return found


@router.patch(
    "/comments/{id}",
    summary="Say it better",
    description="What it said before can be read by whoever reads it. A correction that was answered stays as it is.",
    responses=problems(403, 404, 409, 410, 412, 428, 429),
)
def edit(
    services: Use, viewer: Viewer, id_: Id, body: CommentChange, response: Response, if_match: IfMatch = None
) -> CommentOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.EDIT_COMMENT)
        comments.living(tx, found.id)  # held, and so read again: of two edits at a time the second one is refused
        asked_version(if_match, comments.comment(tx, id_, viewer.id).version)
        comments.edit(tx, found.id, body.text, services.now())
        changed = shown(tx, services, id_, viewer)
    say_version(response, changed.version)
    return changed


@router.get("/comments/{id}/history", summary="What a comment said before it was edited", responses=problems(404))
def history(services: Use, viewer: Viewer, id_: Id) -> Items[BeforeOut]:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        return all_of(BeforeOut.of(each) for each in comments.before(tx, found.id))


@router.delete(
    "/comments/{id}",
    status_code=204,
    summary="Take it back: its place stays, its text goes",
    description="Of another's, for those who moderate: it is removed, which is written down, and can be given back.",
    responses=problems(403, 404),
)
def take_back(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.DELETE_COMMENT)
        if found.author_id == viewer.id:
            comments.delete(tx, found.id, services.now())
        elif found.deleted_at is None:
            removals.remove(tx, found, by=viewer.id, why="", now=services.now())


@router.post(
    "/comments/{id}/unmaskings",
    status_code=201,
    summary="Look up who asked a question without their name",
    description="You read the name from then on. The one who asked reads that you looked, and why.",
    responses=problems(403, 404, 410),
)
def unmask(services: Use, viewer: Viewer, id_: Id, body: UnmaskingIn) -> CommentOut:
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.UNMASK)
        comments.living(tx, found.id)
        unmasking.unmask(tx, found, viewer.id, body.why, services.now())
        return shown(tx, services, id_, viewer)


@router.get(
    "/comments/{id}/unmaskings",
    summary="Who looked up that a question is yours",
    description="For the one who asked, and for those who may look it up.",
    responses=problems(403, 404),
)
def unmaskings(services: Use, viewer: Viewer, id_: Id) -> Items[UnmaskingOut]:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        if found.author_id != viewer.id:
            demand(viewer, Act.UNMASK, curates=spaces.curates(tx, viewer.id, found.space_id))
        return all_of(UnmaskingOut.of(each) for each in unmasking.of(tx, [found.id]).get(found.id, ()))


def demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Comment:
    """The comment, when the viewer may do this to it. Raises NotFound, Forbidden."""
    found = comments.comment(tx, public_id, viewer.id)
    curates = spaces.curates(tx, viewer.id, found.space_id)
    demand(viewer, act, own=found.author_id == viewer.id, curates=curates)
    return found


def shown(tx: Tx, services: Services, public_id: str, viewer: Person) -> CommentOut:
    """The comment as read in the clip where it was said, if that is still there for the viewer."""
    found = comments.comment(tx, public_id, viewer.id)
    try:
        parts: tuple[Part, ...] = clips.clip(tx, found.clip, viewer.id).parts
    except (NotFound, Gone):
        parts = ()
    return CommentOut.of(found, parts, viewer, services.now().date())


def about(tx: Tx, clip: Clip, viewer: Person, body: CommentIn) -> UUID:
    """Which recording is spoken of. Raises NotFound, Invalid."""
    answered = _answered(tx, clip, viewer, body)
    return answered.recording_id if answered else _place(clip, body)[0].recording_id


def add(tx: Tx, clip: Clip, viewer: Person, body: CommentIn, now: datetime, *, voice: UUID | None = None) -> Comment:
    answered = _answered(tx, clip, viewer, body)
    part, at_ms, end_ms = (clip.parts[0], 0, None) if answered else _place(clip, body)
    return comments.add(
        tx,
        clip=clip,
        author_id=viewer.id,
        recording_id=part.recording_id,
        at_ms=at_ms,
        end_ms=end_ms,
        kind=CommentKind(body.kind),
        text=body.text,
        reply_to=answered,
        masked=body.masked,
        in_draft=body.draft,
        voice=voice,
        now=now,
    )


def _answered(tx: Tx, clip: Clip, viewer: Person, body: CommentIn) -> Comment | None:
    """The comment of this clip's thread that is replied to. Raises NotFound."""
    if body.reply_to is None:
        return None
    try:
        return comments.in_clip(tx, clip, body.reply_to, viewer.id)
    except NotFound as cause:
        raise NotFound("What you reply to is not in this clip's thread. Load the thread again.") from cause


def _place(clip: Clip, body: CommentIn) -> tuple[Part, int, int | None]:
    """A part, and the second of its recording that is meant, and where a range of it ends. Raises Invalid."""
    if body.clip_at_ms is not None:
        over = clip.length_ms <= body.clip_at_ms <= clip.length_ms + _END_SLACK_MS
        part, at_ms = recording_time(clip.parts, clip.length_ms - 1 if over else body.clip_at_ms)
        if body.recording not in (None, part.recording):
            raise Invalid("That second of the clip shows another recording. Leave recording out.", code="outside_clip")
        return part, at_ms, None if body.clip_end_ms is None else _end(clip, part, body.clip_end_ms)
    if body.at_ms is None:
        raise Invalid(
            "Say at which second: at_ms in the recording's time, or clip_at_ms in the clip's.", code="no_second"
        )
    of = {part.recording: part for part in clip.parts if body.recording in (None, part.recording)}
    if len(of) > 1:
        raise Invalid("This clip shows several recordings. Say which one: recording.", code="which_recording")
    if not of:
        raise Invalid("This clip does not show that recording.", code="outside_clip")
    return next(iter(of.values())), body.at_ms, body.end_ms


def _end(clip: Clip, part: Part, clip_end_ms: int) -> int:
    """In the recording's time: what is shown last of the range, and a millisecond more."""
    last = clip_end_ms - 1 if clip_end_ms < clip.length_ms else clip.length_ms - 1
    other, end_ms = recording_time(clip.parts, max(last, 0))
    if other.recording_id != part.recording_id or clip_end_ms > clip.length_ms + _END_SLACK_MS:
        raise Invalid(
            "A range begins and ends in one recording, inside the clip. End it at a second of the same one.",
            code="outside_clip",
        )
    return end_ms + 1
