"""What colleagues make of clips and comments: reactions, what is settled, the answer that was chosen."""

from fastapi import APIRouter

from domain.comment import ClipReaction, Comment, ReactionKind
from domain.errors import Invalid
from domain.permit import Act, demand
from domain.person import Person
from publish_api import amends
from publish_api.access import Use, Viewer
from publish_api.answers import Id, IfMatch, problems
from publish_api.comment_schemas import ClipReactionsOut, CommentOut, ResolutionIn
from publish_api.comments import demanded, shown
from publish_api.schemas import API
from store import answers, clips, comments, spaces
from store.postgres import Tx

router = APIRouter(prefix=API, tags=["comments"])


@router.get("/clips/{id}/reactions", summary="What colleagues make of a clip", responses=problems(404, 410))
def clip_reactions(services: Use, viewer: Viewer, id_: Id) -> ClipReactionsOut:
    with services.store.transaction() as tx:
        return ClipReactionsOut.of(answers.clip_reactions(tx, clips.clip(tx, id_, viewer.id).id, viewer.id))


@router.put("/clips/{id}/reactions/{kind}", summary="React to a clip", responses=problems(403, 404, 409, 410))
def react_to_clip(services: Use, viewer: Viewer, id_: Id, kind: ClipReaction) -> ClipReactionsOut:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.REACT)
        answers.react_to_clip(tx, clip.id, viewer.id, kind, services.now())
        return ClipReactionsOut.of(answers.clip_reactions(tx, clip.id, viewer.id))


@router.delete(
    "/clips/{id}/reactions/{kind}",
    status_code=204,
    summary="Take a reaction to a clip back",
    responses=problems(403, 404, 410),
)
def unreact_to_clip(services: Use, viewer: Viewer, id_: Id, kind: ClipReaction) -> None:
    with services.store.transaction() as tx:
        clip = clips.clip(tx, id_, viewer.id)
        demand(viewer, Act.REACT)
        answers.unreact_to_clip(tx, clip.id, viewer.id, kind)


@router.put("/comments/{id}/reactions/{kind}", summary="React", responses=problems(403, 404, 410))
def react(services: Use, viewer: Viewer, id_: Id, kind: ReactionKind) -> CommentOut:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        demand(viewer, Act.REACT)
        answers.react(tx, found.id, viewer.id, kind, services.now())
        return shown(tx, services, id_, viewer)


@router.delete(
    "/comments/{id}/reactions/{kind}", status_code=204, summary="Take a reaction back", responses=problems(403, 404)
)
def unreact(services: Use, viewer: Viewer, id_: Id, kind: ReactionKind) -> None:
    with services.store.transaction() as tx:
        found = comments.comment(tx, id_, viewer.id)
        demand(viewer, Act.REACT)
        answers.unreact(tx, found.id, viewer.id, kind)


@router.put(
    "/comments/{id}/resolution",
    summary="Mark as settled; or answer a correction",
    description="With an `outcome`, by who speaks in the recording or sent it, or who curates the space: a correction"
    " is accepted, with words that everybody reads who watches its second, in every clip; or explained. That wants its"
    " ETag as If-Match.",
    responses=problems(403, 404, 410, 412, 428),
)
def settle(
    services: Use, viewer: Viewer, id_: Id, body: ResolutionIn | None = None, if_match: IfMatch = None
) -> CommentOut:
    if body is not None and body.outcome is not None:
        return amends.answer(services, viewer, id_, body.outcome, body.words, if_match)
    with services.store.transaction() as tx:
        found = demanded(tx, id_, viewer, Act.RESOLVE_COMMENT)
        if not found.asks_for_settling:
            raise Invalid(
                "Only a question or a correction that begins a thread can be settled.", code="nothing_to_settle"
            )
        if body is not None and body.words:
            raise Invalid("Say whether you accept the correction or explain it: outcome.", code="no_outcome")
        answers.resolve(tx, found.id, viewer.id, services.now())
        return shown(tx, services, id_, viewer)


@router.delete(
    "/comments/{id}/resolution",
    status_code=204,
    summary="Open again",
    description="A correction that was answered, by who may answer it; with If-Match only that version.",
    responses=problems(403, 404, 410, 412),
)
def unsettle(services: Use, viewer: Viewer, id_: Id, if_match: IfMatch = None) -> None:
    with services.store.transaction() as tx:
        if comments.comment(tx, id_, viewer.id).outcome is not None:
            amends.reopen(tx, services, viewer, id_, if_match)
            return
        found = demanded(tx, id_, viewer, Act.RESOLVE_COMMENT)
        answers.unresolve(tx, found.id)


@router.put(
    "/comments/{id}/acceptance",
    summary="Choose the answer to a question: that settles it",
    description="By who asked, who speaks in the clip, or who curates its space. One answer of a question.",
    responses=problems(403, 404, 410),
)
def accept(services: Use, viewer: Viewer, id_: Id) -> CommentOut:
    with services.store.transaction() as tx:
        answer = _chosen(tx, id_, viewer)
        answers.accept(tx, answer, viewer.id, services.now())
        return shown(tx, services, id_, viewer)


@router.delete(
    "/comments/{id}/acceptance",
    status_code=204,
    summary="Choose it no more: the question is open again",
    responses=problems(403, 404),
)
def unaccept(services: Use, viewer: Viewer, id_: Id) -> None:
    with services.store.transaction() as tx:
        answers.unaccept(tx, _chosen(tx, id_, viewer))


def _chosen(tx: Tx, public_id: str, viewer: Person) -> Comment:
    """The answer, when the viewer may choose it. Raises NotFound, Invalid, Forbidden."""
    answer = comments.comment(tx, public_id, viewer.id)
    own = answers.asked_by(tx, answer) == viewer.id or clips.standing(tx, answer.clip_id, viewer.id).own
    demand(viewer, Act.ACCEPT_ANSWER, own=own, curates=spaces.curates(tx, viewer.id, answer.space_id))
    return answer
