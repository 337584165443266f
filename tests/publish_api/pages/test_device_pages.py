"""A tablet that a ward shares: it watches without a name, and whoever writes says who they are with a PIN."""

import re

import httpx
import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.person import Person
from publish_api.access import COOKIE, DEVICE
from publish_api.services import Services
from store import credentials, spaces
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.pages.conftest import Browse

PIN = "820461"


@pytest.fixture
def wards(services: Services, ward: Ward) -> Clip:
    """A published clip of the ward's."""
    return material.published(services, material.recording(services, ward.expert, space=ward.space), ward.curator)


@pytest.fixture
def everybodys(services: Services, people: People) -> Clip:
    return material.published(services, material.recording(services, people.expert), people.curator)


@pytest.fixture
def tablet(browse: Browse, ward: Ward) -> TestClient:
    """Lent to the ward, and enrolled."""
    browser = browse(None)
    assert _enrol(browser, _code(browse(ward.curator), ward)).status_code == 303
    return browser


@pytest.fixture
def learner(browse: Browse, ward: Ward) -> Person:
    """Of the ward, with a PIN."""
    assert browse(ward.learner).post("/account/pin", data={"pin": PIN}).status_code == 303
    return ward.learner


def test_a_device_shows_what_its_spaces_allow_and_nothing_else(
    tablet: TestClient, wards: Clip, everybodys: Clip, people: People, ask: Ask
) -> None:
    api = "/api/v1/clips"

    seen = [tablet.get(f"{api}/{clip.public_id}").status_code for clip in (wards, everybodys)]
    plays = tablet.get(f"{api}/{wards.public_id}/play.m3u8").status_code
    page = tablet.get(f"/clips/{wards.public_id}")
    places = [tablet.get(path).status_code for path in ("/", "/search?q=valve", "/recordings", "/people", "/review")]

    assert seen == [200, 404]
    assert plays == 200
    assert 'href="/unlock?next=%2Fclips%2F' in page.text
    assert "Ward tablet" not in page.text
    assert places == [200, 200, 200, 403, 403]


def test_a_device_writes_nothing_whatever_is_asked_of_it(tablet: TestClient, wards: Clip) -> None:
    answers = [
        tablet.post(f"/api/v1/clips/{wards.public_id}/comments", json={"at_ms": 0, "kind": "comment", "text": "So."}),
        tablet.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["read"]}),
        tablet.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"}),
        tablet.put("/api/v1/me/pin", json={"pin": PIN}),
    ]

    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(403, "who_are_you")}


def test_a_code_is_good_once_for_an_hour_typed_as_people_type(browse: Browse, ward: Ward, clock: Clock) -> None:
    first, late = (_code(browse(ward.curator), ward) for _ in range(2))

    typed = _enrol(browse(None), f" {first.upper().replace('-', ' ')}")
    again = _enrol(browse(None), first)
    clock.passes(hours=1)
    too_late = _enrol(browse(None), late)
    wrong = _enrol(browse(None), "0000-0000-0000")

    assert [answer.status_code for answer in (typed, again, too_late, wrong)] == [303, 401, 401, 401]
    assert "HttpOnly" in typed.headers["set-cookie"]


def test_whoever_was_signed_in_on_it_is_signed_out_when_it_is_enrolled(
    browse: Browse, people: People, ward: Ward
) -> None:
    browser = browse(people.learner)
    session = browser.cookies[COOKIE]

    _enrol(browser, _code(browse(ward.curator), ward))
    with_the_old_cookie = browse(None)
    with_the_old_cookie.cookies.set(COOKIE, session)

    assert browser.get("/api/v1/me").json()["name"] == "Ward tablet"
    assert with_the_old_cookie.get("/api/v1/me").status_code == 401


def test_who_types_name_and_pin_writes_as_themselves_until_they_lock_it(
    tablet: TestClient, learner: Person, wards: Clip
) -> None:
    path = f"/clips/{wards.public_id}"
    thread = f"/api/v1{path}/comments"

    unlocked = tablet.post("/unlock", data={"login": "Wilma", "pin": "820 461", "next": path})
    page = tablet.get(path).text
    said = tablet.post(thread, json={"at_ms": 0, "kind": "question", "text": "With soap?"})
    locked = tablet.post("/lock")
    after = tablet.post(thread, json={"at_ms": 0, "kind": "question", "text": "Me again?"})

    assert (unlocked.status_code, unlocked.headers["location"]) == (303, path)
    assert "<pass-lock" in page
    assert (said.status_code, said.json()["author"]["name"]) == (201, "Wilma Ward")
    assert (locked.status_code, locked.headers["location"], locked.headers["clear-site-data"]) == (303, "/", '"cache"')
    assert (after.status_code, after.json()["error"]["code"]) == (403, "who_are_you")
    assert tablet.get("/api/v1/me").json()["name"] == "Ward tablet"


def test_it_locks_itself_after_five_minutes_without_a_touch_though_a_page_listens(
    tablet: TestClient, learner: Person, clock: Clock, services: Services
) -> None:
    tablet.post("/unlock", data={"login": "wilma", "pin": PIN})
    session = tablet.cookies[COOKIE]

    clock.passes(minutes=4, seconds=59)
    touched = tablet.get("/api/v1/me").json()["name"]
    for _ in range(5):
        clock.passes(minutes=1)
        with services.store.transaction() as tx:  # as a page does that only listens
            credentials.person_of_session(tx, session, clock(), touched=False)
    after = tablet.get("/api/v1/me").json()["name"]

    assert (touched, after) == ("Wilma Ward", "Ward tablet")


def test_five_wrong_pins_wait_a_quarter_of_an_hour_and_the_right_one_too(
    tablet: TestClient, learner: Person, clock: Clock
) -> None:
    tries = [tablet.post("/unlock", data={"login": "wilma", "pin": "111222"}) for _ in range(5)]
    right = tablet.post("/unlock", data={"login": "wilma", "pin": PIN})
    clock.passes(minutes=15)
    later = tablet.post("/unlock", data={"login": "wilma", "pin": PIN})

    assert [answer.status_code for answer in tries] == [401] * 5
    assert "820461" not in tries[0].text
    assert 'value="wilma"' in tries[0].text
    assert (right.status_code, right.headers["retry-after"]) == (429, "901")
    assert later.status_code == 303


@pytest.mark.parametrize(("login", "pin"), [("wilma", ""), ("lea", PIN), ("nobody", PIN), ("\x00", "\x00")])
def test_a_pin_that_was_never_set_opens_nothing(login: str, pin: str, tablet: TestClient, people: People) -> None:
    data = {"login": login, "pin": pin}.items()

    answer = tablet.post("/unlock", data={name: text.encode("utf-8", "ignore").decode() for name, text in data})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "123456", "987654", "111111", "121212", "123123", "12345a", "٣٣٤٤٥٦"]
)
def test_a_pin_that_anybody_would_try_is_not_taken(pin: str, ask: Ask, people: People) -> None:
    answer = ask(people.learner).put("/api/v1/me/pin", json={"pin": pin})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_pin")


def test_a_pin_works_on_shared_devices_alone(browse: Browse, learner: Person) -> None:
    answer = browse(None).post("/unlock", data={"login": "wilma", "pin": PIN})

    assert answer.status_code == 404


def test_who_finds_it_unlocked_sets_no_pin_makes_no_token_and_connects_no_work_account(
    tablet: TestClient, learner: Person
) -> None:
    tablet.post("/unlock", data={"login": "wilma", "pin": PIN})

    answers = [
        tablet.put("/api/v1/me/pin", json={"pin": "739152"}),
        tablet.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["read"]}),
        tablet.delete("/api/v1/me/sessions"),
    ]

    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(403, "shared_device")}


def test_a_sign_in_link_that_is_opened_on_it_locks_itself_too(
    tablet: TestClient, services: Services, ward: Ward, clock: Clock
) -> None:
    with services.store.transaction() as tx:
        link = credentials.new_sign_in_link(tx, ward.expert.id, now=clock())

    form = tablet.get("/sign-in").status_code
    tablet.post(f"/sign-in/{link.token}")
    before = tablet.get("/api/v1/me").json()["name"]
    clock.passes(minutes=5)
    after = tablet.get("/api/v1/me").json()["name"]

    assert (form, before, after) == (200, "Wes Ward", "Ward tablet")


def test_a_device_is_lent_and_taken_back_by_who_curates_what_it_shows(
    browse: Browse, tablet: TestClient, learner: Person, people: People, ward: Ward, wards: Clip
) -> None:
    tablet.post("/unlock", data={"login": "wilma", "pin": PIN})
    session = tablet.cookies[COOKIE]
    page = browse(ward.curator).get("/shared-devices").text
    path = re.search(r"/shared-devices/[a-z0-9]{16}/end", page)
    assert path is not None

    lent = [_lend(browse(who), ward).status_code for who in (people.learner, ward.learner, ward.curator, people.admin)]
    taken = [browse(who).post(path[0]).status_code for who in (ward.learner, ward.curator, ward.curator)]

    assert "Ward 3" in page
    assert lent == [404, 403, 200, 200]
    assert taken == [404, 303, 404]
    assert [tablet.get(f"/api/v1/clips/{wards.public_id}").status_code, session != ""] == [401, True]


def test_a_device_is_nobody_among_people(
    tablet: TestClient, ask: Ask, people: People, ward: Ward, services: Services
) -> None:
    members = ask(people.admin).get(f"/api/v1/spaces/{ward.space.public_id}/members").json()["items"]
    everybody = ask(people.admin).get("/api/v1/people").json()["items"]

    assert "Ward tablet" not in {each["name"] for each in [*members, *everybody]}
    with services.store.transaction() as tx:
        assert "Ward tablet" not in {each.name for each in stored_people.list_people(tx)}
        assert "Ward tablet" not in {each.person.name for each in spaces.members(tx, ward.space.id)}


def test_a_briefs_guest_stays_signed_in_on_no_device_that_others_use(
    tablet: TestClient, learner: Person, services: Services, people: People
) -> None:
    link = a_link(services, a_brief(services, people.curator), people.curator)

    refused = tablet.post(f"/brief/{link.token}", data={"name": "Gina"})
    tablet.post("/unlock", data={"login": "wilma", "pin": PIN})
    as_oneself = tablet.post(f"/brief/{link.token}")

    assert refused.status_code == 403
    assert "Others use this device, too." in refused.text
    assert as_oneself.headers["location"].startswith("/record?brief=")
    assert tablet.get("/api/v1/me").json()["name"] == "Wilma Ward"


def test_another_sites_page_neither_locks_nor_enrols(tablet: TestClient, browse: Browse, learner: Person) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    tablet.post("/unlock", data={"login": "wilma", "pin": PIN})

    answers = [tablet.post(path, headers=foreign).status_code for path in ("/lock", "/device", "/unlock")]

    assert answers == [403] * 3
    assert tablet.get("/api/v1/me").json()["name"] == "Wilma Ward"
    assert DEVICE in tablet.cookies


def _lend(browser: TestClient, ward: Ward) -> httpx.Response:
    return browser.post("/shared-devices", data={"name": "Ward tablet", "space": ward.space.public_id})


def _code(browser: TestClient, ward: Ward) -> str:
    code = re.search(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", _lend(browser, ward).text)
    assert code is not None
    return code[0]


def _enrol(browser: TestClient, code: str) -> httpx.Response:
    return browser.post("/device", data={"code": code})
