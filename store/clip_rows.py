# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips as rows become them: the one place where a Clip is read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.clip import Amended, Clip, Expertise, Level, Part, Risk
from domain.person import Named
from domain.space import Space
from domain.span import Span
from store.postgres import Row
from store.sight import HEARS, HEARS_PUBLISHED

# Who speaks first in the clip c: a name, empty perhaps.
SPEAKER = """
    coalesce((select coalesce(said.name, s.name) from clip_part p
              join recording r on r.id = p.recording_id join person s on s.id = r.speaker_id
              left join lateral (select nullif(coalesce(q.name, a.name), '') as name
                  from appearance a left join person q on q.id = a.person_id
                  where a.recording_id = r.id and a.part = 'speaker' order by a.asked_at, a.id limit 1) said on true
              where p.clip_id = c.id order by p.position limit 1), '')"""

# Who speaks in the recording r: null for somebody without an account.
SPEAKS = """(case when exists (select from appearance a where a.recording_id = r.id and a.part = 'speaker')
    then (select a.person_id from appearance a where a.recording_id = r.id and a.part = 'speaker'
          order by a.asked_at, a.id limit 1)
    else r.speaker_id end)"""
# The public id of who speaks first in the clip c; null as above.
SPEAKER_ID = f"""
    (select s.public_id from clip_part p join recording r on r.id = p.recording_id left join person s on s.id = {SPEAKS}
     where p.clip_id = c.id order by p.position limit 1)"""

# Corrections that were accepted about seconds that the clip c shows, or showed: store/amends.py.
AMENDED = """
    (select json_agg(json_build_array(m.recording_id, m.at_ms, coalesce(m.end_ms, m.at_ms + 1), m.outcome_words,
        m.resolved_at, g.at) order by m.at_ms, m.id)
     from comment m left join amend_gone g on g.comment_id = m.id and g.clip_id = c.id
     where m.outcome = 'accepted' and m.id in (
        select a.id from clip_part p join comment a on a.recording_id = p.recording_id and a.outcome = 'accepted'
            and not a.draft and a.at_ms < p.end_ms and coalesce(a.end_ms, a.at_ms + 1) > p.start_ms
        where p.clip_id = c.id
        union all
        select comment_id from amend_gone where clip_id = c.id)) as amended"""

# The parts of the clip c, and no more.
PARTS = """(select json_agg(json_build_array(p.recording_id, r.public_id, p.start_ms, p.end_ms) order by p.position)
    from clip_part p join recording r on r.id = p.recording_id where p.clip_id = c.id)"""
# The parts of the clip c; of each, whose account its recording is of, and who speaks in it, as SPEAKER and SPEAKER_ID
# have it. All at once: what a statement costs is mostly how many of these there are in it.
_PARTS = """
    (select json_agg(json_build_array(p.recording_id, r.public_id, p.start_ms, p.end_ms, s.public_id, s.name,
        case when a.id is null then s.public_id else q.public_id end,
        coalesce(nullif(coalesce(q.name, a.name), ''), s.name)) order by p.position)
     from clip_part p join recording r on r.id = p.recording_id join person s on s.id = r.speaker_id
     left join lateral (select a.id, a.name, a.person_id from appearance a
        where a.recording_id = r.id and a.part = 'speaker' order by a.asked_at, a.id limit 1) a on true
     left join person q on q.id = a.person_id where p.clip_id = c.id)"""
_SPACE = """
    (select json_build_array(s.id, s.public_id, s.name, s.everyone, s.downloads, s.unfurls, s.open)
     from space s where s.id = c.space_id)"""
_NAMED = "(select json_build_array(s.public_id, s.name) from person s where s.id = c.{})"

_TAGS = """array(select (select t.label from tag t where t.id = k.tag_id) from clip_tag k
    where k.clip_id = c.id order by k.position)"""
_CLIP = f"""
    c.id, c.public_id, c.title, c.level, c.language, c.text, c.version, c.created_at, c.published_at,
    c.touched_at is not null as touched, c.audience, c.prerequisites, c.kind, c.question, c.risk, c.review_by,
    {_TAGS} as tags, {_PARTS} as parts, {_SPACE} as home, {_NAMED.format("owner_id")} as looked_after_by,
    {_NAMED.format("assigned_to")} as looked_at_by, {AMENDED},
    (select count(*) from clip_comment here
     join comment m on m.id = here.comment_id left join comment root on root.id = m.reply_to
     where here.clip_id = c.id and m.deleted_at is null and {{hears}}) as comments
"""
# Of the clip c, as %(viewer)s sees it; and of one that is published, for less.
CLIP, PUBLISHED = _CLIP.format(hears=HEARS), _CLIP.format(hears=HEARS_PUBLISHED)


def parts_from(found: Iterable[Sequence[Any]]) -> tuple[Part, ...]:
    """From the column `parts`."""
    return tuple(
        Part(UUID(recording_id), recording, Span(start_ms, end_ms))
        for recording_id, recording, start_ms, end_ms, *_ in found
    )


def clip_from(found: Row) -> Clip:
    """From a row that holds at least the columns CLIP or PUBLISHED."""
    parts, owner, assigned = found["parts"] or (), found["looked_after_by"], found["looked_at_by"]
    *_, account, account_name, speaker_id, speaker = parts[0] if parts else (None, "", None, "")
    space_id, *space = found["home"]
    return Clip(
        id=found["id"],
        public_id=found["public_id"],
        space=Space(UUID(space_id), *space),
        title=found["title"],
        tags=tuple(found["tags"]),
        level=Level(found["level"]) if found["level"] else None,
        language=found["language"],
        parts=parts_from(parts),
        text=found["text"],
        version=found["version"],
        created_at=found["created_at"],
        published_at=found["published_at"],
        touched=found["touched"],
        speaker=speaker,
        speaker_id=speaker_id,
        comments=found["comments"],
        audience=found["audience"],
        prerequisites=found["prerequisites"],
        kind=Expertise(found["kind"]) if found["kind"] else None,
        question=found["question"],
        risk=Risk(found["risk"]),
        review_by=found["review_by"],
        owner=Named(*owner) if owner else Named(account, account_name) if account else None,
        assigned=Named(*assigned) if assigned else None,
        amended=tuple(
            Amended(
                UUID(recording_id),
                Span(start_ms, end_ms),
                words,
                datetime.fromisoformat(at),
                datetime.fromisoformat(gone_at) if gone_at else None,
            )
            for recording_id, start_ms, end_ms, words, at, gone_at in found["amended"] or ()
        ),
    )
