# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Where in a clip somebody lands who searched, and what is quoted of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.clip import Clip, clip_time
from store.clip_rows import PUBLISHED, clip_from
from store.postgres import Row, Tx, rows
from store.wording import Wording

_MARK, _END = "\x02", "\x03"  # around what was found, until they are split away: no text holds them


@dataclass(frozen=True)
class Remark:
    """A comment that was found: the words are in it, not in the clip."""

    id: str  # public
    author: str


@dataclass(frozen=True)
class Hit:
    """A clip that was found, and where in it.

    `sentence` is the spoken sentence that fits best, of which only what the clip shows, or the caption or the comment
    that does; empty when the words are in the title or the tags alone: then the place is the clip's beginning.
    `headline` is the sentence, or else the title, in pieces: (text, whether it is what was looked for). `clip_ms` is
    None for a comment at a second that the clip shows no more. `language` is the sentence's; not known of a comment.
    """

    clip: Clip
    sentence: str
    recording: str  # public id
    at_ms: int  # in the recording
    clip_ms: int | None
    headline: tuple[tuple[str, bool], ...]
    remark: Remark | None = None
    language: str | None = None  # ISO 639


def landed(
    tx: Tx,
    viewer_id: UUID,
    order: Sequence[UUID],
    asked: Sequence[Wording],
    remarks: Mapping[UUID, Row],
    meaning: Sequence[float] | None,
) -> tuple[Hit, ...]:
    """The sentence of each clip that holds most of the words, or the caption that holds more; else its title, if that
    does; else the comment; else the sentence that is nearest in meaning.
    """
    clips = {
        each["id"]: clip_from(each)
        for each in rows(
            tx, f"select {PUBLISHED} from clip c where c.id = any(%(ids)s)", {"ids": list(order), "viewer": viewer_id}
        )
    }
    places = {each["clip_id"]: each for each in rows(tx, _PLACES, _to_land(order, asked, remarks, meaning))}
    return tuple(_hit(clips[each], places[each], remarks.get(each)) for each in order if each in clips)


def _to_land(
    order: Sequence[UUID], asked: Sequence[Wording], remarks: Mapping[UUID, Row], meaning: Sequence[float] | None
) -> dict[str, Any]:
    return {
        "ids": list(order),
        "configs": [config for each in asked for config in each.configs],
        "queries": [each.any_of for each in asked for _ in each.configs],
        "meaning": None if meaning is None else "".join("1" if number > 0 else "0" for number in meaning),
        "remarked": list(remarks),
        "remarks": [each["text"] for each in remarks.values()],
        "remark_configs": [each["config"] for each in remarks.values()],
        "marks": f"StartSel={_MARK},StopSel={_END},HighlightAll=true",
        "remark_marks": f"StartSel={_MARK},StopSel={_END},MinWords=12,MaxWords=40",
    }


# By how much of the words they hold, a sentence a little before a caption, those before a title, and that before a
# comment; where nothing holds any, by how few bits of a sentence's meaning are other than the query's, and else the
# title.
_PLACES = """
with wording as (
    select * from unnest(%(configs)s::regconfig[], %(queries)s::tsquery[]) w (config, query)),
found as (
    select c.id, c.title, c.language, c.search_config as config, coalesce(w.query, ''::tsquery) as query
    from clip c left join wording w on w.config = c.search_config where c.id = any(%(ids)s)),
place as (
    select f.id, f.language, 0 as part, null::int as at_ms, 'title' as of, f.title as text, f.config, f.query,
        1e-4 * ts_rank(to_tsvector(f.config, f.title), f.query) as rank, null::bigint as apart, 0::bigint as n
    from found f
    union all
    select f.id, f.language, l.part, l.at_ms, 'sentence', l.text, f.config, f.query,
        ts_rank(to_tsvector(f.config, l.text), f.query), bit_count(v.sentences[l.n] # %(meaning)s::bit(384)), l.n
    from found f join clip_said s on s.clip_id = f.id left join clip_meaning v on v.clip_id = f.id
    cross join lateral unnest(s.sentences, s.parts, s.starts_ms) with ordinality l (text, part, at_ms, n)
    union all
    select r.clip_id, r.language, l.part, l.at_ms, 'caption', l.text, r.search_config, w.query,
        .99 * ts_rank(l.search, w.query), null, l.n
    from wording w join clip_read r on r.search_config = w.config and r.search @@ w.query and r.clip_id = any(%(ids)s)
    cross join lateral (
        select text, part, at_ms, n, to_tsvector(r.search_config, text) as search
        from unnest(r.sentences, r.parts, r.starts_ms) with ordinality u (text, part, at_ms, n)) l
    where l.search @@ w.query
    union all
    select f.id, null, 0, null, 'remark', m.text, m.config, w.query, 1e-8, null, 0
    from unnest(%(remarked)s::uuid[], %(remarks)s::text[], %(remark_configs)s::regconfig[]) m (id, text, config)
    join found f on f.id = m.id join wording w on w.config = m.config),
best as (
    select distinct on (id) * from place order by id, rank desc, apart nulls last, n)
select id as clip_id, language, part, at_ms, of, text,
    ts_headline(config, translate(text, E'\\x02\\x03', ''), query,
        case when of = 'remark' then %(remark_marks)s else %(marks)s end) as marked
from best"""


def _hit(clip: Clip, place: Row, remark: Row | None) -> Hit:
    headline = _pieces(place["marked"])
    if place["of"] == "remark" and remark is not None:
        clip_ms = clip_time(clip.parts, remark["recording_id"], remark["at_ms"])
        said = Remark(remark["public_id"], remark["author"])
        return Hit(clip, remark["text"], remark["recording"], remark["at_ms"], clip_ms, headline, said)
    part = clip.parts[place["part"]]
    if place["of"] == "title":
        return Hit(clip, "", part.recording, part.span.start_ms, 0, headline)
    before = sum(each.span.length_ms for each in clip.parts[: place["part"]])
    clip_ms = before + place["at_ms"] - part.span.start_ms
    return Hit(clip, place["text"], part.recording, place["at_ms"], clip_ms, headline, language=place["language"])


def _pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for chunk in marked.split(_MARK):
        inside, closed, outside = chunk.rpartition(_END)
        pieces += [(inside, True)] if closed else []
        pieces += [(outside, False)] if outside else []
    return tuple(pieces)
