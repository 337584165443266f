"""Failures of a step, counted apart from its starts: a server that is restarted has not failed.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table step add column failures int not null default 0")


def downgrade() -> None:
    op.execute("alter table step drop column failures")
