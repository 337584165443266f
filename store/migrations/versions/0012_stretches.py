"""A recording is rendered by several workers, in stretches that are held against each other where they meet.

Revision ID: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STRETCHES = """
-- The decoded frame with which a fragment begins, as whoever rendered up to it or from it on has seen it.
create table seam (
    rendering_id uuid not null references rendering on delete cascade,
    fragment int not null,
    md5 text not null,
    primary key (rendering_id, fragment)
);

alter table rendering
    add column in_one boolean not null default false,    -- stretches of it did not fit
    add column smallest_first boolean;                    -- null: nobody has begun it yet
"""


def upgrade() -> None:
    op.execute(STRETCHES)


def downgrade() -> None:
    op.execute("alter table rendering drop column in_one, drop column smallest_first; drop table seam")
