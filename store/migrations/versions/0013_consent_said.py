"""What was agreed to stays on record when it is taken back.

Revision ID: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SAID = """
-- Everything that was ever said of an appearance, in its order; what holds now is in the appearance. Only added to.
create table consent_said (
    id uuid primary key,
    appearance_id uuid not null references appearance on delete cascade,
    state text not null check (state in ('agreed', 'declined', 'withdrawn')),
    how text not null check (how in ('sent', 'link', 'curator')),
    terms_version int,
    said_by uuid references person,
    said_at timestamptz not null
);
create index consent_said_appearance on consent_said (appearance_id, id);

insert into consent_said (id, appearance_id, state, how, terms_version, said_by, said_at)
    select gen_random_uuid(), id, state, how, terms_version, said_by, said_at from appearance where state <> 'asked';
"""


def upgrade() -> None:
    op.execute(SAID)


def downgrade() -> None:
    op.execute("drop table consent_said")
