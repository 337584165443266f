# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""The lock of a recording.

Whatever changes a recording, or what hangs on it, takes its row's lock first: two steps that end
together see each other, none waits for the other in a circle, and nothing is written for a recording
that was deleted meanwhile.
"""

from collections.abc import Iterable
from uuid import UUID

from domain.errors import Conflict, Gone, NotFound
from store.postgres import Row, Tx, row

# "No key": rows that refer to the recording may still be inserted; "for update" would make two
# transactions that have each inserted one wait for each other.
LOCK = "for no key update"


def claim(tx: Tx, recording_id: UUID) -> Row:
    """Locks a recording until the transaction ends: its space_id, version, title and `named`. Raises NotFound, Gone."""
    query = f"select space_id, version, title, named, deleted_at from recording where id = %s {LOCK}"
    found = row(tx, query, [recording_id])
    if found is None:
        raise NotFound("There is no such recording.")
    if found["deleted_at"] is not None:
        raise Gone("This recording was deleted.")
    return found


def claim_clip(tx: Tx, clip_id: UUID, others: Iterable[UUID] = (), *, version: int | None = None) -> Row:
    """Locks a clip until the transaction ends, after its recordings and `others`, in the order of their ids.

    Raises NotFound, Gone, and Conflict (`stale_version`) when somebody changed it since `version`.
    """
    tx.execute(
        "select from recording where id in (select recording_id from clip_part where clip_id = %s) or id = any(%s)"
        f" order by id {LOCK}",
        [clip_id, list(others)],
    )
    found = row(
        tx,
        f"select version, space_id, language, risk, published_at, deleted_at from clip where id = %s {LOCK}",
        [clip_id],
    )
    if found is None:
        raise NotFound("There is no such clip.")
    if found["deleted_at"] is not None:
        raise Gone("This clip was deleted.")
    if version is not None and found["version"] != version:
        raise Conflict("Somebody else changed this clip meanwhile. Load it again.", code="stale_version")
    return found


def claim_both(tx: Tx, one: UUID, other: UUID) -> None:
    """Locks two clips, deleted ones too, after the recordings of both: what they are is asked of `claim_clip`."""
    ids = [one, other]
    tx.execute(
        "select from recording where id in (select recording_id from clip_part where clip_id = any(%s))"
        f" order by id {LOCK}",
        [ids],
    )
    tx.execute(f"select from clip where id = any(%s) order by id {LOCK}", [ids])


def lock_around(tx: Tx, recording_ids: Iterable[UUID]) -> None:
    """Locks these recordings and all that share a clip with them, in the order of their ids.

    Comes before any other lock: withdrawing a clip locks all of its recordings, and two transactions
    that took them one by one would wait for each other.
    """
    tx.execute(
        "select from recording where id = any(%(ids)s) or id in (select beside.recording_id from clip_part p"
        " join clip_part beside on beside.clip_id = p.clip_id where p.recording_id = any(%(ids)s))"
        f" order by id {LOCK}",
        {"ids": list(recording_ids)},
    )
