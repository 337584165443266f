"""Single sign-on, tokens that may do some things, sessions that can be seen and ended, spaces anybody may see, devices
that a ward shares.

Revision ID: 0033
"""

import secrets

from alembic import op
from sqlalchemy import text

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SINGLE_SIGN_ON = """
-- Who a provider of single sign-on says somebody is.
create table identity (
    issuer text not null,
    subject text not null,
    person_id uuid not null references person on delete cascade,
    said text not null default '',                -- the name or address it came with: for people to know it by
    created_at timestamptz not null,
    used_at timestamptz not null,
    primary key (issuer, subject)
);
create index identity_person on identity (person_id);
create index person_email on person (lower(email)) where email is not null;

-- Somebody who was sent to the provider and is not back yet. Hashes alone: the rest is in their browser.
create table sign_in_errand (
    state_sha256 bytea primary key,
    browser_sha256 bytea not null,
    leads_to text not null,
    person_id uuid references person on delete cascade,    -- signed in already: they want both to be one
    expires_at timestamptz not null
);
"""

WAYS_IN = """
-- Those made before could do all that their person can, for ever.
alter table api_token
    add column public_id text unique,
    add column scopes text[] not null default '{read,write,upload,review,manage}',
    add column expires_at timestamptz,
    add column used_at timestamptz;              -- to the minute
alter table session add column seen_at timestamptz;   -- to five minutes
"""
# Which spaces a person sees into, and which of them that person curates. Every read joins it.
SPACES = """
alter table space add column open boolean not null default false;    -- all colleagues see into it, not all are in it
create or replace view viewer_space as
select p.id as person_id, s.id as space_id,
       p.role = 'admin' or (p.role = 'curator' and (p.curates_all or coalesce(m.curates, false))) as curates
from person p
cross join space s
left join membership m on m.person_id = p.id and m.space_id = s.id
where p.left_at is null
  and (not p.device and (s.everyone or s.open) or m.person_id is not null
    or p.role = 'admin' or (p.role = 'curator' and p.curates_all));
"""
SPACES_BEFORE = """
create or replace view viewer_space as
select p.id as person_id, s.id as space_id,
       p.role = 'admin' or (p.role = 'curator' and (p.curates_all or coalesce(m.curates, false))) as curates
from person p
cross join space s
left join membership m on m.person_id = p.id and m.space_id = s.id
where p.left_at is null
  and (s.everyone or m.person_id is not null or p.role = 'admin' or (p.role = 'curator' and p.curates_all));
alter table space drop column open;
"""
DEVICES = """
-- A device that a ward shares: it is somebody, but nobody. It sees the spaces that it is a member of, and no others.
alter table person add column device boolean not null default false;
create table device (
    id uuid primary key,
    public_id text not null unique,
    person_id uuid not null unique references person,
    lent_by uuid not null references person,
    created_at timestamptz not null,
    code_sha256 bytea unique,                     -- of what is typed there once; null: it was
    code_expires_at timestamptz not null,
    enrolled_at timestamptz
);
-- Its own; and of who says there who they are: those end after a while without a touch.
alter table session add column device_id uuid references device on delete cascade;
create index session_device on session (device_id) where device_id is not null;

create table pin (
    person_id uuid primary key references person on delete cascade,
    scrypt bytea not null,
    set_at timestamptz not null,
    wrong int not null default 0,
    wrong_at timestamptz
);
"""
_NAMELESS = ("api_token", "session")
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    op.execute(SINGLE_SIGN_ON)
    op.execute(WAYS_IN)
    op.execute(DEVICES)
    op.execute(SPACES)
    for table in _NAMELESS:
        _name(table)
        op.execute(f"alter table {table} alter column public_id set not null")


def _name(table: str) -> None:
    """Names by chance, as domain.ids.public_id made them when this was written."""
    bind = op.get_bind()
    for (id_,) in bind.execute(text(f"select id from {table} where public_id is null")).fetchall():  # noqa: S608
        name = "".join(secrets.choice(_LETTERS) for _ in range(16))
        bind.execute(text(f"update {table} set public_id = :name where id = :id"), {"name": name, "id": id_})  # noqa: S608


def downgrade() -> None:
    op.execute(SPACES_BEFORE)
    op.execute(
        "drop table pin; delete from session where device_id is not null; alter table session drop column device_id;"
        "drop table device; alter table person drop column device;"
        "alter table session alter column public_id drop not null, drop column seen_at;"
        "alter table api_token drop column public_id, drop column scopes, drop column expires_at, drop column used_at;"
        "drop table sign_in_errand, identity; drop index person_email"
    )
