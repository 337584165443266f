"""Which session came of which sign-in link, and who was never signed in: nobody else comes in unnoticed. What an
approval is of has the words in it that are written of a clip; who said that a clip is no matter of safety any more.

Revision ID: 0042
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_PARTS = """coalesce((
    select string_agg(concat_ws(' ', p.recording_id, p.start_ms, p.end_ms), ',' order by p.position)
    from clip_part p where p.clip_id = c.id), '')"""
_AS_IT_WAS = f"sha256(convert_to(c.text || {_PARTS}, 'UTF8'))"
_AS_IT_IS = f"sha256(convert_to(concat_ws(chr(31), c.title, c.question, c.prerequisites, c.text, {_PARTS}), 'UTF8'))"


def _digests(before: str, after: str) -> str:
    """Those that hold go on holding, of what is written now."""
    return f"update clip_approval a set seen = {after} from clip c where c.id = a.clip_id and a.seen = {before}"  # noqa: S608


def upgrade() -> None:
    # Links are kept longer than any session that came of one.
    op.execute(
        "alter table session add column link_id uuid references sign_in_link on delete set null;"
        "create index session_link on session (link_id) where link_id is not null;"
        "alter table person add column signed_in_at timestamptz;"  # the first time
        # Who is there already counts as having been: told once too often is better than never.
        "update person set signed_in_at = created_at"
    )
    op.execute(
        "alter table clip add column lowered_at timestamptz,"  # null: nobody did, or another curator has looked since
        " add column lowered_by uuid references person on delete set null;"
        "create index clip_lowered on clip (lowered_at) where lowered_at is not null"
    )
    op.execute(_digests(_AS_IT_WAS, _AS_IT_IS))


def downgrade() -> None:
    op.execute(_digests(_AS_IT_IS, _AS_IT_WAS))
    op.execute("alter table clip drop column lowered_at, drop column lowered_by")
    op.execute("alter table person drop column signed_in_at; alter table session drop column link_id")
