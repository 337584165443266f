"""What a person watched, saved and follows; spaces whose links show in a chat what they lead to.

Revision ID: 0032
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WATCHED = """
alter table person add column keeps_history boolean not null default true;

-- Read by its person alone: store/watched.py has every query.
create table watched (
    person_id uuid not null references person on delete cascade,
    clip_id uuid not null references clip on delete cascade,
    recording_id uuid not null references recording on delete cascade,
    at_ms int not null check (at_ms >= 0),        -- where they were, in the recording's time
    version int not null,                         -- of the clip
    stopped boolean not null,                     -- in the middle: there is something to go on with
    seen_at timestamptz not null,
    primary key (person_id, clip_id)
);
create index watched_newest on watched (person_id, seen_at desc, clip_id desc);
create index watched_seen_at on watched (seen_at);
create index watched_clip on watched (clip_id);
create index watched_recording on watched (recording_id);
"""

KEPT = """
create table saved (
    person_id uuid not null references person on delete cascade,
    clip_id uuid not null references clip on delete cascade,
    saved_at timestamptz not null,
    primary key (person_id, clip_id)
);
create index saved_newest on saved (person_id, saved_at desc, clip_id desc);
create index saved_clip on saved (clip_id);

create table follow (
    person_id uuid not null references person on delete cascade,
    tag_id uuid references tag on delete cascade,
    followed_id uuid references person on delete cascade,
    space_id uuid references space on delete cascade,
    followed_at timestamptz not null,
    check (num_nonnulls(tag_id, followed_id, space_id) = 1),
    unique nulls not distinct (person_id, tag_id, followed_id, space_id)
);
create index follow_tag on follow (tag_id) where tag_id is not null;
create index follow_followed on follow (followed_id) where followed_id is not null;
create index follow_space on follow (space_id) where space_id is not null;
"""

FOUND = """
create index clip_published_in_space on clip (space_id, published_at desc, id desc)
    where published_at is not null and deleted_at is null;
create index comment_open_question on comment (created_at desc, id desc)
    where kind = 'question' and reply_to is null and resolved_at is null and deleted_at is null;
alter table space add column unfurls boolean not null default false;
"""


def upgrade() -> None:
    for script in (WATCHED, KEPT, FOUND):
        op.execute(script)


def downgrade() -> None:
    op.execute(
        "alter table space drop column unfurls;"
        "drop index comment_open_question, clip_published_in_space;"
        "drop table follow, saved, watched;"
        "alter table person drop column keeps_history"
    )
