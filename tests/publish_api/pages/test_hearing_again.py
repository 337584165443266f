"""The page of a recording: it is heard again, in the language that somebody says it is in."""

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
