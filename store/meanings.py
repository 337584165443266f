"""What clips mean, kept beside them for search (clip/meaning.py makes it): due where there is none.

A clip whose title, words or language change loses what was made of the old ones in the same transaction (the trigger
`clip_reads_differently`), so that nothing which was cut away leads to it; what it means now is made a little later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from store import transcripts
from store.postgres import Tx, rows


@dataclass(frozen=True)
class Due:
    """A clip as it reads now, to be made a meaning of."""

    clip_id: UUID
    title: str
    text: str
    language: str | None
    sentences: tuple[str, ...]


def due(tx: Tx, limit: int) -> list[Due]:
    """What can be found first, then the newest."""
    found = rows(
        tx,
        "select c.id as clip_id, c.title, c.text, c.language, coalesce(s.sentences, '{}') as sentences"
        " from clip c left join clip_said s on s.clip_id = c.id left join clip_meaning v on v.clip_id = c.id"
        " where v.clip_id is null and c.deleted_at is null order by c.published_at is null, c.id desc limit %s",
        [limit],
    )
    return [Due(**{**each, "sentences": tuple(each["sentences"])}) for each in found]


def keep(tx: Tx, of: Due, vector: Sequence[float] | None, sketches: Sequence[str]) -> bool:
    """Whether the clip still reads as it did; else it is due again. `vector` None: no model knows its language."""
    kept = tx.execute(
        "insert into clip_meaning (clip_id, vector, sentences)"
        " select id, %(vector)s::halfvec, %(sketches)s::bit(384)[] from clip where id = %(id)s and deleted_at is null"
        "  and title = %(title)s and text = %(text)s and language is not distinct from %(language)s"
        "  for no key update"  # whoever changes it waits, and then takes this away
        " on conflict (clip_id) do update set vector = excluded.vector, sentences = excluded.sentences",
        {
            "vector": None if vector is None else literal(vector),
            "sketches": list(sketches),
            "id": of.clip_id,
            "title": of.title,
            "text": of.text,
            "language": of.language,
        },
    )
    if kept.rowcount == 1 and vector is not None:
        _find_like(tx, of.clip_id)
    return kept.rowcount == 1


def _find_like(tx: Tx, clip_id: UUID) -> None:
    """Which clip of another recording, of all that are there by now, it is most like: for whoever reviews it."""
    tx.execute("select set_config('hnsw.iterative_scan', 'strict_order', true)")  # on, past those of its own recording
    tx.execute(
        "update clip_meaning m set like_id = found.id, likeness = found.near from ("
        "  select c.id, -(v.vector <#> mine.vector) as near from clip_meaning mine, clip_meaning v"
        "  join clip c on c.id = v.clip_id where mine.clip_id = %(id)s and v.clip_id <> %(id)s"
        "   and v.vector is not null and c.deleted_at is null and not exists (select from clip_part p"
        "     join clip_part q on q.recording_id = p.recording_id where p.clip_id = v.clip_id and q.clip_id = %(id)s)"
        "  order by v.vector <#> (select vector from clip_meaning where clip_id = %(id)s) limit 1) found"
        " where m.clip_id = %(id)s",
        {"id": clip_id},
    )


def keep_lines_lacking(tx: Tx, limit: int) -> int:
    """The sentences of clips that were there before they were kept for search; of how many."""
    lacking = rows(
        tx,
        "select c.id from clip c where c.deleted_at is null and c.text <> ''"
        " and not exists (select from clip_said s where s.clip_id = c.id) order by c.id limit %s for no key update",
        [limit],
    )
    for each in lacking:
        transcripts.keep_lines(tx, each["id"], transcripts.parts_of(tx, each["id"]))
    return len(lacking)


def literal(vector: Sequence[float]) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(f"{number:.5g}" for number in vector) + "]"
