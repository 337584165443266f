# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The history of corrections, line by line, and which clips do not show any more what they are about.

The second is kept by whoever gives a clip other parts (`show` in store/clip_changes.py), below the clip's lock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.amends import HEARD_BEFORE_MS, Act, Entry
from domain.ids import uuid7
from store.postgres import Tx, rows

# A correction `m`, of which a part `p` of a clip shows something.
COVERED = "m.recording_id = p.recording_id and m.at_ms < p.end_ms and coalesce(m.end_ms, m.at_ms + 1) > p.start_ms"

# From where on, and until where, what a correction `m` means may lie: as domain.amends.about.
_SINCE = f"case when m.end_ms is null then greatest(m.at_ms - {HEARD_BEFORE_MS}, 0) else m.at_ms end"
_UNTIL = "coalesce(m.end_ms, m.at_ms + 1)"


@dataclass(frozen=True)
class Shows:
    """Of a correction: whether a clip shows the second that it names, and how much of where the mistake may lie."""

    named: bool
    ms: int


_NOTHING = Shows(named=False, ms=0)


def note(
    tx: Tx, comment_id: UUID, act: Act, *, by: UUID, now: datetime, words: str = "", clip_id: UUID | None = None
) -> None:
    tx.execute(
        "insert into amend (id, comment_id, act, words, clip_id, by, at) values (%s, %s, %s, %s, %s, %s, %s)",
        [uuid7(), comment_id, act, words, clip_id, by, now],
    )


def note_once(tx: Tx, comment_id: UUID, act: Act, *, by: UUID, now: datetime, clip_id: UUID | None = None) -> None:
    """As `note`, unless it is the last that is there: who saves ten times has mended it once."""
    last = rows(tx, "select act, clip_id, by from amend where comment_id = %s order by id desc limit 1", [comment_id])
    if last != [{"act": act, "clip_id": clip_id, "by": by}]:
        note(tx, comment_id, act, by=by, now=now, clip_id=clip_id)


def history(tx: Tx, comment_id: UUID) -> tuple[Entry, ...]:
    """In order. For whoever sees the comment; what a clip is called, for whoever sees it there, is not asked: no
    title is said of one that is not published.
    """
    found = rows(
        tx,
        "select a.act, a.words, case when c.published_at is not null then c.title end as clip, p.name as by, a.at"
        " from amend a left join clip c on c.id = a.clip_id left join person p on p.id = a.by"
        " where a.comment_id = %s order by a.id",
        [comment_id],
    )
    return tuple(Entry(**{**each, "act": Act(each["act"])}) for each in found)


def shown(tx: Tx, clip_id: UUID) -> dict[UUID, Shows]:
    """Corrections of which the clip shows something, or something of where the mistake may lie."""
    found = rows(
        tx,
        f"select m.id, bool_or({COVERED}) as named,"
        f" sum(least(p.end_ms, {_UNTIL}) - greatest(p.start_ms, {_SINCE})) as ms"
        f" from clip_part p join comment m on m.recording_id = p.recording_id and {_SINCE} < p.end_ms"
        f" and {_UNTIL} > p.start_ms"
        " where p.clip_id = %s and m.kind = 'correction' and m.reply_to is null group by m.id",
        [clip_id],
    )
    return {each["id"]: Shows(each["named"], each["ms"]) for each in found}


def shows(tx: Tx, clip_id: UUID, comment_id: UUID) -> bool:
    """Whether the clip shows the second that a correction names."""
    found = shown(tx, clip_id).get(comment_id)
    return found is not None and found.named


def moved(tx: Tx, clip_id: UUID, before: Mapping[UUID, Shows], now: datetime | None = None) -> None:
    """The clip, which is locked, has other parts than when it showed this. That of which it shows more again is not
    gone, whoever said that it was.
    """
    after = shown(tx, clip_id)
    named = {each for each, shows in after.items() if shows.named}
    gone(tx, [clip_id], {each for each, shows in before.items() if shows.named} - named, now)
    back = [each for each in named if after[each].ms > before.get(each, _NOTHING).ms]
    tx.execute("delete from amend_gone where clip_id = %s and comment_id = any(%s)", [clip_id, back])


def gone(tx: Tx, clip_ids: Collection[UUID], comment_ids: Collection[UUID], now: datetime | None = None) -> None:
    """These clips do not show any more what these are about. A second call changes nothing."""
    if clip_ids and comment_ids:
        tx.execute(
            "insert into amend_gone (clip_id, comment_id, at) select c, m, coalesce(%s, now())"
            " from unnest(%s::uuid[]) c cross join unnest(%s::uuid[]) m on conflict do nothing",
            [now, sorted(clip_ids), sorted(comment_ids)],
        )


def covering(tx: Tx, comment_id: UUID) -> frozenset[UUID]:
    """Clips that show something of what a correction is about, or where it was said."""
    found = rows(
        tx,
        f"select m.clip_id as id from comment m where m.id = %(id)s and not m.draft union"
        f" select p.clip_id from comment m join clip_part p on {COVERED} where m.id = %(id)s and not m.draft"
        " union select clip_id from amend_gone where comment_id = %(id)s",
        {"id": comment_id},
    )
    return frozenset(each["id"] for each in found)
