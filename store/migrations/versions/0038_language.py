"""The language in which a person wants to read pages and mails.

Revision ID: 0038
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table person add column language text check (language ~ '^[a-z]{2,3}$')")


def downgrade() -> None:
    op.execute("alter table person drop column language")
