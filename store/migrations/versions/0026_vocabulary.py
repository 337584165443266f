"""Tags grow into a vocabulary: terms that are kept, their other names, and what stands above them.

Revision ID: 0026
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table tag"
        " add column public_id text unique,"  # of a term of the vocabulary; null: a word that is on clips alone
        " add column alias_of uuid references tag,"  # another name: no clip has it, all have what it stands for
        " add column parent_id uuid references tag,"
        " add column language text,"
        " add column version int not null default 1,"
        " add check (alias_of is null or public_id is null),"
        " add check (public_id is not null or parent_id is null)"
    )
    op.execute("create index tag_alias on tag (alias_of) where alias_of is not null")
    op.execute("create index tag_parent on tag (parent_id) where parent_id is not null")


def downgrade() -> None:
    op.execute("delete from tag where alias_of is not null")
    op.execute(
        "alter table tag drop column public_id, drop column alias_of, drop column parent_id, drop column language,"
        " drop column version"
    )
