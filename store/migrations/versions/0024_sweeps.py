"""What was put among the objects of a recording after it was deleted goes too; edges are counted how often they failed.

Revision ID: 0024
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SWEEPS = """
-- Objects under this prefix are to be deleted again: a worker that was slow, or killed, may have put some there.
create table sweep (
    prefix text not null,
    due_at timestamptz not null,
    primary key (prefix, due_at)
);
create index sweep_due on sweep (due_at);

-- An edge that was begun and is not there. It goes when the edge is made.
create table edge_try (
    rendering_id uuid not null references rendering on delete cascade,
    from_tick bigint not null,
    to_tick bigint not null,
    tries int not null,                           -- kills count too
    primary key (rendering_id, from_tick, to_tick)
);
"""


def upgrade() -> None:
    op.execute(SWEEPS)


def downgrade() -> None:
    op.execute("drop table edge_try; drop table sweep")
