# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Caption tracks: one a recording and language, brought as a file or translated by an engine.

What is ready (store/read_along.py) is never changed: whoever puts another makes another. A translation that is asked
for is a row without cues, and the job that makes it (`TRANSLATE`) keeps here what it has heard so far. Clips that show
the recording follow each change: in search, and open players have it at once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.errors import Conflict, NotFound
from domain.ids import uuid7
from domain.span import Span
from domain.track import ENGLISH, Made, Track, TrackCue
from domain.transcript import Word
from store import transcripts
from store.claim import LOCK, claim
from store.events import clip_topic, tell
from store.postgres import Row, Tx, make_due, row, rows
from store.text import one_line, storable
from store.transcripts import word_rows, words_from

TRANSLATE = "translate"  # the job, of a recording

_MAX_FILENAME = 255  # characters
_TRACK = """
    t.id, t.language, t.made, t.filename, p.public_id as by, p.name as by_name, t.made_at,
    t.cues is not null as ready, t.trouble
    from caption_track t join person p on p.id = t.person_id"""


def tracks(tx: Tx, recording_id: UUID) -> tuple[Track, ...]:
    """By language, also those that are still being made. Whoever asks has been let in before."""
    found = rows(tx, f"select {_TRACK} where t.recording_id = %s order by t.language", [recording_id])
    return tuple(_track(each) for each in found)


def track(tx: Tx, recording_id: UUID, language: str) -> Track:
    """Raises NotFound (`no_captions`)."""
    found = row(tx, f"select {_TRACK} where t.recording_id = %s and t.language = %s", [recording_id, language])
    if found is None:
        raise NotFound("There are no captions in this language.", code="no_captions")
    return _track(found)


def put(
    tx: Tx, recording_id: UUID, language: str, cues: Sequence[TrackCue], *, filename: str, by: UUID, now: datetime
) -> None:
    """A file's, in the place of any that was there in its language. Raises Gone."""
    claim(tx, recording_id)
    tx.execute("delete from caption_track where recording_id = %s and language = %s", [recording_id, language])
    tx.execute(
        "insert into caption_track (id, recording_id, language, made, filename, person_id, made_at, cues)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            uuid7(),
            recording_id,
            language,
            Made.FILE,
            one_line(filename)[:_MAX_FILENAME],
            by,
            now,
            Jsonb(_cue_rows(cues)),
        ],
    )
    _follow(tx, recording_id)


def remove(tx: Tx, recording_id: UUID, language: str) -> None:
    """One that is being made is no longer. A second call changes nothing. Raises Gone."""
    claim(tx, recording_id)
    tx.execute("delete from caption_track where recording_id = %s and language = %s", [recording_id, language])
    _follow(tx, recording_id)


def ask(tx: Tx, recording_id: UUID, *, by: UUID, now: datetime) -> None:
    """To have a recording translated into English; again, where it was before, or where that has failed.

    Raises Gone, and Conflict: `captions_there` where a file says it in English, `being_translated`.
    """
    claim(tx, recording_id)
    there = row(
        tx, f"select {_TRACK} where t.recording_id = %s and t.language = %s for update of t", [recording_id, ENGLISH]
    )
    if there is not None:
        found = _track(there)
        if found.made is Made.FILE:
            raise Conflict(
                "There are English captions from a file. Remove them first, if a machine's are to take their place.",
                code="captions_there",
            )
        if not found.ready and not found.trouble:
            raise Conflict("This recording is being translated already.", code="being_translated")
    tx.execute("delete from caption_track where recording_id = %s and language = %s", [recording_id, ENGLISH])
    tx.execute(
        "insert into caption_track (id, recording_id, language, made, filename, person_id, made_at)"
        " values (%s, %s, %s, %s, '', %s, %s)",
        [uuid7(), recording_id, ENGLISH, Made.MACHINE, by, now],
    )
    make_due(tx, TRANSLATE, recording_id)
    _follow(tx, recording_id)


def asked(tx: Tx, recording_id: UUID) -> UUID | None:
    """The translation that is to be made of a recording, and has not failed."""
    found = row(
        tx,
        "select id from caption_track where recording_id = %s and cues is null and trouble = ''",
        [recording_id],
    )
    return found["id"] if found else None


def all_asked(tx: Tx) -> list[UUID]:
    """The recordings of which a translation is to be made."""
    found = rows(tx, "select recording_id from caption_track where cues is null and trouble = '' order by id")
    return [each["recording_id"] for each in found]


def began(tx: Tx, track_id: UUID) -> int:
    """Counts how often it was tried: a kill counts too."""
    found = row(tx, "update caption_track set tries = tries + 1 where id = %s returning tries", [track_id])
    return int(found["tries"]) if found else 0


def uncount(tx: Tx, track_id: UUID) -> None:
    """It was stopped before it could fail."""
    tx.execute("update caption_track set tries = tries - 1 where id = %s and tries > 0", [track_id])


def save_stretch(tx: Tx, track_id: UUID, span: Span, language: str, words: Sequence[Word]) -> None:
    """What a worker that takes over need not hear again; nothing, where the translation is not wanted any more."""
    tx.execute(
        "insert into translated_stretch (track_id, start_ms, end_ms, language, words)"
        " select id, %s, %s, %s, %s from caption_track where id = %s for key share"
        " on conflict (track_id, start_ms) do update"
        "  set end_ms = excluded.end_ms, language = excluded.language, words = excluded.words",
        [span.start_ms, span.end_ms, language, Jsonb(word_rows(words)), track_id],
    )


def stretches(tx: Tx, track_id: UUID) -> dict[Span, tuple[str, tuple[Word, ...]]]:
    """Language and words of each stretch that was heard, in order of time."""
    found = rows(
        tx,
        "select start_ms, end_ms, language, words from translated_stretch where track_id = %s order by start_ms",
        [track_id],
    )
    return {Span(each["start_ms"], each["end_ms"]): (each["language"], words_from(each["words"])) for each in found}


def finish(tx: Tx, recording_id: UUID, track_id: UUID, cues: Sequence[TrackCue]) -> None:
    """The translation is there; a second call, or one for a track that nobody wants any more, changes nothing."""
    claim(tx, recording_id)
    tx.execute("update caption_track set cues = %s where id = %s and cues is null", [Jsonb(_cue_rows(cues)), track_id])
    tx.execute("delete from translated_stretch where track_id = %s", [track_id])
    _follow(tx, recording_id)


def give_up(tx: Tx, track_id: UUID, trouble: str) -> None:
    """`trouble`: why, for people."""
    tx.execute("update caption_track set trouble = %s where id = %s and cues is null", [storable(trouble), track_id])


def keep_lacking(tx: Tx, limit: int) -> int:
    """What can be read with clips, for search, where that was not kept yet; of how many."""
    lacking = rows(
        tx,
        "select c.id from clip c where c.deleted_at is null and c.id in ("
        "  select p.clip_id from caption_track t join clip_part p on p.recording_id = t.recording_id"
        "  where t.cues is not null"
        "  and not exists (select from clip_read r where r.clip_id = p.clip_id and r.language = t.language))"
        f" order by c.id limit %s {LOCK}",
        [limit],
    )
    for each in lacking:
        transcripts.keep_cues(tx, each["id"])
    return len(lacking)


def _follow(tx: Tx, recording_id: UUID) -> None:
    """The clips that show a recording, which is locked."""
    for each in rows(
        tx,
        "select c.id, c.public_id, c.deleted_at from clip c"
        f" where c.id in (select clip_id from clip_part where recording_id = %s) order by c.id {LOCK}",
        [recording_id],
    ):
        if each["deleted_at"] is None:
            transcripts.keep_cues(tx, each["id"])
        tell(tx, clip_topic(each["public_id"]))


def _cue_rows(cues: Sequence[TrackCue]) -> list[list[object]]:
    return [
        [cue.start_ms, cue.end_ms, [storable(line) for line in cue.lines], [cue.of.start_ms, cue.of.end_ms]]
        for cue in cues
    ]


def _track(found: Row) -> Track:
    return Track(**{**found, "made": Made(found["made"])})
