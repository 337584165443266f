"""What a recording shows where nobody speaks: changes of scene, and stretches in which nothing moves; and what the
sentences of a long one mean, so that it can be cut again while somebody waits.

Revision ID: 0029
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table listening"
        " add column changes_ms int[],"  # null: nobody has looked
        " add column still_starts_ms int[],"
        " add column still_ends_ms int[],"
        " add check (num_nulls(changes_ms, still_starts_ms, still_ends_ms) in (0, 3)),"
        " add check (cardinality(still_starts_ms) = cardinality(still_ends_ms))"
    )
    op.execute("alter table transcript add column sentence_digests bytea, add column sentence_vectors bytea")
    op.execute("alter table transcript alter column sentence_vectors set storage external")  # nothing to compress


def downgrade() -> None:
    op.execute("alter table transcript drop column sentence_digests, drop column sentence_vectors")
    op.execute("alter table listening drop column changes_ms, drop column still_starts_ms, drop column still_ends_ms")
