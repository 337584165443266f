"""A clip that is new tells of itself as one that changed does: who has the queue open sees it come.

Revision ID: 0045
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create trigger new_clip_tells after insert on clip for each row execute function clip_tells()")


def downgrade() -> None:
    op.execute("drop trigger new_clip_tells on clip")
