"""The steps of a recording: done once, tried as often as it takes."""

import pytest

from domain.recording import Recording, Status
from store import recordings, steps
from store.postgres import Store
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert, steps=["keep", "look"])


def test_a_step_waits_is_queued_runs_and_is_done(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        steps.queue(tx, recording.id, "keep")
        assert steps.states(tx, recording.id) == {"keep": "queued", "look": "waiting"}

        assert steps.begin(tx, recording.id, "keep", NOW)
        steps.progress(tx, recording.id, "keep", 0.25)
        running = recordings.load(tx, recording.id).steps[0]

        steps.done(tx, recording.id, "keep", LATER)
        done = recordings.load(tx, recording.id).steps[0]

    assert (running.state, running.progress, running.attempts, running.started_at) == ("running", 0.25, 1, NOW)
    assert (done.state, done.progress, done.finished_at) == ("done", 1.0, LATER)


def test_a_step_is_queued_once_however_often_it_is_asked_for(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        assert [steps.queue(tx, recording.id, "keep") for _ in range(2)] == [True, False]
        steps.begin(tx, recording.id, "keep", NOW)
        assert not steps.queue(tx, recording.id, "keep")
        steps.done(tx, recording.id, "keep", NOW)
        assert not steps.queue(tx, recording.id, "keep")

        assert steps.states(tx, recording.id)["keep"] == "done"


def test_a_step_that_is_done_does_not_begin_again(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        steps.begin(tx, recording.id, "keep", NOW)
        steps.done(tx, recording.id, "keep", NOW)

        assert not steps.begin(tx, recording.id, "keep", LATER)
        steps.fail(tx, recording.id, "keep", code="late", message="Too late.", now=LATER)
        steps.done(tx, recording.id, "keep", LATER)
        step = recordings.load(tx, recording.id).steps[0]

    assert (step.state, step.attempts, step.finished_at, step.error_code) == ("done", 1, NOW, None)


def test_a_step_whose_worker_died_begins_again_and_counts(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        steps.begin(tx, recording.id, "keep", NOW)
        steps.progress(tx, recording.id, "keep", 0.5)

        assert steps.begin(tx, recording.id, "keep", LATER)
        step = recordings.load(tx, recording.id).steps[0]

    assert (step.attempts, step.progress, step.started_at) == (2, 0.5, LATER)


def test_a_failed_step_says_why_and_can_be_tried_again(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        steps.begin(tx, recording.id, "look", NOW)
        steps.fail(tx, recording.id, "look", code="no_space", message="The disk is full\x00.", now=LATER)
        failed = recordings.load(tx, recording.id)
        steps.reset(tx, recording.id, "look")
        steps.reset(tx, recording.id, "keep")
        again = recordings.load(tx, recording.id).steps[1]

    assert failed.status is Status.FAILED
    assert (failed.steps[1].error_code, failed.steps[1].error_message) == ("no_space", "The disk is full.")
    assert (again.state, again.progress, again.attempts, again.error_code) == ("waiting", 0.0, 0, None)


@pytest.mark.parametrize(("said", "kept"), [(-1.0, 0.0), (0.5, 0.5), (7.0, 1.0)])
def test_progress_stays_between_nothing_and_all(store: Store, recording: Recording, said: float, kept: float) -> None:
    with store.transaction() as tx:
        steps.begin(tx, recording.id, "keep", NOW)
        steps.progress(tx, recording.id, "keep", said)

        assert recordings.load(tx, recording.id).steps[0].progress == kept


def test_a_step_that_a_newer_version_brought_comes_last(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        assert steps.queue(tx, recording.id, "embed")

        assert list(steps.states(tx, recording.id).items()) == [
            ("keep", "waiting"), ("look", "waiting"), ("embed", "queued"),
        ]  # fmt: skip


def test_a_recording_is_ready_when_every_step_is_done(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        steps.done(tx, recording.id, "keep", NOW)
        half = recordings.load(tx, recording.id).status
        steps.done(tx, recording.id, "look", NOW)
        whole = recordings.load(tx, recording.id).status

    assert (half, whole) == (Status.WORKING, Status.READY)
