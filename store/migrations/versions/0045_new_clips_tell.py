"""A clip that is new tells of itself as one that changed does: who has the queue open sees it come. What was said in a
draft goes along into the draft that it was joined into.

Revision ID: 0045
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SHOWN = """
create or replace view clip_comment as
select m.clip_id, m.id as comment_id from comment m where m.reply_to is null or m.draft
union
select root.clip_id, m.id from comment root join comment m on m.reply_to = root.id where not m.draft
union
select p.clip_id, m.id
from clip_part p
join comment m on m.recording_id = p.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms
where not m.draft
{}"""
JOINED = """union
select j.joined_into, m.id from clip j join comment m on m.clip_id = j.id where m.draft and j.joined_into is not null"""


def upgrade() -> None:
    op.execute("create trigger new_clip_tells after insert on clip for each row execute function clip_tells()")
    op.execute(SHOWN.format(JOINED))


def downgrade() -> None:
    op.execute(SHOWN.format(""))
    op.execute("drop trigger new_clip_tells on clip")
