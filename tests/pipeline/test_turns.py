"""Whose turn it is in a queue: what takes seconds does not wait behind what takes an hour."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from pipeline import jobs
from pipeline.housekeeping import set_off_lost
from pipeline.settings import Settings
from pipeline.wiring import open_house
from store import recordings, steps, tracks
from store.postgres import Store
from tests.conftest import People
from tests.publish_api.material import PROBE
from tests.store.things import NOW, a_recording


def test_heads_and_short_recordings_go_before_long_ones(store: Store, people: People, tmp_path: Path) -> None:
    with open_house(Settings(database_url=store.dsn, data_dir=tmp_path)) as house, store.transaction() as tx:
        long, short = (a_recording(tx, people.expert, upload_id=name) for name in ("long", "short"))
        recordings.looked(tx, long.id, replace(PROBE, duration_ms=3_600_000))
        recordings.looked(tx, short.id, replace(PROBE, duration_ms=8_000))
        house.enqueue(tx, "render", long.id)
        house.enqueue(tx, "render", short.id)
        house.enqueue(tx, "head", long.id)

        turns = tx.execute(
            "select args->>'upload', args->>'step' from procrastinate_jobs order by priority desc, id"
        ).fetchall()

    assert turns == [("short", "render"), ("long", "head"), ("long", "render")]


def test_who_sends_many_at_once_lets_others_take_turns(store: Store, people: People, tmp_path: Path) -> None:
    with open_house(Settings(database_url=store.dsn, data_dir=tmp_path)) as house, store.transaction() as tx:
        senders = [people.expert] * 3 + [people.curator] * 2
        sent = [a_recording(tx, who, upload_id=f"{who.login} {n}") for n, who in enumerate(senders)]
        for recording in sent:
            steps.queue(tx, recording.id, "look")
            house.enqueue(tx, "look", recording.id)

        turns = tx.execute("select args->>'upload' from procrastinate_jobs order by priority desc, id").fetchall()

    assert [upload for (upload,) in turns] == ["eva 0", "carl 3", "eva 1", "carl 4", "eva 2"]


def test_a_translation_waits_behind_all_words_and_gets_another_job_where_its_own_was_lost(
    store: Store, people: People, tmp_path: Path
) -> None:
    with open_house(Settings(database_url=store.dsn, data_dir=tmp_path)) as house:
        with house.services.store.transaction() as tx:
            recording = a_recording(tx, people.expert)
            tracks.ask(tx, recording.id, by=people.curator.id, now=NOW)
        with house.services.store.transaction() as tx:
            tx.execute("update procrastinate_jobs set status = 'failed'")

        set_off_lost(house)
        set_off_lost(house)

        with store.transaction() as tx:
            found = tx.execute(
                "select args->>'step', queue_name, priority, status::text from procrastinate_jobs order by id"
            ).fetchall()
    assert found == [("translate", "speech", -100, "failed"), ("translate", "speech", -100, "todo")]


def test_what_a_dead_worker_was_at_comes_before_what_waits_behind_it(
    store: Store, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_S", 0.1)  # as often it is looked for what has to be put back
    monkeypatch.setattr(jobs, "_LOOK_S", 0.1)
    with open_house(Settings(database_url=store.dsn, data_dir=tmp_path)), store.transaction() as tx:
        begun, behind = (a_recording(tx, people.expert, upload_id=name).id for name in ("begun", "behind"))
        for each in (begun, behind):
            jobs.Jobs().enqueue(tx, "reel", each, None, queue="reels")
        tx.execute("insert into procrastinate_workers (last_heartbeat) values (now() - interval '19 s')")
        tx.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = (select max(id) from procrastinate_workers)"
            " where args->>'recording' = %s",
            [str(begun)],
        )
    done: list[UUID] = []

    def carry(step: str, recording_id: UUID, stop: Callable[[], bool], upload_id: str | None = None) -> None:
        done.append(recording_id)
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    jobs.work(store.dsn, ["reels"], carry, name="another", in_turn="reels")

    assert done == [begun, behind]
