"""Comments that were spoken: their sound, and how far the writing down of their words is.

Revision ID: 0041
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

VOICES = """
-- Written before its object is, and deleted after: there is no sound that no row knows. The key is made of the ids.
create table voice (
    id uuid primary key,
    public_id text not null unique,            -- in the address of its sound
    comment_id uuid unique references comment on delete set null,    -- null: not said yet, or gone
    recording_id uuid not null references recording on delete cascade,
    person_id uuid not null references person, -- who spoke
    object_key text,                           -- null: not said yet, or gone
    length_ms int not null check (length_ms > 0),
    byte_size int not null check (byte_size > 0),
    state text not null default 'waiting' check (state in ('waiting', 'written', 'silent', 'failed')),
    language text,
    tries int not null default 0,
    made_at timestamptz not null,
    gone_at timestamptz
);
create index voice_person on voice (person_id, made_at);
create index voice_recording on voice (recording_id);
create index voice_waiting on voice (id) where state = 'waiting' and comment_id is not null;
create index voice_of_nobody on voice (made_at) where comment_id is null;
"""


def upgrade() -> None:
    op.execute(VOICES)


def downgrade() -> None:
    op.execute("drop table voice")
