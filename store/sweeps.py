"""What a deleted recording leaves among the objects: deleted with it, and swept again a day and a week later.

Whoever makes something of a recording puts the objects first and lists them then. One that was slow, or killed in
between, may have put some after they were deleted, and no row knows of those: so the recording's prefix is swept
again, when no worker can be at it any more. The rows here say what and when, and go when it is done. A single
object, which has been forgotten and was to be deleted then, is noted by its key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from store import keys
from store.objects import Objects
from store.postgres import Tx, rows

AGAIN = (timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True)
class Remains:
    """Objects that are nobody's any more: by their keys, and all that lie under prefixes."""

    keys: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def clear(self, objects: Objects) -> None:
        """Call before the transaction ends that has forgotten them: if they cannot be deleted, nothing says they
        were.
        """
        objects.delete(self.keys)
        for prefix in self.prefixes:
            objects.delete_prefix(prefix)


def leave(tx: Tx, recording_id: UUID, listed: tuple[str, ...], now: datetime) -> Remains:
    """What a recording leaves that is being deleted: comes before its renderings are forgotten."""
    found = rows(
        tx,
        "select r.public_id, g.id from recording r left join rendering g on g.recording_id = r.id where r.id = %s"
        " order by g.id",
        [recording_id],
    )
    renderings = [each["id"] for each in found if each["id"]]
    prefixes = (keys.of_recording(recording_id), *keys.before_the_prefix(found[0]["public_id"], renderings))
    remember(tx, prefixes, now)
    return Remains(listed, prefixes)


def remember(tx: Tx, prefixes: Iterable[str], now: datetime) -> None:
    """They, or objects of these keys, are swept again, `AGAIN` later."""
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into sweep (prefix, due_at) values (%s, %s) on conflict do nothing",
            [(prefix, now + later) for prefix in prefixes for later in AGAIN],
        )


def due(tx: Tx, now: datetime, *, limit: int = 100) -> tuple[str, ...]:
    """Prefixes and keys that are to be swept by now, the longest due first."""
    found = rows(
        tx,
        "select prefix from sweep where due_at <= %s group by prefix order by min(due_at), prefix limit %s",
        [now, limit],
    )
    return tuple(each["prefix"] for each in found)


def done(tx: Tx, prefix: str, now: datetime) -> None:
    """Its objects are deleted. Comes after: a kill in between sweeps once more, which does no harm."""
    tx.execute("delete from sweep where prefix = %s and due_at <= %s", [prefix, now])
