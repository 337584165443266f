"""Which session came of which sign-in link, and who was never signed in: nobody else comes in unnoticed.

Revision ID: 0045
"""

from alembic import op

revision = "0045"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Links are kept longer than any session that came of one.
    op.execute(
        "alter table session add column link_id uuid references sign_in_link on delete set null;"
        "create index session_link on session (link_id) where link_id is not null;"
        "alter table person add column signed_in_at timestamptz;"  # the first time
        # Who is there already counts as having been: told once too often is better than never.
        "update person set signed_in_at = created_at"
    )


def downgrade() -> None:
    op.execute("alter table person drop column signed_in_at; alter table session drop column link_id")
