"""Whose turn it is in a queue: what takes seconds does not wait behind what takes an hour."""

from dataclasses import replace
from pathlib import Path

from pipeline.housekeeping import set_off_lost
from pipeline.settings import Settings
from pipeline.wiring import open_house
from store import recordings, tracks
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
    assert found == [("translate", "speech", -1, "failed"), ("translate", "speech", -1, "todo")]
