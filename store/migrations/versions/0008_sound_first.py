"""The sound of a tip comes first, and its film takes its place.

Revision ID: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SOUND_FIRST = """
alter table recording
    add column tip text,                          -- what a phone calls both uploads of one tip: chance, and a secret
    add column film text check (film in ('awaited', 'given_up', 'came')),   -- null: it was never two uploads
    add column film_bytes bigint,                 -- how much waits on the phone, as that says
    add column sound_key text;                    -- of the sound's own original, until the film has been looked at
create unique index recording_tip on recording (uploader_id, tip) where tip is not null;
create index recording_sound on recording (id) where sound_key is not null;

-- Uploads that belong to a recording beside its own: whoever asks what became of one is told.
create table joined_upload (
    upload_id text primary key,
    recording_id uuid not null references recording on delete cascade
);
create index joined_upload_recording on joined_upload (recording_id);

-- Of a sound whose film has come: it plays until there is something to see.
alter table rendering drop constraint rendering_state_check;
alter table rendering add constraint rendering_state_check
    check (state in ('growing', 'complete', 'leaving', 'superseded'));
drop index rendering_current;
create unique index rendering_current on rendering (recording_id) where state in ('growing', 'complete');
create index rendering_leaving on rendering (recording_id) where state = 'leaving';
"""


def upgrade() -> None:
    op.execute(SOUND_FIRST)


def downgrade() -> None:
    op.execute(
        "drop index rendering_leaving; drop index rendering_current;"
        "update rendering set state = 'superseded' where state = 'leaving';"
        "alter table rendering drop constraint rendering_state_check;"
        "alter table rendering add constraint rendering_state_check"
        " check (state in ('growing', 'complete', 'superseded'));"
        "create unique index rendering_current on rendering (recording_id) where state <> 'superseded';"
        "drop table joined_upload;"
        "drop index recording_sound; drop index recording_tip;"
        "alter table recording drop column tip, drop column film, drop column film_bytes, drop column sound_key"
    )
