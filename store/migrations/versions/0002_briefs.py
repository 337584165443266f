"""What experts are asked for, the links that ask them, and what they answer.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BRIEFS = """
create table brief (
    id uuid primary key,
    public_id text not null unique,
    space_id uuid not null references space,
    author_id uuid not null references person,
    title text not null,
    wanted text not null default '',
    questions text[] not null default '{}',       -- shown one at a time while recording
    audience text not null default '',            -- whom it is for
    prerequisites text not null default '',       -- what to know before
    kind text check (kind in ('skill', 'theory', 'strategy')),
    level text check (level in ('beginner', 'intermediate', 'advanced')),
    version int not null default 1,
    created_at timestamptz not null default now(),
    closed_at timestamptz
);
create index brief_space on brief (space_id, id desc);

-- A way in for one brief, good on any number of devices until it expires or is taken back (deleted).
create table brief_link (
    id uuid primary key,
    public_id text not null unique,
    brief_id uuid not null references brief on delete cascade,
    person_id uuid references person on delete cascade,   -- null: for whoever opens it
    token_sha256 bytea not null unique,
    created_by uuid references person on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index brief_link_brief on brief_link (brief_id, id);
create index brief_link_person on brief_link (person_id);

-- Who came by a link that is for whoever opens it.
create table brief_comer (
    link_id uuid not null references brief_link on delete cascade,
    person_id uuid not null references person on delete cascade,
    primary key (link_id, person_id)
);
create index brief_comer_person on brief_comer (person_id);

-- A session that a brief's link began is for that brief alone, and ends with the link.
alter table session
    add brief_link_id uuid references brief_link on delete cascade,
    add public_id text unique;                    -- of such a session: whoever gave the link can end it
create index session_brief_link on session (brief_link_id) where brief_link_id is not null;

alter table recording
    add brief_id uuid references brief,
    add audience text not null default '',
    add prerequisites text not null default '',
    add kind text check (kind in ('skill', 'theory', 'strategy')),
    add level text check (level in ('beginner', 'intermediate', 'advanced'));
create index recording_brief on recording (brief_id) where brief_id is not null;

alter table clip
    add audience text not null default '',
    add prerequisites text not null default '',
    add kind text check (kind in ('skill', 'theory', 'strategy'));
"""


def upgrade() -> None:
    op.execute(BRIEFS)


def downgrade() -> None:
    op.execute(
        "alter table clip drop audience, drop prerequisites, drop kind;"
        "alter table recording drop brief_id, drop audience, drop prerequisites, drop kind, drop level;"
        "alter table session drop brief_link_id, drop public_id;"
        "drop table brief_comer, brief_link, brief"
    )
