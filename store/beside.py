"""A rendering beside the one that plays, of other sizes or by another encoder: nobody sees it before it is whole.

Then it takes the other's place in one transaction, and has the edges that clips want. Clips, comments and links are
in the recording's time and the keyframes stay where they are, so nothing else changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import Gone
from domain.ids import is_public_id
from domain.media import Rendition
from store import covers, edges, renderings
from store.claim import claim
from store.postgres import Tx, make_due, row, rows
from store.renderings import EDGES


@dataclass(frozen=True)
class Standing:
    """What a recording is made of, and is to be made of. Empty: nothing that is complete, nothing beside it."""

    complete: tuple[Rendition, ...]
    beside: tuple[Rendition, ...]


def standing(tx: Tx, recording_id: UUID) -> Standing:
    found = rows(
        tx,
        "select id, state from rendering where recording_id = %s and state in ('complete', 'beside')",
        [recording_id],
    )
    made = {each["state"]: renderings.renditions(tx, each["id"]) for each in found}
    return Standing(made.get("complete", ()), made.get("beside", ()))


def begin(tx: Tx, recording_id: UUID, renditions: Sequence[Rendition], *, anew: bool = False, tries: int = 0) -> UUID:
    """Opens one; another that is being made makes room for it. Raises Gone.

    Renditions that the complete rendering has are taken over, with the very objects, unless all is to be made `anew`.
    `tries`: of the one whose place it takes, where that failed. Where one of both had to be made from start to end by
    one render, this one has to be, too.
    """
    claim(tx, recording_id)
    found = row(
        tx,
        "select coalesce(bool_or(in_one), false) as in_one from rendering"
        " where recording_id = %s and state in ('complete', 'beside')",
        [recording_id],
    )
    if (other := of(tx, recording_id)) is not None:
        give_up(tx, other)
    opened = renderings.open_another(tx, recording_id, renditions, state="beside")
    tx.execute(
        "update rendering set failures = %s, in_one = %s where id = %s", [tries, found and found["in_one"], opened]
    )
    if not anew:
        _take_over(tx, recording_id, opened)
    return opened


def of(tx: Tx, recording_id: UUID) -> UUID | None:
    found = row(tx, "select id from rendering where recording_id = %s and state = 'beside'", [recording_id])
    return None if found is None else UUID(str(found["id"]))


def every(tx: Tx) -> tuple[UUID, ...]:
    """The recordings that have one."""
    return tuple(each["recording_id"] for each in rows(tx, "select recording_id from rendering where state = 'beside'"))


def recordings(tx: Tx, public_ids: Sequence[str] | None = None) -> dict[str, UUID]:
    """Those of these public ids that are there, or all: what may have one."""
    found = rows(
        tx,
        "select public_id, id from recording where deleted_at is null"
        " and (%(ids)s::text[] is null or public_id = any(%(ids)s)) order by id",
        {"ids": None if public_ids is None else [public_id for public_id in public_ids if is_public_id(public_id)]},
    )
    return {each["public_id"]: each["id"] for each in found}


def progress(tx: Tx, recording_id: UUID) -> float | None:
    """How much of it is there, 0 to 1. None: there is none."""
    found = row(
        tx,
        "select (select coalesce(sum(cardinality(f.sizes)), 0) from rendition n"
        "   join fragment_run f on f.rendition_id = n.id where n.rendering_id = g.id and n.kind <> 'stills')::float"
        " / ((select count(*) from rendition n where n.rendering_id = g.id and n.kind <> 'stills')"
        "   * cardinality(l.keyframes)) as there"
        " from rendering g join listening l on l.recording_id = g.recording_id and not l.head"
        " where g.recording_id = %s and g.state = 'beside'",
        [recording_id],
    )
    return None if found is None else float(found["there"])


def give_up(tx: Tx, rendering_id: UUID, why: str | None = None) -> None:
    """Nothing is added to it any more, and it goes. A second call changes nothing. `why`, when it failed."""
    tx.execute(
        "update rendering set state = 'superseded', superseded_at = now(), trouble = %s"
        " where id = %s and state = 'beside'",
        [why, rendering_id],
    )


def given_up(tx: Tx, recording_id: UUID) -> str | None:
    """Why the last that was given up was, as long as it is remembered. None when none failed."""
    found = row(
        tx,
        "select trouble from rendering where recording_id = %s and trouble is not null"
        " order by superseded_at desc limit 1",
        [recording_id],
    )
    return None if found is None else str(found["trouble"])


def tried(tx: Tx, rendering_id: UUID) -> int:
    """Counts a try, before it: one that ends its worker counts. Which one it is."""
    query = "update rendering set failures = failures + 1 where id = %s returning failures"
    found = row(tx, query, [rendering_id])
    return int(found["failures"]) if found else 0


def uncount(tx: Tx, rendering_id: UUID) -> None:
    """It was no fault of it that this try came to nothing."""
    tx.execute("update rendering set failures = failures - 1 where id = %s and failures > 0", [rendering_id])


def take_place(tx: Tx, recording_id: UUID, rendering_id: UUID) -> bool:
    """It plays from now on, and what played before is served to those who are at it.

    Call when all of it is listed. False, and nothing has changed, when clips want edges that it lacks, or a cover
    touches fragments of it that were not made anew. Raises Gone when it was given up, or the recording deleted.
    """
    claim(tx, recording_id)  # whoever changes a clip's parts waits for us, or we have waited for them
    if of(tx, recording_id) != rendering_id:
        raise Gone("This rendering was given up.")
    if covers.lacking(tx, recording_id) is not None or edges.lacking(tx, recording_id, beside=True) is not None:
        return False
    tx.execute(
        "update rendering set state = 'superseded', superseded_at = now()"
        " where recording_id = %s and state = 'complete'",
        [recording_id],
    )
    tx.execute("update rendering set state = 'complete' where id = %s", [rendering_id])
    make_due(tx, EDGES, recording_id)
    return True


def _take_over(tx: Tx, recording_id: UUID, opened: UUID) -> None:
    tx.execute(
        "with same as (select old.id as old, new.id as new, old.codec, old.init from rendition new"
        "   join rendering g on g.recording_id = %(recording)s and g.state = 'complete'"
        "   join rendition old on old.rendering_id = g.id"
        "     and (old.name, old.kind, old.width, old.height, old.crf, old.max_kbit, old.encoder)"
        "       = (new.name, new.kind, new.width, new.height, new.crf, new.max_kbit, new.encoder)"
        "   where new.rendering_id = %(opened)s),"
        " known as (update rendition n set codec = same.codec, init = same.init from same where n.id = same.new)"
        " insert into fragment_run (rendition_id, first, object_key, starts, ticks, sizes)"
        " select same.new, f.first, f.object_key, f.starts, f.ticks, f.sizes from same"
        " join fragment_run f on f.rendition_id = same.old",
        {"recording": recording_id, "opened": opened},
    )
