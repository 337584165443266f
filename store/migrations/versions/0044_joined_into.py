"""Which clip another was joined into: the way back, and where its link leads on to.

Revision ID: 0044
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table clip add column joined_into uuid references clip on delete set null")  # null: it was not
    op.execute("create index clip_joined_into on clip (joined_into) where joined_into is not null")


def downgrade() -> None:
    op.execute("alter table clip drop column joined_into")
