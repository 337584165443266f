"""Search by likeness and by meaning beside words: what it looks through, and what nobody found.

Revision ID: 0027
"""

import re
from typing import NoReturn

from alembic import op
from sqlalchemy import text

from domain.errors import Misconfigured

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

EXTENSIONS = {
    "pg_trgm": "comes with Postgres (Debian: postgresql-contrib)",
    "unaccent": "comes with Postgres (Debian: postgresql-contrib)",
    "vector": "is pgvector 0.8 or newer (Debian: postgresql-18-pgvector)",
}

# Immutable in spite of unaccent, which could be given other rules: nobody does, and an index needs it. The
# schema is named, for an index is filled under a search path of its own.
FOLDED = """
create function folded(said text) returns text language sql immutable strict parallel safe
    return lower({schema}.unaccent('{schema}.unaccent'::regdictionary, said));
"""

CLIPS = """
-- The sentences of a clip as far as its parts show them, in its order: a copy for search, as its text is one.
create table clip_said (
    clip_id uuid primary key references clip on delete cascade,
    sentences text[] not null,
    parts int[] not null,                         -- the position of the part that each is in
    starts_ms int[] not null                      -- of that part's recording
);

-- What a clip means; made a little after its words, and gone with the words it was made of. Without vectors: there
-- is no model that knows its language. A bit for each number of a sentence's vector says whether that is positive.
create table clip_meaning (
    clip_id uuid primary key references clip on delete cascade,
    vector halfvec(384),
    sentences bit(384)[] not null default '{}'
);
create index clip_meaning_near on clip_meaning using hnsw (vector halfvec_ip_ops);

create function clip_reads_differently() returns trigger language plpgsql as $$
begin
    delete from clip_meaning where clip_id = new.id;
    if new.text = '' then
        delete from clip_said where clip_id = new.id;
    end if;
    return null;
end $$;

create trigger clip_reads_differently after update on clip for each row
    when ((old.title, old.text, old.language) is distinct from (new.title, new.text, new.language))
    execute function clip_reads_differently();

create index clip_names on clip using gin (folded(title || ' ' || tag_words) gin_trgm_ops);
create index clip_configs on clip ((search_config::oid));
create index person_folded on person using gin (folded(name) gin_trgm_ops);
create index tag_folded on tag using gin (folded(label) gin_trgm_ops);

-- Words that are said in clips or name them, and in how many: counted now and then.
create table known_word (
    word text primary key,
    folded text not null generated always as (folded(word)) stored,
    clips int not null,
    counted_at timestamptz not null
);
create index known_word_folded on known_word using gin (folded gin_trgm_ops);
create index known_word_same on known_word (folded);
create index known_word_clips on known_word (clips);
create index known_word_ends on known_word ((reverse(folded) collate "C"));
"""

# What a brief asked for travels into the clips that answer it: whom they are for, what to know before.
READ = """
alter table clip drop column search;
alter table clip add column search tsvector generated always as (
    setweight(to_tsvector(search_config, title), 'A')
    || setweight(to_tsvector(search_config, tag_words), 'B')
    || setweight(to_tsvector(search_config, text), 'C')
    || setweight(to_tsvector(search_config, audience || ' ' || prerequisites), 'D')) stored;
create index clip_search on clip using gin (search);
create index brief_folded on brief using gin (folded(title || ' ' || wanted) gin_trgm_ops);
"""

COMMENTS = """
alter table comment add search_config regconfig not null default 'simple';
update comment m set search_config = c.search_config from clip c where c.id = m.clip_id;
alter table comment add search tsvector generated always as (to_tsvector(search_config, text)) stored;
create index comment_search on comment using gin (search);
"""

MISSED = """
-- What was searched for and not found: never by whom.
create table search_missed (
    query text not null,
    day date not null,
    times int not null,
    primary key (query, day)
);
"""


def upgrade() -> None:
    for name, where in EXTENSIONS.items():
        _extend(name, where)
    version = str(op.get_bind().scalar(text("select extversion from pg_extension where extname = 'vector'")))
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < (0, 8):
        _refuse(
            f"pgvector is {version} here, and search needs 0.8. Update it, then: alter extension vector update;", None
        )
    schema = op.get_bind().scalar(
        text("select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
             " where e.extname = 'unaccent'")
    )  # fmt: skip
    for script in (FOLDED.format(schema=schema), CLIPS, READ, COMMENTS, MISSED):
        op.execute(script)


def downgrade() -> None:
    # The extensions stay: others may use them, and who may make them is not always who may drop them.
    op.execute(
        "drop table search_missed;"
        "alter table comment drop search, drop search_config;"
        "drop index brief_folded;"
        "alter table clip drop column search;"
        "alter table clip add column search tsvector generated always as ("
        " setweight(to_tsvector(search_config, title), 'A') || setweight(to_tsvector(search_config, tag_words), 'B')"
        " || setweight(to_tsvector(search_config, text), 'C')) stored;"
        "create index clip_search on clip using gin (search);"
        "drop index tag_folded; drop index person_folded; drop index clip_configs; drop index clip_names;"
        "drop trigger clip_reads_differently on clip; drop function clip_reads_differently();"
        "drop table clip_meaning; drop table clip_said; drop table known_word;"
        "drop function folded(text)"
    )


def _extend(name: str, where: str) -> None:
    """Raises Misconfigured, and says what whoever runs the database has to do."""
    bind = op.get_bind()
    if bind.scalar(text("select 1 from pg_extension where extname = :name"), {"name": name}):
        return
    if not bind.scalar(text("select 1 from pg_available_extensions where name = :name"), {"name": name}):
        _refuse(f"This Postgres has no extension {name}, which search needs. It {where}: install it there.", None)
    try:
        op.execute(f"create extension {name}")
    except Exception as cause:  # whatever the driver's wrapper of it is called
        _refuse(
            f"Search needs the extension {name}, and this user may not add it. As a superuser of the database, "
            f"once: create extension {name};",
            cause,
        )


def _refuse(message: str, cause: Exception | None) -> NoReturn:
    raise Misconfigured(message + " Then start again; nothing was changed.", code="extension_missing") from cause
