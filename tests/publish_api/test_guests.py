"""Who came by a brief's link: what they reach. That they reach nothing else: test_matrix.py."""

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from capture.metadata import read_metadata
from domain.brief import Brief
from domain.person import Person
from publish_api.access import COOKIE
from publish_api.services import Services
from store import briefs, credentials, recordings
from store.brief_links import NewLink
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_browser, a_link, come
from tests.publish_api.conftest import Queued
from tests.publish_api.material import Made

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10"}
OF_A_RECORDING = ("", "/play.m3u8", "/play/480.m3u8", "/storyboard.vtt", "/poster.jpg", "/echo", "/appearances")


@pytest.fixture
def brief(services: Services, people: People) -> Brief:
    return a_brief(services, people.curator)


@pytest.fixture
def link(services: Services, people: People, brief: Brief) -> NewLink:
    """For the admin, who may do everything: but not here."""
    return a_link(services, brief, people.curator, for_=people.admin)


@pytest.fixture
def guest(services: Services, link: NewLink) -> Iterator[TestClient]:
    with come(services, link) as browser:
        yield browser


def test_a_guest_who_strays_is_told_where_to_go(guest: TestClient) -> None:
    page = guest.get("/")

    assert page.status_code == 403
    assert "you can record for it, and see what you have sent" in page.text
    assert 'href="/record"' in page.text
    assert 'href="/recordings"' in page.text
    assert 'href="/review"' not in page.text
    assert 'action="/search"' not in page.text


def test_a_guest_sees_their_own_recordings_of_the_brief_and_no_others(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    mine = _answering(services, people.admin, brief)
    mine_before = material.recording(services, people.admin, title="Something else")
    other_brief = _answering(services, people.admin, a_brief(services, people.curator))
    somebody_elses = _answering(services, people.expert, brief)

    seen = {
        name: {guest.get(f"/api/v1/recordings/{made.id}{rest}").status_code for rest in OF_A_RECORDING}
        | {guest.get(f"/recordings/{made.id}{rest}").status_code for rest in ("", "/standing")}
        for name, made in (
            ("mine", mine),
            ("mine before", mine_before),
            ("other brief", other_brief),
            ("somebody else's", somebody_elses),
        )
    }
    listed = [
        [each["id"] for each in guest.get(f"/api/v1/recordings{query}").json()["items"]]
        for query in ("", "?curated=true", f"?sha256={'0' * 64}")  # all four have the same bytes
    ]
    pages = [guest.get(f"/recordings{query}").text for query in ("", "?whose=all")]

    assert seen == {"mine": {200}, "mine before": {404}, "other brief": {404}, "somebody else's": {404}}
    assert listed == [[mine.id], [mine.id], [mine.id]]
    assert [[made.id in page for made in (mine, mine_before, other_brief, somebody_elses)] for page in pages] == [
        [True, False, False, False],
        [True, False, False, False],
    ]


def test_a_guest_names_and_deletes_what_they_sent_for_the_brief_and_nothing_else(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    mine, also_mine = (_answering(services, people.admin, brief) for _ in range(2))
    others = [
        material.recording(services, people.admin, title="Something else"),
        _answering(services, people.admin, a_brief(services, people.curator)),
        _answering(services, people.expert, brief),
    ]

    page = guest.get(f"/recordings/{mine.id}").text
    named = guest.patch(f"/api/v1/recordings/{mine.id}", json={"title": "Brakes"}, headers={"If-Match": '"1"'})
    gone = guest.delete(f"/api/v1/recordings/{mine.id}"), guest.post(f"/recordings/{also_mine.id}/deletion")
    refused = [
        answer.status_code
        for other in others
        for answer in (
            guest.patch(f"/api/v1/recordings/{other.id}", json={"title": "Mine"}, headers={"If-Match": '"1"'}),
            guest.delete(f"/api/v1/recordings/{other.id}"),
            guest.post(f"/recordings/{other.id}", data={"title": "Mine", "version": "1"}),
            guest.post(f"/recordings/{other.id}/deletion"),
        )
    ]

    assert "Delete this recording" in page
    assert "Change the title" in page
    assert (named.status_code, named.json()["title"]) == (200, "Brakes")
    assert [each.status_code for each in gone] == [204, 303]
    assert guest.get("/api/v1/recordings").json()["items"] == []
    assert refused == [404] * 12


def test_a_guest_is_offered_nothing_that_would_be_refused(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    made = _answering(services, people.admin, brief)

    pages = [guest.get(path).text for path in ("/record", "/recordings", f"/recordings/{made.id}")]

    led_to = {path for page in pages for path in re.findall(r'(?:href|action)="(/[^"#?]*)', page)}
    refused = {path for path in led_to if guest.get(path).status_code == 403}
    assert refused == set()


def test_a_recording_says_which_brief_it_answers_and_what_was_answered(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    made = _answering(services, people.admin, brief)

    said = guest.get(f"/api/v1/recordings/{made.id}").json()

    assert {key: said[key] for key in ("brief", "audience", "prerequisites", "kind", "level")} == {
        "brief": {"id": brief.public_id, "title": "How to bleed the brakes"},
        "audience": "apprentices",
        "prerequisites": "how to jack a car up",
        "kind": "skill",
        "level": "beginner",
    }


def test_a_guest_sees_their_brief_and_no_other(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    other = a_brief(services, people.curator)

    theirs, others = (guest.get(f"/api/v1/briefs/{each.public_id}") for each in (brief, other))

    assert theirs.status_code == 200
    assert theirs.json()["recordings"] is None
    assert others.status_code == 404


def test_a_guest_uploads_for_their_brief_and_for_nothing_else(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    other = a_brief(services, people.curator)

    answers = {
        name: guest.post(UPLOADS, headers={**TUS, **metadata})
        for name, metadata in (
            ("theirs", _metadata(brief=brief.public_id, audience="everybody")),
            ("another", _metadata(brief=other.public_id)),
            ("an odd one", _metadata(brief="../x")),
            ("none", _metadata(filename="tip.mp4")),
            ("no metadata", {}),
        )
    }

    codes = {
        name: answer.status_code if answer.status_code == 201 else answer.json()["error"]["code"]
        for name, answer in answers.items()
    }
    assert codes == {
        "theirs": 201,
        "another": "other_brief",
        "an odd one": "other_brief",
        "none": "other_brief",
        "no metadata": "other_brief",
    }
    assert answers["another"].status_code == 403
    path = answers["theirs"].headers["Location"]
    assert guest.head(path, headers=TUS).status_code == 200
    assert guest.delete(path, headers=TUS).status_code == 204


def test_a_guest_uses_a_file_that_was_recognised_all_the_same(
    services: Services, people: People, brief: Brief, guest: TestClient, queued: Queued
) -> None:
    mine, before = _answering(services, people.admin, brief), material.recording(services, people.admin)
    with services.store.transaction() as tx:
        for each in (mine, before):
            recordings.refuse(tx, each.recording.id, "already_here", "You have sent this very file before.")

    page = guest.get(f"/recordings/{mine.id}").text
    pressed = guest.post(f"/recordings/{mine.id}/attempts")
    outside = guest.post(f"/recordings/{before.id}/attempts")

    with services.store.transaction() as tx:
        wanted = [recordings.load(tx, each.recording.id).despite for each in (mine, before)]
    assert "Use this one all the same" in page
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/recordings/{mine.id}")
    assert outside.status_code == 404
    assert wanted == [True, False]


def test_an_upload_begun_outside_of_the_brief_waits_for_another_link_or_is_taken_back(
    services: Services, people: People, guest: TestClient
) -> None:
    begun = services.intake.create(people.admin.id, 10, read_metadata(""))
    bytes_ = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    answers = [
        guest.head(f"{UPLOADS}/{begun.id}", headers=TUS),
        guest.patch(f"{UPLOADS}/{begun.id}", headers={**TUS, **bytes_}, content=b"EVIL"),
    ]
    offset = services.intake.find(begun.id, people.admin.id).offset
    taken_back = guest.delete(f"{UPLOADS}/{begun.id}", headers=TUS)

    # 404 would have its phone forget what lies here.
    assert [each.status_code for each in answers] == [403, 403]
    said = answers[1].json()["error"]
    asked = answers[0].headers  # of an answer that has no body
    assert (asked["Problem-Code"], unquote(asked["Problem-Message"])) == (said["code"], said["message"])
    assert said["code"] == "other_brief"
    assert offset == 0
    assert taken_back.status_code == 204


def test_a_closed_brief_takes_nothing_more_and_still_shows_what_was_sent(
    services: Services, people: People, brief: Brief, guest: TestClient
) -> None:
    made = _answering(services, people.admin, brief)
    with services.store.transaction() as tx:
        briefs.close(tx, brief.id, services.now())

    refused = guest.post(UPLOADS, headers={**TUS, **_metadata(brief=brief.public_id)})
    page = guest.get("/record")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "brief_closed")
    assert (page.status_code, "This brief is closed" in page.text) == (403, True)
    assert guest.get(f"/api/v1/recordings/{made.id}").status_code == 200
    assert guest.get(f"/api/v1/briefs/{brief.public_id}").status_code == 200


def test_a_learner_who_was_given_a_link_may_answer_with_a_session_of_their_own(
    services: Services, people: People, brief: Brief
) -> None:
    browser = a_browser(services)
    a_link(services, brief, people.curator, for_=people.learner)
    _sign_in(services, browser, people.learner)

    asked = browser.post(UPLOADS, headers={**TUS, **_metadata(brief=brief.public_id)})
    unasked = browser.post(UPLOADS, headers={**TUS, **_metadata(filename="tip.mp4")})
    page, other = browser.get(f"/record?brief={brief.public_id}"), browser.get("/record")

    assert (asked.status_code, unasked.status_code) == (201, 403)
    assert browser.head(asked.headers["Location"], headers=TUS).status_code == 200
    assert (page.status_code, other.status_code) == (200, 403)


def test_who_was_not_asked_does_not_answer_a_brief(services: Services, people: People, brief: Brief) -> None:
    browser = a_browser(services)
    _sign_in(services, browser, people.expert)

    refused = browser.post(UPLOADS, headers={**TUS, **_metadata(brief=brief.public_id)})

    assert refused.status_code == 404
    assert browser.get(f"/record?brief={brief.public_id}").status_code == 404


def _answering(services: Services, owner: Person, brief: Brief) -> Made:
    """A recording that has come all the way, sent for a brief."""
    made = material.recording(services, owner, title="For a brief")
    with services.store.transaction() as tx:
        tx.execute(
            "update recording set brief_id = %s, audience = %s, prerequisites = %s, kind = %s, level = %s"
            " where id = %s",
            [brief.id, brief.audience, brief.prerequisites, brief.kind, brief.level, made.recording.id],
        )
        return Made(recordings.load(tx, made.recording.id), made.clips)


def _metadata(**values: str) -> dict[str, str]:
    pairs = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items()]
    return {"Upload-Metadata": ",".join(pairs)}


def _sign_in(services: Services, browser: TestClient, person: Person) -> None:
    with services.store.transaction() as tx:
        browser.cookies.set(COOKIE, credentials.new_session(tx, person.id, now=services.now()))
