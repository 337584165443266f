# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Edges: which of them clips want, which are there, which nobody wants any more.

Whatever gives clips parts, or completes a rendering, makes the job `EDGES` due, and what they then lack is asked at
the end of that transaction. An edge that no clip wants any more stays for a while: playlists that name it are out
there, and bounds are moved back. One that could not be made is tried `MAX_TRIES` times and then no more: its bound
stays at the pause inside, and whoever edits or takes the clip along is told (`inexact`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.cover import Hidden
from domain.edge import Edge, EdgeFragment, pieces
from domain.errors import Gone, NotFound
from domain.ids import is_public_id
from domain.media import KeyframePlan, Kind, RenditionState
from domain.recall import Shown
from domain.span import Span
from store import covered, events, media
from store.claim import claim
from store.media import Piece
from store.postgres import Tx, row, rows
from store.renderings import EDGES

__all__ = ["EDGES", "Lacking", "MadeEdge", "add", "begin", "expired", "inexact", "lacking", "piece", "tell", "uncount"]

MAX_TRIES = 7  # of one edge, in two minutes; kills count too
_MAX_TICK = 2**63 - 1  # what the column holds
_MAX_EXPIRED = 500  # a round


@dataclass(frozen=True)
class Lacking:
    """What clips of a recording want and a rendering of it lacks."""

    recording_id: UUID
    rendering_id: UUID
    plan: KeyframePlan
    renditions: tuple[RenditionState, ...]  # but the stills, which have no edges
    edges: tuple[Edge, ...]  # in order, but those that were tried too often
    hidden: tuple[Hidden, ...]  # by the covers that stand
    own_inits: frozenset[tuple[str, int]]  # of fragments that were made anew: see `store.media.Playable`


@dataclass(frozen=True)
class MadeEdge:
    """An edge in one rendition, in the object store; `init` is None when it follows the rendition's own."""

    fragment: EdgeFragment
    object_key: str
    init: bytes | None


def lacking(tx: Tx, recording_id: UUID, *, beside: bool = False) -> Lacking | None:
    """Of the complete rendering, or of the one that is to take its place (`beside`), which has to be whole.

    None when there is nothing to make. Notes which edges nobody wants, and since when.
    """
    state = "beside" if beside else "complete"
    current = row(tx, "select id from rendering where recording_id = %s and state = %s", [recording_id, state])
    made = media.playable(tx, recording_id, beside=beside) if current else None
    if current is None or made is None or made.plan is None:
        return None
    parts = rows(
        tx,
        "select distinct p.start_ms, p.end_ms from clip_part p join clip c on c.id = p.clip_id"
        " where p.recording_id = %s and c.deleted_at is null",
        [recording_id],
    )
    wanted = {edge for each in parts for edge in pieces(made.plan, Span(each["start_ms"], each["end_ms"])).edges}
    renditions = tuple(s for s in made.rendering.renditions if s.rendition.kind is not Kind.STILLS and s.fragments)
    if not wanted and not made.edges:
        return None
    _note_unwanted(tx, current["id"], wanted)
    # Asked again: what was about to be cleared away when it was wanted anew is gone by now.
    there = media.playable(tx, recording_id, beside=beside)
    edges = there.edges if there else {}
    every = {state.public_id for state in renditions}
    missing = {edge for edge in wanted if not edges.get(edge, {}).keys() >= every}
    missing -= _given_up(tx, current["id"]) if missing else set()
    if not missing:
        return None
    hidden = covered.standing(tx, recording_id)
    return Lacking(recording_id, current["id"], made.plan, renditions, tuple(sorted(missing)), hidden, made.own_inits)


def inexact(tx: Tx, parts: Sequence[Shown]) -> bool:
    """Whether these parts of a clip have a bound that could not be made exact: it was tried too often."""
    for recording_id in {recording_id for recording_id, _ in parts}:
        current = row(tx, "select id from rendering where recording_id = %s and state = 'complete'", [recording_id])
        given_up = _given_up(tx, current["id"]) if current else set()
        made = media.playable(tx, recording_id) if given_up else None
        if made is None or made.plan is None:
            continue
        wanted = {edge for of, span in parts if of == recording_id for edge in pieces(made.plan, span).edges}
        if wanted & given_up:
            return True
    return False


def begin(tx: Tx, rendering_id: UUID, edge: Edge) -> None:
    """Counts a try, before it: one that ends its worker counts. Raises Gone as `add`."""
    _claim(tx, rendering_id)
    tx.execute(
        "insert into edge_try as t (rendering_id, from_tick, to_tick, tries) values (%s, %s, %s, 1)"
        " on conflict (rendering_id, from_tick, to_tick) do update set tries = t.tries + 1",
        [rendering_id, edge.start, edge.end],
    )


def uncount(tx: Tx, rendering_id: UUID, edge: Edge) -> None:
    """It was no fault of the edge that this try came to nothing."""
    tx.execute(
        "update edge_try set tries = tries - 1 where rendering_id = %s and (from_tick, to_tick) = (%s, %s)"
        " and tries > 0",
        [rendering_id, edge.start, edge.end],
    )


def add(
    tx: Tx,
    rendering_id: UUID,
    edge: Edge,
    made: Mapping[str, MadeEdge],
    now: datetime,
    *,
    hidden: Sequence[Hidden] = (),
) -> tuple[str, ...]:
    """Lists an edge, by rendition (public id); one that is there stays as it is. The keys that are not listed so.

    `hidden`: of what it was made of; where something else is by now, nothing is listed. Raises Gone when the recording
    was deleted or rendered anew.
    """
    if covered.standing(tx, _claim(tx, rendering_id)) != tuple(hidden):
        return tuple({each.object_key for each in made.values()})
    with tx.cursor() as cursor:
        cursor.executemany(
            "insert into edge (rendition_id, from_tick, to_tick, start, ticks, size, object_key, init, made_at)"
            " select id, %s, %s, %s, %s, %s, %s, %s, %s from rendition where public_id = %s and rendering_id = %s"
            " on conflict do nothing",
            [
                [
                    *(edge.start, edge.end, each.fragment.start, each.fragment.ticks, each.fragment.size),
                    *(each.object_key, each.init, now, rendition, rendering_id),
                ]
                for rendition, each in made.items()
            ],
        )
    which = [rendering_id, edge.start, edge.end]
    tx.execute("delete from edge_try where rendering_id = %s and (from_tick, to_tick) = (%s, %s)", which)
    listed = rows(
        tx,
        "select e.object_key from rendition n join edge e on e.rendition_id = n.id"
        " where n.rendering_id = %s and (e.from_tick, e.to_tick) = (%s, %s)",
        which,
    )
    return tuple({each.object_key for each in made.values()} - {each["object_key"] for each in listed})


def tell(tx: Tx, recording_id: UUID) -> None:
    """Those who have a clip of the recording open: it may play to other frames now."""
    for each in rows(
        tx,
        "select distinct c.public_id from clip c join clip_part p on p.clip_id = c.id"
        " where p.recording_id = %s and c.deleted_at is null",
        [recording_id],
    ):
        events.tell(tx, events.clip_topic(each["public_id"]))


def piece(tx: Tx, rendition: str, edge: Edge, *, init: bool) -> Piece:
    """An edge in a rendition (public id), or the initialisation segment that is its own. Raises NotFound.

    For whoever shows a valid signature: no viewer is asked for.
    """
    found = None
    if is_public_id(rendition) and edge.end <= _MAX_TICK:
        found = row(
            tx,
            "select r.media_key, n.kind, e.init, e.object_key, e.size from edge e"
            " join rendition n on n.id = e.rendition_id join rendering g on g.id = n.rendering_id"
            " join recording r on r.id = g.recording_id"
            " where n.public_id = %s and e.from_tick = %s and e.to_tick = %s",
            [rendition, edge.start, edge.end],
        )
    if found is None or (init and found["init"] is None):
        raise NotFound("There is no such piece of media.")
    key, kind = found["media_key"], Kind(found["kind"])
    if init:
        return Piece(key, kind, found["init"], None, 0, len(found["init"]))
    return Piece(key, kind, None, found["object_key"], 0, found["size"])


def expired(tx: Tx, before: datetime) -> tuple[str, ...]:
    """Forgets edges that nobody has wanted since a time; the keys of their objects, to be deleted when this transaction
    has ended: who makes one again gives it another key.
    """
    found = rows(
        tx,
        "delete from edge where ctid in (select ctid from edge where unwanted_at < %s"
        " order by unwanted_at limit %s for update skip locked) returning object_key",
        [before, _MAX_EXPIRED],
    )
    return tuple(each["object_key"] for each in found)


def _claim(tx: Tx, rendering_id: UUID) -> UUID:
    """Locks the recording of a rendering that is whole, or is to be: its id. Raises Gone."""
    query = "select recording_id from rendering where id = %s and state in ('complete', 'beside')"
    of = row(tx, query, [rendering_id])
    if of is None:
        raise Gone("This recording was rendered anew, or was deleted.")
    claim(tx, of["recording_id"])
    return UUID(str(of["recording_id"]))


def _given_up(tx: Tx, rendering_id: UUID) -> set[Edge]:
    query = "select from_tick, to_tick from edge_try where rendering_id = %s and tries >= %s"
    return {Edge(each["from_tick"], each["to_tick"]) for each in rows(tx, query, [rendering_id, MAX_TRIES])}


def _note_unwanted(tx: Tx, rendering_id: UUID, wanted: Iterable[Edge]) -> None:
    """Since when nobody wants the others. What is wanted again is."""
    wanted = list(wanted)
    is_wanted = "((e.from_tick, e.to_tick) in (select * from unnest(%(from)s::bigint[], %(to)s::bigint[])))"
    tx.execute(
        f"update edge e set unwanted_at = case when {is_wanted} then null else now() end from rendition n"
        f" where n.id = e.rendition_id and n.rendering_id = %(rendering)s and (e.unwanted_at is null) <> {is_wanted}",
        {
            "from": [edge.start for edge in wanted],
            "to": [edge.end for edge in wanted],
            "rendering": rendering_id,
        },
    )
