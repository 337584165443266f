"""Corrections of what is said: changes laid over the runs of an engine, which stay as they are.

Revision ID: 0021
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CORRECTIONS = """
-- The words of a recording have one row of versions: a run of an engine makes one, and so does each change.
update transcript t set version = n.number from (
    select id, row_number() over (partition by recording_id order by id) as number from transcript) n where n.id = t.id;
alter table transcript alter column version drop default;
drop index transcript_recording;
create unique index transcript_version on transcript (recording_id, version);

create table transcript_change (
    id uuid primary key,
    recording_id uuid not null references recording on delete cascade,
    version int not null,                         -- that it made
    transcript_id uuid not null references transcript on delete cascade,  -- the run that it was made over
    person_id uuid not null references person,
    made_at timestamptz not null,
    edits jsonb not null,                         -- [[old words, texts, a sentence begins, time]]
    undoes int,                                   -- the version of another
    act uuid,                                     -- what was changed at once in several recordings
    unique (recording_id, version),
    foreign key (recording_id, undoes) references transcript_change (recording_id, version)
);
create index transcript_change_run on transcript_change (transcript_id);
create index transcript_change_person on transcript_change (person_id);
create index transcript_change_act on transcript_change (act) where act is not null;
"""

# Whoever has a clip open is told of other words, too.
TELLS = """
drop trigger clip_tells on clip;
create trigger clip_tells after update on clip for each row
    when ((old.version, old.published_at, old.deleted_at{0}) is distinct from
          (new.version, new.published_at, new.deleted_at{1}))
    execute function clip_tells();
"""


def upgrade() -> None:
    op.execute(CORRECTIONS)
    op.execute(TELLS.format(", old.text", ", new.text"))


def downgrade() -> None:
    op.execute(TELLS.format("", ""))
    op.execute(
        "drop table transcript_change; drop index transcript_version;"
        "create index transcript_recording on transcript (recording_id, id desc);"
        "update transcript set version = 1; alter table transcript alter column version set default 1"
    )
