"""Who looks after a clip, until when and how careful one has to be with it; what became of it, change by change; a
second pair of eyes for what may hurt somebody; which clips are like which, and how loud a recording is when.

Revision ID: 0031
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CLIPS = """
alter table clip
    add column question text not null default '',     -- asked when it ends: an open one
    add column risk text not null default 'none' check (risk in ('none', 'safety')),
    add column owner_id uuid references person on delete set null,       -- null: who speaks in it
    add column assigned_to uuid references person on delete set null,    -- the curator who is to look at it
    add column review_by date,
    add column changed_at timestamptz,                 -- since it was published, or looked at again
    add column changed_by uuid references person on delete set null;     -- null: the house itself
create index clip_changed on clip (changed_at) where changed_at is not null;
create index clip_review_by on clip (review_by) where review_by is not null;
create index clip_owner on clip (owner_id) where owner_id is not null;
create index clip_assigned on clip (assigned_to) where assigned_to is not null;
create index clip_safety on clip (id) where risk = 'safety';

-- One curator proposes that people see a clip, another approves; both of what it said and showed then.
create table clip_approval (
    clip_id uuid primary key references clip on delete cascade,
    seen bytea not null,                               -- SHA-256 of its parts and words: store/approvals.py
    asked_by uuid references person on delete set null,
    asked_of uuid references person on delete set null,
    asked_at timestamptz not null,
    approved_by uuid references person on delete set null,
    approved_at timestamptz
);
create index clip_approval_asked on clip_approval (asked_of) where approved_at is null;

-- What a clip was before and after each change, whole: any of it can be had again.
create table clip_version (
    clip_id uuid not null references clip on delete cascade,
    number int not null,                               -- 1, 2, 3 ... of this clip
    act text not null,
    by uuid references person on delete set null,      -- null: the house itself
    at timestamptz not null,
    version int not null,                              -- of the clip, after it
    before jsonb not null,
    after jsonb not null,
    primary key (clip_id, number)
);

-- The clip that it is most like, of all that were there when this was made.
alter table clip_meaning
    add column like_id uuid references clip on delete set null,
    add column likeness real;
create index clip_meaning_like on clip_meaning (like_id) where like_id is not null;
"""


def upgrade() -> None:
    op.execute(CLIPS)
    op.execute("alter table listening add column peaks bytea")  # a byte for each tenth of a second; null: not made


def downgrade() -> None:
    op.execute("alter table listening drop column peaks")
    op.execute("alter table clip_meaning drop column like_id, drop column likeness")
    op.execute("drop table clip_version; drop table clip_approval")
    op.execute(
        "alter table clip drop column question, drop column risk, drop column owner_id, drop column assigned_to,"
        " drop column review_by, drop column changed_at, drop column changed_by"
    )
