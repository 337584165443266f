"""Where the bytes of what a clip shows lie, to be read in order: for files to take along."""

from dataclasses import dataclass

from domain.edge import Edge, Pieces
from domain.errors import NotFound
from domain.media import FragmentRun
from store import edges
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
    known = row(tx, "select id, init from rendition where public_id = %s and init is not null", [rendition])
    if known is None:
        raise NotFound("There is no such piece of media.")
    found = [*_edge(tx, rendition, of.head), *_fragments(tx, known["id"], of.whole), *_edge(tx, rendition, of.tail)]
    return known["init"], tuple(found)


def _edge(tx: Tx, rendition: str, edge: Edge | None) -> list[Place]:
    if edge is None:
        return []
    found = edges.piece(tx, rendition, edge, init=False)
    assert found.object_key is not None
    return [Place(found.object_key, found.offset, found.size)]


def _fragments(tx: Tx, rendition_id: object, numbers: range) -> list[Place]:
    found = []
    for each in rows(
        tx,
        "select first, object_key, starts, ticks, sizes from fragment_run where rendition_id = %s"
        " and first < %s and first + cardinality(sizes) > %s order by first",
        [rendition_id, numbers.stop, numbers.start],
    ):
        run = FragmentRun(each["first"], tuple(each["starts"]), tuple(each["ticks"]), tuple(each["sizes"]))
        offset, _ = run.byte_range(max(run.first, numbers.start))
        last, size = run.byte_range(min(run.end, numbers.stop) - 1)
        found.append(Place(each["object_key"], offset, last + size - offset))
    return found
