"""Edges of clips, so that they begin and end to the frame; and clips to take along, where a space allows it.

Revision ID: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

EDGES = """
-- Frames of a recording beside its fragments: where a clip begins or ends between two keyframes. An edge is there
-- in every rendition or in none.
create table edge (
    rendition_id uuid not null references rendition on delete cascade,
    from_tick bigint not null,                    -- of 120,000 a second of recording time: what its address says
    to_tick bigint not null check (to_tick > from_tick),
    start bigint not null,                        -- in ticks of the rendition's timescale, and so is ticks
    ticks int not null,
    size int not null,
    object_key text not null,
    init bytea,                                   -- null: the rendition's own
    made_at timestamptz not null,
    unwanted_at timestamptz,                      -- since when no clip begins or ends there
    primary key (rendition_id, from_tick, to_tick)
);
create index edge_unwanted on edge (unwanted_at) where unwanted_at is not null;

alter table space add column downloads boolean not null default false;
"""


def upgrade() -> None:
    op.execute(EDGES)


def downgrade() -> None:
    op.execute("alter table space drop column downloads; drop table edge")
