"""Of which clips there is a picture: asked before one is promised on a page."""

from collections.abc import Iterable
from uuid import UUID

from store.postgres import Tx, rows


def pictured(tx: Tx, clip_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these clips that have a poster: a still that lies in one of their parts, among those that have come
    without a gap from the recording's first. For whoever has been let see them.
    """
    found = rows(
        tx,
        "select distinct p.clip_id from clip_part p"
        " cross join lateral (select id from rendering where recording_id = p.recording_id"
        "   and state not in ('beside', 'superseded') order by state = 'leaving' desc limit 1) g"
        " join rendition n on n.rendering_id = g.id and n.kind = 'stills'"
        " join fragment_run f on f.rendition_id = n.id"
        " where p.clip_id = any(%s)"
        " and exists (select from unnest(f.starts) s (ms) where s.ms >= p.start_ms and s.ms < p.end_ms)"
        " and f.first = (select coalesce(sum(cardinality(o.sizes)), 0) from fragment_run o"
        "   where o.rendition_id = n.id and o.first < f.first)",
        [list(set(clip_ids))],
    )
    return frozenset(each["clip_id"] for each in found)
