# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""What somebody typed, as words to look for: each as the languages of clips read it, and as it is also written.

Which words there are is kept in a table, and counted now and then (`count_words`): by that a misspelt word is known for
one, "cafe" finds "café" and "Pumpe" the "Hydraulikpumpe", and rare words count for more than common ones (Spärck Jones
1972). A word that is not there yet is found as it is typed. Words of clips that somebody may not see lead nowhere.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, log
from uuid import UUID

from store.postgres import Row, Tx, row, rows
from store.search import CONFIGS_IN_USE

COUNTED_EVERY = timedelta(hours=1)

_MOST_WORDS = 16  # of a query; the first ones
_NEARLY = 0.4  # of the trigrams of two words are the same in what may be a slip: "hydrolic", "hydraulic" have 0.46
_SLIP = 4  # letters, and more: shorter words are near too many others
RARE = 5  # clips; a word that fewer have may be a slip too, of whoever typed it or of the engine that heard it,
_OFTENER = 10  # where one like it is in so many times more
_COMPOUND = 5  # letters, and more, that a longer word may end with
_OTHERS = 4  # spellings of each kind that are looked for beside the one typed
# Somebody who types these marks wants just that: side by side, or not at all.
_EXACT = re.compile(r'"|(?:^|\s)-\w')
# In a tsquery as Postgres writes it: a word, its mark of a beginning with it; and what must not be there.
_LEXEME = re.compile(r"'(?:[^']|'')*'(?::\*)?")
_DENIED = re.compile(r"!\s*(?:'(?:[^']|'')*'|\([^()]*\))")


@dataclass(frozen=True)
class Word:
    """`query`: a tsquery, of all its spellings. `weight`: how much it tells. `clips`: that had it when they were
    counted.
    """

    query: str
    weight: float
    clips: int

    @property
    def lexemes(self) -> tuple[str, ...]:
        """As they stand in a tsvector."""
        return tuple(each.strip("'").replace("''", "'") for each in _LEXEME.findall(self.query))


@dataclass(frozen=True)
class Wording:
    """What is looked for in clips of these text-search configurations: words, the rarest first; or just `exactly`, a
    tsquery, when somebody typed it so. `read`: there are captions in one of them, too.
    """

    configs: tuple[str, ...]
    words: tuple[Word, ...] = ()
    exactly: str = ""
    read: bool = False

    @property
    def any_of(self) -> str:
        """For saying which sentence holds most of it: what must not be in it left out."""
        if self.exactly:
            return " | ".join(_LEXEME.findall(_DENIED.sub("", self.exactly)))
        return " | ".join(f"({word.query})" for word in self.words)

    @property
    def all_of(self) -> str:
        return self.exactly or " & ".join(f"({word.query})" for word in self.words)


def wordings(tx: Tx, q: str) -> tuple[Wording, ...]:
    """A query in every language that there are clips or captions in; languages that read it alike are one. None where
    all its words are too common to be looked for.
    """
    return _exactly(tx, q) if exact(q) else _loosely(tx, q)


def exact(q: str) -> bool:
    return _EXACT.search(q) is not None


def count_words(tx: Tx, now: datetime) -> bool:
    """Counts the words of all clips and of their captions, and forgets those that are in none any more, unless that was
    done within the hour. Whether it did.
    """
    last = row(tx, "select max(counted_at) as at from known_word")
    if last is not None and last["at"] is not None and last["at"] > now - COUNTED_EVERY:
        return False
    tx.execute(
        "insert into known_word (word, clips, counted_at)"
        " select word, ndoc, %(now)s from ts_stat($$select to_tsvector('simple', title || ' ' || tag_words || ' ' ||"
        " text) from clip where deleted_at is null"
        " union all select to_tsvector('simple', array_to_string(sentences, ' ')) from clip_read$$)"
        " where length(word) between 2 and 40 order by word"
        " on conflict (word) do update set clips = excluded.clips, counted_at = excluded.counted_at",
        {"now": now},
    )
    tx.execute("delete from known_word where counted_at < %s", [now])
    return True


def note_words(tx: Tx, clip_id: UUID, now: datetime) -> None:
    """The words of a clip are known from now on; how many clips have them, from the next count."""
    # Here and there in one order: or two who do so at once wait in a circle.
    tx.execute(
        "insert into known_word (word, clips, counted_at) select lexeme, 1, %s from clip c,"
        " unnest(to_tsvector('simple', c.title || ' ' || c.tag_words || ' ' || c.text)) w where c.id = %s"
        " and length(lexeme) between 2 and 40 order by lexeme on conflict do nothing",
        [now - COUNTED_EVERY, clip_id],
    )


def _exactly(tx: Tx, q: str) -> tuple[Wording, ...]:
    found = rows(
        tx,
        "select query::text as query, array_agg(config::text order by config::text) as configs,"
        " bool_or(read) as read from ("
        f" select config, read, websearch_to_tsquery(config, %(q)s) as query from {CONFIGS_IN_USE} used) each"
        " where numnode(query) > 0 group by query",
        {"q": q},
    )
    return tuple(Wording(tuple(each["configs"]), exactly=each["query"], read=each["read"]) for each in found)


def _loosely(tx: Tx, q: str) -> tuple[Wording, ...]:
    read: dict[str, list[Row]] = defaultdict(list)
    for each in rows(tx, _LOOSELY, {"q": q, "nearly": _NEARLY}):
        read[each["config"]].append(each)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for config, words in read.items():
        alike[tuple(each["query"] for each in words)].append(config)
    return tuple(
        Wording(tuple(configs), _weighed(read[configs[0]]), read=any(read[each][0]["read"] for each in configs))
        for configs in alike.values()
    )


def _weighed(found: Sequence[Row]) -> tuple[Word, ...]:
    """Each by its inverse document frequency. A word that is in no clip tells nothing of them, and counts as much as
    the others do on average.
    """
    weights = [log(1 + each["all_clips"] / each["clips"]) if each["clips"] else None for each in found]
    known = [weight for weight in weights if weight is not None]
    usual = fsum(known) / len(known) if known else 1.0
    words = [
        Word(each["query"], usual if weight is None else weight, each["clips"])
        for each, weight in zip(found, weights, strict=True)
    ]
    return tuple(sorted(words, key=lambda word: word.clips))


# Postgres's own reading of words, less what is between them (12 to 14) and compounds whose pieces follow (15 to 17).
_LOOSELY = f"""
with typed as materialized (
    select lower(token) as word, folded(token) as folded, min(n) as n,
        token ~ '^[[:alpha:]]+$' as plain
    from ts_parse('default', %(q)s) with ordinality p (tokid, token, n)
    where tokid not between 12 and 17 group by 1, 2, 4 order by 3 limit {_MOST_WORDS}),
same as materialized (
    select t.n, k.word, k.clips from typed t join known_word k on k.folded = t.folded),
rare as materialized (
    select t.*, coalesce(sum(s.clips), 0) as clips from typed t left join same s using (n)
    where t.plain and length(t.word) >= {_SLIP} group by t.word, t.folded, t.n, t.plain
    having coalesce(sum(s.clips), 0) < {RARE}),
compound as (
    select t.n, k.word, k.clips from typed t cross join lateral (
        select k.word, k.clips from known_word k
        where reverse(k.folded) collate "C" > reverse(t.folded)  -- ends with it, and is longer
            and reverse(k.folded) collate "C" < reverse(t.folded) || chr(1114111)
        order by k.clips + 0 desc, k.word limit {_OTHERS}) k
    where t.plain and length(t.word) >= {_COMPOUND}),
slip as (
    select t.n, k.word, k.clips from rare t cross join lateral (
        select k.word, k.clips from known_word k
        where k.folded %% t.folded and similarity(k.folded, t.folded) >= %(nearly)s and k.clips > {_OFTENER} * t.clips
        order by similarity(k.folded, t.folded) desc, k.clips desc, k.word limit {_OTHERS}) k),
swapped as (  -- two letters beside each other, which changes half of a short word's trigrams
    select t.n, k.word, k.clips from rare t cross join lateral generate_series(1, length(t.folded) - 1) i
    join known_word k on k.folded = left(t.folded, i - 1) || substr(t.folded, i + 1, 1) || substr(t.folded, i, 1)
            || substr(t.folded, i + 2)
        and k.clips > {_OFTENER} * t.clips and k.folded <> t.folded),
spelling as (
    select n, word, 0 as clips from typed
    union select * from same union select * from compound union select * from slip union select * from swapped),
word as (
    select n, array_agg(distinct word) as spellings, sum(clips)::int as clips from spelling group by n)
select used.config::text as config, used.read, q.query, word.clips,
    greatest((select max(clips) from known_word), 1) as all_clips  -- those that say the commonest word
from {CONFIGS_IN_USE} used cross join word cross join lateral (
    select string_agg(distinct '(' || read.said || ')', ' | ') as query
    from (select plainto_tsquery(used.config, each)::text as said from unnest(word.spellings) each) read
    where read.said <> '') q
where q.query is not null order by 1, word.n"""
