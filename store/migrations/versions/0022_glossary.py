"""The glossary: words that speech engines cannot know, for the recordings of a space.

Revision ID: 0022
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create table glossary_term ("
        " id uuid primary key,"
        " public_id text not null unique,"
        " space_id uuid not null references space on delete cascade,"  # of everybody: for all recordings
        " key text not null,"  # the same for every way of writing it
        " text text not null,"
        " heard text[] not null,"
        " unique (space_id, key))"
    )


def downgrade() -> None:
    op.execute("drop table glossary_term")
