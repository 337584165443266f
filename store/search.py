# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Words to look for, read in the language of what they are looked for in. What is found by them, and by more than
words: store/finding.py.
"""

from uuid import UUID

from store.postgres import Tx, row
from store.sight import SEES_SPACE
from store.text import clean

MAX_QUERY = 500  # characters
# ISO 639-1 -> the stemmers that every Postgres since 13 brings; other languages are searched unstemmed.
CONFIGS = {
    "ar": "arabic", "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip


def _in_use(table: str) -> str:
    """Each is the next one in the index, so that not every row is looked at."""
    return f"""
        (with recursive used as (
            (select search_config::oid as config from {table} order by search_config::oid limit 1)
            union all
            select (select search_config::oid from {table} where search_config::oid > used.config
                    order by search_config::oid limit 1) from used where used.config is not null)
        select config::regconfig as config from used where config is not null)"""


# The configurations that there are clips of, or captions to be read with them (store/read_along.py): `read`.
CONFIGS_IN_USE = f"""(
    select config, bool_or(read) as read from (
        select config, false as read from {_in_use("clip")} said
        union all
        select config, true from {_in_use("clip_read")} captions) each group by config)"""

# The clips c that %(q)s finds, each read in its own language. Languages that read the words alike are
# asked for once, so that each distinct query goes to the index by itself.
MATCHING = f"""(
    select query, array_agg(config) as configs
    from (select config, websearch_to_tsquery(config, %(q)s) as query from {CONFIGS_IN_USE} used) each
    group by query) k
    join clip c on c.search @@ k.query and c.search_config = any(k.configs)"""


def config(language: str | None) -> str:
    """What Postgres reads a language with."""
    return CONFIGS.get(language or "", "simple")


def query_of(typed: str) -> str:
    """What a person typed, as it is looked for: of a very long text, the words at its beginning."""
    typed = clean(typed).strip()
    return typed if len(typed) <= MAX_QUERY else typed[:MAX_QUERY].rpartition(" ")[0]


def says_nothing(tx: Tx, viewer_id: UUID, q: str) -> bool:
    """Whether all words of `q` are too common to be looked for ("what is it"): in English, for which questions are
    taken, or in another language of clips that the viewer may see, or of their captions. What they may not see changes
    nothing.
    """
    seen = f"c.published_at is not null and c.deleted_at is null and {SEES_SPACE}"
    found = row(
        tx,
        "with used as (select 'english'::regconfig as config, true as seen union all"
        f" select config, false from {CONFIGS_IN_USE} used where config <> 'english'::regconfig)"
        " select exists (select from used where numnode(websearch_to_tsquery(config, %(q)s)) = 0 and (seen or"
        # Limit: a language has a hundred thousand clips, and the first that they see is enough.
        f"  (select true from clip c where c.search_config = used.config and {seen} limit 1) or"
        "  (select true from clip_read r join clip c on c.id = r.clip_id"
        f"   where r.search_config = used.config and {seen} limit 1))) as nothing",
        {"q": query_of(q), "viewer": viewer_id},
    )
    return found is not None and bool(found["nothing"])
