"""What becomes of comments: settled, an answer chosen; and reactions, on comments and on clips."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.comment import ClipReaction, Comment, ReactionKind
from domain.errors import Conflict, Invalid
from store import telling
from store.comments import living
from store.postgres import Tx, row, rows


def resolve(tx: Tx, comment_id: UUID, person_id: UUID, now: datetime) -> None:
    """A second call changes nothing. Raises NotFound, Gone."""
    living(tx, comment_id)
    tx.execute(
        "update comment set resolved_at = %s, resolved_by = %s where id = %s and resolved_at is null",
        [now, person_id, comment_id],
    )


def unresolve(tx: Tx, comment_id: UUID) -> None:
    """A question is open again, and has no chosen answer. Raises NotFound, Gone."""
    living(tx, comment_id)
    tx.execute(
        "update comment set resolved_at = null, resolved_by = null, accepted_id = null where id = %s", [comment_id]
    )


def asked_by(tx: Tx, answer: Comment) -> UUID:
    """Who asked what this answers. Raises Invalid (`not_an_answer`) where it is no reply to a question."""
    found = row(
        tx,
        "select q.author_id from comment m join comment q on q.id = m.reply_to"
        " where m.id = %s and q.kind = 'question' and q.deleted_at is null",
        [answer.id],
    )
    if found is None:
        raise Invalid("Only a reply to a question can be chosen as its answer.", code="not_an_answer")
    return UUID(str(found["author_id"]))


def accept(tx: Tx, answer: Comment, person_id: UUID, now: datetime) -> None:
    """The question that it answers is settled by it; another answer that was chosen before is so no more.

    A second call changes nothing. Raises NotFound, Gone.
    """
    living(tx, answer.id)
    accepted = tx.execute(
        "update comment q set accepted_id = m.id, resolved_at = coalesce(q.resolved_at, %s),"
        " resolved_by = coalesce(q.resolved_by, %s)"
        " from comment m where m.id = %s and q.id = m.reply_to and q.accepted_id is distinct from m.id",
        [now, person_id, answer.id],
    )
    if accepted.rowcount:
        telling.of_acceptance(tx, answer.id, person_id, now)


def unaccept(tx: Tx, answer: Comment) -> None:
    """The question is open again."""
    tx.execute(
        "update comment set accepted_id = null, resolved_at = null, resolved_by = null where accepted_id = %s",
        [answer.id],
    )


def react(tx: Tx, comment_id: UUID, person_id: UUID, kind: ReactionKind, now: datetime) -> None:
    """One of a kind a person; a second call changes nothing. Raises NotFound, Gone."""
    living(tx, comment_id)
    tx.execute(
        "insert into reaction (comment_id, person_id, kind) values (%s, %s, %s) on conflict do nothing",
        [comment_id, person_id, ReactionKind(kind)],
    )
    telling.of_reaction(tx, comment_id, person_id, now)


def unreact(tx: Tx, comment_id: UUID, person_id: UUID, kind: ReactionKind) -> None:
    tx.execute(
        "delete from reaction where comment_id = %s and person_id = %s and kind = %s",
        [comment_id, person_id, ReactionKind(kind)],
    )


def react_to_clip(tx: Tx, clip_id: UUID, person_id: UUID, kind: ClipReaction, now: datetime) -> None:
    """One of a kind a person; a second call changes nothing. Raises Conflict (`not_published`): what is made of a draft
    stays among those who see it, in words.
    """
    if row(tx, "select from clip where id = %s and published_at is not null", [clip_id]) is None:
        raise Conflict(
            "People react to a clip once it is published. What you think of a draft, say in words.",
            code="not_published",
        )
    tx.execute(
        "insert into clip_reaction (clip_id, person_id, kind, created_at) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        [clip_id, person_id, ClipReaction(kind), now],
    )
    telling.of_clip_reaction(tx, clip_id, person_id, ClipReaction(kind), now)


def unreact_to_clip(tx: Tx, clip_id: UUID, person_id: UUID, kind: ClipReaction) -> None:
    tx.execute(
        "delete from clip_reaction where clip_id = %s and person_id = %s and kind = %s",
        [clip_id, person_id, ClipReaction(kind)],
    )


def clip_reactions(tx: Tx, clip_id: UUID, viewer_id: UUID) -> Mapping[ClipReaction, tuple[int, bool]]:
    """Of each kind: how many, and whether the viewer is among them. Who asks has been let in to the clip before."""
    found = rows(
        tx,
        "select kind, count(*) as count, bool_or(person_id = %s) as mine from clip_reaction where clip_id = %s"
        " group by kind",
        [viewer_id, clip_id],
    )
    return {ClipReaction(each["kind"]): (each["count"], each["mine"]) for each in found}
