# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What a person watched, and where they stopped: for that person alone.

Every query of the table `watched` is here, and each that hands out a row asks for the rows of %(viewer)s: nobody else,
whatever they curate, is answered what somebody watched. It is told to no log and counted for nobody. Whoever watched
what is corrected later is told so, each alone (`who_watched`, for store/amends.py and nobody else).
"""

from datetime import datetime, timedelta
from uuid import UUID

from domain.clip import Clip
from domain.watched import Watched, goes_on
from store.clip_rows import CLIP, clip_from
from store.mended import COVERED
from store.paging import Page, after, cut_page, limited
from store.postgres import Row, Tx, row, rows
from store.sight import SEES_CLIP

# The viewer has not watched the clip c, as far as they let it be kept.
UNSEEN = "not exists (select from watched w where w.person_id = %(viewer)s and w.clip_id = c.id)"

_SEEN = f"""select {CLIP}, w.recording_id, w.at_ms, w.seen_at, c.id as clip_id from watched w
    join clip c on c.id = w.clip_id
    where w.person_id = %(viewer)s and c.deleted_at is null and {SEES_CLIP}"""

# Clips that the viewer watched, and when a correction of something that they show, or showed, was accepted since.
_SINCE = """m.outcome = 'accepted' and not m.draft and m.resolved_at > w.seen_at
    and m.resolved_by is distinct from w.person_id and m.author_id <> w.person_id"""
_CORRECTED = f"""
    select clip_id, max(at) as at from (
        select w.clip_id, m.resolved_at as at from watched w join clip_part p on p.clip_id = w.clip_id
            join comment m on {COVERED} where w.person_id = %(viewer)s and {_SINCE}
        union all
        select w.clip_id, m.resolved_at from watched w join amend_gone g on g.clip_id = w.clip_id
            join comment m on m.id = g.comment_id where w.person_id = %(viewer)s and {_SINCE}) each
    group by clip_id"""


def keep(tx: Tx, person_id: UUID, clip: Clip, recording_id: UUID, at_ms: int, *, version: int, now: datetime) -> None:
    """Where they are in a clip that they see. Nothing is kept of who has switched it off."""
    tx.execute(
        "insert into watched (person_id, clip_id, recording_id, at_ms, version, stopped, seen_at)"
        " select p.id, %(clip)s, %(recording)s, %(at_ms)s, %(version)s, %(stopped)s, %(now)s"
        # Held against being switched off at this moment: that deletes what is there, and this would come after it.
        " from person p where p.id = %(person)s and p.keeps_history for share"
        " on conflict (person_id, clip_id) do update set recording_id = excluded.recording_id, at_ms = excluded.at_ms,"
        " version = excluded.version, stopped = excluded.stopped, seen_at = excluded.seen_at",
        {
            "person": person_id,
            "clip": clip.id,
            "recording": recording_id,
            "at_ms": at_ms,
            "version": min(version, clip.version),
            "stopped": goes_on(clip.parts, recording_id, at_ms) is not None,
            "now": now,
        },
    )


def history(tx: Tx, viewer_id: UUID, *, cursor: str | None = None, limit: int = 30) -> Page[Watched]:
    """The viewer's own, of clips that they see today: what they watched last comes first. Raises Invalid."""
    limit = limited(limit)
    last, last_id = after(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    found = rows(
        tx,
        f"{_SEEN} and (%(last)s::timestamptz is null or (w.seen_at, w.clip_id) < (%(last)s, %(last_id)s))"
        " order by w.seen_at desc, w.clip_id desc limit %(limit)s",
        {"viewer": viewer_id, "last": last, "last_id": last_id, "limit": limit + 1},
    )
    return cut_page(found, limit, _watched, ["seen_at", "clip_id"])


def to_go_on_with(tx: Tx, viewer_id: UUID, limit: int) -> tuple[Watched, ...]:
    """The clips that the viewer stopped in the middle of, the last first."""
    found = rows(
        tx,
        f"{_SEEN} and w.stopped order by w.seen_at desc, w.clip_id desc limit %(limit)s",
        {"viewer": viewer_id, "limit": limit},
    )
    # Of one that has been cut anew meanwhile, the moment may be gone.
    return tuple(each for each in map(_watched, found) if each.clip_ms is not None)


def place(tx: Tx, clip: Clip, viewer_id: UUID) -> tuple[bool, int | None]:
    """Whether the viewer lets it be kept what they watch, and where in the clip they go on; None: at the start."""
    found = row(
        tx,
        "select p.keeps_history, w.recording_id, w.at_ms from person p"
        " left join watched w on w.person_id = p.id and w.clip_id = %(clip)s where p.id = %(viewer)s",
        {"clip": clip.id, "viewer": viewer_id},
    )
    if found is None or found["at_ms"] is None:
        return bool(found and found["keeps_history"]), None
    return True, goes_on(clip.parts, found["recording_id"], found["at_ms"])


def kept(tx: Tx, viewer_id: UUID) -> bool:
    """Whether the viewer lets it be kept what they watch."""
    found = row(tx, "select keeps_history from person where id = %s", [viewer_id])
    return bool(found and found["keeps_history"])


def set_kept(tx: Tx, person_id: UUID, kept: bool) -> None:
    """Switched off, what is there goes at once."""
    tx.execute("update person set keeps_history = %s where id = %s", [kept, person_id])
    if not kept:
        forget(tx, person_id)


def forget(tx: Tx, person_id: UUID, clip: str | None = None) -> None:
    """All of a person's, or that of one clip, by its public id; also of clips that they do not see any more."""
    tx.execute(
        "delete from watched w where w.person_id = %(person)s"
        " and (%(clip)s::text is null or w.clip_id = (select id from clip where public_id = %(clip)s))",
        {"person": person_id, "clip": clip},
    )


def who_watched(tx: Tx, clip_id: UUID) -> set[UUID]:
    """To tell them something, each alone: it is answered to nobody, and counted for nobody."""
    return {each["person_id"] for each in rows(tx, "select person_id from watched where clip_id = %s", [clip_id])}


def corrected(tx: Tx, viewer_id: UUID, limit: int) -> tuple[Clip, ...]:
    """Clips of which a correction was accepted since the viewer watched them: read when it is asked for, and gone when
    they watch it again, or forget that they did. Not what they answered themselves. The newest first.
    """
    found = rows(
        tx,
        f"select {CLIP} from ({_CORRECTED}) said join clip c on c.id = said.clip_id"
        f" where c.deleted_at is null and {SEES_CLIP} order by said.at desc, c.id limit %(limit)s",
        {"viewer": viewer_id, "limit": limit},
    )
    return tuple(map(clip_from, found))


def sweep(tx: Tx, now: datetime, days: int) -> None:
    """Deletes what was watched more than so many days ago, and what belongs to people who have left."""
    tx.execute("delete from watched where seen_at < %s", [now - timedelta(days=days)])
    tx.execute("delete from watched w using person p where p.id = w.person_id and p.left_at is not null")


def _watched(found: Row) -> Watched:
    clip = clip_from(found)
    return Watched(clip, goes_on(clip.parts, found["recording_id"], found["at_ms"]), found["seen_at"])
