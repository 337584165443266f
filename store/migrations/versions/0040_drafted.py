"""What the machine has called a clip: its title and tags are the machine's while they are still these.

Revision ID: 0040
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# Of clips that nobody has touched; a title that is the name which a person gave the recording is theirs.
DRAFTED = """
alter table clip
    add column drafted_title text,             -- null: never the machine's
    add column drafted_tags text[];            -- slugs, in their order
update clip c set
    drafted_title = case when not exists (
        select from clip_part p join recording r on r.id = p.recording_id
        where p.clip_id = c.id and r.named and r.title = c.title) then c.title end,
    drafted_tags = array(
        select t.slug from clip_tag k join tag t on t.id = k.tag_id where k.clip_id = c.id order by k.position)
where c.touched_at is null and c.published_at is null and c.deleted_at is null;
"""


def upgrade() -> None:
    op.execute(DRAFTED)


def downgrade() -> None:
    op.execute("alter table clip drop column drafted_title, drop column drafted_tags")
