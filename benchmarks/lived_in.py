"""What people leave behind in a house of many clips, beside comments: drafts that are shared, questions, corrections,
what they watched, what they are told of, what the viewer follows. From what is there and its ids, so that it is the
same each time.
"""

from uuid import UUID

import psycopg

# Of every hundred clips one is a draft, three are new; of every hundred comments ten ask, three correct.
_LEFT = {
    "drafts": """
        update clip set published_at = null where abs(hashtext(public_id)) %% 100 = 0 and public_id <> %(thread)s""",
    "new": """
        update clip set published_at = now() - abs(hashtext(id::text)) %% 43200 * interval '1 minute'
        where abs(hashtext(public_id)) %% 100 between 1 and 3""",
    "in drafts": """
        update comment m set draft = true from clip c where c.id = m.clip_id and c.published_at is null""",
    "questions": "update comment set kind = 'question' where abs(hashtext(public_id)) %% 100 < 10 and reply_to is null",
    "corrections": """
        update comment m set kind = 'correction', resolved_at = now(), resolved_by = r.speaker_id,
            outcome = case when abs(hashtext(m.public_id)) %% 2 = 0 then 'accepted' else 'explained' end,
            outcome_words = 'It is the other one.'
        from recording r where r.id = m.recording_id and abs(hashtext(m.public_id)) %% 100 between 10 and 12
            and m.reply_to is null and not m.draft""",
    "mended": """
        insert into amend_gone select clip_id, id, resolved_at from comment
        where outcome = 'accepted' and abs(hashtext(id::text)) %% 10 = 0""",
    "shared": """
        insert into clip_share (clip_id, person_id, space_id, by, at)
        select c.id, null::uuid, c.space_id, null::uuid, now() from clip c
            where c.published_at is null and abs(hashtext(c.id::text)) %% 2 = 0
        union all
        select c.id, p.id, null, null, now() from clip c cross join lateral (
                select id from person where id > md5(c.public_id)::uuid or id = %(viewer)s order by id limit 3) p
            where c.published_at is null and abs(hashtext(c.id::text)) %% 10 = 1""",
    "watched": """
        insert into watched select distinct on (m.author_id, m.clip_id) m.author_id, m.clip_id, m.recording_id, m.at_ms,
            1, abs(hashtext(m.public_id)) %% 3 = 0, now() - abs(hashtext(m.public_id)) %% 86400 * interval '1 minute'
        from comment m where not m.draft""",
    "watched by the viewer": """
        insert into watched select %(viewer)s, c.id, p.recording_id, p.start_ms + 20000, 1,
            abs(hashtext(c.id::text)) %% 3 = 0, now() - abs(hashtext(c.id::text)) %% 86400 * interval '1 minute'
        from clip c join clip_part p on p.clip_id = c.id
        where c.published_at is not null and abs(hashtext(c.public_id)) %% 200 = 7 on conflict do nothing""",
    "told": """
        insert into notice (id, public_id, person_id, kind, by_id, comment_id, clip_id, bundle, shows_at, seen_at)
        select gen_random_uuid(), substr(md5(m.public_id), 1, 16), told.id, 'answered', m.author_id, m.id, m.clip_id,
            m.clip_id::text, m.created_at, case when abs(hashtext(m.public_id)) %% 4 > 0 then now() end
        from comment m join recording r on r.id = m.recording_id cross join lateral (
            select case when abs(hashtext(m.public_id)) %% 150 = 0 then %(viewer)s::uuid else r.speaker_id end
        ) told (id)
        where told.id <> m.author_id""",
    "follows": """
        insert into follow (person_id, tag_id, followed_id, space_id, followed_at)
        (select %(viewer)s::uuid, id, null::uuid, null::uuid, now() from tag
            where alias_of is null order by slug limit 5)
        union all
        (select %(viewer)s, null, id, null, now() from person where role = 'expert' order by login limit 5)
        union all
        (select %(viewer)s, null, null, space_id, now() from membership where person_id = %(viewer)s limit 1)""",
}


def left_behind(connection: "psycopg.Connection[tuple[object, ...]]", viewer: UUID, thread: str) -> None:
    """`thread`: public id of a clip that stays published. Constraints are not checked, and nobody is told anything, as
    far as the connection says so (`session_replication_role`).
    """
    for query in _LEFT.values():
        connection.execute(query.encode(), {"viewer": viewer, "thread": thread})
