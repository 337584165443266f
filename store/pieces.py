# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Where the bytes of what a clip shows lie, to be read in order: for files to take along."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.cover import Hidden, touches
from domain.edge import Edge, Pieces
from domain.errors import NotFound
from domain.media import FragmentRun, Kind
from store import covered, edges
from store.postgres import Tx, row, rows


@dataclass(frozen=True)
class Place:
    """Bytes in an object."""

    object_key: str
    offset: int
    size: int


def places(tx: Tx, rendition: str, of: Pieces) -> tuple[bytes, tuple[Place, ...]]:
    """The initialisation segment of a rendition (public id), and where its pieces lie; neighbours in one object are
    one place. Raises NotFound. For whoever has decided that they may be read.
    """
    known = row(
        tx,
        f"select n.id, n.kind, n.init, {covered.hidden('g.recording_id')} as hidden from rendition n"
        " join rendering g on g.id = n.rendering_id where n.public_id = %s and n.init is not null",
        [rendition],
    )
    if known is None:
        raise NotFound("There is no such piece of media.")
    hidden = covered.read(known["hidden"])
    whole = _fragments(tx, known["id"], Kind(known["kind"]), of.whole, hidden)
    return known["init"], (*_edge(tx, rendition, of.head), *whole, *_edge(tx, rendition, of.tail))


def inits(tx: Tx, renditions: Sequence[str]) -> set[bytes]:
    """The initialisation segments of these renditions (public ids): one where all can follow the same."""
    found = rows(tx, "select distinct init from rendition where public_id = any(%s)", [list(renditions)])
    return {bytes(each["init"] or b"") for each in found}


def _edge(tx: Tx, rendition: str, edge: Edge | None) -> list[Place]:
    if edge is None:
        return []
    found = edges.piece(tx, rendition, edge, init=False)
    assert found.object_key is not None
    return [Place(found.object_key, found.offset, found.size)]


def _fragments(tx: Tx, rendition_id: UUID, kind: Kind, numbers: range, hidden: Sequence[Hidden]) -> list[Place]:
    anew = covered.made_anew(tx, rendition_id, numbers) if hidden else {}
    found: list[Place] = []
    for run, key in runs(tx, rendition_id, numbers):
        offset = 0
        for each in run:
            touched = touches(hidden, kind, each.start, each.ticks)
            if touched and each.number in numbers:
                if each.number not in anew:
                    raise NotFound("A piece of media is being made without what was covered.")
                found.append(Place(anew[each.number].object_key, 0, anew[each.number].size))
            elif each.number in numbers:
                last = found[-1] if found else None
                if last and last.object_key == key and last.offset + last.size == offset:
                    found[-1] = Place(key, last.offset, last.size + each.size)
                else:
                    found.append(Place(key, offset, each.size))
            offset += each.size
    return found


def runs(tx: Tx, rendition_id: UUID, numbers: range) -> list[tuple[FragmentRun, str]]:
    """The runs that hold these fragments of a rendition, each with its object's key, in their order."""
    return [
        (
            FragmentRun(each["first"], tuple(each["starts"]), tuple(each["ticks"]), tuple(each["sizes"])),
            each["object_key"],
        )
        for each in rows(
            tx,
            "select first, object_key, starts, ticks, sizes from fragment_run where rendition_id = %s"
            " and first < %s and first + cardinality(sizes) > %s order by first",
            [rendition_id, numbers.stop, numbers.start],
        )
    ]
