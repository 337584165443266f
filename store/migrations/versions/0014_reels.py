"""Reels: several clips in one film.

Revision ID: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REELS = """
create table reel (
    id uuid primary key,
    public_id text not null unique,
    space_id uuid not null references space,
    made_by uuid not null references person,
    title text not null,
    shape text not null check (shape in ('landscape', 'square', 'portrait')),
    captions boolean not null,                    -- burnt in
    version int not null default 1,
    created_at timestamptz not null,
    -- How the film of it comes along. Of what it is to be made is asked (store/reel_films.py), never kept.
    tried text,                                   -- of what it was last tried to be made
    tries int not null default 0,                 -- how often of that
    progress double precision,                    -- null while no worker is at it
    began_at timestamptz,
    error_code text,
    error_message text
);
create index reel_space on reel (space_id, id desc);
create index reel_made_by on reel (made_by);

-- What was chosen. Clips that may not be shown any more stay in it, and are left out of the film.
create table reel_clip (
    reel_id uuid not null references reel on delete cascade,
    position int not null,
    clip_id uuid not null references clip,
    primary key (reel_id, position),
    unique (reel_id, clip_id)
);
create index reel_clip_clip on reel_clip (clip_id);

-- Written before its objects are, so that there is no object without a row: they are named by its id.
create table reel_film (
    id uuid primary key,
    public_id text not null unique,
    reel_id uuid references reel on delete set null,
    made_of text not null,
    begun_at timestamptz not null,
    made_at timestamptz,                          -- null: it is being made, or a kill came between
    byte_size bigint,
    length_ms int,
    gone_at timestamptz                           -- another took its place, or it was given up: its objects go
);
create unique index reel_film_current on reel_film (reel_id) where made_at is not null and gone_at is null;
create index reel_film_reel on reel_film (reel_id);

-- What a film shows, as it was filmed: [[recording, start, end], ...]. It is given out only while that is still so.
create table reel_shown (
    film_id uuid not null references reel_film on delete cascade,
    position int not null,
    clip_id uuid not null references clip,
    parts jsonb not null,
    primary key (film_id, position)
);
create index reel_shown_clip on reel_shown (clip_id);
create index reel_shown_parts on reel_shown using gin (parts jsonb_path_ops);
"""


def upgrade() -> None:
    op.execute(REELS)


def downgrade() -> None:
    op.execute("drop table reel_shown, reel_film, reel_clip, reel")
