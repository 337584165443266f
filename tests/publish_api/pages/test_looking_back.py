"""A guest whose link has ended: they see and take back what they sent, are the same by the next link, and no more."""

import base64
import re

import pytest
from fastapi.testclient import TestClient

from capture.metadata import read_metadata
from domain.brief import Brief, Wish
from domain.person import Person
from publish_api.access import COOKIE
from publish_api.rights import RIGHTS, Door
from publish_api.services import Services
from store import brief_links, credentials, recordings
from store import people as stored_people
from store.brief_links import NewLink
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_browser, a_link, come
from tests.publish_api.material import Made
from tests.publish_api.pages.conftest import Browse

FOR_GUESTS, FOR_FORMER_GUESTS = (
    {tuple(name.split(" ", 1)) for name, right in RIGHTS.items() if right.door in doors}
    for doors in ({Door.GUESTS, Door.FORMER_GUESTS}, {Door.FORMER_GUESTS})
)


@pytest.fixture
def brief(services: Services, people: People) -> Brief:
    return a_brief(services, people.curator)


@pytest.fixture
def link(services: Services, people: People, brief: Brief) -> NewLink:
    return a_link(services, brief, people.curator)


@pytest.fixture
def guest(services: Services, link: NewLink) -> TestClient:
    return come(services, link, name="Günther")


def end(services: Services, brief: Brief, link: NewLink) -> None:
    with services.store.transaction() as tx:
        brief_links.revoke_link(tx, brief.id, link.public_id)


def who(services: Services, brief: Brief) -> Person:
    """The newest who came by a link to it."""
    with services.store.transaction() as tx:
        device = brief_links.links(tx, brief.id, services.now())[0].devices[0]
        return stored_people.person_by_public_id(tx, device.person_public_id)


def begin(guest: TestClient, brief: Brief) -> int:
    """The status of an upload that begins."""
    metadata = f"brief {base64.b64encode(brief.public_id.encode()).decode()}"
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": metadata}
    return guest.post("/api/v1/uploads", headers=tus).status_code


def sent(services: Services, owner: Person, brief: Brief) -> Made:
    made = material.recording(services, owner, title="For a brief")
    with services.store.transaction() as tx:
        tx.execute("update recording set brief_id = %s where id = %s", [brief.id, made.recording.id])
        return Made(recordings.load(tx, made.recording.id), made.clips)


def test_when_the_link_has_ended_all_is_closed_but_seeing_and_taking_back(
    services: Services, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    end(services, brief, link)

    answers = {
        (method, path): guest.request(
            method, re.sub(r"\{[^}]*\}", "0123456789abcdef", path), headers={"Tus-Resumable": "1.0.0"}
        )
        for method, path in sorted(FOR_GUESTS)
    }

    nobody = {
        route
        for route, answer in answers.items()
        if answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in")
    }
    assert nobody == FOR_GUESTS - FOR_FORMER_GUESTS
    assert guest.get("/").headers["location"].startswith("/sign-in")


def test_a_device_that_stays_after_its_link_has_ended_is_listed_and_signed_out_alone(
    services: Services, browse: Browse, people: People, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    other = come(services, link, name="Hilde")
    end(services, brief, link)
    curator = browse(people.curator)
    page = curator.get(f"/briefs/{brief.public_id}").text
    hildes, _ = re.findall(r'action="(/briefs/[^"/]+/devices/[^"]+/end)"', page)  # the newest first

    ended = curator.post(hildes)

    still = page.split("Still signed in</h2>")[1]
    assert re.findall("Hilde|Günther", still) == ["Hilde"] * 3 + ["Günther"] * 3
    assert "sees nothing of what <bdi>Hilde</bdi> sent" in still
    assert (ended.status_code, ended.headers["location"]) == (303, f"/briefs/{brief.public_id}#left")
    assert other.get("/recordings").headers["location"].startswith("/sign-in")
    assert guest.get("/recordings").status_code == 200
    assert "Hilde" not in curator.get(f"/briefs/{brief.public_id}").text.split("Still signed in</h2>")[1]
    assert curator.post(hildes).status_code == 404


def test_a_guest_whose_link_has_ended_learns_how_far_what_they_sent_has_come_and_sends_no_more(
    services: Services, people: People, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    mine = services.intake.create(who(services, brief).id, 10, read_metadata(""))
    others = services.intake.create(people.expert.id, 10, read_metadata(""))
    end(services, brief, link)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    asked = guest.head(f"/api/v1/uploads/{mine.id}", headers=headers)
    of_others = guest.head(f"/api/v1/uploads/{others.id}", headers=headers)
    more = guest.patch(f"/api/v1/uploads/{mine.id}", headers=headers, content=b"more")

    assert (asked.status_code, asked.headers["Upload-Offset"]) == (200, "0")
    assert (of_others.status_code, more.status_code) == (404, 401)


def test_a_guest_takes_consent_back_and_deletes_when_the_link_has_ended(
    services: Services, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    gunther = who(services, brief)
    mine, also_mine = (sent(services, gunther, brief) for _ in range(2))
    end(services, brief, link)

    listed, page = guest.get("/recordings").text, guest.get(f"/recordings/{mine.id}").text
    (take_back,) = re.findall(r'action="(/appearances/[^"]+/withdrawal)"', page)
    taken = guest.post(take_back)
    gone = guest.post(f"/recordings/{also_mine.id}/deletion")
    refused = guest.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})

    assert "Nothing more can be sent by the link you came by" in listed
    assert mine.id in listed
    led_to = set(re.findall(r'(?:href|action)="(/[^"#?]*)', listed + page))
    assert {path for path in led_to if guest.get(path).headers.get("location", "").startswith("/sign-in")} == set()
    assert (taken.status_code, gone.status_code) == (303, 303)
    assert "You took consent back" in guest.get(f"/recordings/{mine.id}").text
    assert guest.get(f"/recordings/{also_mine.id}").status_code == 410
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "link_ended")


def test_a_guest_whose_link_has_ended_cannot_answer_for_whom_they_filmed(
    services: Services, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    mine = sent(services, who(services, brief), brief)
    guest.post(f"/recordings/{mine.id}/appearances", data={"name": "Ahmed", "part": "seen"})
    (form,) = re.findall(r'action="(/appearances/[^"]+/link)"', guest.get(f"/recordings/{mine.id}").text)
    (path,) = set(re.findall(r"https://clips.example(/consent/[\w-]{43})", guest.post(form).text))
    end(services, brief, link)

    asked = guest.get(path).text
    pressed = guest.post(path, data={"said": "yes"})
    by_ahmed = a_browser(services).post(path, data={"said": "yes"})

    assert "You sent this recording, so you cannot answer for Ahmed." in asked
    assert "I agree" not in asked
    assert (pressed.status_code, by_ahmed.status_code) == (403, 303)


def test_by_another_link_of_any_brief_a_guest_stays_the_same_person(
    services: Services, people: People, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    gunther = who(services, brief)
    mine = sent(services, gunther, brief)
    end(services, brief, link)
    other = a_brief(services, people.curator, wish=Wish("Clutch"))
    next_ = a_link(services, other, people.curator)

    asked = guest.get(f"/brief/{next_.token}").text
    pressed = [guest.post(f"/brief/{next_.token}") for _ in range(2)]  # the second is a nervous thumb's

    assert 'Are you still <span dir="auto">Günther</span>?' in asked
    assert "I am somebody else" in asked
    assert [each.headers["location"] for each in pressed] == [f"/record?brief={other.public_id}"] * 2
    assert who(services, other).id == gunther.id
    assert guest.get(f"/recordings/{mine.id}").status_code == 200
    assert guest.get("/record").status_code == 200
    assert guest.get(f"/api/v1/briefs/{brief.public_id}").status_code == 404


def test_what_waits_for_one_brief_is_sent_after_the_link_of_another_was_opened_while_both_are_good(
    services: Services, people: People, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    other, never = (a_brief(services, people.curator, wish=Wish(title)) for title in ("Clutch", "Gears"))
    guest.post(f"/brief/{a_link(services, other, people.curator).token}")
    a_link(services, never, people.curator)

    sends = [begin(guest, each) for each in (other, brief, never)]
    end(services, brief, link)
    sends.append(begin(guest, brief))

    assert sends == [201, 201, 403, 403]


def test_on_a_shared_phone_the_next_guest_sees_nothing_of_the_one_before(
    services: Services, people: People, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    mine = sent(services, who(services, brief), brief)
    end(services, brief, link)
    next_ = a_link(services, brief, people.curator)
    before = guest.cookies[COOKIE]

    guest.post(f"/brief/{next_.token}", data={"name": "Hugo"})  # "I am somebody else"
    with_the_old_one = a_browser(services)
    with_the_old_one.cookies.set(COOKIE, before)

    assert who(services, brief).name == "Hugo"
    assert guest.get(f"/recordings/{mine.id}").status_code == 404
    assert mine.id not in guest.get("/recordings").text
    assert with_the_old_one.get("/recordings").headers["location"].startswith("/sign-in")


def test_the_way_back_is_said_where_a_guest_would_look_for_it(
    services: Services, brief: Brief, link: NewLink, guest: TestClient
) -> None:
    open_, plain = a_browser(services).get(f"/brief/{link.token}").text, a_browser(services).get("/sign-in").text
    end(services, brief, link)
    dead, sign_in = guest.get(f"/brief/{link.token}").text, guest.get("/sign-in").text

    assert "you can take back on this device for a year, also when the link has ended" in open_
    assert "Open the link again on the same device, or ask L&amp;D" in plain
    assert "under your recordings on the device you sent it from, or ask L&amp;D" in dead
    assert 'href="/recordings"' in dead
    assert '<a href="/recordings">see what you sent</a>' in sign_in


def test_to_curators_and_to_nobody_else_a_name_that_was_typed_at_a_link_is_said_to_be_one(
    services: Services, people: People, browse: Browse, brief: Brief, guest: TestClient
) -> None:
    gunther = who(services, brief)
    made = sent(services, gunther, brief)
    clip = material.published(services, made, people.curator)
    paths = ("/people", "/review", "/recordings?whose=all", f"/recordings/{made.id}", f"/review/{clip.public_id}")
    curator, learner = browse(people.curator), browse(people.learner)

    marked = [re.search("by.*link, name as typed", curator.get(path).text) is not None for path in paths]
    on_the_clip = [each.get(f"/clips/{clip.public_id}").text for each in (curator, learner)]
    with services.store.transaction() as tx:
        way_in = credentials.new_sign_in_link(tx, gunther.id, now=services.now())
        credentials.redeem_link(tx, way_in.token, services.now())

    assert marked == [True] * 5
    assert ["name as typed" in page for page in on_the_clip] == [True, False]
    assert "Günther" in on_the_clip[1]
    assert "name as typed" not in curator.get("/people").text
