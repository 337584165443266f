# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What people say at a second of a recording.

Which comments a clip shows is the view `clip_comment`; who may hear them is `HEARS` in store/sight.py.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.clip import Clip, clip_time
from domain.comment import Comment, CommentKind, ReactionKind, checked_text
from domain.errors import Gone, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from store.postgres import Row, Tx, row, rows
from store.sight import CURATES, HEARS, OWN, SEES_CLIP
from store.text import clean

_COMMENT = """
    m.id, m.public_id, m.recording_id, r.public_id as recording, m.at_ms, m.clip_id, k.public_id as clip,
    m.space_id, m.author_id,
    a.name as author, a.role as author_role, m.kind, m.text, root.public_id as reply_to,
    m.created_at, m.edited_at, m.deleted_at, m.resolved_at"""
_FROM = """
    from comment m join recording r on r.id = m.recording_id
    join clip k on k.id = m.clip_id join person a on a.id = m.author_id
    left join comment root on root.id = m.reply_to"""

# A question or correction `m` about the recording `r` that nobody has answered: neither with an answer, nor
# the people of the recording with anything at all. What they ask themselves waits for others.
UNANSWERED = """(m.kind in ('question', 'correction') and m.reply_to is null and m.resolved_at is null
    and m.deleted_at is null and m.author_id not in (r.uploader_id, r.speaker_id)
    and not exists (select from comment reply where reply.reply_to = m.id and reply.deleted_at is null
        and (reply.kind = 'answer' or reply.author_id in (r.uploader_id, r.speaker_id))))"""
# Whether a comment `m`, whose thread began with `root`, can be read in some clip that the viewer sees. As the view
# `clip_comment` has it, said for one comment: through the view all comments there are would be looked at.
READ = f"""exists (select from (
        select coalesce(root.clip_id, m.clip_id) as clip_id
        union all
        select p.clip_id from clip_part p
        where p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) here
    join clip c on c.id = here.clip_id where c.deleted_at is null and {SEES_CLIP})"""


def thread(tx: Tx, clip: Clip, viewer_id: UUID) -> tuple[Comment, ...]:
    """What was said in a clip, and in others at the seconds that it shows, as far as it is for the viewer.

    In order of the recording's time, then of when it was said; replies after the comment they answer.
    Threads that began in this clip stay, also at a second that it shows no more. Whoever asks has been
    let in to the clip before.
    """
    found = rows(
        tx,
        f"select {_COMMENT} {_FROM} join clip_comment here on here.comment_id = m.id"
        f" where here.clip_id = %(clip)s and {HEARS}"
        " order by m.at_ms, coalesce(root.created_at, m.created_at), coalesce(root.id, m.id),"
        "   root.id is not null, m.created_at, m.id",
        {"clip": clip.id, "viewer": viewer_id},
    )
    return _comments(tx, found, viewer_id)


def comment(tx: Tx, public_id: str, viewer_id: UUID) -> Comment:
    """One that some clip shows to the viewer: else NotFound."""
    found: tuple[Comment, ...] = ()
    if is_public_id(public_id):
        found = _comments(
            tx,
            rows(
                tx,
                f"select {_COMMENT} {_FROM} where m.public_id = %(id)s and {HEARS} and {READ}",
                {"id": public_id, "viewer": viewer_id},
            ),
            viewer_id,
        )
    if not found:
        raise NotFound("There is no such comment, or it is not yours to see.")
    return found[0]


def unanswered(tx: Tx, recording_id: UUID, viewer_id: UUID, *, limit: int = 20) -> tuple[Comment, ...]:
    """Questions and corrections about a recording that wait for an answer, the oldest first.

    For whoever owns or curates the recording; none for anybody else.
    """
    found = rows(
        tx,
        f"select {_COMMENT} {_FROM} where m.recording_id = %(recording)s and ({OWN} or {CURATES})"
        f" and {UNANSWERED} and {HEARS} and {READ} order by m.created_at, m.id limit %(limit)s",
        {"recording": recording_id, "viewer": viewer_id, "limit": limit},
    )
    return _comments(tx, found, viewer_id)


def add(
    tx: Tx,
    *,
    clip: Clip,
    author_id: UUID,
    recording_id: UUID,
    at_ms: int,
    kind: CommentKind,
    text: str,
    reply_to: Comment | None,
    now: datetime,
) -> Comment:
    """Says something in a clip, to the people of its space.

    `at_ms`, in the recording's time, is a millisecond that the clip shows, or the one where a part ends:
    a player that has played to the end stands there. A reply joins the thread of what it answers, at
    that thread's second, whatever `at_ms` says; what answers a deleted comment begins a thread there.
    Raises Invalid (`outside_clip`, or of the text).
    """
    text = checked_text(clean(text))
    root_id = None
    if reply_to is not None:
        recording_id, at_ms = reply_to.recording_id, reply_to.at_ms
        root_id = _thread_of(tx, reply_to)
    else:
        at_ms = _shown(clip, recording_id, at_ms)
    comment_id = uuid7()
    tx.execute(
        "insert into comment (id, public_id, recording_id, at_ms, clip_id, space_id, author_id, kind, text, reply_to,"
        " created_at, search_config)"
        " select %s, %s, %s, %s, id, space_id, %s, %s, %s, %s, %s, search_config from clip where id = %s",
        [
            comment_id,
            public_id(),
            recording_id,
            at_ms,
            author_id,
            CommentKind(kind),
            text,
            root_id,
            now,
            clip.id,
        ],
    )
    return _comments(tx, rows(tx, f"select {_COMMENT} {_FROM} where m.id = %s", [comment_id]), author_id)[0]


def edit(tx: Tx, comment_id: UUID, text: str, now: datetime) -> None:
    """Raises Invalid, NotFound, and Gone when it was deleted."""
    text = checked_text(clean(text))
    _living(tx, comment_id)
    tx.execute(
        "update comment set text = %s, edited_at = %s, version = version + 1 where id = %s", [text, now, comment_id]
    )


def delete(tx: Tx, comment_id: UUID, now: datetime) -> None:
    """It keeps its place in the thread and loses its text and reactions. A second call changes nothing."""
    changed = tx.execute(
        "update comment set text = '', deleted_at = %s, resolved_at = null, resolved_by = null, version = version + 1"
        " where id = %s and deleted_at is null",
        [now, comment_id],
    ).rowcount
    if changed:
        tx.execute("delete from reaction where comment_id = %s", [comment_id])


def resolve(tx: Tx, comment_id: UUID, person_id: UUID, now: datetime) -> None:
    """A second call changes nothing. Raises NotFound, Gone."""
    _living(tx, comment_id)
    tx.execute(
        "update comment set resolved_at = %s, resolved_by = %s where id = %s and resolved_at is null",
        [now, person_id, comment_id],
    )


def unresolve(tx: Tx, comment_id: UUID) -> None:
    """Raises NotFound, Gone."""
    _living(tx, comment_id)
    tx.execute("update comment set resolved_at = null, resolved_by = null where id = %s", [comment_id])


def react(tx: Tx, comment_id: UUID, person_id: UUID, kind: ReactionKind) -> None:
    """One of a kind a person; a second call changes nothing. Raises NotFound, Gone."""
    _living(tx, comment_id)
    tx.execute(
        "insert into reaction (comment_id, person_id, kind) values (%s, %s, %s) on conflict do nothing",
        [comment_id, person_id, ReactionKind(kind)],
    )


def unreact(tx: Tx, comment_id: UUID, person_id: UUID, kind: ReactionKind) -> None:
    tx.execute(
        "delete from reaction where comment_id = %s and person_id = %s and kind = %s",
        [comment_id, person_id, ReactionKind(kind)],
    )


def _shown(clip: Clip, recording_id: UUID, at_ms: int) -> int:
    if clip_time(clip.parts, recording_id, at_ms) is not None:
        return at_ms
    if any(part.recording_id == recording_id and part.span.end_ms == at_ms for part in clip.parts):
        return at_ms - 1
    raise Invalid("That moment is not in this clip. Comment at a second that it shows.", code="outside_clip")


def _thread_of(tx: Tx, answered: Comment) -> UUID | None:
    """The beginning of the thread that a reply joins; None when what it answers has been deleted."""
    found = row(tx, "select id, reply_to, deleted_at from comment where id = %s for share", [answered.id])
    if found is None or found["deleted_at"] is not None:
        return None
    return UUID(str(found["reply_to"] or found["id"]))


def _living(tx: Tx, comment_id: UUID) -> None:
    found = row(tx, "select deleted_at from comment where id = %s for no key update", [comment_id])
    if found is None:
        raise NotFound("There is no such comment.")
    if found["deleted_at"] is not None:
        raise Gone("This comment was deleted.")


def _comments(tx: Tx, found: Sequence[Row], viewer_id: UUID) -> tuple[Comment, ...]:
    counted = _reactions(tx, [each["id"] for each in found], viewer_id)
    return tuple(
        Comment(
            **{**each, "kind": CommentKind(each["kind"])},
            reactions={kind: count for kind, (count, _) in counted.get(each["id"], {}).items()},
            my_reactions=tuple(kind for kind, (_, mine) in counted.get(each["id"], {}).items() if mine),
        )
        for each in found
    )


def _reactions(tx: Tx, ids: Sequence[UUID], viewer_id: UUID) -> Mapping[UUID, dict[str, tuple[int, bool]]]:
    """Of each comment, by kind: how many, and whether the viewer is among them."""
    counted: dict[UUID, dict[str, tuple[int, bool]]] = {}
    for each in rows(
        tx,
        "select comment_id, kind, count(*) as count, bool_or(person_id = %s) as mine"
        " from reaction where comment_id = any(%s) group by comment_id, kind order by kind",
        [viewer_id, list(ids)],
    ):
        counted.setdefault(each["comment_id"], {})[each["kind"]] = (each["count"], each["mine"])
    return counted
