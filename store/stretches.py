"""A rendering made by several: what of it is there, gaps and all, and what becomes of stretches that do not fit."""

from uuid import UUID

from store import renderings
from store.postgres import Tx, row, rows


def runs(tx: Tx, rendering_id: UUID) -> dict[str, list[tuple[int, int]]]:
    """Which fragments of each rendition are listed, with or without a gap before them: (first, end), in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for each in rows(
        tx,
        "select n.name, f.first, f.first + cardinality(f.sizes) as after"
        " from rendition n left join fragment_run f on f.rendition_id = n.id"
        " where n.rendering_id = %s order by n.position, f.first",
        [rendering_id],
    ):
        of = found.setdefault(each["name"], [])
        if of and of[-1][1] == each["first"]:
            of[-1] = of[-1][0], each["after"]
        elif each["first"] is not None:
            of.append((each["first"], each["after"]))
    return found


def begun(tx: Tx, rendering_id: UUID, *, smallest_first: bool) -> bool:
    """Whether a rendering is made smallest picture first: as the first who asked has said, for all who join in."""
    found = row(
        tx,
        "update rendering set smallest_first = coalesce(smallest_first, %s) where id = %s returning smallest_first",
        [smallest_first, rendering_id],
    )
    return bool(found and found["smallest_first"])


def in_one(tx: Tx, rendering_id: UUID) -> bool:
    """Whether a rendering is to be made from start to end by one render."""
    found = row(tx, "select in_one from rendering where id = %s", [rendering_id])
    return found is not None and bool(found["in_one"])


def make_in_one(tx: Tx, rendering_id: UUID) -> tuple[str, ...]:
    """Stretches of a rendering did not fit: what follows a gap is unlisted, and the rest made by one render.

    The keys of the objects to delete.
    """
    tx.execute("update rendering set in_one = true where id = %s and state in ('growing', 'beside')", [rendering_id])
    tx.execute("delete from seam where rendering_id = %s", [rendering_id])
    keys = []
    for name, end in renderings.listed(tx, rendering_id).items():
        found = tx.execute(
            "delete from fragment_run f using rendition n where f.rendition_id = n.id and n.rendering_id = %s"
            " and n.name = %s and f.first >= %s returning f.object_key",
            [rendering_id, name, end],
        ).fetchall()
        keys += [key for (key,) in found]
    return tuple(keys)
