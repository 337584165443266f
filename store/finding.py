# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips that answer what somebody typed, the best first, each with the second to begin at.

Several ways lead to a clip (store/ways.py): its words and those of its captions (full text, read in their language),
likeness of its title and tags (trigrams, for slips and pieces of words), its meaning (a vector), what was said about it
in comments, the brief that it answers. Each way makes a list of its own; a clip's place among all is by the sum of
1 / (60 + its place) over the lists (reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009). But clips that
hold all that the words tell come first: how much of it a clip holds is comparable across languages, and the model of
meaning knows only some of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from store import ways
from store.clip_rows import SPEAKER
from store.postgres import Tx, plan_once, rows
from store.quotes import Hit, Remark, landed
from store.search import query_of, says_nothing
from store.ways import ANY, Wanted
from store.wording import RARE, exact, wordings

__all__ = ["ANY", "Choice", "Found", "Hit", "Remark", "Wanted", "search"]

CHOICES = 8  # of a facet
_FUSED = 60  # as in the paper
_WHOLE = 0.999  # of what the words tell: all of it, as sums of fractions have it


@dataclass(frozen=True)
class Choice:
    """What the clips that were found could be narrowed down to, and how many of them that leaves."""

    facet: str  # as a field of Wanted
    value: str
    label: str
    clips: int


@dataclass(frozen=True)
class Found:
    hits: tuple[Hit, ...]
    choices: tuple[Choice, ...]  # by facet, the most first: as many of each as help to choose
    clips: int  # found in all, at most MOST


def search(
    tx: Tx,
    viewer_id: UUID,
    q: str,
    limit: int = 20,
    *,
    now: datetime | None = None,
    meaning: Sequence[float] | None = None,
    wanted: Wanted = ANY,
) -> Found:
    """Published clips that the viewer sees; without words the newest that are as wanted, if anything is.

    `q` is what people type into search boxes: words; or "phrases" and -not, and then nothing but that. `meaning` is its
    vector, of length one, where there is a model that makes them. Briefs are looked through when `now` says which links
    to them are good.
    """
    where, values = ways.conditions(viewer_id, wanted)
    if not (q := query_of(q)):
        newest = ways.newest(tx, where, values) if wanted != ANY else []
        return Found(landed(tx, viewer_id, newest[:limit], (), {}, None), _choices(tx, newest, values), len(newest))
    asked = wordings(tx, q)
    by_words = [ways.by_words(tx, where, values, each) for each in asked]
    near: dict[UUID, float] = {}
    lists: list[list[UUID]] = []
    if asked and not exact(q) and not says_nothing(tx, viewer_id, q):
        near = ways.by_meaning(tx, where, values, meaning) if meaning is not None else {}
        new = any(word.clips < RARE for each in asked for word in each.words)
        lists += [ways.by_likeness(tx, where, values, q)] if new else []  # of what is counted, every spelling is known
        lists += [ways.by_briefs(tx, where, values, q, now)] if now is not None else []
    plan_once(tx)
    remarks = ways.by_remarks(tx, where, values, asked)
    lists.append(list(remarks))
    covered: dict[UUID, float] = {}
    for each in by_words:  # one that is said in one language and read along in another may be in two
        for clip_id, share in each.items():
            covered[clip_id] = max(share, covered.get(clip_id, 0.0))
    enough = {clip_id for each in lists for clip_id in each}
    enough |= {clip_id for clip_id, share in covered.items() if share >= ways.COVERED or clip_id in near}
    enough |= {clip_id for clip_id, cosine in near.items() if cosine >= ways.NEAR}
    fused = _fused([_interleaved([list(each) for each in by_words]), *lists, list(near)])
    first = sorted(fused, key=lambda clip_id: covered.get(clip_id, 0.0) < _WHOLE)
    order = [clip_id for clip_id in first if clip_id in enough][: ways.MOST]
    hits = landed(tx, viewer_id, order[:limit], asked, remarks, meaning if near else None)
    return Found(hits, _choices(tx, order, values), len(order))


def _interleaved(lists: Sequence[Sequence[UUID]]) -> list[UUID]:
    """Languages in turn: how well words fit says nothing across them."""
    longest = max(map(len, lists), default=0)
    return list(dict.fromkeys(each[n] for n in range(longest) for each in lists if n < len(each)))


def _fused(lists: Sequence[Sequence[UUID]]) -> list[UUID]:
    """Reciprocal rank fusion. What stands alike is in the order of the first list that has it."""
    scores: dict[UUID, float] = defaultdict(float)
    for each in lists:
        for place, clip_id in enumerate(each, 1):
            scores[clip_id] += 1 / (_FUSED + place)
    return sorted(scores, key=lambda clip_id: -scores[clip_id])


def _choices(tx: Tx, found: Sequence[UUID], wanted: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Of clips that the viewer has been let see. What is `wanted` already is among them, where they say it."""
    return tuple(
        Choice(each["facet"], each["value"], each["label"], each["clips"])
        for each in rows(
            tx,
            f"with c as (select c.id, c.level, c.kind, c.language, c.space_id, {SPEAKER} as speaker from clip c"
            "  where c.id = any(%(ids)s)), each as ("
            " select 'tag' as facet, t.slug as value, t.label from c join clip_tag k on k.clip_id = c.id"
            "  join tag t on t.id = k.tag_id"
            " union all select 'level', level, level from c"
            " union all select 'kind', kind, kind from c"
            " union all select 'language', language, language from c"
            " union all select 'person', speaker, speaker from c where speaker <> ''"
            " union all select 'space', s.public_id, s.name from c join space s on s.id = c.space_id)"
            " select facet, value, label, clips from (select facet, value, label, count(*) as clips,"
            "   row_number() over (partition by facet"
            "    order by count(*) desc, value = any(%(wanted)s) desc, label, value) as place"
            "  from each where value is not null group by facet, value, label) counted"
            f" where place <= {CHOICES} order by facet, place",
            {"ids": list(found), "wanted": [str(each) for each in wanted.values()]},
        )
    )
