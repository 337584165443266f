# ruff: noqa: S608 - what is put together is SQL of our own; every value is a parameter
"""Transcripts: immutable runs of an engine, the stretches that a run has finished so far, and what is read of them.

What is read is the newest run with people's corrections laid over it (domain/correction.py), which store/corrections.py
takes in. The text of clips and their sentences are copies of it, for search: whatever changes the one writes the others
(`retell_all`), and with them what can be read along (store/read_along.py), which hangs on the words that are heard.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.correction import Change, Edit, Text, read
from domain.cover import is_muted, muted, mutes_in
from domain.ids import uuid7
from domain.recall import Shown
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word, joined, said_in, until_next, words_in
from store import covered, read_along
from store.claim import LOCK, claim
from store.clip_history import kept
from store.postgres import Row, Tx, make_due, row, rows
from store.reel_films import REELS
from store.remembered import Remembered
from store.search import config
from store.text import storable

# A run never changes, and reading an hour's words takes 30 ms: every move of a clip's bound asks for them.
_runs: Remembered[UUID, Transcript] = Remembered(64)
_texts: Remembered[tuple[UUID, UUID | None], Text] = Remembered(64)  # by run and newest change
_muted: Remembered[tuple[UUID, UUID | None, tuple[Span, ...]], Text] = Remembered(64)

# The newest version of the words of the recording %(recording)s; 0 before there are any.
_VERSION = """greatest((select max(version) from transcript where recording_id = %(recording)s),
    (select max(version) from transcript_change where recording_id = %(recording)s), 0)"""


def save_stretch(tx: Tx, recording_id: UUID, *, span: Span, language: str, words: Sequence[Word]) -> None:
    """What a worker that takes over need not do again. A later one from the same start replaces it.

    Raises Gone when the recording was deleted.
    """
    claim(tx, recording_id)
    tx.execute(
        "insert into transcribed_stretch (recording_id, start_ms, end_ms, language, words)"
        " values (%s, %s, %s, %s, %s) on conflict (recording_id, start_ms)"
        " do update set end_ms = excluded.end_ms, language = excluded.language, words = excluded.words",
        [recording_id, span.start_ms, span.end_ms, language, Jsonb(word_rows(words))],
    )


def stretches(tx: Tx, recording_id: UUID) -> dict[Span, tuple[str, tuple[Word, ...]]]:
    """Language and words of each finished stretch, in order of time."""
    found = rows(
        tx,
        "select start_ms, end_ms, language, words from transcribed_stretch where recording_id = %s order by start_ms",
        [recording_id],
    )
    return {Span(each["start_ms"], each["end_ms"]): (each["language"], words_from(each["words"])) for each in found}


def save_transcript(tx: Tx, recording_id: UUID, transcript: Transcript) -> None:
    """Adds a run; the newest is the one that is read, with what was corrected before. The same one again changes
    nothing.

    Raises Gone when the recording was deleted.
    """
    claim(tx, recording_id)
    words = Jsonb(word_rows(transcript.words))
    sentences = Jsonb([[storable(s.text), s.start_ms, s.end_ms] for s in transcript.sentences])
    added = tx.execute(
        "insert into transcript (id, recording_id, engine, model, language, words, sentences, version)"
        " select %(id)s, %(recording)s, %(engine)s, %(model)s, %(language)s, %(words)s, %(sentences)s,"
        f"  {_VERSION} + 1"
        " where not exists (select from ("
        "   select * from transcript where recording_id = %(recording)s order by version desc limit 1) newest"
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
    ).rowcount
    _follow_language(tx, recording_id, transcript.language if transcript.words else None)
    if added:
        retell_all(tx, recording_id)


def _follow_language(tx: Tx, recording_id: UUID, language: str | None) -> None:
    """A clip, and what is said about it, is in the language of its first part, whoever has touched it."""
    held = rows(
        tx,
        "select c.id, c.touched_at is not null or c.published_at is not null as settled from clip c"
        " where c.deleted_at is null and c.language is distinct from %(language)s"
        "  and c.id in (select clip_id from clip_part where recording_id = %(recording)s)"
        "  and %(recording)s = (select recording_id from clip_part where clip_id = c.id order by position limit 1)"
        f" order by c.id {LOCK}",
        {"recording": recording_id, "language": language},
    )
    for each in held:
        with kept(tx, each["id"], "heard anew", None) if each["settled"] else nullcontext():
            tx.execute(
                "update clip set language = %s, search_config = %s, version = version + 1 where id = %s",
                [language, config(language), each["id"]],
            )
        tx.execute("update comment set search_config = %s where clip_id = %s", [config(language), each["id"]])


def transcript(tx: Tx, recording_id: UUID) -> Transcript | None:
    """As it is read now. For workers, and for owners and curators: whoever asks has been let in before."""
    found = text(tx, recording_id)
    return found.transcript if found else None


def text(tx: Tx, recording_id: UUID, *, aloud: bool = False) -> Text | None:
    """What `transcript` gives, with its version, and what became of the corrections. `aloud`: also what is muted
    (store/covers.py), for corrections, which are laid over what was said; it is shown to nobody.
    """
    newest = row(
        tx,
        "select t.id, t.version, h.id as change_id, coalesce(h.version, 0) as changed,"
        f" {covered.hidden('t.recording_id')} as hidden from transcript t"
        " left join lateral (select id, version from transcript_change"
        "   where recording_id = t.recording_id order by version desc limit 1) h on true"
        " where t.recording_id = %s order by t.version desc limit 1",
        [recording_id],
    )
    if newest is None:
        return None
    known, mutes = (newest["id"], newest["change_id"]), mutes_in(covered.read(newest["hidden"]))
    if not mutes or aloud:
        return _text(tx, recording_id, known, newest["version"], newest["changed"])
    if (found := _muted.get((*known, mutes))) is not None:
        return found
    said = _text(tx, recording_id, known, newest["version"], newest["changed"])
    return _muted.put((*known, mutes), hushed(said, mutes)) if said else None


def hushed(said: Text, mutes: Sequence[Span]) -> Text:
    """As it is read while these are muted."""
    if not mutes:
        return said
    unplaced = tuple(each for each in said.unplaced if not is_muted(mutes, each.edit.at_ms, each.edit.at_ms))
    return replace(said, transcript=muted(said.transcript, mutes), unplaced=unplaced)


def _text(tx: Tx, recording_id: UUID, known: tuple[UUID, UUID | None], version: int, changed: int) -> Text | None:
    if (found := _texts.get(known)) is not None:
        return found
    if (of := run(tx, known[0])) is None:
        return None  # its recording was deleted in between
    made = [each for each in changes(tx, recording_id) if each.version <= changed]
    return _texts.put(known, read(max(version, changed), known[0], of, made))


def run(tx: Tx, run_id: UUID) -> Transcript | None:
    """As its engine left it; None when its recording was deleted."""
    if (known := _runs.get(run_id)) is not None:
        return known
    found = row(tx, "select language, engine, model, words, sentences from transcript where id = %s", [run_id])
    if found is None:
        return None
    return _runs.put(
        run_id,
        Transcript(
            language=found["language"],
            engine=found["engine"],
            model=found["model"],
            words=words_from(found["words"]),
            sentences=tuple(Sentence(*each) for each in found["sentences"]),
        ),
    )


def changes(tx: Tx, recording_id: UUID) -> tuple[Change, ...]:
    """All that people have changed, undone or not, in its order."""
    found = rows(
        tx,
        "select version, transcript_id, edits, undoes from transcript_change where recording_id = %s order by version",
        [recording_id],
    )
    return tuple(change_from(each) for each in found)


def change_from(found: Row) -> Change:
    """From a row that holds at least the columns above."""
    edits = tuple(
        Edit(words_from(old), tuple(new), begins, Span(*at[0]) if at else None)
        for old, new, begins, *at in found["edits"]
    )
    return Change(found["version"], found["transcript_id"], edits, found["undoes"])


def edit_rows(edits: Sequence[Edit]) -> list[list[Any]]:
    """As `change_from` reads them."""
    return [
        [
            word_rows(edit.old),
            [storable(each) for each in edit.new],
            edit.begins,
            *([[edit.at.start_ms, edit.at.end_ms]] if edit.at else []),
        ]
        for edit in edits
    ]


def retell_all(tx: Tx, recording_id: UUID, said: Span | None = None) -> None:
    """What is read of the recording, which is locked, has changed, or what is said in a span of it: so does the text of
    every clip that shows it.
    """
    said = read_along.around(tx, recording_id, said) if said else None
    held = rows(
        tx,
        "select c.id, exists (select from reel_clip k where k.clip_id = c.id) as in_reel from clip c"
        " where c.deleted_at is null and c.id in (select clip_id from clip_part where recording_id = %(recording)s"
        "  and (%(start)s::int is null or start_ms < %(end)s and end_ms > %(start)s))"
        f" order by c.id {LOCK}",  # or two recordings that change at once would each write the other's words of before
        {
            "recording": recording_id,
            "start": said.start_ms if said else None,
            "end": said.end_ms if said else None,
        },
    )
    for each in held:
        retell(tx, each["id"])
        if each["in_reel"]:
            make_due(tx, REELS, each["id"])


def retell(tx: Tx, clip_id: UUID) -> None:
    """The text of a clip again: what is said in its parts."""
    shown = parts_of(tx, clip_id)
    said = told(tx, shown)
    tx.execute(
        "update clip set text = %(said)s, changed_by = null,"
        " changed_at = case when published_at is not null then now() end where id = %(id)s and text <> %(said)s",
        {"said": said, "id": clip_id},
    )
    keep_lines(tx, clip_id, shown)


def parts_of(tx: Tx, clip_id: UUID) -> tuple[Shown, ...]:
    found = rows(
        tx, "select recording_id, start_ms, end_ms from clip_part where clip_id = %s order by position", [clip_id]
    )
    return tuple((each["recording_id"], Span(each["start_ms"], each["end_ms"])) for each in found)


def keep_lines(tx: Tx, clip_id: UUID, parts: Sequence[Shown]) -> None:
    """The sentences of a clip again, for search, and the millisecond of its recording that each begins at: as far as
    its parts show them, for what was cut away is not for its viewers. And what can be read along.
    """
    kept: list[tuple[str, int, int]] = []
    for number, ((_, span), here) in enumerate(zip(parts, within(tx, parts), strict=True)):
        for sentence, end_ms in until_next(here.sentences, span.end_ms):
            start_ms, end_ms = max(sentence.start_ms, span.start_ms), min(end_ms, span.end_ms)
            if start_ms < end_ms and (text := said_in(here.words, Span(start_ms, end_ms), here.language)):
                kept.append((text, number, start_ms))
    tx.execute(
        "insert into clip_said (clip_id, sentences, parts, starts_ms) values (%s, %s, %s, %s)"
        " on conflict (clip_id) do update set sentences = excluded.sentences, parts = excluded.parts,"
        " starts_ms = excluded.starts_ms",
        [clip_id, [text for text, _, _ in kept], [part for _, part, _ in kept], [at for _, _, at in kept]],
    )
    read_along.keep(tx, clip_id, parts, lambda recording_id: _heard(tx, recording_id))


def keep_cues(tx: Tx, clip_id: UUID) -> None:
    """What can be read along with a clip, which is locked, again, for search: a track is another."""
    read_along.keep(tx, clip_id, parts_of(tx, clip_id), lambda recording_id: _heard(tx, recording_id))


def _heard(tx: Tx, recording_id: UUID) -> tuple[Word, ...]:
    found = transcript(tx, recording_id)
    return found.words if found else ()


def told(tx: Tx, parts: Sequence[Shown]) -> str:
    """What is said in these, as text."""
    return " ".join(excerpt.text for excerpt in within(tx, parts) if excerpt.words)


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


def word_rows(words: Sequence[Word]) -> list[list[Any]]:
    """Lists instead of objects: a third of the bytes, and an hour has nine thousand words."""
    return [[storable(word.text), word.start_ms, word.end_ms, word.probability] for word in words]


def words_from(found: list[list[Any]]) -> tuple[Word, ...]:
    return tuple(Word(*each) for each in found)
