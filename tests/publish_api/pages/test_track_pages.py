"""Captions in other languages on the page of a recording's words, where no script runs."""

from dataclasses import replace

import pytest

from publish_api.services import Services
from store import tracks, transcripts
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.material import TRANSCRIPT, Made
from tests.publish_api.pages.conftest import Browse

SRT = b"1\r\n00:00:01,000 --> 00:00:02,000\r\nGira la v\xc3\xa1lvula.\r\n"


@pytest.fixture
def german(people: People, services: Services) -> Made:
    made = material.recording(services, people.expert)
    with services.store.transaction() as tx:
        transcripts.save_transcript(tx, made.recording.id, replace(TRANSCRIPT, language="de"))
    return made


def test_a_file_is_brought_listed_and_removed(people: People, browse: Browse, german: Made) -> None:
    browser, path = browse(people.expert), f"/recordings/{german.id}/words"
    empty = browser.get(path).text

    brought = browser.post(f"{path}/captions", data={"language": "es"}, files={"file": ("<b>.srt", SRT)})
    listed = browser.get(path).text
    removed = browser.post(f"{path}/captions/es/removal")

    assert "None yet. Bring a caption file in any language" in empty
    assert "by machine" not in empty  # for those who curate
    assert (brought.status_code, brought.headers["location"]) == (303, f"{path}#captions")
    assert "&lt;b&gt;.srt" in listed
    assert "Eva Expert" in listed
    assert removed.status_code == 303
    assert "None yet." in browser.get(path).text


def test_a_file_that_is_none_is_refused_in_words_and_the_language_stays(
    people: People, browse: Browse, german: Made
) -> None:
    browser, path = browse(people.expert), f"/recordings/{german.id}/words"

    refused = browser.post(f"{path}/captions", data={"language": "es"}, files={"file": ("a.srt", b"Dear all")})
    unsaid = browser.post(f"{path}/captions", files={"file": ("a.srt", SRT)})

    assert (refused.status_code, unsaid.status_code) == (400, 400)
    assert "There are no captions in this file." in refused.text
    assert '<option value="es" selected>Spanish</option>' in refused.text
    assert "Say the language" in unsaid.text


def test_a_curator_has_it_translated_and_reads_how_that_is_going(
    people: People, browse: Browse, services: Services, german: Made
) -> None:
    browser, path = browse(people.curator), f"/recordings/{german.id}/words"
    offered = "Translate into English by machine" in browser.get(path).text

    asked = browser.post(f"{path}/translation")
    waits = browser.get(path).text
    again = browser.post(f"{path}/translation")
    with services.store.transaction() as tx:
        track_id = tracks.asked(tx, german.recording.id)
        assert track_id is not None
        tracks.give_up(tx, track_id, "The speech model turbo cannot translate.")
    failed = browser.get(path).text

    assert (offered, asked.status_code, again.status_code) == (True, 303, 409)
    assert "Being translated. Look again in a few minutes." in waits
    assert "Translated by machine, asked for by" in waits
    assert "The speech model turbo cannot translate." in failed


def test_where_the_speech_model_cannot_translate_it_says_so_instead_of_offering_it(
    people: People, services: Services, german: Made, browse: Browse
) -> None:
    browser = browse(people.curator)
    browser.app.state.services = replace(services, whisper_model="large-v3-turbo")  # type: ignore[attr-defined]
    with services.store.transaction() as tx:
        tx.execute("update recording set language = 'de'")

    page = browser.get(f"/recordings/{german.id}/words").text
    asked = browser.post(f"/api/v1/recordings/{german.id}/translations")

    assert "The speech model large-v3-turbo cannot translate: turbo, distilled" in page
    assert "Translate into English by machine" not in page
    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "cannot_translate")
