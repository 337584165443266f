"""Reports and what became of them; comments that a moderator removed; what was done to whose words, clips and rights;
a person's data, taken along or deleted.

Revision ID: 0034
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

REPORTS = """
create table report (
    id uuid primary key,
    public_id text not null unique,
    comment_id uuid references comment on delete cascade,
    clip_id uuid references clip on delete cascade,
    by_id uuid not null references person,
    reason text not null check (reason in ('wrong', 'hurtful', 'private', 'spam', 'other')),
    words text not null,
    at_ms int check (at_ms >= 0),                 -- of a clip: where its reporter was, in the clip's time
    made_at timestamptz not null,
    outcome text check (outcome in ('removed', 'withdrawn', 'dismissed')),    -- null: it waits
    answer text not null default '',
    settled_by uuid references person,
    settled_at timestamptz,
    check (num_nonnulls(comment_id, clip_id) = 1),
    check ((outcome is null) = (settled_at is null))
);
create unique index report_once on report (by_id, comment_id, clip_id) nulls not distinct where outcome is null;
create index report_waiting on report (id) where outcome is null;
create index report_comment on report (comment_id) where comment_id is not null;
create index report_clip on report (clip_id) where clip_id is not null;
create index report_by on report (by_id, id desc);
"""

REMOVALS = """
alter table comment
    add column removed_at timestamptz,            -- by a moderator; deleted_at stands beside it
    add column removed_why text not null default '';

-- What it said: for whoever moderates, and to give it back. Gone after a while.
create table comment_kept (
    comment_id uuid primary key references comment on delete cascade,
    text text not null,
    times_ms int[],
    before jsonb not null,                        -- rows of comment_version
    mentioned uuid[] not null,
    kept_until timestamptz not null
);
create index comment_kept_until on comment_kept (kept_until);
"""

ACT_LOG = """
-- Who did what to whose words, clip or rights. Written in the transaction of the act, and never changed.
create table act_log (
    id uuid primary key,
    at timestamptz not null,
    by_id uuid references person,                 -- null: the house, when something was due
    act text not null,
    about text not null check (about in ('comment', 'clip', 'recording', 'report', 'person', 'space')),
    about_id text not null,                       -- public
    whose_id uuid references person,
    space_id uuid references space,               -- null: of none, for admins alone
    words text not null default ''
);
create index act_log_space on act_log (space_id, id desc);
create index act_log_by on act_log (by_id, id desc);
create index act_log_whose on act_log (whose_id, id desc) where whose_id is not null;
create index act_log_about on act_log (about_id);
create index act_log_at on act_log (at);

create function act_log_stays() returns trigger language plpgsql as $$
begin
    -- Only what is older than the house keeps it, and only for whoever says how old that is: store/act_log.py.
    if tg_op = 'DELETE'
        and old.at < nullif(current_setting('passiton.forget_acts_before', true), '')::timestamptz then
        return old;
    end if;
    raise exception 'what was done stays written down';
end $$;
create trigger act_log_stays before update or delete on act_log for each row execute function act_log_stays();
"""

PERSON_DATA = """
alter table person add column erased_at timestamptz;

-- Everything that is held about somebody, packed for them. The object's key is made of the id.
create table person_export (
    id uuid primary key,
    public_id text not null unique,
    person_id uuid not null references person,
    asked_by uuid not null references person,     -- themselves, or an admin whom they asked
    asked_at timestamptz not null,
    ready_at timestamptz,
    byte_size bigint,
    gone_at timestamptz
);
create unique index person_export_waiting on person_export (person_id, asked_by)
    where ready_at is null and gone_at is null;
create index person_export_there on person_export (person_id, id desc) where gone_at is null;

create table erasure (
    person_id uuid primary key references person,
    asked_by uuid not null references person,
    asked_at timestamptz not null,
    due_at timestamptz not null,
    comments text not null check (comments in ('kept', 'removed')),
    done_at timestamptz
);
create index erasure_due on erasure (due_at) where done_at is null;
"""


def upgrade() -> None:
    for script in (REPORTS, REMOVALS, ACT_LOG, PERSON_DATA):
        op.execute(script)


def downgrade() -> None:
    op.execute(
        "drop table erasure, person_export; alter table person drop column erased_at;"
        "drop table act_log; drop function act_log_stays;"
        "drop table comment_kept; alter table comment drop column removed_at, drop column removed_why;"
        "drop table report"
    )
