"""Seconds that are taken out of every clip.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RECALLS = """
create table recall (
    id uuid primary key,
    public_id text not null unique,
    recording_id uuid not null references recording on delete cascade,
    start_ms int not null check (start_ms >= 0),
    end_ms int not null check (end_ms > start_ms),
    reason text not null,
    made_by uuid references person,
    made_at timestamptz not null,
    undone_by uuid references person,
    undone_at timestamptz                         -- null while it stands
);
create index recall_recording on recall (recording_id, id desc);

-- What it touched, and as what: to be shown, and to be undone.
create table recall_clip (
    recall_id uuid not null references recall on delete cascade,
    clip_id uuid not null references clip on delete cascade,
    version int not null,                         -- of the clip, without the seconds
    lost_ms int not null,
    published boolean not null,                   -- then
    published_at timestamptz,                     -- of one with nothing left, until it is back
    published_by uuid references person,
    changed_at timestamptz,                       -- by a person, who has seen it without the seconds
    primary key (recall_id, clip_id)
);
create index recall_clip_clip on recall_clip (clip_id);

-- What a clip would show without any recall, [[recording, start, end], ...]; null: what it shows. A clip that has
-- nothing left is deleted, and has this.
alter table clip add column asked_parts jsonb;
create index clip_asked on clip using gin (asked_parts jsonb_path_ops) where asked_parts is not null;
"""


def upgrade() -> None:
    op.execute(RECALLS)


def downgrade() -> None:
    op.execute("alter table clip drop column asked_parts; drop table recall_clip, recall")
