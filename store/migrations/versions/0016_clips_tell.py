"""A clip that changes says so to whoever has it open.

Revision ID: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Channel and topic as store/events.py has them. Here and not beside each statement that changes a clip: there are a
# dozen, in recalls and takedowns too, and a player that is not told of one goes on showing what was taken out.
TELLS = """
create function clip_tells() returns trigger language plpgsql as $$
begin
    perform pg_notify('passiton', 'clip ' || new.public_id);
    return null;
end $$;

create trigger clip_tells after update on clip for each row
    when ((old.version, old.published_at, old.deleted_at) is distinct from
          (new.version, new.published_at, new.deleted_at))
    execute function clip_tells();
"""


def upgrade() -> None:
    op.execute(TELLS)


def downgrade() -> None:
    op.execute("drop trigger clip_tells on clip; drop function clip_tells();")
