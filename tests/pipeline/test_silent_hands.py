"""A film in which nobody speaks: looked at, planned and cut."""

from pathlib import Path

import numpy as np
import pytest

from clip.propose import propose
from domain.transcript import Transcript
from pipeline.steps import listening
from tests.transcode import workshop
from transcode.jail import Jail
from transcode.probe import probe
from transcode.sound import Sound

NOTHING_SAID = Transcript("en", "engine", "base", (), ())


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workshop.film(tmp_path_factory.mktemp("film") / "hands.mp4", "-g", workshop.FPS)


def test_silent_hands_become_clips_at_the_frames_where_scenes_change_and_the_phone_that_lies_is_left_out(
    hands: Path,
) -> None:
    jail = Jail()
    found = probe(hands, jail)

    heard = listening(Sound(np.zeros(0, np.float32), None), hands, found, jail)
    made = propose(NOTHING_SAID, heard, name="Bleeding the brakes")

    assert [(each.span.start_ms, each.span.end_ms) for each in made] == [
        (0, 24_000), (24_000, 52_000), (52_000, 80_000), (80_000, 112_000),
    ]  # fmt: skip
    assert {24_000, 52_000, 80_000, 112_000} <= {*heard.plan.key_ms}
