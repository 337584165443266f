"""What is done every minute: no act of it keeps another from its turn, and no job is lost for good."""

import logging
import os
import threading
import time
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
from domain.span import Span
from domain.track import TrackCue
from pipeline import housekeeping, jobs, meanings, settings
from pipeline.carry import begin_journey
from pipeline.originals import Originals
from pipeline.wiring import House
from store import credentials, keys, recordings, steps, sweeps, tracks
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.pipeline.arriving import arrived
from tests.store.test_finding import said, search

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


def test_what_is_put_for_a_deleted_recording_is_swept_a_day_and_a_week_later_and_then_no_more(
    house: House, store: Store, objects: Folder, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []
    delete_prefix = objects.delete_prefix

    def sweep(prefix: str) -> None:
        swept.append(prefix)
        delete_prefix(prefix)

    monkeypatch.setattr(objects, "delete_prefix", sweep)
    late, beside = f"{keys.of_recording(recording.id)}/late", keys.of_recording(recording.id) + "0/another"
    with store.transaction() as tx:
        recordings.delete(tx, recording.id, NOW)
    there = []

    for days in (0, 1, 1, 2, 7, 7, 400):
        objects.put_bytes(late, b"by a slow worker")
        objects.put_bytes(beside, b"of another recording")
        house.services.now = lambda days=days: NOW + timedelta(days=days)  # type: ignore[misc]
        housekeeping.tidy(house)
        there.append(objects.local_path(late).exists())  # type: ignore[union-attr]

    assert there == [True, False, True, True, False, True, True]
    assert swept == 2 * [f"originals/{recording.public_id}", keys.of_recording(recording.id)]
    assert objects.size(beside) > 0


def test_an_object_that_was_forgotten_and_not_deleted_is_swept_by_its_key(
    house: House, store: Store, objects: Folder
) -> None:
    key, beside = "recordings/1/720/0-199-ab", "recordings/1/720/0-199-abc"
    for each in (key, beside):
        objects.put_bytes(each, b"an edge")
    with store.transaction() as tx:
        sweeps.remember(tx, [key], NOW - timedelta(days=1))

    housekeeping.tidy(house)

    assert (objects.root / beside).exists()
    assert not (objects.root / key).exists()


def test_a_sweep_that_fails_is_tried_again_and_keeps_no_other_from_its_turn(
    house: House, store: Store, objects: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(prefix: str) -> None:
        if prefix.endswith("/1"):
            raise Unavailable("away")

    with store.transaction() as tx:
        sweeps.remember(tx, ["recordings/1", "recordings/2"], NOW - timedelta(days=1))
    monkeypatch.setattr(objects, "delete_prefix", deny)

    housekeeping.tidy(house)

    with store.transaction() as tx:
        assert sweeps.due(tx, NOW) == ("recordings/1",)


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


def test_captions_that_an_older_version_kept_from_search_are_read_by_it_after_a_minute(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        clip = said(tx, people, "Öffne das Ventil.", "Ventile", language="de")
        cues = [TrackCue(0, 1_500, ("Open the valve.",), Span(0, 1_500))]
        tracks.put(tx, clip.parts[0].recording_id, "en", cues, filename="", by=people.expert.id, now=NOW)
        tx.execute("delete from clip_read")

    meanings.make_lacking(store, lambda: NOW, most=0)

    with store.transaction() as tx:
        assert [hit.sentence for hit in search(tx, people.learner, "valve").hits] == ["Open the valve."]


def test_what_a_kill_has_left_in_the_scratch_folder_goes_when_nobody_has_touched_it_for_a_day(tmp_path: Path) -> None:
    for name in ("download-1", "render-2", "reel-3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "clip.mp4").write_bytes(b"film")
    (tmp_path / "tmpabc.mp4").write_bytes(b"a clip of before")
    now_s = time.time()
    for path in (tmp_path / "render-2", tmp_path / "reel-3" / "clip.mp4"):  # at work, each in its way
        os.utime(path, (now_s + 3600, now_s + 3600))

    housekeeping.clear_scratch(tmp_path, now_s + 3600)
    young = sorted(path.name for path in tmp_path.iterdir())
    housekeeping.clear_scratch(tmp_path, now_s + 24.5 * 3600)
    at_work = sorted(path.name for path in tmp_path.iterdir())
    housekeeping.clear_scratch(tmp_path, now_s + 26 * 3600)

    assert young == ["download-1", "reel-3", "render-2", "tmpabc.mp4"]
    assert at_work == ["reel-3", "render-2"]
    assert list(tmp_path.iterdir()) == []
