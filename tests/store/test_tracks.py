"""Caption tracks: one a recording and language, and what is to become one."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import Conflict, Gone, NotFound
from domain.recording import Recording
from domain.span import Span
from domain.track import Made, TrackCue
from domain.transcript import Word
from store import read_along, recordings, tracks
from store.events import clip_topic
from store.postgres import Store, Tx
from tests.conftest import People
from tests.hearing import is_told
from tests.store.things import LATER, NOW, a_published_clip, a_recording

CUES = (TrackCue(0, 900, ("Cierra", "la válvula."), Span(0, 900)), TrackCue(1000, 2000, ("Espera.",), Span(900, 2100)))


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def put(tx: Tx, recording: Recording, people: People, language: str = "es", **changed: Any) -> None:
    values = {"filename": "valve.srt", "by": people.expert.id, "now": NOW, **changed}
    tracks.put(tx, recording.id, language, CUES, **values)


def ready(tx: Tx, recording: Recording) -> list[tuple[str, Made]]:
    return [(each.language, each.made) for each in read_along.ready(tx, [recording.id])]


def test_what_is_put_is_read_with_who_and_when(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        put(tx, recording, people, filename=" valve\u202e\n.srt ")
        (track,) = tracks.tracks(tx, recording.id)
        (shown,) = read_along.ready(tx, [recording.id])

        assert read_along.cues(tx, shown.id) == CUES

    assert (track.language, track.made, track.filename, track.ready, track.trouble) == (
        "es", Made.FILE, "valve .srt", True, "",
    )  # fmt: skip
    assert (track.by, track.by_name, track.made_at) == (people.expert.public_id, "Eva Expert", NOW)


def test_another_file_of_the_same_language_takes_its_place(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        put(tx, recording, people)
        (before,) = read_along.ready(tx, [recording.id])
        put(tx, recording, people, filename="better.vtt", by=people.curator.id, now=LATER)
        (after,) = tracks.tracks(tx, recording.id)

        assert read_along.cues(tx, before.id) in {(), CUES}  # remembered, and asked for by nobody
        assert (after.filename, after.by, after.made_at) == ("better.vtt", people.curator.public_id, LATER)


def test_what_is_removed_is_gone_and_a_second_time_changes_nothing(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        put(tx, recording, people)
        tracks.remove(tx, recording.id, "es")
        tracks.remove(tx, recording.id, "es")

        assert tracks.tracks(tx, recording.id) == ()
        with pytest.raises(NotFound):
            tracks.track(tx, recording.id, "es")


def test_they_go_with_their_recording(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        put(tx, recording, people)
        recordings.delete(tx, recording.id, NOW)

        assert tracks.tracks(tx, recording.id) == ()
        with pytest.raises(Gone):
            put(tx, recording, people)


@pytest.mark.parametrize("act", ["put", "remove"])
def test_whoever_has_a_clip_of_it_open_is_told(act: str, store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, recording, people.curator)
    acts: dict[str, Callable[[Tx], None]] = {
        "put": lambda tx: put(tx, recording, people),
        "remove": lambda tx: tracks.remove(tx, recording.id, "es"),
    }

    def change() -> None:
        with store.transaction() as tx:
            acts[act](tx)

    assert is_told(store, clip_topic(clip.public_id), change)


def test_a_translation_that_is_asked_for_waits_and_its_job_is_due_once(
    store: Store, people: People, recording: Recording
) -> None:
    due: list[tuple[str, object]] = []
    store.enqueue = lambda tx, job, about: due.append((job, about))

    with store.transaction() as tx:
        tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        with pytest.raises(Conflict) as refused:
            tracks.ask(tx, recording.id, by=people.curator.id, now=LATER)

        assert refused.value.code == "being_translated"
        assert ready(tx, recording) == []
        assert [(t.language, t.made, t.ready) for t in tracks.tracks(tx, recording.id)] == [("en", Made.MACHINE, False)]
        assert tracks.all_asked(tx) == [recording.id]
    assert due == [("translate", recording.id)]


def test_what_is_heard_of_a_translation_stays_until_it_is_finished(
    store: Store, people: People, recording: Recording
) -> None:
    word = Word("Close", 10, 20, 0.5)
    with store.transaction() as tx:
        tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        track_id = tracks.asked(tx, recording.id)
        assert track_id is not None
        tracks.save_stretch(tx, track_id, Span(0, 500), "de", ())
        tracks.save_stretch(tx, track_id, Span(0, 900), "de", (word,))
        assert tracks.stretches(tx, track_id) == {Span(0, 900): ("de", (word,))}

        tracks.finish(tx, recording.id, track_id, CUES)
        tracks.finish(tx, recording.id, track_id, ())

        assert tracks.stretches(tx, track_id) == {}
        assert (ready(tx, recording), read_along.cues(tx, track_id)) == ([("en", Made.MACHINE)], CUES)
        assert (tracks.asked(tx, recording.id), tracks.all_asked(tx)) == (None, [])


def test_a_translation_that_nobody_wants_any_more_leaves_nothing(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        track_id = tracks.asked(tx, recording.id)
        assert track_id is not None
        put(tx, recording, people, "en")  # somebody's own is better

        tracks.save_stretch(tx, track_id, Span(0, 900), "de", ())
        tracks.finish(tx, recording.id, track_id, ())

        assert tracks.stretches(tx, track_id) == {}
        assert ready(tx, recording) == [("en", Made.FILE)]
        with pytest.raises(Conflict) as refused:
            tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        assert refused.value.code == "captions_there"


def test_one_that_was_given_up_says_why_and_can_be_asked_for_again(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        track_id = tracks.asked(tx, recording.id)
        assert track_id is not None
        assert (tracks.began(tx, track_id), tracks.began(tx, track_id)) == (1, 2)
        tracks.give_up(tx, track_id, "This model cannot.")

        assert tracks.track(tx, recording.id, "en").trouble == "This model cannot."
        assert tracks.all_asked(tx) == []
        tracks.ask(tx, recording.id, by=people.expert.id, now=LATER)
        assert tracks.track(tx, recording.id, "en").trouble == ""
