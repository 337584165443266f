# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What a chat may show to strangers of a clip that somebody linked to: where the clip's space says so, and no draft."""

from dataclasses import dataclass
from uuid import UUID

from domain.ids import is_public_id
from store.postgres import Tx, row
from store.sight import OUT


@dataclass(frozen=True)
class Unfurled:
    """`key` changes when the clip is withdrawn, or seconds are taken out of it."""

    clip: str  # public id
    title: str
    key: bytes


def allow(tx: Tx, space_id: UUID, allowed: bool) -> None:
    """Whether links to its published clips show their title in a chat, from now on."""
    tx.execute("update space set unfurls = %s where id = %s", [allowed, space_id])


def unfurled(tx: Tx, public_id: str) -> Unfurled | None:
    """For whoever has the link: who that is is not asked. None where nothing is to be shown."""
    if not is_public_id(public_id):
        return None
    found = row(
        tx,
        "select c.public_id as clip, c.title, first.key from clip c join space s on s.id = c.space_id"
        " cross join lateral (select r.media_key as key from clip_part p join recording r on r.id = p.recording_id"
        "  where p.clip_id = c.id order by p.position limit 1) first"
        f" where c.public_id = %s and {OUT} and s.unfurls",
        [public_id],
    )
    return Unfurled(**found) if found else None
