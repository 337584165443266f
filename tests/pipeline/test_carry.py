"""One step further: begun, done, saved, and what comes next set off, whatever happens in between."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from domain.errors import Misconfigured, Refused, Unavailable
from domain.recording import Recording, Status, StepState
from pipeline import carry as carrying
from pipeline import journey
from pipeline.carry import MAX_FAILURES, MAX_STARTS, Busy, Stopped, TryLater, begin_journey, carry, try_again
from pipeline.step import Outcome, Tools, Work
from store import recordings, steps
from store.postgres import Store, Tx
from tests.conftest import People
from tests.pipeline.arriving import arrived

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Queue(list[tuple[str, UUID]]):
    """What was queued, in order."""

    def __call__(self, tx: Tx, step: str, recording_id: UUID) -> None:
        self.append((step, recording_id))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def recording(store: Store, people: People, queue: Queue) -> Recording:
    with store.transaction() as tx:
        recording = arrived(tx, people)
        begin_journey(tx, recording, queue)
        return recording


@pytest.fixture
def do(store: Store, recording: Recording, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Carries the recording through a step whose work is the function given."""

    def run(name: str, work: Callable[[Work], Outcome]) -> None:
        monkeypatch.setitem(carrying.STEPS, name, work)
        carry(cast(Tools, SimpleNamespace(store=store)), queue, name, recording.id, lambda: False, lambda: NOW)

    return run


def fine(work: Work) -> Outcome:
    return Outcome(lambda tx: None)


def raising(error: Exception) -> Callable[[Work], Outcome]:
    def work(_: Work) -> Outcome:
        raise error

    return work


def now_is(store: Store, recording: Recording) -> Recording:
    with store.transaction() as tx:
        return recordings.load(tx, recording.id)


def step(store: Store, recording: Recording, name: str) -> Any:
    return next(s for s in now_is(store, recording).steps if s.name == name)


def test_a_step_that_is_done_sets_off_the_next(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    do("keep", fine)

    assert queue.names == ["begin", "keep", "look"]
    assert step(store, recording, "keep").state is StepState.DONE
    assert step(store, recording, "look").state is StepState.QUEUED


def test_what_a_step_saves_is_saved_with_its_end_or_not_at_all(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    def save(tx: Tx) -> None:
        recordings.heard_language(tx, recording.id, "de")
        raise Unavailable("The database went away.")

    with pytest.raises(TryLater):
        do("keep", lambda work: Outcome(save))

    assert now_is(store, recording).language is None
    assert step(store, recording, "keep").state is StepState.RUNNING
    assert queue.names == ["begin", "keep"]


def test_a_job_that_comes_twice_does_the_step_once(do: Callable[..., None], queue: Queue) -> None:
    worked: list[str] = []

    def work(_: Work) -> Outcome:
        worked.append("keep")
        return Outcome(lambda tx: None)

    do("keep", work)
    do("keep", work)

    assert worked == ["keep"]
    assert queue.names == ["begin", "keep", "look"]


def test_two_workers_are_never_at_one_step(store: Store, recording: Recording, do: Callable[..., None]) -> None:
    with store.exclusive(f"step {recording.id} keep"), pytest.raises(Busy):
        do("keep", fine)


def test_what_may_be_cleared_away_goes_after_the_commit(
    store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    seen: list[StepState] = []

    do("keep", lambda work: Outcome(lambda tx: None, lambda: seen.append(step(store, recording, "keep").state)))

    assert seen == [StepState.DONE]


def test_a_refusal_is_written_down_and_nothing_comes_after(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    do("keep", raising(Refused("There is nothing to see or hear in it.", code="no_media")))
    do("look", fine)
    found = now_is(store, recording)

    assert (found.status, found.refusal_code) == (Status.REFUSED, "no_media")
    assert queue.names == ["begin", "keep"]


def test_what_ran_beside_a_refusal_waits_for_somebody_who_tries_again(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    def refused_meanwhile(work: Work) -> Outcome:
        do("keep", raising(Refused("You have sent this before.", code="already_here")))
        return Outcome(lambda tx: None)

    do("begin", refused_meanwhile)
    with store.transaction() as tx:
        steps.queue(tx, recording.id, "head")  # by a worker that was a moment quicker
    do("head", raising(AssertionError("worked for a refused recording")))
    waits = step(store, recording, "head").state
    with store.transaction() as tx:
        try_again(tx, recording.id, queue)

    assert step(store, recording, "begin").state is StepState.DONE
    assert waits is StepState.WAITING
    assert queue.names == ["begin", "keep", "head", "keep"]


def test_trouble_outside_is_tried_again_a_few_times_and_then_told(
    store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    trouble = raising(OSError("disk full"))
    waits = []
    for _ in range(MAX_FAILURES - 1):
        with pytest.raises(TryLater) as later:
            do("keep", trouble)
        waits.append(later.value.wait_s)
    do("keep", trouble)
    failed = step(store, recording, "keep")

    assert waits == [2, 4, 8, 16]
    assert (failed.state, failed.error_code) == (StepState.FAILED, "internal")
    assert "Your recording is safe" in failed.error_message
    assert "disk full" not in failed.error_message


def test_being_stopped_is_no_failure_however_often(store: Store, recording: Recording, do: Callable[..., None]) -> None:
    for _ in range(MAX_FAILURES):
        with pytest.raises(Stopped):
            do("keep", raising(Stopped()))
    with pytest.raises(TryLater) as later:
        do("keep", raising(OSError("disk full")))

    assert later.value.wait_s == 2
    assert step(store, recording, "keep").state is StepState.RUNNING


def test_what_only_a_person_can_change_is_not_tried_again(
    store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    do("keep", raising(Misconfigured("Set PASSITON_WHISPER_MODEL.")))

    assert step(store, recording, "keep").error_message == "Set PASSITON_WHISPER_MODEL."


def test_a_step_that_ends_its_worker_every_time_is_not_begun_for_ever(
    store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    for _ in range(MAX_STARTS):
        with pytest.raises(Stopped):
            do("keep", raising(Stopped()))
    do("keep", raising(AssertionError("begun once too often")))

    assert step(store, recording, "keep").error_code == "too_many_attempts"


def test_trying_again_begins_anew_with_what_failed_and_keeps_what_is_done(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    do("keep", fine)
    do("look", raising(Refused("It is too long.", code="too_long")))

    with store.transaction() as tx:
        try_again(tx, recording.id, queue)
    do("look", fine)
    found = now_is(store, recording)

    assert queue.names == ["begin", "keep", "look", "look", "listen"]
    assert found.status is Status.WORKING
    assert step(store, recording, "keep").attempts == 1


def test_a_step_that_a_newer_version_brought_is_done_for_recordings_on_their_way(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    with store.transaction() as tx:
        tx.execute("delete from step where recording_id = %s and name = 'look'", [recording.id])

    do("keep", fine)

    assert queue.names == ["begin", "keep", "look"]
    assert step(store, recording, "look").state is StepState.QUEUED


def test_the_last_of_two_steps_sets_off_what_waits_for_one_of_them(
    store: Store, recording: Recording, queue: Queue, do: Callable[..., None]
) -> None:
    for name in ("begin", "keep", "look", "listen", "transcribe", "head", "render", "cut"):
        do(name, fine)

    assert queue.names == ["begin", "keep", "head", "look", "listen", "transcribe", "cut", "render"]
    assert now_is(store, recording).status is Status.READY


def test_nothing_is_done_for_a_recording_that_was_deleted(
    store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    with store.transaction() as tx:
        recordings.delete(tx, recording.id, NOW)

    do("keep", raising(AssertionError("worked for a deleted recording")))


def test_every_step_has_a_row(store: Store, recording: Recording, tmp_path: Path) -> None:
    with store.transaction() as tx:
        assert tuple(steps.states(tx, recording.id)) == journey.NAMES
