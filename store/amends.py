# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Corrections: answered (accepted or explained), opened again, and listed for those who may answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.amends import OVERDUE, Act, Correction, Outcome, Standing, checked_words, places
from domain.clip import Amended
from domain.comment import Comment
from domain.ids import is_public_id
from domain.notice import About, NoticeKind
from domain.span import Span
from store import mended, notices, watched
from store.clip_rows import CLIP, clip_from
from store.mended import COVERED
from store.paging import Page, paged
from store.postgres import Row, Tx, make_due, row, rows
from store.reel_films import REELS
from store.sight import HEARS, OWN, SEES_CLIP
from store.text import clean, one_line

# An answer that was accepted stays when its author takes back what it answers.
_LIVES = "(m.deleted_at is null or m.outcome = 'accepted')"
_STANDS: Mapping[Standing, str] = {
    Standing.OPEN: "m.resolved_at is null",
    Standing.ACCEPTED: "m.outcome = 'accepted'",
    Standing.EXPLAINED: "m.outcome = 'explained'",
}
_CURATES_WHERE_SAID = """exists (select from viewer_space v
    where v.person_id = %(viewer)s and v.space_id = m.space_id and v.curates)"""
_FROM = f"""
    from comment m join recording r on r.id = m.recording_id join person a on a.id = m.author_id
    left join person s on s.id = m.resolved_by left join comment root on root.id = m.reply_to
    cross join lateral (
        select c.id from clip c left join clip_part p on p.clip_id = c.id and {COVERED}
        where c.id in (select m.clip_id union select p.clip_id from clip_part p where {COVERED})
            and c.deleted_at is null and {SEES_CLIP}
        order by p.clip_id is null, c.id <> m.clip_id, c.id limit 1) best
    join clip c on c.id = best.id
    where m.kind = 'correction' and m.reply_to is null and {_LIVES} and {HEARS}
        and (m.resolved_at is null or m.outcome is not null)"""
_MAY_ANSWER = f"({OWN} or {_CURATES_WHERE_SAID})"
_SAFETY = f"""exists (select from clip_part p join clip c on c.id = p.clip_id
    where {COVERED} and c.deleted_at is null and c.risk = 'safety')"""
_COLUMNS = f"""{CLIP}, m.public_id as said_id, m.version as said_version, m.text as said, a.name as author,
    m.created_at as said_at, m.recording_id, r.public_id as recording, m.at_ms, m.end_ms, {_SAFETY} as safety,
    m.outcome, m.outcome_words, coalesce(s.name, '') as settled_by, m.resolved_at, {OWN} as own"""


@dataclass(frozen=True)
class Numbers:
    """Of those that wait for somebody: how many, since when the oldest does, and how many wait for too long."""

    waiting: int
    oldest: datetime | None
    overdue: int


def answer(tx: Tx, said: Comment, outcome: Outcome, words: str, *, by: UUID, now: datetime) -> None:
    """Answers a correction, which is locked; another answer of before is this one from now on.

    Who watched a clip that shows its second, or did, is told what was accepted; who raised it is told in any case.
    Raises Invalid (`empty_answer`, `answer_too_long`).
    """
    words = checked_words(one_line(clean(words)), outcome)
    tx.execute(
        "update comment set outcome = %s, outcome_words = %s, resolved_at = %s, resolved_by = %s,"
        " version = version + 1 where id = %s",
        [outcome, words, now, by, said.id],
    )
    mended.note(tx, said.id, Act(outcome), by=by, now=now, words=words)
    about = About(comment=said.id, clip=said.clip_id)
    if outcome is Outcome.EXPLAINED:
        _burnt_in(tx, said.id)  # it may have been accepted before
        notices.tell(tx, NoticeKind.ANSWERED, [said.author_id], about, by=by, now=now)
        return
    _burnt_in(tx, said.id)
    if not mended.shows(tx, said.clip_id, said.id):
        mended.gone(tx, [said.clip_id], [said.id], now)
    notices.tell(tx, NoticeKind.ACCEPTED, [said.author_id], about, by=by, now=now)
    for clip_id in sorted(mended.covering(tx, said.id)):
        told = watched.who_watched(tx, clip_id) - {said.author_id}
        notices.tell(tx, NoticeKind.CORRECTED, told, About(clip=clip_id), by=by, now=now)


def reopen(tx: Tx, said: Comment, *, by: UUID, now: datetime) -> None:
    """It waits for an answer again. What came of it before stays in its history."""
    changed = tx.execute(
        "update comment set outcome = null, outcome_words = '', resolved_at = null, resolved_by = null,"
        " version = version + 1 where id = %s and outcome is not null",
        [said.id],
    ).rowcount
    if changed:
        mended.note(tx, said.id, Act.REOPENED, by=by, now=now)
        _burnt_in(tx, said.id)


def _burnt_in(tx: Tx, comment_id: UUID) -> None:
    """Films of reels show what was accepted."""
    for clip_id in sorted(mended.covering(tx, comment_id)):
        make_due(tx, REELS, clip_id)


def lock(tx: Tx, comment_id: UUID) -> None:
    """Held until the transaction ends: of two answers at a time the second one sees the first."""
    row(tx, "select id from comment where id = %s for no key update", [comment_id])


def page(
    tx: Tx, viewer_id: UUID, standing: Standing, *, cursor: str | None = None, limit: int = 30
) -> Page[Correction]:
    """Those that the viewer may answer: about what they sent or speak in, or said in a space that they curate.

    Those about matters of safety first, then the oldest. Raises Invalid (`bad_cursor`).
    """
    return paged(
        tx,
        _COLUMNS,
        f"{_FROM} and {_MAY_ANSWER} and {_STANDS[standing]}",
        {"viewer": viewer_id},
        by=[(f"(not {_SAFETY})::int", int), ("m.created_at", datetime.fromisoformat), ("m.id", UUID)],
        build=_correction,
        cursor=cursor,
        limit=limit,
    )


def own(tx: Tx, viewer_id: UUID, limit: int = 3) -> tuple[Correction, ...]:
    """Those of others that wait, about what the viewer sent or speaks in: the oldest first."""
    # Which recordings those are is asked first: most people who come home have none.
    found = rows(
        tx,
        f"select {_COLUMNS} {_FROM} and {_STANDS[Standing.OPEN]} and m.author_id <> %(viewer)s"
        f" and m.recording_id = any(array(select r.id from recording r where r.deleted_at is null and {OWN}))"
        " order by m.created_at, m.id limit %(limit)s",
        {"viewer": viewer_id, "limit": limit},
    )
    return tuple(map(_correction, found))


def waiting(tx: Tx, recording_id: UUID, viewer_id: UUID, limit: int = 20) -> dict[str, Correction]:
    """Those about a recording that wait for the viewer, by the comment's public id."""
    found = rows(
        tx,
        f"select {_COLUMNS} {_FROM} and {_MAY_ANSWER} and {_STANDS[Standing.OPEN]}"
        " and m.recording_id = %(recording)s order by m.created_at, m.id limit %(limit)s",
        {"viewer": viewer_id, "recording": recording_id, "limit": limit},
    )
    return {each.id: each for each in map(_correction, found)}


def of(tx: Tx, public_id: str, viewer_id: UUID) -> Correction | None:
    """One that the viewer may answer; None where there is none."""
    if not is_public_id(public_id):
        return None
    found = row(
        tx,
        f"select {_COLUMNS} {_FROM} and {_MAY_ANSWER} and m.public_id = %(id)s",
        {"viewer": viewer_id, "id": public_id},
    )
    return None if found is None else _correction(found)


def numbers(tx: Tx, viewer_id: UUID, now: datetime) -> Numbers:
    found = row(
        tx,
        "select count(*) as waiting, min(m.created_at) as oldest,"
        " count(*) filter (where m.created_at < %(overdue)s) as overdue"
        f" {_FROM} and {_MAY_ANSWER} and {_STANDS[Standing.OPEN]}",
        {"viewer": viewer_id, "overdue": now - OVERDUE},
    )
    assert found is not None
    return Numbers(**found)


def _correction(found: Row) -> Correction:
    clip = clip_from(found)
    span = Span(found["at_ms"], found["end_ms"] or found["at_ms"] + 1)
    shown = places(clip.parts, [Amended(found["recording_id"], span, "", found["said_at"], None)])
    return Correction(
        id=found["said_id"],
        version=found["said_version"],
        text=found["said"],
        author=found["author"],
        created_at=found["said_at"],
        recording=found["recording"],
        at_ms=found["at_ms"],
        end_ms=found["end_ms"],
        clip=clip,
        clip_ms=shown[0].from_ms if shown else None,
        safety=found["safety"],
        standing=Standing(found["outcome"] or Standing.OPEN),
        words=found["outcome_words"],
        settled_by=found["settled_by"],
        settled_at=found["resolved_at"],
        own=found["own"],
    )
