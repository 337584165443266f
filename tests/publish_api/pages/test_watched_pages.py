"""What one watched, as a page."""

import pytest

from domain.clip import Clip
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.pages.conftest import Browse
from tests.publish_api.test_history import HISTORY, stop


@pytest.fixture
def clip(services: Services, people: People) -> Clip:
    """From 8 to 20 s of its recording."""
    return material.published(services, material.recording(services, people.expert), people.curator, 1)


def test_a_page_that_was_somebody_elses_keeps_nothing_for_who_signed_in_after_them(
    browse: Browse, people: People, clip: Clip
) -> None:
    shared = browse(people.learner)
    place = {"recording": clip.parts[0].recording, "at_ms": 14_500, "version": 1}

    left_open = shared.put(
        f"{HISTORY}/{clip.public_id}", json=place, headers={"Person-Id": people.expert.public_id}
    )  # fmt: skip

    assert (left_open.status_code, left_open.json()["error"]["code"]) == (403, "somebody_else")
    assert shared.get(HISTORY).json()["items"] == []


def test_the_page_lists_forgets_and_switches(browse: Browse, people: People, clip: Clip) -> None:
    learner = browse(people.learner)
    empty = learner.get("/watched").text
    stop(learner, clip, 14_500)
    listed = learner.get("/watched").text

    forgot = learner.post("/watched/removal", data={"clip": clip.public_id})
    after = learner.get("/watched").text
    stop(learner, clip, 14_500)
    learner.post("/watched/keeping", data={"kept": "no"})
    off = learner.get("/watched").text
    learner.post("/watched/keeping", data={"kept": "yes"})
    on = learner.get("/watched").text

    assert "Nothing watched yet" in empty
    assert "It is kept for 180 days" in empty
    assert f'<a href="/clips/{clip.public_id}">Washing hands</a>' in listed
    assert "stopped at 0:06" in listed
    assert (forgot.status_code, forgot.headers["Location"]) == (303, "/watched")
    assert "Washing hands" not in after
    assert "You have switched this off" in off
    assert "Washing hands" not in off + on
