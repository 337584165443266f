"""A file that somebody has sent before.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SAME_BYTES = """
create index recording_sha256 on recording (sha256) where sha256 is not null;

alter table recording
    add column same_as uuid references recording on delete set null,   -- refused, for these bytes are there already
    add column despite boolean not null default false;                 -- wanted all the same
create index recording_same_as on recording (same_as) where same_as is not null;
"""


def upgrade() -> None:
    op.execute(SAME_BYTES)


def downgrade() -> None:
    op.execute("drop index recording_sha256; alter table recording drop column same_as, drop column despite")
