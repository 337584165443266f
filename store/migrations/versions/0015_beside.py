"""A recording is rendered again beside the rendering that plays; what was superseded is forgotten after a while.

Revision ID: 0015
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BESIDE = """
alter table rendering drop constraint rendering_state_check;
alter table rendering add constraint rendering_state_check
    check (state in ('growing', 'beside', 'complete', 'leaving', 'superseded'));
create unique index rendering_beside on rendering (recording_id) where state = 'beside';

alter table rendering
    add column superseded_at timestamptz,         -- since when it is served only to those who play it already
    add column failures int not null default 0;   -- of one beside another
update rendering set superseded_at = now() where state = 'superseded';
alter table rendering add constraint rendering_superseded
    check ((state = 'superseded') = (superseded_at is not null));
create index rendering_superseded on rendering (superseded_at) where superseded_at is not null;

alter table rendition add column encoder text not null default 'x264';
alter table rendition alter column encoder drop default;
"""


def upgrade() -> None:
    op.execute(BESIDE)


def downgrade() -> None:
    op.execute(
        "drop index rendering_superseded; drop index rendering_beside;"
        "delete from rendering where state = 'beside';"
        "alter table rendering drop constraint rendering_superseded, drop constraint rendering_state_check;"
        "alter table rendering drop column superseded_at, drop column failures;"
        "alter table rendition drop column encoder;"
        "alter table rendering add constraint rendering_state_check"
        " check (state in ('growing', 'complete', 'leaving', 'superseded'));"
    )
