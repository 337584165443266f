# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Search, the ways to a clip: each a list of its own, the best first, of clips that the viewer may see.

None looks at more than some thousand clips, however many hold a common word, nor lists more than MOST.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from math import fsum
from typing import Any
from uuid import UUID

from domain.clip import Expertise, Level
from domain.ids import is_public_id
from store.briefs import SEES_BRIEF
from store.clip_rows import SPEAKER
from store.meanings import literal
from store.postgres import Row, Tx, rows
from store.sight import AUTHOR, HEARS, LISTED_AMONG_MANY
from store.tags import slug
from store.wording import Wording

MOST = 100  # clips of a list
# What leads to a clip by itself: so much of what the words tell, such a cosine. Less does when both are there.
COVERED = 0.34
NEAR = 0.3
FAR = 0.1  # less of a cosine says nothing

_TRANSLATED = 0.8  # of what is said: a machine may have misunderstood it
_ENOUGH = 600  # clips with a rare word; then no commoner word brings in more
_LOOKED_AT = 1500  # clips with one word
_SOON, _LONG, _USUAL = 2.0, 0.4, 600.0  # BM25's k1 and b, and the characters of a clip of 45 s
_LIKE = 0.55  # of the query's trigrams in a run of a title
_SET_LIKE = "select set_config('pg_trgm.word_similarity_threshold', %s, true)"
_LONGEST_LIKE = 60  # characters; no title is like a longer query
_COMMENTS = 100  # looked at, with one wording


@dataclass(frozen=True)
class Wanted:
    """What the clips have to be. `tag`: a label or a slug; `space`: a public id; `person`: a speaker's name."""

    tag: str | None = None
    level: Level | None = None
    space: str | None = None
    kind: Expertise | None = None
    language: str | None = None
    person: str | None = None


ANY = Wanted()

_FEW = frozenset({"tag", "space", "person"})


def conditions(viewer_id: UUID, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """On a clip `c`; each only where it is asked for, so that Postgres plans for what is."""
    given = {each.name: value for each in fields(wanted) if (value := getattr(wanted, each.name)) is not None}
    values = {**given, "viewer": viewer_id}
    if "tag" in values:
        values["tag"] = slug(values["tag"])
    if "space" in values and not is_public_id(values["space"]):
        values["space"] = ""
    return " and ".join([LISTED_AMONG_MANY, *(_WANTED[name] for name in given)]), values


_WANTED = {
    # By this name or another, or below it; from the tag, since a rare one saves looking at all clips.
    "tag": """c.id in (select k.clip_id from clip_tag k where k.tag_id in (
        with recursive named as (
            select coalesce(t.alias_of, t.id) as id from tag t where t.slug = %(tag)s
            union select t.id from tag t join named n on t.parent_id = n.id)
        select id from named))""",
    "level": "c.level = %(level)s",
    "space": "c.space_id = (select id from space where public_id = %(space)s)",
    "kind": "c.kind = %(kind)s",
    "language": "c.language = %(language)s",
    # The first condition is quick, and the second one true: a name can be another's in one recording.
    "person": f"""c.id in (
        select p.clip_id from clip_part p join recording r on r.id = p.recording_id
        where r.speaker_id in (select id from person where name = %(person)s)
        union all
        select p.clip_id from clip_part p join appearance a on a.recording_id = p.recording_id
        left join person q on q.id = a.person_id
        where a.part = 'speaker' and coalesce(q.name, a.name) = %(person)s) and {SPEAKER} = %(person)s""",
}


def newest(tx: Tx, where: str, values: Mapping[str, Any]) -> list[UUID]:
    """Where nothing is looked for but what fits."""
    found = rows(
        tx, f"select c.id from clip c where {where} order by c.published_at desc, c.id desc limit {MOST}", values
    )
    return [each["id"] for each in found]


def by_words(tx: Tx, where: str, values: Mapping[str, Any], asked: Wording) -> dict[UUID, float]:
    """Each with the share that it holds of what the words tell, 0 to 1: in what names it and is said in it, or in the
    captions of one language that can be read with it, whichever is more. A machine's translation counts less, and so
    comes behind each clip in which all of it is said.

    First which clips hold most of it, by the index, MOST of them; then those compared by how often they say it
    (BM25: Robertson and Zaragoza 2009), a word of the title counting as four, one of a tag as two.
    """
    if asked.exactly:
        return _by_just_these(tx, where, values, asked)
    texts, leading = _texts(asked), _leading(asked)
    told = fsum(leading.values())
    if len(leading) < len(asked.words):
        leading[asked.all_of] = fsum(word.weight for word in asked.words)
    lexemes = [(lexeme, n) for n, word in enumerate(asked.words, 1) for lexeme in word.lexemes]
    found = rows(
        tx,
        "with holding as ("
        "  select h.id, h.language, sum(lead.weight * h.trust) as covered"
        "  from unnest(%(leading)s::tsquery[], %(lead_weights)s::float8[]) lead (query, weight)"
        f"  cross join lateral ({_holding(where, asked)}) h"
        f"  group by h.id, h.language order by covered desc, h.id desc limit {MOST})"
        f" select c.id, h.covered, {texts.trust} as trust from holding h {texts.joined} cross join lateral ("
        "  select sum(word.weight * said.times / (said.times + %(soon)s * (1 - %(long)s + %(long)s"
        f"    * {texts.length} / %(usual)s))) as score"
        "  from (select l.n, sum(cardinality(v.weights) + 3 * cardinality(array_positions(v.weights, 'A'))"
        "      + cardinality(array_positions(v.weights, 'B'))) as times"
        f"    from unnest({texts.search}) v"
        "    join unnest(%(lexemes)s::text[], %(numbers)s::int[]) l (lexeme, n)"
        "      on l.lexeme = v.lexeme group by l.n) said"
        "  join unnest(%(weights)s::float8[]) with ordinality word (weight, n) on word.n = said.n) scored"
        f" order by {texts.trust} * scored.score desc nulls last, c.id desc",
        {
            **values,
            "configs": list(asked.configs),
            "leading": list(leading),
            "lead_weights": list(leading.values()),
            "lexemes": [lexeme for lexeme, _ in lexemes],
            "numbers": [n for _, n in lexemes],
            "weights": [word.weight for word in asked.words],
            "soon": _SOON,
            "long": _LONG,
            "usual": _USUAL,
        },
    )
    shares: dict[UUID, float] = {}
    for each in found:
        share = min(each["trust"], each["covered"] / told)
        shares[each["id"]] = max(share, shares.get(each["id"], 0.0))
    return shares


def _by_just_these(tx: Tx, where: str, values: Mapping[str, Any], asked: Wording) -> dict[UUID, float]:
    texts = _texts(asked)
    found = rows(
        tx,
        f"select c.id, {texts.trust} as trust from (select %(exactly)s::tsquery as query) lead"
        f" cross join lateral ({_holding(where, asked)}) h {texts.joined}"
        f" order by {texts.trust} * ts_rank_cd({texts.search}, lead.query) desc, c.id desc limit {MOST}",
        {**values, "configs": list(asked.configs), "exactly": asked.exactly},
    )
    shares: dict[UUID, float] = {}
    for each in found:
        shares[each["id"]] = max(each["trust"], shares.get(each["id"], 0.0))
    return shares


@dataclass(frozen=True)
class _Texts:
    """SQL for what a clip c, or captions r that can be read with it, of `holding` h are compared by."""

    joined: str
    search: str
    length: str
    trust: str


_SAID = _Texts("join clip c on c.id = h.id", "c.search", "length(c.text)", "1.0::float8")
_READ = _Texts(
    f"{_SAID.joined} left join clip_read r on r.clip_id = h.id and r.language = h.language",
    "coalesce(r.search, c.search)",
    "length(coalesce(array_to_string(r.sentences, ' '), c.text))",
    f"case when r.machine then {_TRANSLATED} else 1.0::float8 end",
)


def _texts(asked: Wording) -> _Texts:
    """Where there are no captions, nobody's search is planned, or takes longer, for them."""
    return _READ if asked.read else _SAID


def _holding(where: str, asked: Wording) -> str:
    """Of the clips that hold lead.query, as many as are looked at; and of those with captions that do, with their
    language.
    """
    said = (
        f"select c.id, null as language, {_SAID.trust} as trust from clip c where c.search @@ lead.query"
        f" and c.search_config = any(%(configs)s::regconfig[]) and {where} limit {_LOOKED_AT}"
    )
    if not asked.read:
        return said
    # Offset: or the planner may go through all clips. What must not be there must not be said either.
    return (
        f"({said}) union all"
        f" (select c.id, r.language, {_READ.trust} from ("
        "   select * from clip_read where search @@ lead.query"
        "   and search_config = any(%(configs)s::regconfig[]) offset 0) r"
        f"  join clip c on c.id = r.clip_id where {where}"
        f"  {'and (c.search || r.search) @@ lead.query' if asked.exactly else ''} limit {_LOOKED_AT})"
    )


def _leading(asked: Wording) -> dict[str, float]:
    """The rarest words, until there are clips enough that have one of them."""
    leading: dict[str, float] = {}
    clips = 0
    for word in asked.words:
        if clips >= _ENOUGH:
            break
        leading[word.query] = word.weight
        clips += word.clips
    return leading


def by_likeness(tx: Tx, where: str, values: Mapping[str, Any], q: str) -> list[UUID]:
    if len(q) > _LONGEST_LIKE:
        return []
    tx.execute(_SET_LIKE, [str(_LIKE)])
    found = rows(
        tx,
        f"select c.id from clip c where folded(%(q)s) <%% folded(c.title || ' ' || c.tag_words) and {where}"
        " order by word_similarity(folded(%(q)s), folded(c.title || ' ' || c.tag_words)) desc, c.id desc"
        f" limit {MOST}",
        {**values, "q": q},
    )
    return [each["id"] for each in found]


def by_meaning(tx: Tx, where: str, values: Mapping[str, Any], meaning: Sequence[float]) -> dict[UUID, float]:
    """Each with its cosine."""
    # Strict: on until there are enough that may be shown, in their order.
    tx.execute(
        "select set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', '60', true),"
        " set_config('hnsw.max_scan_tuples', %s, true)",
        [str(_LOOKED_AT)],
    )
    # What few clips are is compared with each of them: by the index one would go through all the others.
    distance = "(v.vector <#> %(meaning)s::halfvec)" + (" + 0" if values.keys() & _FEW else "")
    found = rows(
        tx,
        "select id, near from (select c.id, -(v.vector <#> %(meaning)s::halfvec) as near"
        f"  from clip_meaning v join clip c on c.id = v.clip_id where v.vector is not null and {where}"
        f"  order by {distance} limit {MOST // 2}) nearest"
        " where near >= %(least)s order by near desc, id desc",
        {**values, "meaning": literal(meaning), "least": FAR},
    )
    return {each["id"]: each["near"] for each in found}


def by_remarks(tx: Tx, where: str, values: Mapping[str, Any], asked: Sequence[Wording]) -> dict[UUID, Row]:
    """The best comment of each clip that shows one, for those it is for. In the clip where it was said, if that may be
    shown; else in one at its second.
    """
    found: dict[UUID, Row] = {}
    for each in asked:
        for remark in rows(
            tx,
            "select shown.id, m.public_id, m.recording_id, r.public_id as recording, m.at_ms, "
            f"  {AUTHOR} as author, m.text,"
            "  m.search_config::text as config, m.rank from ("
            "   select m.*, root.clip_id as root_clip_id, ts_rank(m.search, %(all_of)s::tsquery) as rank"
            "   from comment m left join comment root on root.id = m.reply_to"
            "   where m.search @@ %(all_of)s::tsquery and m.search_config = any(%(configs)s::regconfig[])"
            f"  and m.deleted_at is null and {HEARS} limit {_COMMENTS}) m"
            " join recording r on r.id = m.recording_id join person a on a.id = m.author_id"
            " cross join lateral (select c.id from ("
            "   select coalesce(m.root_clip_id, m.clip_id) as clip_id, 0 as n where not m.draft"
            "   union all select p.clip_id, 1 from clip_part p where not m.draft"
            "     and p.recording_id = m.recording_id and m.at_ms >= p.start_ms and m.at_ms < p.end_ms) here"
            f"   join clip c on c.id = here.clip_id where {where} order by here.n, c.published_at, c.id limit 1) shown"
            f" order by m.rank desc, m.id desc limit {MOST}",
            {**values, "all_of": each.all_of, "configs": list(each.configs)},
        ):
            found.setdefault(remark["id"], remark)
    return found


def by_briefs(tx: Tx, where: str, values: Mapping[str, Any], q: str, now: datetime) -> list[UUID]:
    """Clips of recordings that answer a brief like it, for those who may read the brief."""
    if len(q) > _LONGEST_LIKE:
        return []
    tx.execute(_SET_LIKE, [str(_LIKE)])
    alike = rows(
        tx,
        "select b.id, word_similarity(folded(%(q)s), folded(b.title || ' ' || b.wanted)) as alike from brief b"
        f" where folded(%(q)s) <%% folded(b.title || ' ' || b.wanted) and {SEES_BRIEF}"
        f" order by alike desc, b.id desc limit {MOST}",
        {**values, "q": q, "now": now},
    )
    if not alike:
        return []
    found = rows(
        tx,
        "select c.id from unnest(%(briefs)s::uuid[]) with ordinality b (id, n) join recording r on r.brief_id = b.id"
        f" join clip_part p on p.recording_id = r.id join clip c on c.id = p.clip_id where {where}"
        f" group by c.id order by min(b.n), c.id desc limit {MOST}",
        {**values, "briefs": [each["id"] for each in alike]},
    )
    return [each["id"] for each in found]
