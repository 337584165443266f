"""A long recording heard by several workers, as it is spoken or in English: any order, any of them killed."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from domain.errors import Misconfigured
from domain.glossary import Term
from domain.media import Listening
from domain.recording import Recording
from domain.span import Span
from domain.track import Made
from domain.transcript import Sentence, Transcript, Word
from pipeline import hearing, journey, translating
from pipeline.carry import TryLater
from pipeline.originals import Originals
from pipeline.step import Stopped, Tools, Work
from store import glossary, media, read_along, recordings, tracks, transcripts
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.publish_api.material import NOW, PLAN, PROBE
from tests.store.things import a_recording
from tests.transcribe.sound import Samples
from tests.transcribe.test_transcript import PAUSES, SPANS, Scribe
from transcode.sound import Sound
from transcribe.whisper import Heard


class Ears(Scribe):
    """An engine that does something else in the middle of its `during`-th stretch."""

    during: int = 0
    act: Callable[[], None] = staticmethod(lambda: None)

    def transcribe(self, samples: Samples, **asked: Any) -> Heard:
        if len(self.asked) + 1 == self.during:
            self.act()
        return super().transcribe(samples, **asked)


class Called(list[int]):
    """How many workers were called to hear along."""

    def __call__(self, tx: Tx, recording_id: object, workers: int) -> None:
        self.append(workers)


@pytest.fixture
def ears() -> Ears:
    return Ears(["de"] * 9)


@pytest.fixture
def tools(store: Store, objects: Folder, ears: Ears, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    sound = Sound(np.broadcast_to(np.zeros(1, np.float32), 600 * 16_000), None)
    monkeypatch.setattr(hearing, "hear", lambda *_, **__: sound)
    monkeypatch.setattr(hearing, "_LOOK_EVERY_S", 0.0)
    made: dict[str, Any] = {
        "store": store,
        "originals": Originals(objects, tmp_path / "cache"),
        "jail": None,
        "language": None,
        "engine": lambda: ears,
        "call_ears": Called(),
        "others_wait": lambda: False,
    }
    return cast(Tools, SimpleNamespace(**made))


@pytest.fixture
def recording(store: Store, objects: Folder, people: People) -> Recording:
    objects.put_bytes("originals/one", b"ten minutes")
    with store.transaction() as tx:
        made = a_recording(tx, people.expert, steps=journey.NAMES)
        recordings.kept(tx, made.id, sha256=bytes(32), original_key="originals/one")
        recordings.looked(tx, made.id, replace(PROBE, duration_ms=600_000))
        media.save_listening(tx, made.id, Listening(None, PAUSES, PLAN))
        glossary.add(tx, made.space_id, [Term("X200")])
        return recordings.load(tx, made.id)


def work(recording: Recording, tools: Tools, stop: Callable[[], bool] = lambda: False) -> Work:
    return Work(recording, tools, lambda fraction: None, stop)


def save(tools: Tools, recording: Recording, span: Span, text: str, language: str = "de") -> None:
    with tools.store.transaction() as tx:
        words = [Word(text, span.start_ms + 100, span.start_ms + 200, 0.9)] if text else []
        transcripts.save_stretch(tx, recording.id, span=span, language=language, words=words)


def test_alone_a_worker_hears_one_stretch_after_the_other_and_calls_others(
    tools: Tools, recording: Recording, ears: Ears
) -> None:
    written = hearing.hear_all(work(recording, tools))

    assert [language for _, language, _ in ears.asked] == [None, "de", "de"]
    assert {terms for _, _, terms in ears.asked} == {(Term("X200"),)}
    assert [(w.text, w.start_ms) for w in written.words] == [("word1", 500), ("word2", 220_700), ("word3", 460_700)]
    assert written.language == "de"
    assert tools.call_ears == [1]


@pytest.mark.parametrize(("said", "certainty"), [(None, 0.25), ("de", None)])
def test_how_sure_the_language_is_stays_known_where_nobody_has_said_it(
    tools: Tools, recording: Recording, ears: Ears, said: str | None, certainty: float | None
) -> None:
    ears.certainty = 0.25

    hearing.hear_all(work(replace(recording, language=said), tools))
    with tools.store.transaction() as tx:
        kept = recordings.load(tx, recording.id)

    assert (kept.language_certainty, kept.language_in_doubt) == (certainty, said is None)


def test_another_takes_what_is_left_and_nothing_is_heard_twice(tools: Tools, recording: Recording, ears: Ears) -> None:
    save(tools, recording, SPANS[0], "eins")

    hearing.hear_along(tools, recording.id, lambda: False)
    by_the_other = len(ears.asked)
    written = hearing.hear_all(work(recording, tools))

    assert (by_the_other, len(ears.asked)) == (2, 2)
    assert [w.text for w in written.words] == ["eins", "word1", "word2"]


def test_who_hears_along_waits_for_the_language(tools: Tools, recording: Recording, ears: Ears) -> None:
    save(tools, recording, SPANS[0], "", language="und")

    hearing.hear_along(tools, recording.id, lambda: False)

    assert ears.asked == []


def test_who_hears_along_makes_room_for_what_somebody_waits_for(tools: Tools, recording: Recording, ears: Ears) -> None:
    save(tools, recording, SPANS[0], "eins")
    cast(Any, tools).others_wait = lambda: True

    hearing.hear_along(tools, recording.id, lambda: False)

    assert len(ears.asked) == 1
    assert tools.call_ears == [1]


@pytest.mark.parametrize("killed", [False, True])
def test_what_another_has_in_hand_is_waited_for_and_heard_when_that_was_killed(
    killed: bool, tools: Tools, recording: Recording, ears: Ears
) -> None:
    with ExitStack() as other:
        assert other.enter_context(tools.store.exclusive(f"hearing {recording.id} {SPANS[1].start_ms}"))

        def end() -> None:
            if not killed:
                save(tools, recording, SPANS[1], "by the other")
            other.close()

        ears.during, ears.act = 2, end  # while the third stretch is heard, as the second that is free
        written = hearing.hear_all(work(recording, tools))

    third, second = ("word2", "word3") if killed else ("word2", "by the other")
    assert [w.text for w in written.words] == ["word1", second, third]


def test_what_was_heard_in_another_language_than_is_said_now_is_heard_again(
    tools: Tools, recording: Recording, ears: Ears
) -> None:
    save(tools, recording, SPANS[0], "iron", language="en")
    save(tools, recording, SPANS[1], "zwei")
    cast(Any, tools).language = "de"

    written = hearing.hear_all(work(recording, tools))

    assert [w.text for w in written.words] == ["word1", "zwei", "word2"]


def test_a_worker_that_has_to_end_leaves_what_it_has_heard(tools: Tools, recording: Recording, ears: Ears) -> None:
    with pytest.raises(Stopped):
        hearing.hear_all(work(recording, tools, stop=lambda: len(ears.asked) == 2))

    with tools.store.transaction() as tx:
        assert list(transcripts.stretches(tx, recording.id)) == [SPANS[0]]


def test_nobody_hears_along_where_nothing_is_heard(tools: Tools, recording: Recording, ears: Ears) -> None:
    for span in SPANS:
        save(tools, recording, span, "there")
    hearing.hear_along(tools, recording.id, lambda: False)

    with tools.store.transaction() as tx:
        recordings.refuse(tx, recording.id, "too_long", "Too long.")
        tx.execute("delete from transcribed_stretch")
    hearing.hear_along(tools, recording.id, lambda: False)

    assert ears.asked == []


# ---------------------------------------------------------------- in English


GERMAN = Transcript(
    "de",
    "by hand",
    "none",
    tuple(Word("Wort.", span.start_ms + 500, span.start_ms + 900, 0.9) for span in SPANS),
    tuple(Sentence("Wort.", span.start_ms + 500, span.start_ms + 900) for span in SPANS),
)


@pytest.fixture
def asked(store: Store, people: People, recording: Recording) -> Recording:
    """Heard in German, and to be translated."""
    with store.transaction() as tx:
        for span in SPANS:
            transcripts.save_stretch(tx, recording.id, span=span, language="de", words=())
        transcripts.save_transcript(tx, recording.id, GERMAN)
        recordings.heard_language(tx, recording.id, "de")
        tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
    return recording


def never() -> bool:
    return False


def english(tools: Tools, recording: Recording) -> list[tuple[tuple[str, ...], Span]]:
    with tools.store.transaction() as tx:
        found = read_along.ready(tx, [recording.id])
        assert {(each.language, each.made) for each in found} <= {("en", Made.MACHINE)}
        return [(cue.lines, cue.of) for each in found for cue in read_along.cues(tx, each.id)]


def trouble(tools: Tools, recording: Recording) -> str:
    with tools.store.transaction() as tx:
        return tracks.track(tx, recording.id, "en").trouble


def test_every_stretch_is_heard_in_english_and_nothing_else_of_the_recording_changes(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    translating.translate(tools, asked.id, never)

    assert english(tools, asked) == [
        ((f"English word{n}",), Span(span.start_ms + 500, span.start_ms + 900)) for n, span in enumerate(SPANS, 1)
    ]
    assert [(language, terms) for _, language, terms in ears.asked] == [("de", ())] * 3
    assert tools.call_ears == [2]
    with tools.store.transaction() as tx:
        assert transcripts.transcript(tx, asked.id) == GERMAN


def test_a_second_job_finds_nothing_to_do(tools: Tools, asked: Recording, ears: Ears) -> None:
    translating.translate(tools, asked.id, never)
    translating.translate(tools, asked.id, never)

    assert len(ears.asked) == 3


def test_a_worker_that_hears_along_takes_stretches_of_it(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    hearing.hear_along(tools, asked.id, never)
    by_the_other = len(ears.asked)

    translating.translate(tools, asked.id, never)

    assert (by_the_other, len(ears.asked), len(english(tools, asked))) == (3, 3, 3)


def test_what_a_worker_that_had_to_end_has_heard_is_not_heard_again(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    with pytest.raises(Stopped):
        translating.translate(tools, asked.id, lambda: len(ears.asked) == 2)
    translating.translate(tools, asked.id, never)

    assert len(ears.asked) == 4  # the second stretch was in hand
    assert len(english(tools, asked)) == 3


def test_a_translation_of_less_than_half_of_what_is_said_is_not_offered(
    tools: Tools, asked: Recording, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translating, "hear_in_english", lambda *_: (Word("Word.", 600, 800, 0.9),))

    translating.translate(tools, asked.id, never)

    assert english(tools, asked) == []
    assert trouble(tools, asked).startswith("The machine has words for less than half")


def test_a_model_that_cannot_translate_says_so_and_is_not_tried_again(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    def cannot() -> None:
        raise Misconfigured("Turbo models cannot.", code="cannot_translate")

    ears.during, ears.act = 1, cannot
    translating.translate(tools, asked.id, never)

    assert trouble(tools, asked) == "Turbo models cannot."
    assert english(tools, asked) == []


def test_what_fails_again_and_again_is_given_up_in_words(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    def fails() -> Callable[[], None]:
        raise RuntimeError("no memory")

    cast(Any, tools).engine = fails
    for _ in range(4):
        with pytest.raises(TryLater):
            translating.translate(tools, asked.id, never)
    translating.translate(tools, asked.id, never)

    assert trouble(tools, asked).startswith("This recording could not be translated.")


def test_while_another_worker_is_at_it_the_job_comes_back_later(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    with tools.store.exclusive(f"translate {asked.id}"), pytest.raises(TryLater):
        translating.translate(tools, asked.id, never)

    assert ears.asked == []


def test_of_a_recording_that_was_deleted_nothing_is_translated(
    tools: Tools,
    asked: Recording,
    ears: Ears,
) -> None:
    def delete() -> None:
        with tools.store.transaction() as tx:
            recordings.delete(tx, asked.id, NOW)

    ears.during, ears.act = 2, delete
    translating.translate(tools, asked.id, never)
    translating.translate(tools, asked.id, never)

    assert (len(ears.asked), english(tools, asked)) == (2, [])
