"""What is done every minute: no act of it keeps another from its turn, and no job is lost for good."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest
from procrastinate.jobs import Job

from capture.intake import Arrivals, Intake
from domain.errors import Unavailable
from domain.recording import Recording
from pipeline import housekeeping, jobs, settings
from pipeline.carry import begin_journey
from pipeline.originals import Originals
from pipeline.wiring import House
from store import credentials, recordings, steps
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.pipeline.arriving import arrived

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def queued() -> list[tuple[UUID, str]]:
    return []


@pytest.fixture
def house(store: Store, objects: Folder, tmp_path: Path, queued: list[tuple[UUID, str]]) -> House:
    """With a real queue, that of a server without workers."""
    jobs.apply_schema(store.dsn)
    queue = jobs.Jobs()

    def enqueue(tx: Tx, step: str, recording_id: UUID) -> None:
        queued.append((recording_id, step))
        queue.enqueue(tx, step, recording_id, recordings.load(tx, recording_id).upload_id, queue="any")

    intake = Intake(tmp_path / "staging", max_bytes=1, arrivals=cast(Arrivals, None))
    originals = Originals(objects, tmp_path / "cache")
    tools = SimpleNamespace(store=store, objects=objects, originals=originals, intake=intake)
    services = SimpleNamespace(store=store, now=lambda: NOW)
    its = SimpleNamespace(tools=tools, services=services, settings=settings.Settings(), enqueue=enqueue)
    return cast(House, its)


@pytest.fixture
def recording(house: House, store: Store, people: People) -> Recording:
    """One on its way, whose file has been kept."""
    with store.transaction() as tx:
        recording = arrived(tx, people)
        for name in ("begin", "keep"):
            steps.done(tx, recording.id, name, NOW)
        begin_journey(tx, recording, house.enqueue)
        return recording


def test_steps_whose_job_was_lost_get_another_and_no_more(
    house: House, store: Store, recording: Recording, queued: list[tuple[UUID, str]]
) -> None:
    with store.transaction() as tx:
        steps.begin(tx, recording.id, "look", NOW)
        tx.execute("update procrastinate_jobs set status = 'failed' where args->>'step' = 'look'")
    queued.clear()

    housekeeping.tidy(house)
    housekeeping.tidy(house)

    assert queued == [(recording.id, "look")]


def test_a_step_on_a_file_that_lies_elsewhere_is_left_to_that_machine(
    house: House, store: Store, recording: Recording, queued: list[tuple[UUID, str]]
) -> None:
    with store.transaction() as tx:
        tx.execute("update step set state = 'queued' where name = 'keep'")
        tx.execute("update recording set upload_id = 'abcdefghjkmnpqrs'")
        tx.execute('update procrastinate_jobs set args = args || \'{"upload": "abcdefghjkmnpqrs"}\'')
    queued.clear()

    housekeeping.tidy(house)
    elsewhere = list(queued)
    house.tools.intake.path("abcdefghjkmnpqrs").write_bytes(b"x")
    housekeeping.tidy(house)

    assert (elsewhere, queued) == ([], [(recording.id, "keep")])


def test_a_job_that_found_no_database_comes_again_however_often() -> None:
    job = Job(id=1, queue="media", lock=None, queueing_lock=None, task_name="carry", attempts=500)

    decision = jobs._Again().get_retry_decision(exception=Unavailable("away"), job=job)

    assert decision is not None


def test_an_act_that_fails_keeps_no_other_from_its_turn(
    house: House, store: Store, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with store.transaction() as tx:
        credentials.new_session(tx, people.expert.id, now=NOW - timedelta(days=400))
    monkeypatch.setattr(Intake, "recover", lambda _: 1 / 0)

    with caplog.at_level(logging.ERROR):
        housekeeping.tidy(house)

    assert "ZeroDivisionError" in caplog.text
    with store.transaction() as tx:
        assert tx.execute("select count(*) from session").fetchone() == (0,)


def test_the_rounds_go_on_after_one_that_nobody_foresaw(house: House) -> None:
    ended = threading.Event()
    rounds = []

    def act(_: House) -> None:
        rounds.append(1)
        if len(rounds) == 2:
            ended.set()
        raise KeyError("unforeseen")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(housekeeping, "EVERY_S", 0.0)
        housekeeping.keep_house(house, ended, act)

    assert len(rounds) == 2
