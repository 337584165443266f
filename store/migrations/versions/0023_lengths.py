"""How long a recording's clips are to be, where somebody has said so.

Revision ID: 0023
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table recording add column shortest_ms int, add column longest_ms int, add column usual_ms int,"
        " add constraint recording_lengths_check check (num_nulls(shortest_ms, longest_ms, usual_ms) = 3"
        "  or num_nulls(shortest_ms, longest_ms, usual_ms) = 0"
        "  and 0 < shortest_ms and shortest_ms <= usual_ms and usual_ms <= longest_ms)"
    )


def downgrade() -> None:
    op.execute("alter table recording drop column shortest_ms, drop column longest_ms, drop column usual_ms")
