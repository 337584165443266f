"""How long it still takes: measured where it can be, else as long as usual, else nothing is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from domain.estimate import Pending, Workload, clips_in, estimates
from domain.media import Probe
from domain.recording import Recording, Step, StepState

NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
EARLIER, HERE = UUID(int=1), UUID(int=2)
PROBE = Probe("mov", 100_000, 480, 854, 90, False, Fraction(25), 0, None, "h264", "aac", 0, 1)
# Seconds of work for a second of recording: 10, 20 and 2 s for these 100 s.
SPEEDS = {"listen": 0.1, "render": 1.0, "transcribe": 0.2, "cut": 0.02}
WAITS, RUNS, DONE, FAILED = StepState.WAITING, StepState.RUNNING, StepState.DONE, StepState.FAILED


def step(name: str, state: StepState = WAITS, *, gone_s: float = 0, progress: float = 0) -> Step:
    return Step(name, state, progress, 1, NOW - timedelta(seconds=gone_s), None, None, None)


def recording(*steps: Step, probe: Probe | None = PROBE) -> Recording:
    empty = Recording(
        id=HERE, public_id="", upload_id="", space_id=HERE, uploader_id=HERE, speaker_id=HERE, title="", filename="",
        media_type="", byte_size=1, created_at=NOW, version=1, media_key=b"", language=None, sha256=None,
        original_key=None, probe=probe, refusal_code=None, refusal_message=None, deleted_at=None,
    )  # fmt: skip
    return replace(empty, steps=(step("keep", DONE), step("look", DONE), *steps))


def test_what_has_not_begun_takes_as_long_as_usual_after_what_is_before_it() -> None:
    found = estimates(recording(step("listen"), step("render"), step("transcribe"), step("cut")), NOW, Workload(SPEEDS))

    assert found == {"listen": 10.0, "render": 110.0, "transcribe": 30.0, "cut": 32.0}


def test_what_runs_is_measured_and_the_rest_follows_from_it() -> None:
    transcribing = step("transcribe", RUNS, gone_s=10, progress=0.2)

    found = estimates(recording(step("listen", DONE), step("render"), transcribing, step("cut")), NOW, Workload(SPEEDS))

    assert found == {"render": 100.0, "transcribe": 40.0, "cut": 42.0}


def test_in_its_first_twentieth_a_step_takes_as_long_as_usual() -> None:
    found = estimates(recording(step("render", RUNS, gone_s=30, progress=0.04)), NOW, Workload(SPEEDS))

    assert found == {"render": 70.0}


@pytest.mark.parametrize(("gone_s", "left"), [(9, 2.5), (39, 2.5), (41, None)])
def test_a_step_that_takes_longer_than_usual_is_nearly_done_until_it_is_not_usual_any_more(
    gone_s: float, left: float | None
) -> None:
    found = estimates(recording(step("listen", RUNS, gone_s=gone_s)), NOW, Workload(SPEEDS))

    assert found.get("listen") == left


def test_what_came_before_has_its_turn_first() -> None:
    queue = (Pending(EARLIER, "transcribe", True, 50.0), Pending(EARLIER, "render", False, 500.0))

    found = estimates(recording(step("listen", DONE), step("transcribe"), step("cut")), NOW, Workload(SPEEDS, queue))

    assert found == {"transcribe": 30.0, "cut": 32.0}


def test_two_hands_are_twice_as_fast_and_what_came_later_waits() -> None:
    queue = (
        *(Pending(EARLIER, "render", True, 100.0) for _ in range(2)),
        Pending(EARLIER, "render", False, 200.0),
        Pending(UUID(int=3), "render", False, 9_000.0),
        Pending(EARLIER, "render", False, None),
    )

    assert Workload(SPEEDS, queue).ahead_s(HERE, "render") == 200.0


def test_without_experience_only_what_runs_is_estimated() -> None:
    running = step("transcribe", RUNS, gone_s=10, progress=0.5)

    found = estimates(recording(step("listen", DONE), step("render"), running, step("cut")), NOW)

    assert found == {"transcribe": 10.0}
    assert clips_in(recording(step("render"), running, step("cut")), found) == 10.0


def test_before_it_has_been_looked_at_nothing_is_known() -> None:
    found = estimates(recording(step("listen"), step("cut"), probe=None), NOW, Workload(SPEEDS))

    assert found == {}
    assert clips_in(recording(step("listen"), step("cut"), probe=None), found) is None


def test_where_a_step_has_failed_what_waits_for_it_is_not_promised() -> None:
    rendering = step("render", RUNS, gone_s=50, progress=0.5)

    found = estimates(
        recording(step("listen", DONE), rendering, step("transcribe", FAILED), step("cut")), NOW, Workload(SPEEDS)
    )

    assert found == {"render": 50.0}


def test_clips_come_with_the_last_step_that_makes_them_whatever_the_renditions_take() -> None:
    waits = recording(step("listen"), step("render"), step("transcribe"), step("cut"))

    assert clips_in(waits, estimates(waits, NOW, Workload(SPEEDS))) == 32.0
