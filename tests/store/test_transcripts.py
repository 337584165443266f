"""Transcripts: runs of an engine, kept as they were."""

from dataclasses import replace

import pytest

from domain.recording import Recording
from domain.span import Span
from domain.transcript import Transcript, Word
from store import transcripts
from store.postgres import Store
from tests.conftest import People
from tests.store.things import a_recording, spoken

WORDS = (Word("Öffne", 120, 480, 0.123456789), Word("das", 480, 600, 1.0), Word("Ventil.", 600, 990, 0.5))


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def count(store: Store) -> int:
    with store.transaction() as tx:
        found = tx.execute("select count(*) from transcript").fetchone()
    assert found is not None
    return int(found[0])


def test_stretches_come_back_in_order_of_time(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        transcripts.save_stretch(tx, recording.id, span=Span(5000, 9000), language="de", words=())
        transcripts.save_stretch(tx, recording.id, span=Span(0, 5000), language="de", words=WORDS)

        found = transcripts.stretches(tx, recording.id)

    assert list(found.items()) == [(Span(0, 5000), ("de", WORDS)), (Span(5000, 9000), ("de", ()))]


def test_a_stretch_that_is_done_twice_is_kept_once(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        for _ in range(2):
            transcripts.save_stretch(tx, recording.id, span=Span(0, 5000), language="de", words=WORDS)

        assert transcripts.stretches(tx, recording.id) == {Span(0, 5000): ("de", WORDS)}


def test_the_newest_transcript_is_the_one_that_is_read(store: Store, recording: Recording) -> None:
    first = spoken("Open the valve. Then wait.")
    better = replace(first, model="small")

    with store.transaction() as tx:
        assert transcripts.transcript(tx, recording.id) is None
        transcripts.save_transcript(tx, recording.id, first)
        assert transcripts.transcript(tx, recording.id) == first
        transcripts.save_transcript(tx, recording.id, better)
        assert transcripts.transcript(tx, recording.id) == better

    assert count(store) == 2


def test_the_same_transcript_again_changes_nothing(store: Store, recording: Recording) -> None:
    for _ in range(2):
        with store.transaction() as tx:
            transcripts.save_transcript(tx, recording.id, spoken("Open the valve. Then wait."))

    assert count(store) == 1


def test_a_recording_without_speech_has_a_transcript_without_words(store: Store, recording: Recording) -> None:
    silent = Transcript("en", "faster-whisper", "base", (), ())

    with store.transaction() as tx:
        transcripts.save_transcript(tx, recording.id, silent)

        assert transcripts.transcript(tx, recording.id) == silent


def test_what_an_engine_invents_is_kept_without_what_the_database_refuses(store: Store, recording: Recording) -> None:
    odd = Transcript("en", "e", "m", (Word("a\x00b\ud800", 0, 1, 0.5),), ())

    with store.transaction() as tx:
        transcripts.save_transcript(tx, recording.id, odd)
        found = transcripts.transcript(tx, recording.id)

    assert found is not None
    assert found.words == (Word("ab", 0, 1, 0.5),)
