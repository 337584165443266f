"""What was searched for and not found: the words, the day, and how often. By whom is not kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.postgres import Tx, rows
from store.text import one_line

KEPT = timedelta(days=90)
MAX_LENGTH = 100  # characters; what is longer was pasted, not asked

_LISTED = 100


@dataclass(frozen=True)
class Missed:
    query: str
    times: int
    last: date


def note(tx: Tx, q: str, now: datetime) -> None:
    """Spellings that differ in case or accents are one. Nothing is noted of what is empty or very long, or only says
    which words are not to be there: almost every clip would be wanted.
    """
    query = one_line(q)
    if not 2 <= len(query) <= MAX_LENGTH:
        return
    tx.execute(
        "insert into search_missed (query, day, times) select folded(%(query)s), %(day)s, 1"
        " where querytree(websearch_to_tsquery('simple', %(query)s)) <> 'T'"
        " on conflict (query, day) do update set times = search_missed.times + 1",
        {"query": query, "day": now.date()},
    )


def listed(tx: Tx) -> tuple[Missed, ...]:
    """The most often first."""
    found = rows(
        tx,
        "select query, sum(times)::int as times, max(day) as last from search_missed"
        " group by query order by times desc, last desc, query limit %s",
        [_LISTED],
    )
    return tuple(Missed(**each) for each in found)


def answer(tx: Tx, query: str) -> None:
    """Somebody has begun to do something about it, or it is nothing to do anything about."""
    tx.execute("delete from search_missed where query = folded(%s)", [one_line(query)])


def sweep(tx: Tx, now: datetime) -> None:
    tx.execute("delete from search_missed where day < %s", [(now - KEPT).date()])
