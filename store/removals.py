"""Comments that a moderator removed. What one said is kept aside for a while, and can be given back.

Its row is as one that its author took back: nothing that lists, finds, counts or shows comments shows it, and
`removed_at` says who did it to whoever reads the thread.
"""

from datetime import datetime
from uuid import UUID

from domain.comment import Comment
from domain.deed import Deed, DeedAbout
from domain.errors import Conflict, Forbidden
from domain.report import KEPT_FOR, checked_words
from store import act_log, telling, voices
from store.comments import living
from store.postgres import Tx, rows
from store.text import clean


def remove(tx: Tx, said: Comment, *, by: UUID, why: str, now: datetime) -> None:
    """Raises Invalid (`bad_words`), NotFound, and Gone where it was deleted."""
    why = checked_words(clean(why))
    living(tx, said.id)
    tx.execute(
        "insert into comment_kept (comment_id, text, times_ms, before, mentioned, kept_until)"
        " select m.id, m.text, m.times_ms,"
        " (select coalesce(jsonb_agg(to_jsonb(v) order by v.version), '[]') from comment_version v"
        "  where v.comment_id = m.id),"
        " array(select x.person_id from mention x where x.comment_id = m.id), %s from comment m where m.id = %s",
        [now + KEPT_FOR, said.id],
    )
    tx.execute(
        "update comment set text = '', times_ms = null, deleted_at = %(now)s, removed_at = %(now)s,"
        " removed_why = %(why)s, version = version + 1 where id = %(id)s",
        {"now": now, "why": why, "id": said.id},
    )
    for table in ("mention", "comment_version"):
        tx.execute(f"delete from {table} where comment_id = %s", [said.id])  # noqa: S608 - names of ours
    tx.execute(
        "update comment set accepted_id = null, resolved_at = null, resolved_by = null where accepted_id = %s",
        [said.id],
    )
    _note(tx, Deed.REMOVED_COMMENT, said, by, why, now)
    telling.of_removal(tx, said.id, by, now)


def restore(tx: Tx, said: Comment, *, by: UUID, now: datetime) -> None:
    """As it was, where it was; only an answer that was chosen is chosen anew.

    Raises Conflict (`not_kept`), Forbidden (`own_words`).
    """
    if said.removed_at is not None and said.author_id == by:
        raise Forbidden("These are words of your own. Another moderator gives them back.", code="own_words")
    given_back = tx.execute(
        "update comment m set text = k.text, times_ms = k.times_ms, deleted_at = null, removed_at = null,"
        " removed_why = '', version = m.version + 1 from comment_kept k"
        " where k.comment_id = m.id and m.id = %s and m.removed_at is not null and k.kept_until > %s",
        [said.id, now],
    ).rowcount
    if not given_back:
        raise Conflict(
            f"There is nothing to give back: what a removed comment said is kept for {KEPT_FOR.days} days.",
            code="not_kept",
        )
    tx.execute(
        "insert into comment_version select v.* from comment_kept k,"
        " jsonb_populate_recordset(null::comment_version, k.before) v where k.comment_id = %s",
        [said.id],
    )
    tx.execute(
        "insert into mention (comment_id, person_id, created_at) select k.comment_id, p.id, %s from comment_kept k"
        " join person p on p.id = any(k.mentioned) where k.comment_id = %s",
        [now, said.id],
    )
    forget(tx, said.id)
    _note(tx, Deed.RESTORED_COMMENT, said, by, "", now)


def forget(tx: Tx, comment_id: UUID) -> None:
    """What it said is gone for good: its author took it back."""
    tx.execute("delete from comment_kept where comment_id = %s", [comment_id])


def sweep(tx: Tx, now: datetime) -> int:
    """Removes what was kept long enough; of how many comments."""
    gone = rows(tx, "delete from comment_kept where kept_until <= %s returning comment_id", [now])
    voices.forget(tx, [each["comment_id"] for each in gone], now)
    return len(gone)


def _note(tx: Tx, deed: Deed, said: Comment, by: UUID, words: str, now: datetime) -> None:
    act_log.note(
        tx,
        deed,
        DeedAbout.COMMENT,
        said.public_id,
        by=by,
        now=now,
        whose=None if said.masked else said.author_id,
        space_id=said.space_id,
        words=words,
    )
