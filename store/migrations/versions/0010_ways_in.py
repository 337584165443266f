"""A brief's link can be typed, and a button that is pressed twice makes one person.

Revision ID: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAYS_IN = """
alter table brief_link add column typed_scrypt bytea unique;   -- of what a poster asks to be typed
alter table brief_comer add column once_sha256 bytea;          -- of the form that made the person, and the name in it
create unique index brief_comer_once on brief_comer (link_id, once_sha256);
"""


def upgrade() -> None:
    op.execute(WAYS_IN)


def downgrade() -> None:
    op.execute("alter table brief_comer drop column once_sha256; alter table brief_link drop column typed_scrypt")
