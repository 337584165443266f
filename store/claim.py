"""The lock of a recording.

Whatever changes a recording, or what hangs on it, takes its row's lock first: two steps that end
together see each other, none waits for the other in a circle, and nothing is written for a recording
that was deleted meanwhile.
"""

from uuid import UUID

from domain.errors import Gone, NotFound
from store.postgres import Row, Tx, row

# "No key": rows that refer to the recording may still be inserted; "for update" would make two
# transactions that have each inserted one wait for each other.
LOCK = "for no key update"


def claim(tx: Tx, recording_id: UUID) -> Row:
    """Locks a recording until the transaction ends: its space_id, version, title and `named`. Raises NotFound, Gone."""
    query = f"select space_id, version, title, named, deleted_at from recording where id = %s {LOCK}"  # noqa: S608 - our own words
    found = row(tx, query, [recording_id])
    if found is None:
        raise NotFound("There is no such recording.")
    if found["deleted_at"] is not None:
        raise Gone("This recording was deleted.")
    return found
