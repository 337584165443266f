"""Threads: what people say at a second, their reactions, and what is settled."""

from fastapi import APIRouter

from domain.clip import Clip, Part, recording_time
from domain.comment import Comment, ReactionKind
from domain.errors import Gone, Invalid, NotFound
from domain.permit import Act, demand
from domain.person import Person
from publish_api.access import Use, Viewer
from publish_api.answers import Id, Items, all_of, problems
from publish_api.clip_schemas import CommentChange, CommentIn, CommentOut
from publish_api.schemas import API
from store import clips, comments, spaces
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["comments"])

# A player that has played to its end stands a little behind it: its last frame is shown to the end.
_END_SLACK_MS = 1000


@router.get("/clips/{id}/comments", summary="What is said about a clip", responses=problems(404, 410))
def thread(services: Use, viewer: Viewer, id_: Id) -> Items[CommentOut]:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        said = comments.thread(tx, clip, viewer.id)
    return all_of(CommentOut.of(comment, clip.parts, viewer) for comment in said)


@router.post(
    "/clips/{id}/comments",
    status_code=201,
    summary="Say something at a second of a clip",
    responses=problems(403, 404, 410),
)
def say(services: Use, viewer: Viewer, id_: Id, body: CommentIn) -> CommentOut:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.COMMENT)
        answered = _answered(tx, clip, viewer, body.reply_to)
        part, at_ms = (clip.parts[0], 0) if answered else _place(clip, body)
        said = comments.add(
            tx,
            clip=clip,
            author_id=viewer.id,
            recording_id=part.recording_id,
            at_ms=at_ms,
            kind=body.kind,
            text=body.text,
            reply_to=answered,
            now=services.now(),
        )
    return CommentOut.of(said, clip.parts, viewer)


@router.get("/comments/{id}", summary="A comment", responses=problems(404))
def comment(services: Use, viewer: Viewer, id_: Id) -> CommentOut:
    with services.store.transaction() as tx:
        return _shown(tx, id_, viewer)


@router.patch("/comments/{id}", summary="Say it better", responses=problems(403, 404, 410))
def edit(services: Use, viewer: Viewer, id_: Id, body: CommentChange) -> CommentOut:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.EDIT_COMMENT)
        comments.edit(tx, found.id, body.text, services.now())
        return _shown(tx, id_, viewer)


@router.delete(
    "/comments/{id}",
    status_code=204,
    summary="Take it back: its place stays, its text goes",
    responses=problems(403, 404),
)
def take_back(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.DELETE_COMMENT)
        comments.delete(tx, found.id, services.now())


@router.put("/comments/{id}/reactions/{kind}", summary="React", responses=problems(404, 410))
def react(services: Use, viewer: Viewer, id_: Id, kind: ReactionKind) -> CommentOut:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        comments.react(tx, found.id, viewer.id, kind)
        return _shown(tx, id_, viewer)


@router.delete(
    "/comments/{id}/reactions/{kind}", status_code=204, summary="Take a reaction back", responses=problems(404)
)
def unreact(services: Use, viewer: Viewer, id_: Id, kind: ReactionKind) -> None:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        comments.unreact(tx, found.id, viewer.id, kind)


@router.put("/comments/{id}/resolution", summary="Mark as settled", responses=problems(403, 404, 410))
def settle(services: Use, viewer: Viewer, id_: Id) -> CommentOut:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.RESOLVE_COMMENT)
        if not found.asks_for_settling:
            raise Invalid(
                "Only a question or a correction that begins a thread can be settled.", code="nothing_to_settle"
            )
        comments.resolve(tx, found.id, viewer.id, services.now())
        return _shown(tx, id_, viewer)


@router.delete("/comments/{id}/resolution", status_code=204, summary="Open again", responses=problems(403, 404, 410))
def unsettle(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        found = _demanded(tx, id_, viewer, Act.RESOLVE_COMMENT)
        comments.unresolve(tx, found.id)


def _demanded(tx: Tx, public_id: str, viewer: Person, act: Act) -> Comment:
    """The comment, when the viewer may do this to it. Raises NotFound, Forbidden."""
    found = comments.comment(tx, public_id, viewer.id)
    curates = spaces.curates(tx, viewer.id, found.space_id)
    demand(viewer, act, own=found.author_id == viewer.id, curates=curates)
    return found


def _shown(tx: Tx, public_id: str, viewer: Person) -> CommentOut:
    """The comment as read in the clip where it was said, if that is still there for the viewer."""
    found = comments.comment(tx, public_id, viewer.id)
    try:
        parts: tuple[Part, ...] = clips.clip(tx, found.clip, viewer.id).parts
    except (NotFound, Gone):
        parts = ()
    return CommentOut.of(found, parts, viewer)


def _answered(tx: Tx, clip: Clip, viewer: Person, public_id: str | None) -> Comment | None:
    """The comment of this clip's thread that is replied to. Raises NotFound."""
    if public_id is None:
        return None
    for said in comments.thread(tx, clip, viewer.id):
        if said.public_id == public_id:
            return said
    raise NotFound("What you reply to is not in this clip's thread. Load the thread again.")


def _place(clip: Clip, body: CommentIn) -> tuple[Part, int]:
    """A part, and the second of its recording that is meant. Raises Invalid."""
    if body.clip_at_ms is not None:
        over = clip.length_ms <= body.clip_at_ms <= clip.length_ms + _END_SLACK_MS
        return recording_time(clip.parts, clip.length_ms - 1 if over else body.clip_at_ms)
    if body.at_ms is None:
        raise Invalid(
            "Say at which second: at_ms in the recording's time, or clip_at_ms in the clip's.", code="no_second"
        )
    of = {part.recording: part for part in clip.parts if body.recording in (None, part.recording)}
    if len(of) > 1:
        raise Invalid("This clip shows several recordings. Say which one: recording.", code="which_recording")
    if not of:
        raise Invalid("This clip does not show that recording.", code="outside_clip")
    return next(iter(of.values())), body.at_ms
