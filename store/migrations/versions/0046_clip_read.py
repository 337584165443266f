"""What can be read with a clip in its caption tracks, kept beside it for search: a row a language.

Revision ID: 0046
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

READ = """
-- The cues of its tracks as far as its parts show them, in its order: a copy, as clip_said is one of what is said.
-- What was there before is copied by housekeeping.
create table clip_read (
    clip_id uuid not null references clip on delete cascade,
    language text not null,                       -- ISO 639
    machine boolean not null,                     -- translated by an engine, if only in part
    sentences text[] not null,                    -- a cue each
    parts int[] not null,                         -- the position of the part that each is in
    starts_ms int[] not null,                     -- of that part's recording
    search_config regconfig not null,
    search tsvector not null,
    primary key (clip_id, language)
);
create index clip_read_search on clip_read using gin (search);
create index clip_read_configs on clip_read ((search_config::oid));

create function clip_is_read_no_more() returns trigger language plpgsql as $$
begin
    delete from clip_read where clip_id = new.id;
    return null;
end $$;

create trigger clip_is_read_no_more after update on clip for each row
    when (old.deleted_at is null and new.deleted_at is not null)
    execute function clip_is_read_no_more();
"""


def upgrade() -> None:
    op.execute(READ)


def downgrade() -> None:
    op.execute("drop trigger clip_is_read_no_more on clip; drop function clip_is_read_no_more(); drop table clip_read")
