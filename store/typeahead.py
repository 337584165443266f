# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What somebody may be typing: sentences that are said, titles, tags and people, of what they may see."""

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from store import ways
from store.clip_rows import SPEAKER
from store.postgres import Tx, rows
from store.quotes import landed
from store.search import CONFIGS_IN_USE, query_of
from store.wording import Wording

SHORTEST = 2  # letters, before anything is suggested
_SPOKEN = 3  # letters of the last word, before sentences are
_EACH = 3  # suggestions of a kind
_LOOKED_AT = 300  # titles, tags or people that begin so
_NAMES = "folded(c.title || ' ' || c.tag_words)"  # as its index has it
_LAST = re.compile(r"[^\W_]+$")


class Kind(StrEnum):
    SAID = "said"
    TITLE = "title"
    TAG = "tag"
    PERSON = "person"


@dataclass(frozen=True)
class Suggestion:
    """`text`: the sentence, title, tag or name. `clip` (a public id), its title and version, and where in it the
    sentence begins: of what is said, and of titles.
    """

    kind: Kind
    text: str
    clip: str | None = None
    title: str = ""
    version: int = 0
    clip_ms: int = 0


def suggestions(tx: Tx, viewer_id: UUID, typed: str) -> tuple[Suggestion, ...]:
    """By kind, in the order of `Kind`; the last word may be the beginning of one."""
    typed = " ".join(query_of(typed).split())
    if len(typed) < SHORTEST:
        return ()
    titles = _titles(tx, viewer_id, typed)
    said = [each for each in _said(tx, viewer_id, typed) if each.clip not in {title.clip for title in titles}]
    return (*said, *titles, *_tags(tx, viewer_id, typed), *_people(tx, viewer_id, typed))


def _said(tx: Tx, viewer_id: UUID, typed: str) -> list[Suggestion]:
    last = _LAST.search(typed)
    if last is None or len(last[0]) < _SPOKEN:
        return []
    found = rows(
        tx,
        "select query::text as query, array_agg(config::text order by config::text) as configs,"
        " bool_or(read) as read from ("
        " select config, read,"
        "  plainto_tsquery(config, %(before)s) && to_tsquery(config, '''' || %(last)s || ''':*') as query"
        f" from {CONFIGS_IN_USE} used) each where numnode(query) > 0 group by query",
        {"before": typed[: last.start()], "last": last[0]},
    )
    asked = [Wording(tuple(each["configs"]), exactly=each["query"], read=each["read"]) for each in found]
    where, values = ways.conditions(viewer_id, ways.ANY)
    order = [clip_id for each in asked for clip_id in list(ways.by_words(tx, where, values, each))[:_EACH]]
    hits = landed(tx, viewer_id, list(dict.fromkeys(order)), asked, {}, None)
    return [
        Suggestion(Kind.SAID, hit.sentence, hit.clip.public_id, hit.clip.title, hit.clip.version, hit.clip_ms or 0)
        for hit in hits
        if hit.sentence
    ][:_EACH]


def _titles(tx: Tx, viewer_id: UUID, typed: str) -> list[Suggestion]:
    where, values = ways.conditions(viewer_id, ways.ANY)
    found = rows(
        tx,
        "select public_id, title, version from (select c.*, folded(c.title) as folded from clip c"
        f" where {_begins(_NAMES)} and {where} limit {_LOOKED_AT}) c"
        f" where {_begins('folded')} order by ({_begins('folded', later=False)}) desc, published_at desc, id desc"
        f" limit {_EACH}",
        {**values, "typed": _escaped(typed)},
    )
    return [Suggestion(Kind.TITLE, each["title"], each["public_id"], each["title"], each["version"]) for each in found]


def _tags(tx: Tx, viewer_id: UUID, typed: str) -> list[Suggestion]:
    """By another name of a tag, too."""
    where, values = ways.conditions(viewer_id, ways.ANY)
    found = rows(
        tx,
        "select main.label from (select distinct coalesce(alias_of, id) as id from tag"
        f" where {_begins('folded(label)')} limit {_LOOKED_AT}) named join tag main on main.id = named.id"
        f" where exists (select from clip_tag k join clip c on c.id = k.clip_id where k.tag_id = main.id and {where})"
        f" order by length(main.label), main.label limit {_EACH}",
        {**values, "typed": _escaped(typed)},
    )
    return [Suggestion(Kind.TAG, each["label"]) for each in found]


def _people(tx: Tx, viewer_id: UUID, typed: str) -> list[Suggestion]:
    """Who speaks in a clip, under the name that it says."""
    where, values = ways.conditions(viewer_id, ways.ANY)
    found = rows(
        tx,
        f"select q.name from (select id, name from person where {_begins('folded(name)')} limit {_LOOKED_AT}) q"
        " where exists (select from recording r join clip_part p on p.recording_id = r.id"
        f"  join clip c on c.id = p.clip_id where r.speaker_id = q.id and {where} and {SPEAKER} = q.name)"
        f" group by q.name order by q.name limit {_EACH}",
        {**values, "typed": _escaped(typed)},
    )
    return [Suggestion(Kind.PERSON, each["name"]) for each in found]


def _begins(folded: str, *, later: bool = True) -> str:
    """Whether it begins so, or a later word of it does."""
    first = f"{folded} like folded(%(typed)s) || '%%'"
    return f"({first} or {folded} like '%% ' || folded(%(typed)s) || '%%')" if later else first


def _escaped(typed: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", typed)
