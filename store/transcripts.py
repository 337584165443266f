"""Transcripts: immutable runs of an engine, and the stretches that a run has finished so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.ids import uuid7
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word, joined, until_next, words_in
from store.claim import claim
from store.postgres import Tx, row, rows
from store.remembered import Remembered
from store.text import clean

# A run never changes, and reading an hour's words takes 30 ms: every move of a clip's bound asks for them.
_read: Remembered[UUID, Transcript] = Remembered(64)


def save_stretch(tx: Tx, recording_id: UUID, *, span: Span, language: str, words: Sequence[Word]) -> None:
    """What a worker that takes over need not do again. A later one from the same start replaces it.

    Raises Gone when the recording was deleted.
    """
    claim(tx, recording_id)
    tx.execute(
        "insert into transcribed_stretch (recording_id, start_ms, end_ms, language, words)"
        " values (%s, %s, %s, %s, %s) on conflict (recording_id, start_ms)"
        " do update set end_ms = excluded.end_ms, language = excluded.language, words = excluded.words",
        [recording_id, span.start_ms, span.end_ms, language, Jsonb(_word_rows(words))],
    )


def stretches(tx: Tx, recording_id: UUID) -> dict[Span, tuple[str, tuple[Word, ...]]]:
    """Language and words of each finished stretch, in order of time."""
    found = rows(
        tx,
        "select start_ms, end_ms, language, words from transcribed_stretch where recording_id = %s order by start_ms",
        [recording_id],
    )
    return {Span(each["start_ms"], each["end_ms"]): (each["language"], _words(each["words"])) for each in found}


def save_transcript(tx: Tx, recording_id: UUID, transcript: Transcript) -> None:
    """Adds a run; the newest is the one that is read. The same one again changes nothing.

    Raises Gone when the recording was deleted.
    """
    claim(tx, recording_id)
    words = Jsonb(_word_rows(transcript.words))
    sentences = Jsonb([[clean(s.text), s.start_ms, s.end_ms] for s in transcript.sentences])
    tx.execute(
        "insert into transcript (id, recording_id, engine, model, language, words, sentences)"
        " select %(id)s, %(recording)s, %(engine)s, %(model)s, %(language)s, %(words)s, %(sentences)s"
        " where not exists (select from ("
        "   select * from transcript where recording_id = %(recording)s order by id desc limit 1) newest"
        "  where engine = %(engine)s and model = %(model)s and language = %(language)s"
        "  and words = %(words)s and sentences = %(sentences)s)",
        {
            "id": uuid7(),
            "recording": recording_id,
            "engine": transcript.engine,
            "model": transcript.model,
            "language": transcript.language,
            "words": words,
            "sentences": sentences,
        },
    )


def transcript(tx: Tx, recording_id: UUID) -> Transcript | None:
    """The newest. For workers, and for owners and curators: whoever asks has been let in before."""
    newest = row(tx, "select id from transcript where recording_id = %s order by id desc limit 1", [recording_id])
    if newest is None:
        return None
    if (known := _read.get(newest["id"])) is not None:
        return known
    found = row(tx, "select language, engine, model, words, sentences from transcript where id = %s", [newest["id"]])
    if found is None:
        return None  # its recording was deleted in between
    return _read.put(
        newest["id"],
        Transcript(
            language=found["language"],
            engine=found["engine"],
            model=found["model"],
            words=_words(found["words"]),
            sentences=tuple(Sentence(*each) for each in found["sentences"]),
        ),
    )


@dataclass(frozen=True)
class Excerpt:
    """The words that are said in a span of a recording, and the whole sentences that they are of."""

    language: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return joined((w.text for w in self.words), self.language)


def within(tx: Tx, spans: Sequence[tuple[UUID, Span]]) -> list[Excerpt]:
    """What is said in each span of a recording."""
    found = []
    for recording_id, span in spans:
        said = transcript(tx, recording_id)
        words = words_in(said.words, span) if said else ()
        sentences = said.sentences if said else ()
        inside = tuple(
            sentence
            for sentence, end_ms in until_next(sentences, span.end_ms)
            if sentence.start_ms < span.end_ms and end_ms > span.start_ms
        )
        found.append(Excerpt(said.language if said else "", words, inside))
    return found


def _word_rows(words: Sequence[Word]) -> list[list[Any]]:
    """Lists instead of objects: a third of the bytes, and an hour has nine thousand words."""
    return [[clean(word.text), word.start_ms, word.end_ms, word.probability] for word in words]


def _words(found: list[list[Any]]) -> tuple[Word, ...]:
    return tuple(Word(*each) for each in found)
