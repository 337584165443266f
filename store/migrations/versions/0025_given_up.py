"""A rendering beside another that was given up says why.

Revision ID: 0025
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table rendering add column trouble text")


def downgrade() -> None:
    op.execute("alter table rendering drop column trouble")
