# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Of which clips there is a picture: asked before one is promised on a page."""

from collections.abc import Iterable
from uuid import UUID

from store.postgres import Tx, rows

# Whether a still's frame is one of a part's, as domain/edge.py has it: of float8, too, halves go to the even number.
_FIRST, _END = (f"round(p.{bound} * g.num / g.den)" for bound in ("start_ms", "end_ms"))
_SHOWS = f"floor(s.ms * g.num / g.den) >= {_FIRST} and floor(s.ms * g.num / g.den) < greatest({_END}, {_FIRST} + 1)"


def pictured(tx: Tx, clip_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these clips that have a poster: a still that lies in one of their parts, to the frame, among those
    that have come without a gap from the recording's first. For whoever has been let see them.
    """
    found = rows(
        tx,
        "select distinct p.clip_id from clip_part p"
        # As store/media.py finds what is played.
        " cross join lateral (select r.id, l.fps_num::float8 as num, l.fps_den * 1000.0::float8 as den"
        "   from rendering r"
        "   join listening l on l.recording_id = r.recording_id where r.recording_id = p.recording_id"
        "   and r.state not in ('beside', 'superseded')"
        "   order by r.state = 'leaving' desc, l.head = (r.state <> 'leaving') desc limit 1) g"
        " join rendition n on n.rendering_id = g.id and n.kind = 'stills'"
        " join fragment_run f on f.rendition_id = n.id"
        " where p.clip_id = any(%s)"
        f" and exists (select from unnest(f.starts) s (ms) where {_SHOWS})"
        " and f.first = (select coalesce(sum(cardinality(o.sizes)), 0) from fragment_run o"
        "   where o.rendition_id = n.id and o.first < f.first)",
        [list(set(clip_ids))],
    )
    return frozenset(each["clip_id"] for each in found)
