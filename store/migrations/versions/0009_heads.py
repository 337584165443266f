"""The head of a long recording is heard, planned and rendered before the rest has been read.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HEADS = """
-- Of a head: its last keyframe is where it ends, its frames are what the file promises. Of a whole that has a head,
-- the loudness is that of what comes after it.
alter table listening add column head boolean not null default false;
alter table listening drop constraint listening_pkey;
alter table listening add primary key (recording_id, head);
"""


def upgrade() -> None:
    op.execute(HEADS)


def downgrade() -> None:
    op.execute(
        "delete from listening where head;"
        "alter table listening drop constraint listening_pkey;"
        "alter table listening add primary key (recording_id);"
        "alter table listening drop column head"
    )
