# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What became of recordings, counted in one query for as many as a page shows."""

from collections.abc import Iterable
from uuid import UUID

from domain.echo import Echo
from store.comments import READ, UNANSWERED
from store.postgres import Tx, rows
from store.sight import CURATES, HEARS, OWN, SEES_CLIP

_QUERY = f"""
with mine as (
    select r.id, r.uploader_id, r.speaker_id from recording r where r.id = any(%(ids)s) and ({OWN} or {CURATES})
),
heard as (
    select m.id, r.id as recording_id, m.author_id, m.kind, {UNANSWERED} as waits
    from mine r join comment m on m.recording_id = r.id left join comment root on root.id = m.reply_to
    where m.deleted_at is null and {HEARS} and {READ}
)
select r.id, made.*, said.*, given.*
from mine r
cross join lateral (
    select count(*) as clips, count(c.published_at) as published, min(c.published_at) as since from clip c
    where c.id in (select p.clip_id from clip_part p where p.recording_id = r.id)
      and c.deleted_at is null and {SEES_CLIP}
) made
cross join lateral (
    select count(*) as comments, count(*) filter (where h.waits) as waiting,
           count(distinct h.author_id) filter (where h.kind = 'used-it') as used_it
    from heard h where h.recording_id = r.id and h.author_id not in (r.uploader_id, r.speaker_id)
) said
cross join lateral (
    select count(*) filter (where g.kind = 'helped') as helped, count(*) filter (where g.kind = 'thanks') as thanks
    from heard h join reaction g on g.comment_id = h.id
    where h.recording_id = r.id and g.person_id not in (r.uploader_id, r.speaker_id)
) given
"""


def echoes(tx: Tx, recording_ids: Iterable[UUID], viewer_id: UUID) -> dict[UUID, Echo]:
    """Of those recordings that the viewer owns or curates; the others are left out."""
    found = rows(tx, _QUERY, {"ids": list(recording_ids), "viewer": viewer_id})
    return {each.pop("id"): Echo(**each) for each in found}
