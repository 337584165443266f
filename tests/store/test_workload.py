"""How fast the machine lately was, and what is before it: what estimates are made from."""

from datetime import timedelta
from fractions import Fraction

import pytest

from domain.estimate import Pending
from domain.media import Probe
from domain.recording import Recording
from store import recordings, steps
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import NOW, a_recording


def a_probe(duration_ms: int) -> Probe:
    return Probe("mov", duration_ms, 480, 854, 0, False, Fraction(25), 0, None, "h264", "aac", 0, 1)


def took(tx: Tx, recording: Recording, name: str, seconds: float, *, attempts: int = 1) -> None:
    for _ in range(attempts):
        steps.begin(tx, recording.id, name, NOW)
    steps.done(tx, recording.id, name, NOW + timedelta(seconds=seconds))


def test_the_speed_of_a_step_is_the_median_of_the_last_twenty_that_were_done(store: Store, people: People) -> None:
    with store.transaction() as tx:
        for n in range(23):
            recording = a_recording(tx, people.expert, upload_id=f"upload-{n}", steps=["keep", "render"])
            recordings.looked(tx, recording.id, a_probe(100_000))
            began = NOW + timedelta(hours=n)
            steps.begin(tx, recording.id, "render", began)
            # The first three took an hour; then 43, 44, ... 62 s.
            steps.done(tx, recording.id, "render", began + timedelta(seconds=3_000 if n < 3 else 40 + n))

        speeds = steps.workload(tx).speeds

    assert speeds == {"render": pytest.approx(0.525)}


def test_a_step_that_went_on_after_a_kill_says_nothing_about_speed(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert, steps=["render", "cut"])
        recordings.looked(tx, recording.id, a_probe(10_000))
        took(tx, recording, "render", 1, attempts=2)
        took(tx, recording, "cut", 2)

        assert steps.workload(tx).speeds == {"cut": 0.2}


def test_what_is_still_to_be_done_is_what_somebody_works_on_or_waits_for(store: Store, people: People) -> None:
    with store.transaction() as tx:
        working, refused, failed, fresh = (
            a_recording(tx, people.expert, upload_id=f"upload-{n}", steps=["keep", "render"]) for n in range(4)
        )
        for each in (working, refused, failed):
            recordings.looked(tx, each.id, a_probe(40_000))
            took(tx, each, "keep", 1)
            steps.begin(tx, each.id, "render", NOW)
        steps.progress(tx, working.id, "render", 0.25)
        recordings.refuse(tx, refused.id, "too_long", "Too long.")
        steps.fail(tx, failed.id, "render", code="full", message="Full.", now=NOW)

        pending = steps.workload(tx).pending

    assert set(pending) == {
        Pending(working.id, "render", True, 30.0),
        Pending(fresh.id, "keep", False, None),
        Pending(fresh.id, "render", False, None),
    }
