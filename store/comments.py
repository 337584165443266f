# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What people say at a second of a recording, or over a range of it.

Which comments a clip shows is the view `clip_comment`; who may hear them is `HEARS`, and whose name is hidden from
whom `HIDES_AUTHOR`, in store/sight.py. What becomes of them afterwards, besides their words, is in store/answers.py.
That something was said tells the database itself (the trigger `comment_tells`; store/events.py).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.amends import Outcome
from domain.clip import Clip
from domain.comment import Before, Comment, CommentKind, Mentioned, Unmasking, checked_text, demand_asked
from domain.errors import Conflict, Gone, Invalid, NotFound
from domain.ids import is_public_id, public_id, uuid7
from domain.voice import voice_is_a_name
from store import mentions, moments, telling, unmasking, voices
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import AUTHOR, CURATES, HEARS, HEARS_PUBLISHED, HIDES_AUTHOR, KEPT_IN_CIRCLE, OWN, SEES_CLIP
from store.text import clean

PAGE = 50  # comments

_BARE = f"""
    m.id, m.public_id, m.recording_id, r.public_id as recording, m.at_ms, m.end_ms, m.clip_id, k.public_id as clip,
    m.space_id, m.author_id, {AUTHOR} as author, case when {HIDES_AUTHOR} then '' else a.role end as author_role,
    m.kind, m.text, root.public_id as reply_to, m.version, m.created_at, m.edited_at, m.deleted_at, m.resolved_at,
    m.removed_at, m.removed_why,
    m.masked, {HIDES_AUTHOR} as hidden, root.accepted_id is not distinct from m.id as accepted,
    m.accepted_id is not null as answered, coalesce(m.times_ms, '{{}}') as times_ms, m.outcome, m.outcome_words,
    case when m.outcome is null then '' else
        coalesce((select s.name from person s where s.id = m.resolved_by), '') end as settled_by"""
# And what belongs to it: in one statement, since each more takes as long as reading a page of them.
_COMMENT = f"""{_BARE},
    (select json_agg(json_build_array(x.kind, x.given, x.mine) order by x.kind) from (
        select kind, count(*) as given, bool_or(person_id = %(viewer)s) as mine
        from reaction where comment_id = m.id group by kind) x) as reacted,
    {mentions.NAMED} as named, {voices.SPOKEN} as sound"""
_FROM = """
    from comment m join recording r on r.id = m.recording_id
    join clip k on k.id = m.clip_id join person a on a.id = m.author_id
    left join comment root on root.id = m.reply_to"""
# Which they are first, as an array: as a join the planner would read all comments there are, of a long thread, rather
# than ask `HEARS` for each of its own, since it cannot know that hardly anything was said in drafts.
_HERE = "where m.id = any(array(select here.comment_id from clip_comment here where here.clip_id = %(clip)s))"
_IN_CLIP = f"{_FROM} {_HERE} and {HEARS}"

# Whether the clip %(clip)s shows `m`: as the view `clip_comment` has it, said for one comment.
_SHOWN = """(case when m.draft
    then %(clip)s in (m.clip_id, (select joined_into from clip where id = m.clip_id))
    else coalesce(root.clip_id, m.clip_id) = %(clip)s or exists (
        select from clip_part p where p.clip_id = %(clip)s and p.recording_id = m.recording_id
        and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) end)"""

# `m` was said in the clip %(clip)s, or in one that was joined into it.
_OF_CLIP = "m.clip_id = any(array(select id from clip where id = %(clip)s or joined_into = %(clip)s))"

# In order of the recording's time, then of when it was said; replies after the comment they answer.
_KEYS = {
    "at_ms": "m.at_ms",
    "began": "coalesce(root.created_at, m.created_at)",
    "thread_id": "coalesce(root.id, m.id)",
    "answers": "(root.id is not null)::int",
    "created_at": "m.created_at",
    "id": "m.id",
}
_KEY_TYPES = (int, datetime.fromisoformat, UUID, int, datetime.fromisoformat, UUID)
_ORDER = ", ".join(_KEYS.values())
# Which the first ones of a clip are; who wrote them is asked of these alone. `{behind}`: conditions on where to go on.
_FIRST = f"""
    select m.id from comment m left join comment root on root.id = m.reply_to
    {_HERE} and {HEARS}{{behind}} order by {_ORDER} limit %(limit)s"""
# The same of one that is published, without looking at all of a long thread: at the seconds of a part they stand in an
# index in their order; and few threads that began here are at a second that it shows no more.
_KEYED = ", ".join(f"{key} as {name}" for name, key in _KEYS.items())
_FIRST_PUBLISHED = f"""
    select id from (
        select here.* from clip_part p cross join lateral (
            select {_KEYED} from comment m left join comment root on root.id = m.reply_to
            where m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms
                and {HEARS_PUBLISHED}{{behind}} order by {_ORDER} limit %(limit)s) here
        where p.clip_id = %(clip)s
        union
        (select {_KEYED} from comment m left join comment root on root.id = m.reply_to
        where m.id = any(array(
            with left_behind as materialized (
                select b.id from comment b where b.clip_id = %(clip)s and b.reply_to is null and not exists (
                    select from clip_part p where p.clip_id = %(clip)s and p.recording_id = b.recording_id
                        and b.at_ms >= p.start_ms and b.at_ms < p.end_ms))
            select id from left_behind
            union all select a.id from left_behind join comment a on a.reply_to = left_behind.id))
            and {HEARS_PUBLISHED}{{behind}} order by {_ORDER} limit %(limit)s)) found
    order by {", ".join(_KEYS)} limit %(limit)s"""
_FOR_ORDER = ("began", "thread_id", "answers")

# A question or correction `m` about the recording `r` that nobody has answered: neither with an answer, nor
# the people of the recording with anything at all. What they ask themselves waits for others.
UNANSWERED = """(m.kind in ('question', 'correction') and m.reply_to is null and m.resolved_at is null
    and m.deleted_at is null and m.author_id not in (r.uploader_id, r.speaker_id)
    and not exists (select from comment reply where reply.reply_to = m.id and reply.deleted_at is null
        and (reply.kind = 'answer' or reply.author_id in (r.uploader_id, r.speaker_id))))"""
# Whether a comment `m`, whose thread began with `root`, can be read in some clip that the viewer sees. As the view
# `clip_comment` has it, said for one comment: through the view all comments there are would be looked at.
READ = f"""exists (select from (
        select case when m.draft then coalesce((select joined_into from clip where id = m.clip_id), m.clip_id)
            else coalesce(root.clip_id, m.clip_id) end as clip_id
        union all
        select p.clip_id from clip_part p where not m.draft
            and p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) here
    join clip c on c.id = here.clip_id where c.deleted_at is null and {SEES_CLIP})"""


def page(
    tx: Tx, clip_id: UUID, viewer_id: UUID, *, published: bool, cursor: str | None = None, limit: int = PAGE
) -> Page[Comment]:
    """What was said in a clip, and in others at the seconds that it shows, as far as it is for the viewer. `published`:
    whether the clip is; then nothing is shown that was said in drafts.

    In order of the recording's time, then of when it was said; replies after the comment they answer.
    Threads that began in this clip stay, also at a second that it shows no more. Whoever asks has been
    let in to the clip before. Raises Invalid (`bad_cursor`).
    """
    values: dict[str, object] = {"clip": clip_id, "viewer": viewer_id, "limit": limited(limit) + 1}
    behind = ""
    if cursor:
        values |= zip(_KEYS, after(cursor, *_KEY_TYPES), strict=True)
        behind = f" and ({_ORDER}) > ({', '.join(f'%({key})s' for key in _KEYS)})"
    order = ", ".join(f"{key} as {name}" for name, key in _KEYS.items() if name in {"began", "thread_id", "answers"})
    chosen = (_FIRST_PUBLISHED if published else _FIRST).format(behind=behind)
    found = cut_page(
        rows(tx, f"select {_COMMENT}, {order} {_FROM} where m.id = any(array({chosen})) order by {_ORDER}", values),
        limited(limit),
        lambda each: each,
        tuple(_KEYS),
    )
    return Page(_comments(tx, found.items, viewer_id), found.next)


def thread(tx: Tx, clip: Clip, viewer_id: UUID, *, of: str | None = None) -> tuple[Comment, ...]:
    """All that `page` gives; or the thread that one comment `of` begins or belongs to."""
    where = _IN_CLIP
    if of is not None:
        began = "(select coalesce(reply_to, id) from comment where public_id = %(of)s)"
        where = f"{_FROM} where (m.id = {began} or m.reply_to = {began}) and {_SHOWN} and {HEARS}"
    values = {"clip": clip.id, "viewer": viewer_id, "of": of}
    return _comments(tx, rows(tx, f"select {_COMMENT} {where} order by {_ORDER}", values), viewer_id)


def beginnings(tx: Tx, clip: Clip, viewer_id: UUID) -> tuple[Comment, ...]:
    """Those that begin the threads of a clip and have not been taken back: for marks on its time line."""
    return _comments(
        tx,
        rows(
            tx,
            f"select {_BARE} {_IN_CLIP} and m.reply_to is null and m.deleted_at is null order by {_ORDER}",
            {"clip": clip.id, "viewer": viewer_id},
        ),
        viewer_id,
    )


def seen_clip(tx: Tx, public_id: str, viewer_id: UUID) -> UUID | None:
    """The clip, for whoever sees it, and nothing else of it: asked once for everything that is said."""
    found = row(
        tx,
        f"select c.id from clip c where c.public_id = %(id)s and c.deleted_at is null and {SEES_CLIP}",
        {"id": public_id, "viewer": viewer_id},
    )
    return None if found is None else UUID(str(found["id"]))


def stamp(tx: Tx, clip: UUID, viewer_id: UUID) -> str:
    """Another one when the viewer has something else to read in a clip, so that a page knows whether it is up to date.

    Whoever asks has been let in to the clip before.
    """
    found = row(
        tx,
        "select count(*) as said, sum(m.version) as versions, count(m.resolved_at) as settled,"
        " count(m.accepted_id) as answered,"
        " sum((select count(*) from reaction x where x.comment_id = m.id)) as thanks,"
        # What was said in a draft is gone from it then, which may leave as much as there was before it was said.
        " (select published_at from clip where id = %(clip)s) as published_at"
        f" {_IN_CLIP}",
        {"clip": clip, "viewer": viewer_id},
    )
    return hashlib.sha256(repr(found).encode()).hexdigest()[:12]


def heard(tx: Tx, clip: UUID, threads: Iterable[str], viewer_id: UUID) -> tuple[str, ...]:
    """Which of these threads, by the public ids of their beginnings, the viewer has before them in a clip.

    Whoever asks has been let in to the clip before.
    """
    found = rows(
        tx,
        "select m.public_id from comment m left join comment root on root.id = m.reply_to"
        f" where m.public_id = any(%(threads)s) and {_SHOWN} and {HEARS} order by m.created_at, m.id",
        {"threads": list(threads), "clip": clip, "viewer": viewer_id},
    )
    return tuple(each["public_id"] for each in found)


def comment(tx: Tx, public_id: str, viewer_id: UUID) -> Comment:
    """One that some clip shows to the viewer, or that was said in a draft that they saw: else NotFound."""
    where = f"m.public_id = %(id)s and (({HEARS} and {READ}) or {KEPT_IN_CIRCLE})"
    return _one(tx, f"{_FROM} where {where}", public_id, viewer_id)


def in_clip(tx: Tx, clip: Clip, public_id: str, viewer_id: UUID) -> Comment:
    """One of a clip's thread. Raises NotFound."""
    return _one(tx, f"{_FROM} where m.public_id = %(id)s and {_SHOWN} and {HEARS}", public_id, viewer_id, clip)


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


def kept_in_circle(tx: Tx, clip: UUID, viewer_id: UUID, *, limit: int = 500) -> tuple[Comment, ...]:
    """What was said in a clip while it was a draft, as far as the viewer was to hear it; none for anybody else."""
    found = rows(
        tx,
        f"select {_COMMENT} {_FROM} where {_OF_CLIP} and {KEPT_IN_CIRCLE} order by {_ORDER} limit %(limit)s",
        {"clip": clip, "viewer": viewer_id, "limit": limit},
    )
    return _comments(tx, found, viewer_id)


def was_in_circle(tx: Tx, clip: UUID, viewer_id: UUID) -> bool:
    """Whether `kept_in_circle` has anything."""
    asked = f"select from comment m where {_OF_CLIP} and {KEPT_IN_CIRCLE} limit 1"
    return row(tx, asked, {"clip": clip, "viewer": viewer_id}) is not None


def before(tx: Tx, comment_id: UUID) -> tuple[Before, ...]:
    """What it said before it was edited, the newest first. For whoever sees the comment."""
    found = rows(
        tx,
        "select version, text, written_at from comment_version where comment_id = %s order by version desc",
        [comment_id],
    )
    return tuple(Before(**each) for each in found)


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
    end_ms: int | None = None,
    masked: bool = False,
    in_draft: bool = False,
    voice: UUID | None = None,
) -> Comment:
    """Says something in a clip, to the people of its space; in a draft, to those who see that.

    `at_ms`, in the recording's time, is a millisecond that the clip shows, or the one where a part ends:
    a player that has played to the end stands there. With `end_ms` it is about the range from one to the other. A
    reply joins the thread of what it answers, at that thread's second, whatever `at_ms` says; what answers a deleted
    comment begins a thread there. `masked`: a question without one's name to colleagues; what its author says further
    on in that thread is masked with it. `in_draft`: it is for those who see the draft, and for nobody else. `voice`: a
    sound that was promised, in the place of the text.
    Raises Invalid (`outside_clip`, `bad_range`, `only_questions`, `no_question`, `voice_is_a_name`, or of the text),
    TooMany, and Conflict (`published`) of what is meant for a draft.
    """
    text = checked_text(clean(text)) if voice is None else ""
    if kind is CommentKind.REFLECTION and not clip.question:
        raise Invalid("This clip asks nothing when it ends. Say it as a comment.", code="nothing_asked")
    root_id, began = None, None
    if reply_to is not None:
        recording_id, at_ms, end_ms = reply_to.recording_id, reply_to.at_ms, None
        joins = _thread_of(tx, reply_to, author_id)
        root_id, began, may_mask = joins.id, joins.began, joins.masked
    else:
        at_ms = moments.shown(clip, recording_id, at_ms)
        end_ms = None if end_ms is None else moments.range_end(clip, recording_id, at_ms, end_ms)
        may_mask = kind is CommentKind.QUESTION
    demand_asked(kind, began)
    if masked and not may_mask:
        raise Invalid("Only a question that begins a thread can be asked without your name.", code="only_questions")
    masked = masked or (may_mask and reply_to is not None)
    if masked and voice is not None:
        raise voice_is_a_name()
    comment_id = uuid7()
    said = row(
        tx,
        "insert into comment (id, public_id, recording_id, at_ms, end_ms, clip_id, space_id, author_id, kind, text,"
        " reply_to, masked, times_ms, created_at, draft, search_config)"
        " select %s, %s, %s, %s, %s, id, space_id, %s, %s, %s, %s, %s, %s, %s, published_at is null, search_config"
        " from clip where id = %s returning draft",
        [
            comment_id,
            public_id(),
            recording_id,
            at_ms,
            end_ms,
            author_id,
            CommentKind(kind),
            text,
            root_id,
            masked,
            moments.times(text, recording_id, clip.parts),
            now,
            clip.id,
        ],
    )
    if in_draft and not (said and said["draft"]):
        raise Conflict(
            "This clip is published now, and what is said here is for everybody who sees it. Load the page again.",
            code="published",
        )
    if voice is not None:
        voices.become(tx, voice, comment_id)
    named = mentions.note(tx, comment_id, clip.id, author_id, text, now)
    telling.of_comment(tx, comment_id, reply_to.author_id if reply_to else None, named, now)
    values = {"id": comment_id, "viewer": author_id}
    return _comments(tx, rows(tx, f"select {_COMMENT} {_FROM} where m.id = %(id)s", values), author_id)[0]


def edit(tx: Tx, comment_id: UUID, text: str, now: datetime) -> None:
    """What it said before is kept. Raises Invalid, NotFound, TooMany, Gone when it was deleted, and Conflict
    (`answered_already`) of a correction: its answer stands below it, and is about these words.
    """
    text = checked_text(clean(text))
    living(tx, comment_id)
    was = row(tx, "select clip_id, recording_id, author_id, text, outcome from comment where id = %s", [comment_id])
    if was is None or was["text"] == text:
        return
    if was["outcome"] is not None:
        raise Conflict("This was answered already, as it is. Say more in a reply.", code="answered_already")
    tx.execute(
        "insert into comment_version (comment_id, version, text, written_at)"
        " select id, version, text, coalesce(edited_at, created_at) from comment where id = %s and text <> ''",
        [comment_id],
    )
    voices.written_by_hand(tx, comment_id)
    tx.execute(
        "update comment set text = %s, times_ms = %s, edited_at = %s, version = version + 1 where id = %s",
        [text, moments.times(text, was["recording_id"], moments.parts_of(tx, was["clip_id"])), now, comment_id],
    )
    telling.of_naming(tx, comment_id, mentions.note(tx, comment_id, was["clip_id"], was["author_id"], text, now), now)


def delete(tx: Tx, comment_id: UUID, now: datetime) -> None:
    """It keeps its place in the thread and loses its text, its sound, what it said before, whom it named and its
    reactions; as an answer that was chosen it is so no more. A second call changes nothing; what a moderator removed
    is kept no more.

    Of a correction that was accepted the answer stays, which is somebody else's and shown to everybody.
    """
    tx.execute("delete from comment_kept where comment_id = %s", [comment_id])
    voices.forget(tx, [comment_id], now)
    changed = tx.execute(
        "update comment set text = '', times_ms = null, deleted_at = %s,"
        " resolved_at = case when outcome is not null then resolved_at end,"
        " resolved_by = case when outcome is not null then resolved_by end,"
        " accepted_id = null, version = version + 1 where id = %s and deleted_at is null",
        [now, comment_id],
    ).rowcount
    if changed:
        for table in ("reaction", "mention", "comment_version"):
            tx.execute(f"delete from {table} where comment_id = %s", [comment_id])
        tx.execute(
            "update comment set accepted_id = null, resolved_at = null, resolved_by = null where accepted_id = %s",
            [comment_id],
        )


def living(tx: Tx, comment_id: UUID) -> None:
    """Holds it until the transaction ends. Raises NotFound, Gone."""
    found = row(tx, "select deleted_at from comment where id = %s for no key update", [comment_id])
    if found is None:
        raise NotFound("There is no such comment.")
    if found["deleted_at"] is not None:
        raise Gone("This comment was deleted.")


@dataclass(frozen=True)
class _Thread:
    """What a reply joins: the beginning of it, and of what kind that is; None when what it answers has been deleted.
    `masked`: what this author says there is.
    """

    id: UUID | None
    began: CommentKind | None
    masked: bool


def _thread_of(tx: Tx, answered: Comment, author_id: UUID) -> _Thread:
    found = row(
        tx,
        "select began.id, began.kind, began.masked and began.author_id = %s as masked, m.deleted_at from comment m"
        " join comment began on began.id = coalesce(m.reply_to, m.id) where m.id = %s for share of m",
        [author_id, answered.id],
    )
    if found is None or found["deleted_at"] is not None:
        return _Thread(None, None, bool(found and found["masked"]))
    return _Thread(found["id"], CommentKind(found["kind"]), found["masked"])


def _one(tx: Tx, where: str, public_id: str, viewer_id: UUID, clip: Clip | None = None) -> Comment:
    if is_public_id(public_id):
        values = {"id": public_id, "viewer": viewer_id, "clip": clip.id if clip else None}
        if found := _comments(tx, rows(tx, f"select {_COMMENT} {where}", values), viewer_id):
            return found[0]
    raise NotFound("There is no such comment, or it is not yours to see.")


def _comments(tx: Tx, found: Sequence[Row], viewer_id: UUID) -> tuple[Comment, ...]:
    mine = [each["id"] for each in found if each["masked"] and each["author_id"] == viewer_id]
    looked_up = unmasking.of(tx, mine)
    return tuple(_comment(each, looked_up.get(each["id"], ())) for each in found)


def _comment(found: Row, unmaskings: tuple[Unmasking, ...]) -> Comment:
    """What is a column of its own stays under its name; what is put together is taken out of the row."""
    for name in _FOR_ORDER:
        found.pop(name, None)
    reacted, named, sound = (found.pop(name, None) for name in ("reacted", "named", "sound"))
    found["kind"], found["times_ms"] = CommentKind(found["kind"]), tuple(found["times_ms"])
    found["outcome"] = Outcome(found["outcome"]) if found["outcome"] else None
    return Comment(
        **found,
        reactions={kind: given for kind, given, _ in reacted or ()},
        my_reactions=tuple(kind for kind, _, mine in reacted or () if mine),
        mentions=tuple(Mentioned(*one) for one in named or ()),
        unmaskings=unmaskings,
        voice=voices.voice_from(sound),
    )
