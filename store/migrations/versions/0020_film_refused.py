"""A film that could not be used leaves its sound as it is.

Revision ID: 0020
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table recording drop constraint recording_film_check, add constraint recording_film_check"
        " check (film in ('awaited', 'given_up', 'came', 'refused'));"
        "update recording r set film = 'refused' where film = 'came' and refusal_code <> 'already_here'"
        " and exists (select from clip_part p join clip c on c.id = p.clip_id"
        "  where p.recording_id = r.id and c.deleted_at is null)"
    )


def downgrade() -> None:
    op.execute(
        "update recording set film = 'came' where film = 'refused';"
        "alter table recording drop constraint recording_film_check, add constraint recording_film_check"
        " check (film in ('awaited', 'given_up', 'came'))"
    )
