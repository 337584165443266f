# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips as rows become them: the one place where a Clip is read."""

from uuid import UUID

from domain.clip import Clip, Expertise, Level, Part
from domain.span import Span
from store.postgres import Row
from store.sight import HEARS

# Who speaks first in the clip c: a name, empty perhaps.
SPEAKER = """
    coalesce((select coalesce(said.name, s.name) from clip_part p
              join recording r on r.id = p.recording_id join person s on s.id = r.speaker_id
              left join lateral (select nullif(coalesce(q.name, a.name), '') as name
                  from appearance a left join person q on q.id = a.person_id
                  where a.recording_id = r.id and a.part = 'speaker' order by a.asked_at, a.id limit 1) said on true
              where p.clip_id = c.id order by p.position limit 1), '')"""

# Of the clip c, as %(viewer)s sees it.
CLIP = f"""
    c.id, c.public_id, c.space_id, c.title, c.level, c.language, c.text, c.version, c.created_at, c.published_at,
    c.touched_at is not null as touched, c.audience, c.prerequisites, c.kind,
    array(select t.label from clip_tag k join tag t on t.id = k.tag_id
          where k.clip_id = c.id order by k.position) as tags,
    (select json_agg(json_build_array(p.recording_id, r.public_id, p.start_ms, p.end_ms) order by p.position)
     from clip_part p join recording r on r.id = p.recording_id where p.clip_id = c.id) as parts,
    {SPEAKER} as speaker,
    (select count(*) from clip_comment here
     join comment m on m.id = here.comment_id left join comment root on root.id = m.reply_to
     where here.clip_id = c.id and m.deleted_at is null and {HEARS}) as comments
"""


def clip_from(found: Row) -> Clip:
    """From a row that holds at least the columns CLIP."""
    return Clip(
        id=found["id"],
        public_id=found["public_id"],
        space_id=found["space_id"],
        title=found["title"],
        tags=tuple(found["tags"]),
        level=Level(found["level"]) if found["level"] else None,
        language=found["language"],
        parts=tuple(
            Part(UUID(recording_id), recording, Span(start_ms, end_ms))
            for recording_id, recording, start_ms, end_ms in found["parts"] or ()
        ),
        text=found["text"],
        version=found["version"],
        created_at=found["created_at"],
        published_at=found["published_at"],
        touched=found["touched"],
        speaker=found["speaker"],
        comments=found["comments"],
        audience=found["audience"],
        prerequisites=found["prerequisites"],
        kind=Expertise(found["kind"]) if found["kind"] else None,
    )
