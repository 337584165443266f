# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Who is told of what, for acts of this room: each calls one of these in its own transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from domain.comment import ClipReaction, CommentKind
from domain.notice import About, NoticeKind
from store.clip_rows import SPEAKS
from store.notices import tell, untell
from store.postgres import Tx, row, rows

# What it is worth to hear of; the others are for L&D.
PRAISE = frozenset({ClipReaction.USEFUL, ClipReaction.LEARNED})

# Who follows a tag of the clip, or one above it; who speaks in it; its space.
_FOLLOWERS = f"""
with recursive tagged as (
    select t.id, t.parent_id from clip_tag k join tag t on t.id = k.tag_id where k.clip_id = %(clip)s
    union select t.id, t.parent_id from tag t join tagged w on t.id = w.parent_id)
select f.person_id from tagged w join tag t on w.id in (t.id, t.alias_of) join follow f on f.tag_id = t.id
union
select f.person_id from clip_part p join recording r on r.id = p.recording_id
    join follow f on f.followed_id = {SPEAKS} where p.clip_id = %(clip)s
union
select f.person_id from clip c join follow f on f.space_id = c.space_id where c.id = %(clip)s"""


def of_comment(tx: Tx, comment_id: UUID, answered: UUID | None, mentioned: Collection[UUID], now: datetime) -> None:
    """Something was said: whoever it names, whoever it answers (and whoever began the thread), and for a question, a
    correction or that it was used, who speaks in the clip and who owns it. In a draft also whoever shared it and who
    speaks in it, whatever was said: they asked for that. One of these a person.
    """
    about = of_naming(tx, comment_id, mentioned, now)
    found = row(
        tx,
        "select m.kind, m.draft, m.clip_id as clip, m.author_id as by, root.author_id as began, c.owner_id as owner,"
        f" coalesce({SPEAKS}, r.uploader_id) as speaker from comment m join clip c on c.id = m.clip_id"
        " join recording r on r.id = m.recording_id left join comment root on root.id = m.reply_to where m.id = %s",
        [comment_id],
    )
    assert found is not None
    told = set(mentioned)
    answers = {each for each in (answered, found["began"]) if each is not None} - told
    tell(tx, NoticeKind.ANSWERED, answers, about, by=found["by"], now=now)
    told |= answers
    kind = _OF_A_CLIP.get(CommentKind(found["kind"]))
    if kind is not None:
        theirs = {each for each in (found["speaker"], found["owner"]) if each is not None} - told
        tell(tx, kind, theirs, about, by=found["by"], now=now)
        told |= theirs
    if found["draft"]:
        shared = rows(tx, "select by from clip_share where clip_id = %s and ended_at is null", [found["clip"]])
        asked = _speakers(tx, found["clip"]) | {each["by"] for each in shared if each["by"] is not None}
        tell(tx, NoticeKind.FEEDBACK, asked - told, about, by=found["by"], now=now)


_OF_A_CLIP = {
    CommentKind.QUESTION: NoticeKind.QUESTION,
    CommentKind.CORRECTION: NoticeKind.CORRECTION,
    CommentKind.USED_IT: NoticeKind.HELPED,
}


def of_naming(tx: Tx, comment_id: UUID, mentioned: Collection[UUID], now: datetime) -> About:
    """Colleagues are named in what somebody says, or says better."""
    found = row(tx, "select clip_id, author_id from comment where id = %s", [comment_id])
    assert found is not None
    about = About(comment=comment_id, clip=found["clip_id"])
    tell(tx, NoticeKind.MENTIONED, mentioned, about, by=found["author_id"], now=now)
    return about


def of_removal(tx: Tx, comment_id: UUID, by: UUID, now: datetime) -> None:
    """A moderator removed a comment: whoever wrote it."""
    found = row(tx, "select author_id, clip_id, public_id from comment where id = %s", [comment_id])
    if found is not None:
        about = About(clip=found["clip_id"], thing=found["public_id"])
        tell(tx, NoticeKind.REMOVED, [found["author_id"]], about, by=by, now=now)


def of_reaction(tx: Tx, comment_id: UUID, by: UUID, now: datetime) -> None:
    """Somebody says thank you for a comment: whoever wrote it."""
    found = row(tx, "select author_id, clip_id from comment where id = %s", [comment_id])
    if found is not None:
        about = About(comment=comment_id, clip=found["clip_id"])
        tell(tx, NoticeKind.HELPED, [found["author_id"]], about, by=by, now=now)


def of_clip_reaction(tx: Tx, clip_id: UUID, by: UUID, kind: ClipReaction, now: datetime) -> None:
    """Somebody found a clip useful, or learned from it: who speaks in it."""
    if kind in PRAISE:
        tell(tx, NoticeKind.HELPED, _speakers(tx, clip_id), About(clip=clip_id), by=by, now=now)


def of_acceptance(tx: Tx, answer_id: UUID, by: UUID, now: datetime) -> None:
    """An answer was chosen: whoever gave it."""
    found = row(tx, "select author_id, clip_id from comment where id = %s", [answer_id])
    if found is not None:
        about = About(comment=answer_id, clip=found["clip_id"])
        tell(tx, NoticeKind.ACCEPTED, [found["author_id"]], about, by=by, now=now)


def of_publication(tx: Tx, clip_id: UUID, by: UUID, now: datetime) -> None:
    """People see a clip from now on: who sent its recordings or speaks in them, and who follows any of it. That it was
    withdrawn is so no more.
    """
    untell(tx, NoticeKind.PULLED_BACK, clip_id)
    sent: set[UUID] = set()
    for each in rows(
        tx,
        "select r.id, r.uploader_id, r.speaker_id from recording r"
        " where r.id in (select recording_id from clip_part where clip_id = %s) order by r.id",
        [clip_id],
    ):
        theirs = {each["uploader_id"], each["speaker_id"]} - sent
        tell(tx, NoticeKind.PUBLISHED, theirs, About(clip=clip_id, recording=each["id"]), by=by, now=now)
        sent |= theirs
    followers = {each["person_id"] for each in rows(tx, _FOLLOWERS, {"clip": clip_id})}
    tell(tx, NoticeKind.FOLLOWED, followers - sent, About(clip=clip_id), by=by, now=now)


def of_withdrawal(tx: Tx, clip_id: UUID, by: UUID, now: datetime) -> None:
    """People see a clip no more: who sent its recordings or speaks in them, unless they withdrew it themselves."""
    theirs = rows(
        tx,
        "select r.uploader_id, r.speaker_id from clip_part p join recording r on r.id = p.recording_id"
        " where p.clip_id = %s",
        [clip_id],
    )
    to = {each[whose] for each in theirs for whose in ("uploader_id", "speaker_id")}
    tell(tx, NoticeKind.PULLED_BACK, to, About(clip=clip_id), by=by, now=now)


def of_deletion(tx: Tx, clip_id: UUID, by: UUID, now: datetime) -> None:
    """A clip that people saw is there no more: as of a withdrawal, by what is left of it, the recordings."""
    for each in rows(
        tx,
        "select distinct r.id, r.uploader_id, r.speaker_id, c.public_id as clip from clip c"
        " join clip_part p on p.clip_id = c.id join recording r on r.id = p.recording_id where c.id = %s order by r.id",
        [clip_id],
    ):
        about = About(recording=each["id"], thing=each["clip"])
        tell(tx, NoticeKind.PULLED_BACK, {each["uploader_id"], each["speaker_id"]}, about, by=by, now=now)


def of_asking(tx: Tx, clip_id: UUID, to: UUID, by: UUID | None, now: datetime) -> None:
    """A curator is asked to look at a clip, or to approve it."""
    tell(tx, NoticeKind.REVIEW, [to], About(clip=clip_id), by=by, now=now)


def of_failure(tx: Tx, recording_id: UUID, code: str, now: datetime) -> None:
    """A recording cannot be used, or its making stopped: who sent it. One that is here already lacks nothing."""
    if code == "already_here":
        return
    found = row(tx, "select uploader_id from recording where id = %s", [recording_id])
    if found is not None:
        tell(tx, NoticeKind.REFUSED, [found["uploader_id"]], About(recording=recording_id), now=now)


def _speakers(tx: Tx, clip_id: UUID) -> set[UUID]:
    found = rows(
        tx,
        f"select distinct coalesce({SPEAKS}, r.uploader_id) as id from clip_part p"
        " join recording r on r.id = p.recording_id where p.clip_id = %s",
        [clip_id],
    )
    return {each["id"] for each in found}
