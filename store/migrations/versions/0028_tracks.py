"""Caption tracks: files from outside and translations, a language each; and what is heard of a translation so far.

Revision ID: 0028
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create table caption_track ("
        " id uuid primary key,"
        " recording_id uuid not null references recording on delete cascade,"
        " language text not null,"
        " made text not null check (made in ('file', 'machine')),"
        " filename text not null,"
        " person_id uuid not null references person,"  # who brought it, or asked for it
        " made_at timestamptz not null,"
        " cues jsonb,"  # null: it is being made, unless there is trouble
        " trouble text not null default '',"
        " tries int not null default 0,"
        " unique (recording_id, language),"
        " check (made = 'machine' or cues is not null))"
    )
    op.execute("create index caption_track_asked on caption_track (recording_id) where cues is null")
    op.execute(
        "create table translated_stretch ("
        " track_id uuid not null references caption_track on delete cascade,"
        " start_ms int not null,"
        " end_ms int not null,"
        " language text not null,"
        " words jsonb not null,"
        " primary key (track_id, start_ms))"
    )


def downgrade() -> None:
    op.execute("drop table translated_stretch; drop table caption_track;")
