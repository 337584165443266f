# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Search by words: in titles, tags and what is said, down to the spoken sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.clip import Clip
from domain.span import Span
from domain.transcript import said_in, until_next
from store import transcripts
from store.clip_rows import CLIP, clip_from
from store.postgres import Tx, row, rows
from store.sight import SEES_SPACE
from store.text import clean
from store.transcripts import Excerpt

MAX_QUERY = 500  # characters
# ISO 639-1 -> the stemmers that every Postgres since 13 brings; other languages are searched unstemmed.
CONFIGS = {
    "ar": "arabic", "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_EVERY_CONFIG = ", ".join(f"'{name}'" for name in ("simple", *sorted(CONFIGS.values())))

# The clips c that %(q)s finds, each read in its own language. Languages that read the words alike are
# asked for once, so that each distinct query goes to the index by itself.
MATCHING = f"""(
    select query, array_agg(config) as configs
    from (select config, websearch_to_tsquery(config, %(q)s) as query
          from unnest(array[{_EVERY_CONFIG}]::regconfig[]) config) each
    group by query) k
    join clip c on c.search @@ k.query and c.search_config = any(k.configs)"""

# Marks around what was found, until they are split away: no word holds them.
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True)
class Hit:
    """A clip that was found, and where in it.

    `sentence` is the spoken sentence that fits best, of which only what the clip shows; empty when the
    words are in the title or the tags alone: then the place is the clip's beginning. `headline` is the
    sentence, or else the title, in pieces: (text, whether it is what was looked for).
    """

    clip: Clip
    sentence: str
    recording: str  # public id
    at_ms: int  # in the recording
    clip_ms: int
    headline: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class _Place:
    text: str
    recording: str
    at_ms: int
    clip_ms: int


def query_of(typed: str) -> str:
    """What a person typed, as it is looked for: of a very long text, the words at its beginning."""
    typed = clean(typed).strip()
    return typed if len(typed) <= MAX_QUERY else typed[:MAX_QUERY].rpartition(" ")[0]


def search(tx: Tx, viewer_id: UUID, q: str, limit: int = 20) -> tuple[Hit, ...]:
    """Published clips that the viewer sees, the best first, each with the sentence to start from.

    `q` is what people type into search boxes: words, "phrases", or, -not.
    """
    q = query_of(q)
    found = rows(
        tx,
        "with found as (select c.*, ts_rank_cd(c.search, k.query) as rank"
        f"  from {MATCHING} where c.published_at is not null and c.deleted_at is null and {SEES_SPACE}"
        "  order by rank desc, c.id desc limit %(limit)s)"
        f" select {CLIP}, c.search_config::text as config from found c order by c.rank desc, c.id desc",
        {"q": q, "viewer": viewer_id, "limit": limit},
    )
    clips = [clip_from(each) for each in found]
    parts = [part for clip in clips for part in clip.parts]
    heard = iter(transcripts.within(tx, [(part.recording_id, part.span) for part in parts]))
    places = [[_title(clip), *_sentences(clip, heard)] for clip in clips]
    best = _best(tx, q, [each["config"] for each in found], places)
    return tuple(
        Hit(
            clip=clip,
            sentence=place.text if place is not offered[0] else "",
            recording=place.recording,
            at_ms=place.at_ms,
            clip_ms=place.clip_ms,
            headline=headline,
        )
        for clip, offered, (place, headline) in zip(clips, places, best, strict=True)
    )


def says_nothing(tx: Tx, viewer_id: UUID, q: str) -> bool:
    """Whether all words of `q` are too common to be looked for ("what is it"), in every language that the viewer's
    clips are in. False where there are no clips.
    """
    found = row(
        tx,
        "select bool_and(numnode(websearch_to_tsquery(config, %(q)s)) = 0) as nothing from (select distinct"
        " c.search_config as config from clip c where c.published_at is not null and c.deleted_at is null"
        f" and {SEES_SPACE}) each",
        {"q": query_of(q), "viewer": viewer_id},
    )
    return found is not None and found["nothing"] is True


def _title(clip: Clip) -> _Place:
    first = clip.parts[0]
    return _Place(clip.title, first.recording, first.span.start_ms, 0)


def _sentences(clip: Clip, heard: Iterator[Excerpt]) -> Iterator[_Place]:
    """Every sentence of a clip as far as its parts show it: what was cut away is not for its viewers.

    `heard` brings what is said in each part in turn.
    """
    before = 0
    for part in clip.parts:
        here = next(heard)
        for sentence, end_ms in until_next(here.sentences, part.span.end_ms):
            start_ms, end_ms = max(sentence.start_ms, part.span.start_ms), min(end_ms, part.span.end_ms)
            if start_ms < end_ms and (text := said_in(here.words, Span(start_ms, end_ms), here.language)):
                yield _Place(text, part.recording, start_ms, before + start_ms - part.span.start_ms)
        before += part.span.length_ms


def _best(
    tx: Tx, q: str, configs: Sequence[str], places: Sequence[Sequence[_Place]]
) -> list[tuple[_Place, tuple[tuple[str, bool], ...]]]:
    """Of each list the place that holds most of the words, with its headline; its first when none does."""
    flat = [(i, j, _unmarked(place.text)) for i, offered in enumerate(places) for j, place in enumerate(offered)]
    chosen = rows(
        tx,
        "with place as (select i, j, text, config,"
        "   replace(plainto_tsquery(config, %(q)s)::text, ' & ', ' | ')::tsquery as any_word"
        "   from unnest(%(i)s::int[], %(j)s::int[], %(text)s::text[]) u (i, j, text)"
        "   join unnest(%(configs)s::regconfig[]) with ordinality n (config, number) on number = i + 1),"
        " best as (select distinct on (i) * from place"
        "   order by i, case when j > 0 then ts_rank(to_tsvector(config, text), any_word) else 0 end desc, j)"
        " select i, j, ts_headline(config, text, any_word, %(marks)s) as marked from best order by i",
        {
            "q": q,
            "i": [i for i, _, _ in flat],
            "j": [j for _, j, _ in flat],
            "text": [text for _, _, text in flat],
            "configs": list(configs),
            "marks": f"StartSel={_OPEN},StopSel={_CLOSE},HighlightAll=true",
        },
    )
    return [(places[each["i"]][each["j"]], _pieces(each["marked"])) for each in chosen]


def _pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for chunk in marked.split(_OPEN):
        inside, closed, outside = chunk.rpartition(_CLOSE)
        pieces += [(inside, True)] if closed else []
        pieces += [(outside, False)] if outside else []
    return tuple(pieces)


def _unmarked(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")
