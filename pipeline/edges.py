"""The job that makes the edges which clips of a recording lack, and what clears away those that none wants.

A bound that was moved is exact when this job is done, a second or two later. It asks what is lacking when it begins,
and again after each edge, so that it can be run at any time and any number of times, and bounds that somebody is
still moving cost one edge each at most.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.edge import Edge, EdgeFragment, touched
from domain.errors import Gone
from domain.media import Encoder, Rendition, RenditionState
from pipeline.carry import TryLater
from pipeline.step import Stopped, Tools
from store import edges, media
from store.edges import EDGES, Lacking, MadeEdge
from store.objects import Objects
from store.postgres import Enqueue, Store, Tx
from transcode.edges import Source, make

QUEUE = "edges"  # every worker takes it, before anything else: somebody may be looking
UNWANTED = timedelta(days=3)  # so long an edge is kept that no clip wants: addresses are good for two days

_SOON_S = 1

log = logging.getLogger(__name__)

__all__ = ["EDGES", "QUEUE", "Failed", "clear_away", "due", "make_lacking"]


class Failed(Exception):
    """An edge could not be made; it is worth another try, later each time."""


def due(send: Callable[[Tx, UUID], None]) -> Enqueue:
    """What a store is given for the end of its transactions: sends a job when edges are lacking, and only then."""

    def enqueue(tx: Tx, job: str, recording_id: UUID) -> None:
        if job == EDGES and edges.lacking(tx, recording_id) is not None:
            send(tx, recording_id)

    return enqueue


def make_lacking(
    tools: Tools, recording_id: UUID, stop: Callable[[], bool], now: Callable[[], datetime], *, beside: bool = False
) -> None:
    """Makes and lists what is lacking, one edge after the other. Raises Stopped, Failed, and TryLater while another
    worker is at it: it may not have seen the change that this job was made for. `beside`: see `store.edges.lacking`.
    """
    with tools.store.exclusive(f"edges {recording_id}") as mine:
        if not mine:
            raise TryLater(_SOON_S)
        while (lacking := _lacking(tools.store, recording_id, beside)) is not None:
            if stop():
                raise Stopped
            try:
                _make(tools, lacking, lacking.edges[0], now)
            except Gone:
                return
            except Exception as error:
                log.exception("recording %s: its edge %s could not be made", recording_id, lacking.edges[0].name)
                raise Failed from error
        with tools.store.transaction() as tx:  # also where another run has made them, and was killed before this
            edges.tell(tx, recording_id)


def clear_away(store: Store, objects: Objects, now: datetime) -> None:
    """Deletes edges that no clip has wanted for `UNWANTED`."""
    with store.transaction() as tx:
        if keys := edges.expired(tx, now - UNWANTED):
            objects.delete(keys)


def _lacking(store: Store, recording_id: UUID, beside: bool) -> Lacking | None:
    with store.transaction() as tx:
        return edges.lacking(tx, recording_id, beside=beside)


def _make(tools: Tools, lacking: Lacking, edge: Edge, now: Callable[[], datetime]) -> None:
    numbers = [number for number, _, _ in touched(lacking.plan, edge)]
    with tools.store.transaction() as tx:
        found = [_pieces(tx, state, numbers) for state in lacking.renditions]
    sources = [
        Source(
            _encodable(state.rendition, tools),
            init,
            {n: tools.objects.get_range(*place) for n, place in places.items()},
        )
        for state, (init, places) in zip(lacking.renditions, found, strict=True)
    ]
    made = make(edge, lacking.plan, sources, jail=tools.jail, work=tools.scratch)
    listed = {}
    for state in lacking.renditions:
        each = made[state.rendition.name]
        sha256 = hashlib.sha256(each.data).hexdigest()
        key = f"media/{lacking.rendering_id.hex}/{state.rendition.name}/{edge.name}-{sha256[:16]}"
        tools.objects.put_bytes(key, each.data)
        fragment = EdgeFragment(each.start, each.ticks, len(each.data), each.init is not None)
        listed[state.public_id] = MadeEdge(fragment, key, each.init)
    with tools.store.transaction() as tx:
        edges.add(tx, lacking.rendering_id, edge, listed, now())


def _encodable(rendition: Rendition, tools: Tools) -> Rendition:
    """By x264 where the card that has made the rest is not: then the edge brings its own initialisation segment."""
    lost = rendition.encoder is Encoder.NVENC and Encoder.NVENC not in tools.encoders()
    return replace(rendition, encoder=Encoder.X264) if lost else rendition


def _pieces(tx: Tx, state: RenditionState, numbers: list[int]) -> tuple[bytes, dict[int, tuple[str, int, int]]]:
    """The initialisation segment of a rendition, and where its fragments of these numbers lie."""
    init = media.piece(tx, state.public_id, None).init
    assert init is not None
    places = {}
    for number in numbers:
        found = media.piece(tx, state.public_id, number)
        assert found.object_key is not None
        places[number] = (found.object_key, found.offset, found.size)
    return init, places
