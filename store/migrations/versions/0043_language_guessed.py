"""How sure the engine was of a recording's language, where it found that out.

Revision ID: 0043
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table recording add column language_certainty real")  # 0 to 1; null: it was said, or is older


def downgrade() -> None:
    op.execute("alter table recording drop column language_certainty")
