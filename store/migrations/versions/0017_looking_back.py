"""Whoever came by an open link sees and takes back what they sent, also when the link has ended.

Revision ID: 0017
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LOOKING_BACK = """
-- Typed their name at an open link: nobody has looked who that is.
alter table person add column self_named boolean not null default false;
update person set self_named = true where id in (select person_id from brief_comer where once_sha256 is not null);

-- Of a guest's session; null: a session of one's own. It holds when the link is gone, so that no end of a link
-- makes a guest more than that.
alter table session
    add column brief_id uuid references brief on delete cascade,
    add column stays boolean not null default false;     -- on this device its person may look back after the end
update session s set brief_id = l.brief_id from brief_link l where l.id = s.brief_link_id;
alter table session
    add constraint session_guest check (brief_link_id is null or brief_id is not null),
    drop constraint session_brief_link_id_fkey,
    add constraint session_brief_link_id_fkey foreign key (brief_link_id) references brief_link on delete set null;
create index session_brief on session (brief_id) where brief_id is not null;
"""


def upgrade() -> None:
    op.execute(LOOKING_BACK)


def downgrade() -> None:
    op.execute(
        "delete from session where brief_id is not null and brief_link_id is null;"
        "alter table session drop constraint session_guest, drop constraint session_brief_link_id_fkey,"
        " add constraint session_brief_link_id_fkey foreign key (brief_link_id) references brief_link"
        " on delete cascade, drop column brief_id, drop column stays;"
        "alter table person drop column self_named"
    )
