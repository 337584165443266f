"""Corrections: kept in a log, laid over every run of the engine, and followed by the text of clips at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest

from domain.correction import Asked, Text
from domain.errors import Conflict, Gone, Invalid, NotFound
from domain.recording import Recording
from domain.span import Span
from domain.transcript import UNSURE
from store import clips, corrections, recordings, transcripts
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips, spoken

HEARD = spoken("Use Klueber on the bearing. Then Klueber again.")


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        found = a_recording(tx, people.expert)
        transcripts.save_transcript(tx, found.id, HEARD)
        return found


@pytest.fixture
def tx(store: Store) -> Iterator[Tx]:
    with store.transaction() as tx:
        yield tx


def correct(tx: Tx, recording: Recording, by: UUID, *asked: Asked, version: int) -> Text:
    return corrections.correct(tx, recording.id, asked, version=version, by=by, now=NOW)[1]


def said(tx: Tx, recording: Recording) -> str:
    found = transcripts.transcript(tx, recording.id)
    return " ".join(word.text for word in found.words) if found else ""


def test_a_correction_is_read_at_once_and_the_run_stays_as_it_was(tx: Tx, people: People, recording: Recording) -> None:
    text = correct(tx, recording, people.curator.id, Asked(1, text=" Kl\u202eüber "), version=1)

    assert said(tx, recording) == "Use Klüber on the bearing. Then Klueber again."
    assert (text.version, text.by_hand) == (2, frozenset({1}))
    assert transcripts.run(tx, text.run) == HEARD


def test_who_saw_an_older_version_is_told_and_nothing_is_lost(tx: Tx, people: People, recording: Recording) -> None:
    correct(tx, recording, people.curator.id, Asked(1, text="Klüber"), version=1)

    with pytest.raises(Conflict) as refused:
        correct(tx, recording, people.expert.id, Asked(1, text="Clover"), version=1)

    assert refused.value.code == "stale_version"
    assert said(tx, recording) == "Use Klüber on the bearing. Then Klueber again."


def test_of_two_who_save_at_once_one_is_told(store: Store, people: People, recording: Recording) -> None:
    outcomes: list[object] = []

    def save(text: str) -> None:
        try:
            with store.transaction() as tx:
                outcomes.append(correct(tx, recording, people.expert.id, Asked(1, text=text), version=1).version)
        except Conflict as conflict:
            outcomes.append(conflict.code)

    both = [Thread(target=save, args=(text,)) for text in ("Klüber", "Clover")]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(map(str, outcomes)) == ["2", "stale_version"]


def test_what_changes_nothing_makes_no_version(tx: Tx, people: People, recording: Recording) -> None:
    text = correct(tx, recording, people.expert.id, Asked(1, text="Klueber"), version=1)

    assert text.version == 1
    assert corrections.history(tx, recording.id).items == ()


def test_clips_say_it_and_are_found_by_it_in_the_same_transaction(tx: Tx, people: People, recording: Recording) -> None:
    clip, other = some_clips(
        tx,
        recording,
        proposal(0, 2500, text="Use Klueber on the bearing."),
        proposal(2500, 4000, "Again", text="Then Klueber again."),
    )
    clips.publish(tx, clip.id, people.curator.id, NOW)

    correct(tx, recording, people.curator.id, Asked(1, text="Klüber"), version=1)

    assert clips.clip(tx, clip.public_id, people.learner.id).text == "Use Klüber on the bearing."
    assert clips.clip(tx, other.public_id, people.expert.id).text == "Then Klueber again."
    (hit,) = clips.search(tx, people.learner.id, "Klüber").hits
    assert (hit.sentence, hit.at_ms) == ("Use Klüber on the bearing.", 0)
    assert clips.search(tx, people.learner.id, "Klueber").hits == ()


def test_a_new_run_of_the_engine_loses_no_correction(tx: Tx, people: People, recording: Recording) -> None:
    correct(tx, recording, people.curator.id, Asked(1, text="Klüber"), Asked(4, text="shaft."), version=1)

    better = replace(spoken("Use Klueber on the gearing. Then Klüber again.", word_ms=480), model="small")
    transcripts.save_transcript(tx, recording.id, better)

    text = corrections.text(tx, recording.id)
    assert said(tx, recording) == "Use Klüber on the shaft. Then Klüber again."
    assert [word.text for word in text.transcript.words if word.probability < UNSURE] == ["shaft."]
    assert (text.version, text.unplaced) == (3, ())
    with pytest.raises(Conflict):
        correct(tx, recording, people.curator.id, Asked(0, text="Now"), version=2)


def test_clips_that_people_have_touched_say_what_a_new_run_says(tx: Tx, people: People, recording: Recording) -> None:
    (clip,) = some_clips(tx, recording, proposal(0, 4000, text="Use Klueber on the bearing. Then Klueber again."))
    clips.change(tx, clip.id, version=1, now=NOW, title="Mine")

    transcripts.save_transcript(tx, recording.id, spoken("Use Klüber on the bearing. Then Klüber again."))

    assert clips.clip(tx, clip.public_id, people.expert.id).text == "Use Klüber on the bearing. Then Klüber again."


def test_a_name_is_mended_everywhere_as_one_change(tx: Tx, people: People, recording: Recording) -> None:
    _, text = corrections.say_instead(tx, recording.id, "klueber", "Klüber", version=1, by=people.curator.id, now=NOW)

    assert said(tx, recording) == "Use Klüber on the bearing. Then Klüber again."
    assert text.version == 2
    corrections.undo(tx, recording.id, 2, by=people.curator.id, now=NOW)
    assert said(tx, recording) == "Use Klueber on the bearing. Then Klueber again."
    with pytest.raises(Invalid) as refused:
        corrections.say_instead(tx, recording.id, "clover", "Klüber", version=3, by=people.curator.id, now=NOW)
    assert refused.value.code == "not_said"


def test_the_history_says_who_did_what_when_and_what_still_holds(tx: Tx, people: People, recording: Recording) -> None:
    correct(tx, recording, people.expert.id, Asked(1, text="Klüber"), version=1)
    correct(tx, recording, people.curator.id, Asked(5, begins=False), version=2)
    corrections.undo(tx, recording.id, 2, by=people.curator.id, now=LATER)

    last, joined, first = corrections.history(tx, recording.id).items

    assert (first.version, first.name, first.made_at, first.holds) == (2, "Eva Expert", NOW, False)
    assert [(edit.old[0].text, edit.new, edit.begins) for edit in joined.edits] == [("Then", ("Then",), False)]
    assert (last.by, last.undoes, last.made_at, last.holds) == (people.curator.public_id, 2, LATER, True)
    assert last.edits == first.edits
    page = corrections.history(tx, recording.id, limit=2)
    assert [each.version for each in page.items] == [4, 3]
    assert [each.version for each in corrections.history(tx, recording.id, cursor=page.next).items] == [2]


def test_what_was_undone_can_be_brought_back(tx: Tx, people: People, recording: Recording) -> None:
    correct(tx, recording, people.expert.id, Asked(1, text="Klüber"), version=1)
    corrections.undo(tx, recording.id, 2, by=people.expert.id, now=NOW)

    corrections.undo(tx, recording.id, 3, by=people.expert.id, now=NOW)

    assert said(tx, recording) == "Use Klüber on the bearing. Then Klueber again."
    for version, code in ((3, "undone"), (9, "not_found")):
        with pytest.raises((Conflict, NotFound)) as refused:
            corrections.undo(tx, recording.id, version, by=people.expert.id, now=NOW)
        assert refused.value.code == code


def test_a_transaction_that_was_not_kept_is_not_read_by_the_next(
    store: Store, people: People, recording: Recording
) -> None:
    class Broken(Exception):
        pass

    def is_broken_off() -> None:
        with store.transaction() as tx:
            correct(tx, recording, people.expert.id, Asked(1, text="Clover"), version=1)
            raise Broken

    with pytest.raises(Broken):
        is_broken_off()

    with store.transaction() as tx:
        correct(tx, recording, people.expert.id, Asked(4, text="shaft."), version=1)
        assert said(tx, recording) == "Use Klueber on the shaft. Then Klueber again."


def test_corrections_go_with_their_recording(tx: Tx, people: People, recording: Recording) -> None:
    correct(tx, recording, people.expert.id, Asked(1, text="Klüber"), version=1)

    recordings.delete(tx, recording.id, NOW + timedelta(days=1))

    assert tx.execute("select count(*) from transcript_change").fetchone() == (0,)
    with pytest.raises(Gone):
        correct(tx, recording, people.expert.id, Asked(1, text="Klüber"), version=2)


def test_a_clip_of_two_recordings_says_the_newest_words_of_both(tx: Tx, people: People, recording: Recording) -> None:
    retake = a_recording(tx, people.expert, upload_id="upload-2")
    transcripts.save_transcript(tx, retake.id, spoken("Wipe it."))
    (clip,) = some_clips(tx, recording, proposal(0, 2500, text="Use Klueber on the bearing."))
    parts = (clip.parts[0], replace(clip.parts[0], recording_id=retake.id, span=Span(0, 1000)))
    clips.change(tx, clip.id, version=1, now=NOW, parts=parts)

    correct(tx, recording, people.expert.id, Asked(1, text="Klüber"), version=1)
    correct(tx, retake, people.expert.id, Asked(0, text="Clean"), version=1)

    assert clips.clip(tx, clip.public_id, people.expert.id).text == "Use Klüber on the bearing. Clean it."
