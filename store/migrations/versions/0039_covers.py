"""Covers: spans of recordings of which nobody hears the sound any more, or sees a part of the picture, and what is
served in place of the fragments that they touch.

Revision ID: 0039
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

COVERS = """
create table cover (
    id uuid primary key,
    public_id text not null unique,
    recording_id uuid not null references recording on delete cascade,
    start_ms int not null check (start_ms >= 0),
    end_ms int not null check (end_ms > start_ms),
    box int[] check (cardinality(box) = 4),    -- left, top, right, bottom in thousandths; null: the sound
    made_by uuid not null references person,
    made_at timestamptz not null,
    removed_by uuid references person,
    removed_at timestamptz,                    -- null: it stands
    check ((removed_by is null) = (removed_at is null))
);
create index cover_of_recording on cover (recording_id, id);
create unique index cover_once on cover (recording_id, start_ms, end_ms, box) nulls not distinct
    where removed_at is null;

-- A fragment as it is served while covers touch it. Without this row one that is touched is served to nobody.
create table covered_fragment (
    rendition_id uuid not null references rendition on delete cascade,
    number int not null check (number >= 0),
    object_key text not null,
    size int not null check (size > 0),
    init bytea,                                -- its own initialisation segment; null: it follows the rendition's
    made_at timestamptz not null,
    primary key (rendition_id, number)
);
"""


def upgrade() -> None:
    op.execute(COVERS)


def downgrade() -> None:
    op.execute("drop table covered_fragment, cover")
