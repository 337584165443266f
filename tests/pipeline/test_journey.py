from domain.recording import StepState
from pipeline.journey import JOURNEY, NAMES, ready
from pipeline.steps import STEPS

WAITING, RUNNING, DONE = StepState.WAITING, StepState.RUNNING, StepState.DONE


def test_every_stage_of_the_journey_has_a_step_and_every_step_a_stage() -> None:
    assert set(STEPS) == set(NAMES)


def test_a_recording_that_has_just_arrived_begins_to_play_while_it_is_kept() -> None:
    states = dict.fromkeys(NAMES, WAITING)

    assert ready(states) == ("begin", "keep")
    assert ready(states | {"begin": DONE, "keep": RUNNING}) == ("head",)


def test_rendering_and_transcribing_begin_together() -> None:
    states = dict.fromkeys(NAMES, DONE) | {"render": WAITING, "transcribe": WAITING, "cut": WAITING}

    assert ready(states) == ("render", "transcribe")


def test_rendering_goes_on_after_the_head_when_all_is_heard() -> None:
    states = dict.fromkeys(NAMES, DONE) | {"head": RUNNING, "render": WAITING}

    assert ready(states) == ()
    assert ready(states | {"head": DONE, "listen": RUNNING}) == ()
    assert ready(states | {"head": DONE}) == ("render",)


def test_what_is_running_is_not_begun_again() -> None:
    states = dict.fromkeys(NAMES, DONE) | {"render": RUNNING, "transcribe": WAITING, "cut": WAITING}

    assert ready(states) == ("transcribe",)


def test_cutting_waits_for_the_words_and_not_for_the_picture() -> None:
    states = dict.fromkeys(NAMES, DONE) | {"render": RUNNING, "cut": WAITING}

    assert ready(states) == ("cut",)


def test_a_step_that_a_newer_version_brought_is_waited_for_and_begun() -> None:
    before = dict.fromkeys((name for name in NAMES if name != "transcribe"), DONE) | {"cut": WAITING}

    assert ready(before) == ("transcribe",)


def test_stages_come_after_stages_that_stand_before_them() -> None:
    for i, stage in enumerate(JOURNEY):
        assert set(stage.after) <= {earlier.name for earlier in JOURNEY[:i]}
