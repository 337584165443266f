"""The page of a recording: it is heard again, in the language that somebody says it is in."""

import pytest

from publish_api.services import Services
from store import recordings
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Queued
from tests.publish_api.pages.conftest import Browse


def test_the_page_offers_it_and_takes_the_language(
    browse: Browse, people: People, services: Services, queued: Queued
) -> None:
    recording = material.recording(services, people.expert).recording
    path = f"/recordings/{recording.public_id}"
    browser = browse(people.expert)

    offered = browser.get(path).text
    pressed = browser.post(f"{path}/hearings", data={"language": "it"})
    again = browser.post(f"{path}/hearings", data={"language": "klingon"})
    with services.store.transaction() as tx:
        language = recordings.load(tx, recording.id).language

    assert "It was taken for English" in offered
    assert '<option value="en" selected>English</option>' in offered
    assert (pressed.status_code, pressed.headers["location"], language) == (303, path, "it")
    assert ("transcribe", recording.id) in queued
    assert again.status_code == 409
    assert "This recording is being heard." in again.text
    assert "Hear it again" not in again.text


@pytest.mark.parametrize("certainty", [0.25, 0.9])
def test_a_language_that_was_guessed_is_asked_about_until_somebody_says_it(
    browse: Browse, people: People, services: Services, queued: Queued, certainty: float
) -> None:
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        recordings.guessed_language(tx, made.recording.id, certainty)
    browser, clip = browse(people.curator), made.clips[0].public_id
    pages = (f"/recordings/{made.id}", "/review", f"/review/{clip}")

    asked = ["Is it English?" in browser.get(each).text for each in pages]
    browser.post(f"/recordings/{made.id}/hearings", data={"language": "it"})
    with services.store.transaction() as tx:
        then = recordings.load(tx, made.recording.id)

    assert asked == [certainty < 0.5] * 3
    assert not then.language_in_doubt
