"""Drafts shared with some, whose comments stay among them; experts who publish first, and are looked at after.

Revision ID: 0037
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

CIRCLES = """
create table clip_share (
    clip_id uuid not null references clip on delete cascade,
    person_id uuid references person on delete cascade,
    space_id uuid references space on delete cascade,
    by uuid references person on delete set null,
    at timestamptz not null,
    ended_at timestamptz,                              -- it was published; taken back, the row goes
    check ((person_id is null) <> (space_id is null))
);
create unique index clip_share_person on clip_share (person_id, clip_id) where person_id is not null;
create unique index clip_share_space on clip_share (space_id, clip_id) where space_id is not null;
create index clip_share_clip on clip_share (clip_id);

-- Said in a clip while people did not see it: for those who saw the draft.
alter table comment add column draft boolean not null default false;
"""
SAID = """
update comment m set draft = true from clip c
    where c.id = m.clip_id and c.published_at is null and c.deleted_at is null
        and not exists (select from clip_version v where v.clip_id = c.id and v.act = 'published');
"""

TRUST = """
create table trust (
    space_id uuid not null references space on delete cascade,
    person_id uuid not null references person on delete cascade,
    by uuid references person on delete set null,
    at timestamptz not null,
    ended_by uuid references person on delete set null,
    ended_at timestamptz
);
create unique index trust_now on trust (space_id, person_id) where ended_at is null;
create index trust_person on trust (person_id);

create table pullback (
    clip_id uuid not null references clip on delete cascade,
    by uuid references person on delete set null,
    at timestamptz not null,
    why text not null
);
create index pullback_clip on pullback (clip_id, at desc);

-- Published by its expert, and no curator has looked at it since.
alter table clip add column first_at timestamptz;
create index clip_first on clip (first_at) where first_at is not null;
"""

# What is said in a draft is shown in that clip alone, and told to nobody else who listens; wherever it answers.
SHOWN = """
create or replace view clip_comment as
select m.clip_id, m.id as comment_id from comment m where m.reply_to is null or m.draft
union
select root.clip_id, m.id from comment root join comment m on m.reply_to = root.id where not m.draft
union
select p.clip_id, m.id
from clip_part p
join comment m on m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms
where not m.draft;
"""
TELLS = """
create or replace function thread_tells(said uuid) returns void language sql as $$
    select pg_notify('passiton', 'talk ' || c.public_id || ' ' || root.public_id)
    from comment m
    join comment root on root.id = coalesce(m.reply_to, m.id)
    cross join lateral (
        select case when m.draft then m.clip_id else root.clip_id end as id
        union
        select p.clip_id from clip_part p
        where not m.draft and p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) shown
    join clip c on c.id = shown.id
    where m.id = said and c.deleted_at is null
$$;

create or replace function comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(new.id);
    return null;
end $$;

create or replace function about_comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(case tg_op when 'DELETE' then old.comment_id else new.comment_id end);
    return null;
end $$;
"""

SHOWN_BEFORE = """
create or replace view clip_comment as
select m.clip_id, m.id as comment_id from comment m where m.reply_to is null
union
select root.clip_id, m.id from comment root join comment m on m.reply_to = root.id
union
select p.clip_id, m.id
from clip_part p
join comment m on m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms;
"""
TELLS_BEFORE = """
create or replace function comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(coalesce(new.reply_to, new.id));
    return null;
end $$;

create or replace function about_comment_tells() returns trigger language plpgsql as $$
begin
    perform thread_tells(coalesce(m.reply_to, m.id)) from comment m
        where m.id = case tg_op when 'DELETE' then old.comment_id else new.comment_id end;
    return null;
end $$;

drop function thread_tells(uuid);
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
"""


def upgrade() -> None:
    op.execute(CIRCLES)
    op.execute("drop function thread_tells(uuid)")  # its argument has another name
    for script in (TELLS, SHOWN, SAID, TRUST):
        op.execute(script)


def downgrade() -> None:
    """What was said in drafts goes: nothing would keep it among those whom it was said to."""
    for script in (SHOWN_BEFORE, TELLS_BEFORE):
        op.execute(script)
    op.execute("""
        update comment set accepted_id = null where accepted_id in (select id from comment where draft);
        delete from comment where draft and reply_to is not null;
        delete from comment m where m.draft and not exists (select from comment o where o.reply_to = m.id);
        alter table comment drop column draft;
        alter table clip drop column first_at;
        drop table pullback, trust, clip_share;
    """)
