# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Clips as the machine proposes them: drafts, until a person has touched them."""

from collections.abc import Sequence
from uuid import UUID

from domain.clip import Lengths, Proposal
from domain.ids import public_id, uuid7
from domain.recall import Shown
from domain.recording import Recording
from domain.span import Span
from domain.title import MAX_TITLE
from store import drafted, recalled, transcripts, vocabulary
from store.claim import claim
from store.clip_changes import write_parts
from store.postgres import Row, Tx, row, rows
from store.search import config
from store.tags import set_tags, slug
from store.text import clean, one_line

# A person's by now.
_SETTLED = (
    "(c.touched_at is not null or c.published_at is not null or c.deleted_at is not null"
    " or exists (select from comment m where m.clip_id = c.id)"
    " or exists (select from reel_clip l where l.clip_id = c.id)"
    " or exists (select from reel_shown l where l.clip_id = c.id))"
)


def propose(tx: Tx, recording: Recording, proposals: Sequence[Proposal], language: str | None) -> int:
    """The machine's clips of a recording, as a set instead of those it proposed before; how many there are.

    Proposes nothing, and returns 0, once a person has changed, published, deleted or commented one of
    the recording's clips. The same proposals again change nothing. One clip alone has the title that a person gave
    the recording. Raises Gone.
    """
    known = claim(tx, recording.id)
    name = known["title"] if known["named"] and len(proposals) == 1 else ""
    old = _proposed(tx, recording.id)
    if any(each["settled"] for each in old) or recalled.has_emptied(tx, recording.id):
        return 0
    return _replace(tx, recording, old, proposals, language, name)


def propose_around(tx: Tx, recording: Recording, proposals: Sequence[Proposal], language: str | None) -> int:
    """As `propose`, but a person wants it: those of the machine's clips that nobody has touched are replaced,
    the others stay (`staying`). Returns how many there are of the machine's. Raises Gone.
    """
    known = claim(tx, recording.id)
    old = _proposed(tx, recording.id)
    alone = known["named"] and len(proposals) == 1 and all(not each["settled"] or each["gone"] for each in old)
    drafts = [each for each in old if not each["settled"]]
    return _replace(tx, recording, drafts, proposals, language, known["title"] if alone else "")


def staying(tx: Tx, recording_id: UUID) -> tuple[Shown, ...]:
    """What clips of a recording show that stay when it is cut again: a person has changed, published or commented
    them, or put them into a reel. Seconds that were recalled are theirs, and come back to them. With ids of clips.
    """
    found = rows(
        tx,
        f"select c.id, p.start_ms, p.end_ms from clip_part p join clip c on c.id = p.clip_id"
        f" where p.recording_id = %(id)s and c.deleted_at is null and {_SETTLED}"
        " union select c.id, (p->>1)::int, (p->>2)::int from clip c cross join jsonb_array_elements(c.asked_parts) p"
        f" where p->>0 = %(id)s::text and {_SETTLED} order by start_ms, end_ms, id",
        {"id": recording_id},
    )
    return tuple((each["id"], Span(each["start_ms"], each["end_ms"])) for each in found)


def lengths(tx: Tx, recording_id: UUID) -> Lengths | None:
    """How long its clips are to be; None where nobody has said so."""
    found = row(
        tx,
        "select shortest_ms as min_ms, longest_ms as max_ms, usual_ms as target_ms from recording where id = %s",
        [recording_id],
    )
    return None if found is None or found["min_ms"] is None else Lengths(**found)


def set_lengths(tx: Tx, recording_id: UUID, limits: Lengths) -> None:
    """Raises Gone."""
    claim(tx, recording_id)
    tx.execute(
        "update recording set shortest_ms = %s, longest_ms = %s, usual_ms = %s where id = %s",
        [limits.min_ms, limits.max_ms, limits.target_ms, recording_id],
    )


def _proposed(tx: Tx, recording_id: UUID) -> list[Row]:
    """Every clip of a recording as it was asked for, and whether it is a person's by now (`settled`)."""
    return rows(
        tx,
        "select c.id, c.title, c.language, c.text,"
        " coalesce((c.asked_parts->0->>1)::int, p.first_ms) as start_ms,"
        " coalesce((c.asked_parts->0->>2)::int, p.last_ms) as end_ms,"
        f" {_SETTLED} as settled, c.deleted_at is not null as gone,"
        " array(select t.slug from clip_tag k join tag t on t.id = k.tag_id"
        "   where k.clip_id = c.id order by k.position) as slugs"
        " from (select clip_id, min(start_ms) as first_ms, max(end_ms) as last_ms from clip_part"
        "   where recording_id = %s group by clip_id) p join clip c on c.id = p.clip_id order by start_ms, c.id",
        [recording_id],
    )


def _replace(
    tx: Tx, recording: Recording, old: Sequence[Row], proposals: Sequence[Proposal], language: str | None, name: str
) -> int:
    new = [
        {
            "title": name or one_line(each.title)[:MAX_TITLE],
            "language": language,
            "text": clean(each.text) if parts == asked else transcripts.told(tx, parts),
            "start_ms": each.span.start_ms,
            "end_ms": each.span.end_ms,
            "parts": parts,
            "labels": vocabulary.drafted(tx, each.tags),
            "named": bool(name),
        }
        for each in sorted(proposals, key=lambda each: each.span)
        for asked in [((recording.id, each.span),)]
        if (parts := recalled.left(tx, asked))
    ]
    if [_compared(each) for each in old] != [_compared(each) for each in new]:
        tx.execute("delete from clip where id = any(%s)", [[each["id"] for each in old]])
        for each in new:
            _add(tx, recording, each)
    return len(new)


def _add(tx: Tx, recording: Recording, new: Row) -> None:
    clip_id = uuid7()
    tx.execute(
        "insert into clip (id, public_id, space_id, title, language, search_config, text,"
        " audience, prerequisites, kind, level) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            clip_id,
            public_id(),
            recording.space_id,
            new["title"],
            new["language"],
            config(new["language"]),
            new["text"],
            recording.audience,
            recording.prerequisites,
            recording.kind,
            recording.level,
        ],
    )
    write_parts(tx, clip_id, new["parts"])
    transcripts.keep_lines(tx, clip_id, new["parts"])
    asked = (recording.id, Span(new["start_ms"], new["end_ms"]))
    if new["parts"] != (asked,):
        recalled.remember_asked(tx, clip_id, [asked])
        recalled.list_below(tx, clip_id, [asked], new["parts"], version=1)
    set_tags(tx, clip_id, new["labels"])
    drafted.remember(tx, clip_id, titled=not new["named"])


def _compared(each: Row) -> tuple[object, ...]:
    slugs = tuple(each["slugs"]) if "slugs" in each else tuple(slug(label) for label in each["labels"])
    return each["start_ms"], each["end_ms"], each["title"], each["language"], each["text"], slugs
