"""Who appears in a recording and whether they agree; takedowns.

Revision ID: 0003
"""

import secrets
import uuid

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CONSENT = """
create table appearance (
    id uuid primary key,
    public_id text not null unique,
    recording_id uuid not null references recording on delete cascade,
    person_id uuid references person,
    name text not null default '',                -- of somebody without an account: a stranger's text
    part text not null check (part in ('speaker', 'seen')),
    state text not null check (state in ('asked', 'agreed', 'declined', 'withdrawn')),
    how text check (how in ('sent', 'link', 'curator')),
    terms_version int,                            -- of the words shown when it was said; 0: before there were any
    words text not null default '',               -- what a curator noted with it
    asked_by uuid references person,
    asked_at timestamptz not null default now(),
    said_by uuid references person,               -- who was signed in when it was said, if anybody
    said_at timestamptz,
    check ((state = 'asked') = (said_at is null) and (state = 'asked') = (how is null))
);
create index appearance_recording on appearance (recording_id);
create index appearance_person on appearance (person_id);

-- Opens the page where one says yes or no. Any number of them: none takes another's place.
create table consent_link (
    id uuid primary key,
    appearance_id uuid not null references appearance on delete cascade,
    token_sha256 bytea not null unique,
    made_by uuid references person,
    created_at timestamptz not null
);
create index consent_link_appearance on consent_link (appearance_id);
"""

TAKEDOWNS = """
create table takedown (
    id uuid primary key,
    public_id text not null unique,
    recording_id uuid not null references recording,
    appearance_id uuid references appearance on delete set null,
    clip_id uuid references clip on delete set null, -- where somebody said "I am in this"
    reason text not null check (reason in ('withdrawn', 'declined', 'in-this', 'left')),
    state text not null default 'open' check (state in ('open', 'removed', 'cut', 'kept')),
    raised_by uuid references person,
    raised_at timestamptz not null,
    at_ms int check (at_ms >= 0),
    words text not null default '',
    backup_days int not null,
    resolved_by uuid references person,
    resolved_at timestamptz,
    answer text not null default '',
    cut_starts_ms int[] not null default '{}',    -- of a `cut` one: what is never shown again
    cut_ends_ms int[] not null default '{}',
    check ((state = 'open') = (resolved_at is null)),
    check (cardinality(cut_starts_ms) = cardinality(cut_ends_ms))
);
create index takedown_recording on takedown (recording_id);
create index takedown_appearance on takedown (appearance_id);
create index takedown_raised_by on takedown (raised_by);
create index takedown_open on takedown (id) where state = 'open';

-- What it took out of publication, and as what it was published: to be shown, and to be undone.
create table takedown_clip (
    takedown_id uuid not null references takedown on delete cascade,
    clip_id uuid not null references clip on delete cascade,
    published_at timestamptz not null,
    published_by uuid references person,
    primary key (takedown_id, clip_id)
);
create index takedown_clip_clip on takedown_clip (clip_id);
"""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    for script in (CONSENT, TAKEDOWNS):
        op.execute(script)
    _remember_those_who_sent()


def _remember_those_who_sent() -> None:
    """Whoever speaks in what was sent before there were terms: they sent it, or had it sent, to be shown."""
    connection = op.get_bind()
    before = connection.execute(text("select id, speaker_id, created_at from recording where deleted_at is null"))
    found = [
        {
            "id": uuid.uuid4(),
            "public_id": "".join(secrets.choice(_ALPHABET) for _ in range(16)),
            "recording": recording_id,
            "person": speaker_id,
            "at": created_at,
        }
        for recording_id, speaker_id, created_at in before
    ]
    if found:
        connection.execute(
            text(
                "insert into appearance (id, public_id, recording_id, person_id, part, state, how, terms_version,"
                " asked_at, said_by, said_at)"
                " values (:id, :public_id, :recording, :person, 'speaker', 'agreed', 'sent', 0, :at, :person, :at)"
            ),
            found,
        )


def downgrade() -> None:
    op.execute("drop table takedown_clip, takedown, consent_link, appearance")
