"""A recording knows whether a person gave it its title.

Revision ID: 0018
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # False: it has its brief's title, or its file's name. Its version changes with its title alone.
    op.execute(
        "alter table recording add column named boolean not null default false;"
        "update recording set named = version > 1 and title <> '' where deleted_at is null"
    )


def downgrade() -> None:
    op.execute("alter table recording drop column named")
