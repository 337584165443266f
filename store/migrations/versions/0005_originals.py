"""An original that is kept no longer.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ORIGINALS = """
alter table recording add column original_gone_at timestamptz;   -- set before the object is deleted, key and all
create index recording_original on recording (created_at) where original_key is not null;
"""


def upgrade() -> None:
    op.execute(ORIGINALS)


def downgrade() -> None:
    op.execute("drop index recording_original; alter table recording drop column original_gone_at")
