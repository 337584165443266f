"""The job that makes the edges which clips of a recording lack, and what clears away those that none wants.

What covers touch is made anew first, for an edge is cut from it (pipeline/covers.py).

A bound that was moved is exact when this job is done. Where both bounds of a clip of 1080p30 lie in fragments of
four seconds, the longest there are, that is 4.6 s later on two cores, 6.1 s at the most (benchmarks/results/edges.md).
It asks what is lacking when it begins, and again after each edge, so that it can be run at any time and any number of
times, and bounds that somebody is still moving cost one edge each at most. An edge that cannot be made keeps no other
from its turn, and is given up when it was tried too often (store/edges.py).
"""

import errno
import logging
from collections.abc import Callable, Container
from datetime import datetime, timedelta
from uuid import UUID

from domain.edge import Edge, EdgeFragment, touched
from domain.errors import Gone, Misconfigured, Unavailable
from domain.media import RenditionState
from pipeline import covers
from pipeline.carry import TryLater
from pipeline.step import Stopped, Tools
from store import edges, keys, media, sweeps
from store.edges import EDGES, Lacking, MadeEdge
from store.objects import Objects
from store.postgres import Enqueue, Store, Tx
from transcode.edges import Source, make
from transcode.jail import is_the_files_fault

QUEUE = "edges"  # every worker takes it, before anything else: somebody may be looking
UNWANTED = timedelta(days=3)  # so long an edge is kept that no clip wants: addresses are good for two days

_SOON_S = 1

log = logging.getLogger(__name__)

__all__ = ["EDGES", "QUEUE", "Failed", "clear_away", "due", "make_lacking"]


class Failed(Exception):
    """An edge could not be made; it is worth another try, later each time, until it is given up."""


def due(send: Callable[[Tx, UUID], None]) -> Enqueue:
    """What a store is given for the end of its transactions: sends a job when edges are lacking, and only then."""

    def enqueue(tx: Tx, job: str, recording_id: UUID) -> None:
        if job == EDGES and (covers.is_lacking(tx, recording_id) or edges.lacking(tx, recording_id) is not None):
            send(tx, recording_id)

    return enqueue


def make_lacking(
    tools: Tools, recording_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime], *, beside: bool = False
) -> None:
    """Makes and lists what is lacking, one edge after the other. Raises Stopped, Failed when all that can be made is,
    and TryLater while another worker is at it: it may not have seen the change that this job was made for. `beside`:
    see `store.edges.lacking`.
    """
    failed: dict[Edge, Exception] = {}
    with tools.store.exclusive(f"edges {recording_id}") as mine:
        if not mine:
            raise TryLater(_SOON_S)
        _cover(tools, recording_id, stop, now)
        while (next_one := _next(tools.store, recording_id, beside, failed)) is not None:
            if stop():
                raise Stopped
            lacking, edge = next_one
            try:
                _make(tools, lacking, edge, now)
            except Gone:
                return
            except Exception as error:
                log.exception("recording %s: its edge %s could not be made", recording_id, edge.name)
                failed[edge] = error
                if _is_from_outside(error):
                    with tools.store.transaction() as tx:
                        edges.uncount(tx, lacking.rendering_id, edge)
            _cover(tools, recording_id, stop, now)  # what was covered while this edge was made
        with tools.store.transaction() as tx:  # also where another run has made them, and was killed before this
            edges.tell(tx, recording_id)
            left = edges.lacking(tx, recording_id, beside=beside)
    if left is not None and failed:
        raise Failed from next(iter(failed.values()))


def clear_away(store: Store, objects: Objects, now: datetime) -> None:
    """Deletes edges that no clip has wanted for `UNWANTED`.

    Their rows go first: one whose bytes were gone would be taken for made. The sweep has what a kill leaves in between.
    """
    with store.transaction() as tx:
        gone = edges.expired(tx, now - UNWANTED)
        sweeps.remember(tx, gone, now)
    objects.delete(gone)


def _cover(tools: Tools, recording_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime]) -> None:
    try:
        covers.make_lacking(tools, recording_id, stop, now)
    except Stopped:
        raise
    except Exception as error:
        log.exception("recording %s: what is covered could not be made", recording_id)
        raise Failed from error


def _next(store: Store, recording_id: UUID, beside: bool, failed: Container[Edge]) -> tuple[Lacking, Edge] | None:
    """The first that is lacking, but those that failed just now."""
    with store.transaction() as tx:
        lacking = edges.lacking(tx, recording_id, beside=beside)
    edge = next((edge for edge in lacking.edges if edge not in failed), None) if lacking else None
    return (lacking, edge) if lacking and edge else None


def _is_from_outside(error: Exception) -> bool:
    """Whether the edge is not to blame: a store that is away, a full disk."""
    if isinstance(error, Unavailable):
        return not is_the_files_fault(error) and error.code != "short_object"
    return isinstance(error, Misconfigured) or (isinstance(error, OSError) and error.errno == errno.ENOSPC)


def _make(tools: Tools, lacking: Lacking, edge: Edge, now: Callable[[], datetime]) -> None:
    numbers = [number for number, _, _ in touched(lacking.plan, edge)]
    with tools.store.transaction() as tx:
        edges.begin(tx, lacking.rendering_id, edge)
    with tools.store.transaction() as tx:
        found = [_pieces(tx, state, numbers, lacking.own_inits) for state in lacking.renditions]
    sources = [
        Source(
            covers.encodable(state.rendition, tools),
            init,
            {n: tools.objects.get_range(*place) for n, place in places.items()},
            own_inits,
        )
        for state, (init, places, own_inits) in zip(lacking.renditions, found, strict=True)
    ]
    made = make(edge, lacking.plan, sources, jail=tools.jail, work=tools.scratch)
    listed = {}
    for state in lacking.renditions:
        each = made[state.rendition.name]
        key = keys.edge(lacking.recording_id, lacking.rendering_id, state.rendition.name, edge)
        tools.objects.put_bytes(key, each.data)
        fragment = EdgeFragment(each.start, each.ticks, len(each.data), each.init is not None)
        listed[state.public_id] = MadeEdge(fragment, key, each.init)
    try:
        with tools.store.transaction() as tx:
            unlisted = edges.add(tx, lacking.rendering_id, edge, listed, now(), hidden=lacking.hidden)
    except Gone:
        tools.objects.delete(each.object_key for each in listed.values())
        raise
    tools.objects.delete(unlisted)


def _pieces(
    tx: Tx, state: RenditionState, numbers: list[int], own_inits: Container[tuple[str, int]]
) -> tuple[bytes, dict[int, tuple[str, int, int]], dict[int, bytes]]:
    """The initialisation segment of a rendition, where its fragments of these numbers lie, and the segments of those
    that have one of their own.
    """
    init = media.piece(tx, state.public_id, None).init
    assert init is not None
    places, own = {}, {}
    for number in numbers:
        found = media.piece(tx, state.public_id, number)
        assert found.object_key is not None
        places[number] = (found.object_key, found.offset, found.size)
        if (state.public_id, number) in own_inits:
            own[number] = media.piece(tx, state.public_id, number, init=True).init or init
    return init, places, own
