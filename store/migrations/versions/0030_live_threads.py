"""Threads that live: they are told of at once, hold ranges, mentions, what was written before, chosen answers and
questions asked without one's name; reactions on a clip; and requests that are done once however often they come.

Revision ID: 0030
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COMMENTS = """
alter table comment
    add column end_ms int check (end_ms > at_ms),           -- of a range; null: it is about a moment
    add column masked boolean not null default false,       -- asked without one's name to colleagues
    add column accepted_id uuid references comment,         -- of a question: the answer that was chosen
    add column times_ms int[];                              -- where times in the text lead, in the recording's time
alter table comment drop constraint comment_kind_check;
alter table comment add constraint comment_kind_check
    check (kind in ('comment', 'question', 'answer', 'correction', 'used-it', 'reflection'));
create index comment_author on comment (author_id, created_at);

-- What a comment said before it was edited.
create table comment_version (
    comment_id uuid not null references comment on delete cascade,
    version int not null,
    text text not null,
    written_at timestamptz not null,
    primary key (comment_id, version)
);

create table mention (
    comment_id uuid not null references comment on delete cascade,
    person_id uuid not null references person on delete cascade,
    created_at timestamptz not null,
    primary key (comment_id, person_id)
);
create index mention_person on mention (person_id, created_at);

-- Who looked up who asked, and why. The asker reads it.
create table unmasking (
    id uuid primary key,
    comment_id uuid not null references comment on delete cascade,
    person_id uuid not null references person,
    why text not null,
    made_at timestamptz not null
);
create index unmasking_comment on unmasking (comment_id);

create table clip_reaction (
    clip_id uuid not null references clip on delete cascade,
    person_id uuid not null references person on delete cascade,
    kind text not null check (kind in ('useful', 'learned', 'outdated', 'question', 'not-for-me')),
    created_at timestamptz not null default now(),
    primary key (clip_id, person_id, kind)
);

-- Requests that carried an Idempotency-Key, and what they made.
create table sent_once (
    person_id uuid not null references person on delete cascade,
    key_sha256 bytea not null,
    request_sha256 bytea not null,
    made text,
    sent_at timestamptz not null,
    primary key (person_id, key_sha256)
);
create index sent_once_sent on sent_once (sent_at);
"""

# Channel and topic as store/events.py has them: every clip that shows a thread is told which one has changed.
TELLS = """
create function thread_tells(thread uuid) returns void language sql as $$
    select pg_notify('passiton', 'talk ' || c.public_id || ' ' || m.public_id)
    from comment m
    cross join lateral (
        select m.clip_id as id
        union
        select p.clip_id from clip_part p
        where p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) shown
    join clip c on c.id = shown.id
    where m.id = thread and c.deleted_at is null
$$;

create function comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(coalesce(new.reply_to, new.id));
    return null;
end $$;
create trigger comment_tells after insert or update on comment for each row execute function comment_tells();

create function about_comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(coalesce(m.reply_to, m.id)) from comment m
        where m.id = case tg_op when 'DELETE' then old.comment_id else new.comment_id end;
    return null;
end $$;
create trigger reaction_tells after insert or delete on reaction for each row execute function about_comment_tells();
create trigger unmasking_tells after insert on unmasking for each row execute function about_comment_tells();

create function clip_reaction_tells() returns trigger language plpgsql as $$
begin
    perform pg_notify('passiton', 'talk ' || c.public_id || ' reactions') from clip c
        where c.id = case tg_op when 'DELETE' then old.clip_id else new.clip_id end;
    return null;
end $$;
create trigger clip_reaction_tells after insert or delete on clip_reaction
    for each row execute function clip_reaction_tells();
"""


def upgrade() -> None:
    op.execute(COMMENTS)
    op.execute(TELLS)


def downgrade() -> None:
    op.execute("""
        drop trigger comment_tells on comment;
        drop trigger reaction_tells on reaction;
        drop table sent_once, clip_reaction, unmasking, mention, comment_version;
        drop function clip_reaction_tells, about_comment_tells, comment_tells, thread_tells;
        drop index comment_author;
        delete from comment where kind = 'reflection';
        alter table comment drop constraint comment_kind_check;
        alter table comment add constraint comment_kind_check
            check (kind in ('comment', 'question', 'answer', 'correction', 'used-it'));
        alter table comment drop column end_ms, drop column masked, drop column accepted_id, drop column times_ms;
    """)
