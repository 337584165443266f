"""Corrections in the open: what came of each, and where seconds that were corrected are gone from a clip.

Revision ID: 0035
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

AMENDS = """
-- Who settled it, and when, the columns beside these say. What was settled without an outcome stays so.
alter table comment
    add column outcome text check (outcome in ('accepted', 'explained')),
    add column outcome_words text not null default '';    -- what is right now, or why it stands
create index comment_corrected on comment (recording_id, at_ms) where outcome = 'accepted';
create index comment_open_correction on comment (recording_id)
    where kind = 'correction' and reply_to is null and resolved_at is null;

-- All that became of a correction, in order: answers, and what mended it.
create table amend (
    id uuid primary key,
    comment_id uuid not null references comment on delete cascade,
    act text not null check (act in (
        'accepted', 'explained', 'reopened', 'words', 'cut', 'retake', 'recall', 'withdrawn')),
    words text not null default '',
    clip_id uuid references clip on delete set null,      -- of what mended it, where that is an act on a clip
    by uuid references person on delete set null,
    at timestamptz not null
);
create index amend_comment on amend (comment_id, id);

-- Clips that do not show any more what an accepted correction is about.
create table amend_gone (
    clip_id uuid not null references clip on delete cascade,
    comment_id uuid not null references comment on delete cascade,
    at timestamptz not null,
    primary key (clip_id, comment_id)
);
create index amend_gone_comment on amend_gone (comment_id);
"""

# As `clip_tells`: who has a clip open sees at once what was accepted about a second of it.
TELLS = """
create function outcome_tells() returns trigger language plpgsql as $$
begin
    perform pg_notify('passiton', 'clip ' || c.public_id) from clip c
        where c.deleted_at is null and c.id in (
            select new.clip_id
            union
            select p.clip_id from clip_part p where p.recording_id = new.recording_id
                and new.at_ms < p.end_ms and coalesce(new.end_ms, new.at_ms + 1) > p.start_ms);
    return null;
end $$;
create trigger outcome_tells after update on comment for each row
    when ((old.outcome, old.outcome_words) is distinct from (new.outcome, new.outcome_words))
    execute function outcome_tells();
"""


def upgrade() -> None:
    op.execute(AMENDS)
    op.execute(TELLS)


def downgrade() -> None:
    op.execute("""
        drop trigger outcome_tells on comment;
        drop function outcome_tells;
        drop table amend_gone, amend;
        drop index comment_open_correction, comment_corrected;
        alter table comment drop column outcome, drop column outcome_words;
    """)
