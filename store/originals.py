"""Originals that have served their time: which are due, which are marked, which are forgotten.

An original goes in three steps, each a transaction of its own or none: it is marked (`mark`), its object
is deleted, its key is forgotten (`forget`). Marked, nobody opens it any more; and as long as the key is
there, whoever comes next deletes the object again, which does no harm. So a kill at any line leaves the
original with its key, or a mark that is followed up. The other ways round, a kill would leave a
recording that believes in an original that is not there, or an object that no row knows of.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from store.claim import claim
from store.postgres import Tx, rows

# Nothing has been done since before this time, and nothing is to be done: every step is done, or the file is refused.
_IDLE_SINCE = (
    "r.original_key is not null and r.original_gone_at is null and r.deleted_at is null"
    " and r.created_at < %(before)s and exists (select from step s where s.recording_id = r.id)"
    " and not exists (select from step s where s.recording_id = r.id"
    " and (s.finished_at >= %(before)s or s.state = 'running'"
    " or (r.refusal_code is null and (s.state <> 'done' or s.finished_at is null))))"
)


def due(tx: Tx, before: datetime, *, limit: int = 100) -> tuple[UUID, ...]:
    """Recordings that were ready or refused before a time and still have their original, the oldest first."""
    query = f"select r.id from recording r where {_IDLE_SINCE} order by r.created_at limit %(limit)s"  # noqa: S608
    return tuple(each["id"] for each in rows(tx, query, {"before": before, "limit": limit}))


def mark(tx: Tx, recording_id: UUID, *, before: datetime, now: datetime) -> bool:
    """Says that the original is gone, if it is still due: somebody may have begun to work on it. Raises Gone."""
    claim(tx, recording_id)
    query = f"update recording r set original_gone_at = %(now)s where r.id = %(id)s and {_IDLE_SINCE}"  # noqa: S608
    return bool(tx.execute(query, {"id": recording_id, "before": before, "now": now}).rowcount)


def marked(tx: Tx) -> tuple[tuple[UUID, str], ...]:
    """(recording, key) of originals that are gone as far as anybody may know, and may still be there."""
    found = rows(
        tx, "select id, original_key from recording where original_gone_at is not null and original_key is not null"
    )
    return tuple((each["id"], each["original_key"]) for each in found)


def forget(tx: Tx, recording_id: UUID) -> None:
    """The object is deleted: nothing leads to it any more. A second call changes nothing."""
    tx.execute(
        "update recording set original_key = null where id = %s and original_gone_at is not null", [recording_id]
    )


def living(tx: Tx, digests: Iterable[bytes]) -> frozenset[bytes]:
    """Those of these SHA-256 that are of an original which some recording still has."""
    found = rows(
        tx,
        "select distinct sha256 from recording"
        " where sha256 = any(%s) and deleted_at is null and original_gone_at is null",
        [list(digests)],
    )
    return frozenset(each["sha256"] for each in found)
