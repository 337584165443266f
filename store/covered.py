# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What covers hide while they stand: read with whatever is served. How they come and go: store/covers.py.

A fragment that one touches is served as it was made anew (`covered_fragment`), and until then to nobody; this is asked
with each piece, and nowhere remembered, so that it holds from the moment in which a cover is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.cover import Box, Hidden, mutes_in, touches
from domain.media import FragmentRun, Kind, Rendering
from domain.span import Span
from store.postgres import Tx, row, rows

Found = Iterable[tuple[int, int, Sequence[int] | None]] | None  # as `hidden` gives it


@dataclass(frozen=True)
class Anew:
    """A fragment as it was made anew; `init` is None when it follows the rendition's own."""

    object_key: str
    size: int
    init: bytes | None


def hidden(recording: str) -> str:
    """SQL: what is hidden of a recording, as `read` takes it. `recording`: SQL for its id."""
    return (
        "(select json_agg(json_build_array(k.start_ms, k.end_ms, k.box) order by k.start_ms, k.end_ms, k.box)"
        f" from cover k where k.recording_id = {recording} and k.removed_at is null)"
    )


def read(found: Found) -> tuple[Hidden, ...]:
    return tuple(Hidden(Span(start, end), Box(*box) if box else None) for start, end, box in found or ())


def standing(tx: Tx, recording_id: UUID) -> tuple[Hidden, ...]:
    found = row(tx, f"select {hidden('r.id')} as hidden from recording r where r.id = %s", [recording_id])
    return read(found["hidden"]) if found else ()


def mutes(tx: Tx, recording_id: UUID) -> tuple[Span, ...]:
    return mutes_in(standing(tx, recording_id))


def mutes_beside(tx: Tx, track_id: UUID) -> tuple[Span, ...]:
    """Those of the recording that a caption track is of."""
    found = row(tx, f"select {hidden('t.recording_id')} as hidden from caption_track t where t.id = %s", [track_id])
    return mutes_in(read(found["hidden"])) if found else ()


def touched(kind: Kind, run: FragmentRun, hides: Sequence[Hidden]) -> tuple[int, ...]:
    """The numbers of those fragments that are others where these are hidden."""
    return tuple(each.number for each in run if touches(hides, kind, each.start, each.ticks))


def withheld(made: Rendering, hides: Sequence[Hidden], there: Iterable[Sequence[Any]] | None) -> frozenset[int]:
    """The numbers of the fragments of which one rendition or another is served to nobody just now, but for stills.
    `there`: public id of the rendition and number of those that were made anew.
    """
    if not hides:
        return frozenset()
    known = {(rendition, number) for rendition, number, _ in there or ()}
    return frozenset(
        each.number
        for state in made.renditions
        for each in state.fragments
        if state.rendition.kind is not Kind.STILLS
        and touches(hides, state.rendition.kind, each.start, each.ticks)
        and (state.public_id, each.number) not in known
    )


def made_anew(tx: Tx, rendition_id: UUID, numbers: range) -> Mapping[int, Anew]:
    """By number."""
    found = rows(
        tx,
        "select number, object_key, size, init from covered_fragment"
        " where rendition_id = %s and number >= %s and number < %s",
        [rendition_id, numbers.start, numbers.stop],
    )
    return {each["number"]: Anew(each["object_key"], each["size"], each["init"]) for each in found}
