"""How much may be sent in a day: by one person, and for one brief.

Counted is everything that is noted in staging: what is unfinished, by the length it will have; what
waits to be kept; and what was kept elsewhere and is remembered for a day. An upload counts from its
first byte, because on bad networks an answer to a creation is easily lost. Requests that come in the
same moment can each find the same room: the limit of open uploads says how many.

A poster with a brief's link lets in whoever reads it, under as many names as they type: so what comes
for one brief is counted as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from capture.staging import Note, Staging
from domain.errors import TooMany

# Times what one person may send. Thirty people who film ten minutes each at 20 Mbit/s send 45 GB, within what is
# let in from one by default: this is a hall of a hundred and twenty in a day.
OF_A_BRIEF = 4

# Each costs an upload, a look at what it is, and a line in somebody's list, however small it is. A man with twenty
# years of filming on a disk sends fifty; a hall full of people for one brief, four times as many as one person may.
MOST_UPLOADS = 500


@dataclass(frozen=True)
class Allowance:
    """What is left for one upload: bytes, and how many may begin, it among them."""

    of_person: int
    of_brief: int
    uploads_of_person: int
    uploads_of_brief: int


def allowance(staging: Staging, owner: UUID, quota: int, *, brief: str = "", besides: str = "") -> Allowance:
    """For the upload to be begun, or `besides`, which is not counted. `quota` is a person's; `brief` a public id."""
    others = [note for note in staging.notes() if note.upload_id != besides]
    theirs = [_counts_for(staging, note) for note in others if note.owner == owner]
    for_it = [_counts_for(staging, note) for note in others if brief and note.metadata.get("brief") == brief]
    return Allowance(
        max(0, quota - sum(theirs)),
        max(0, OF_A_BRIEF * quota - sum(for_it)),
        max(0, MOST_UPLOADS - _begun(theirs)),
        max(0, OF_A_BRIEF * MOST_UPLOADS - _begun(for_it)),
    )


def demand_allowance(size: int, left: Allowance) -> None:
    """Raises TooMany: `quota_reached`, `brief_quota_reached`."""
    if size > left.of_person or not left.uploads_of_person:
        raise TooMany(
            "You have sent as much as one person may in a day. What has arrived is safe; go on tomorrow, or ask "
            "whoever runs this server to let in more.",
            code="quota_reached",
        )
    if size > left.of_brief or not left.uploads_of_brief:
        raise TooMany(
            "As much has been sent for this brief as may come for one in a day. What has arrived is safe; go on "
            "tomorrow, or tell whoever gave you the link.",
            code="brief_quota_reached",
        )


def _counts_for(staging: Staging, note: Note) -> int:
    size = staging.size(note.upload_id)
    if note.over or (size and note.length is not None):
        return note.length or 0
    return size or 0


def _begun(counted: Sequence[int]) -> int:
    """Those of which a byte has come: what has none is bound by how many may be open."""
    return sum(1 for size in counted if size)
