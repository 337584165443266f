"""Steps that are not done are found without reading all that ever were: it is asked every minute.

Revision ID: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index step_open on step (recording_id, position) where state in ('queued', 'running')")


def downgrade() -> None:
    op.execute("drop index step_open")
