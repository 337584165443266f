"""How much one person may send in a day.

Counted is everything of theirs that is noted in staging: what is unfinished, by the length it will
have; what waits to be kept; and what was kept elsewhere and is remembered for a day. An upload counts
from its first byte, because on bad networks an answer to a creation is easily lost. Requests that come
in the same moment can each find the same room: the limit of open uploads says how many.
"""

from uuid import UUID

from capture.staging import Note, Staging
from domain.errors import TooMany


def allowance(staging: Staging, owner: UUID, quota: int, *, besides: str = "") -> int:
    """Bytes that are left of the quota for one upload: the one to be begun, or `besides`, which is not counted."""
    others = (note for note in staging.notes() if note.owner == owner and note.upload_id != besides)
    return max(0, quota - sum(_counts_for(staging, note) for note in others))


def quota_reached() -> TooMany:
    return TooMany(
        "You have sent as much as one person may in a day. What has arrived is safe; go on tomorrow, or ask "
        "whoever runs this server to let in more.",
        code="quota_reached",
    )


def _counts_for(staging: Staging, note: Note) -> int:
    size = staging.size(note.upload_id)
    if note.over or (size and note.length is not None):
        return note.length or 0
    return size or 0
