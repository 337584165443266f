"""A conversation about briefs: written, changed, closed, and handed out as links."""

import re

import pytest
from fastapi.testclient import TestClient

from domain.brief import DEFAULT_QUESTIONS
from domain.person import Role
from publish_api.quiet import masked
from publish_api.services import Services
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_link, come
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made

BRIEFS = "/api/v1/briefs"


@pytest.fixture
def curator(ask: Ask, people: People) -> TestClient:
    return ask(people.curator)


def test_a_curator_writes_a_brief_and_the_questions_that_fit_most_tips_are_there(
    curator: TestClient, people: People
) -> None:
    answer = curator.post(BRIEFS, json={"title": " Bleeding  brakes ", "level": "beginner"})

    said = answer.json()
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert said.pop("space")["name"] == "Everyone"
    assert said == {
        "id": said["id"],
        "title": "Bleeding brakes",
        "wanted": "",
        "questions": list(DEFAULT_QUESTIONS),
        "audience": "",
        "prerequisites": "",
        "kind": None,
        "level": "beginner",
        "author": "Carl Curator",
        "version": 1,
        "created_at": "2031-05-06T07:08:00Z",
        "closed_at": None,
        "recordings": 0,
        "refused": 0,
    }
    assert curator.get(f"{BRIEFS}/{said['id']}").json()["title"] == "Bleeding brakes"
    assert [each["id"] for each in curator.get(BRIEFS).json()["items"]] == [said["id"]]


def test_a_change_keeps_what_it_does_not_name_and_wants_the_version_it_has_seen(
    services: Services, curator: TestClient, people: People
) -> None:
    path = f"{BRIEFS}/{a_brief(services, people.curator).public_id}"

    unnamed = curator.patch(path, json={"title": "X"})
    changed = curator.patch(path, json={"questions": ["Why?"], "kind": None}, headers={"If-Match": '"1"'})
    stale = curator.patch(path, json={"title": "X"}, headers={"If-Match": '"1"'})

    assert (unnamed.status_code, unnamed.json()["error"]["code"]) == (428, "version_needed")
    assert changed.headers["ETag"] == '"2"'
    assert {key: changed.json()[key] for key in ("title", "questions", "audience", "kind", "level")} == {
        "title": "How to bleed the brakes",
        "questions": ["Why?"],
        "audience": "apprentices",
        "kind": None,
        "level": "beginner",
    }
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "\x00"},
        {"title": "t" * 201},
        {"title": "t", "wanted": "w" * 2001},
        {"title": "t", "questions": ["q"] * 13},
        {"title": "t", "questions": ["q" * 301]},
        {"title": "t", "questions": "q"},
        {"title": "t", "audience": "a" * 301},
        {"title": "t", "kind": "magic"},
        {"title": "t", "level": "Beginner"},
        {"title": "t", "colour": "red"},
    ],
)
def test_a_brief_that_makes_no_sense_is_refused_in_words(curator: TestClient, body: dict[str, object]) -> None:
    answer = curator.post(BRIEFS, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith(".")
    assert curator.get(BRIEFS).json()["items"] == []


def test_closing_and_opening_again(services: Services, curator: TestClient, people: People) -> None:
    path = f"{BRIEFS}/{a_brief(services, people.curator).public_id}"

    closed = curator.put(f"{path}/closing").json()["closed_at"]
    opened = curator.delete(f"{path}/closing").status_code

    assert (closed, opened) == ("2031-05-06T07:08:00Z", 204)
    assert curator.get(path).json()["closed_at"] is None


def test_who_does_not_curate_the_space_neither_writes_nor_hands_out(
    services: Services, ask: Ask, people: People, ward: Ward
) -> None:
    brief = a_brief(services, ward.curator, space=ward.space)
    path = f"{BRIEFS}/{brief.public_id}"
    a_link(services, brief, ward.curator, for_=ward.expert)  # which lets her see it, and answer

    done = {
        person.login: (
            client.get(path).status_code,
            client.post(BRIEFS, json={"title": "T", "space": ward.space.public_id}).status_code,
            client.patch(path, json={"title": "T"}, headers={"If-Match": "*"}).status_code,
            client.put(f"{path}/closing").status_code,
            client.get(f"{path}/links").status_code,
            client.post(f"{path}/links", json={}).status_code,
        )
        for person in (ward.expert, ward.learner, people.learner, people.expert, ward.curator, people.admin)
        for client in (ask(person),)
    }

    assert done == {
        "wes": (200, 403, 403, 403, 403, 403),
        "wilma": (404, 403, 404, 404, 404, 404),
        "lea": (404, 404, 404, 404, 404, 404),
        "eva": (404, 404, 404, 404, 404, 404),
        "wanda": (200, 201, 200, 200, 200, 201),
        "ada": (200, 201, 200, 200, 200, 201),
    }


def test_a_curator_of_one_space_writes_none_for_everybody(ask: Ask, ward: Ward) -> None:
    answer = ask(ward.curator).post(BRIEFS, json={"title": "For all"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_a_link_is_shown_once_with_its_code_and_never_kept_by_a_cache(
    services: Services, curator: TestClient, people: People
) -> None:
    path = f"{BRIEFS}/{a_brief(services, people.curator).public_id}/links"

    made = curator.post(path, json={"person": people.expert.public_id, "days": 7})
    listed = curator.get(path)

    said = made.json()
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"https://clips\.example/brief/[A-Za-z0-9_-]{43}", said["url"])
    assert re.fullmatch(r"https://clips\.example/b/[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", said["typed_url"])
    assert said["qr_svg"].startswith("<svg ")
    assert said["expires_at"] == "2031-05-13T07:08:00Z"
    assert listed.json()["items"] == [
        {
            "id": said["id"],
            "person": {"id": people.expert.public_id, "name": "Eva Expert"},
            "created_at": "2031-05-06T07:08:00Z",
            "expires_at": "2031-05-13T07:08:00Z",
            "devices": [],
        }
    ]
    assert said["url"].rsplit("/", 1)[1] not in listed.text


def test_a_link_and_a_device_are_taken_back(services: Services, curator: TestClient, people: People) -> None:
    brief = a_brief(services, people.curator)
    link, path = a_link(services, brief, people.curator), f"{BRIEFS}/{brief.public_id}"
    gina, hugo = (come(services, link, name=name) for name in ("Gina", "Hugo"))
    (listed,) = curator.get(f"{path}/links").json()["items"]
    devices = {each["person"]["name"]: each["id"] for each in listed["devices"]}

    signed_out = curator.delete(f"{path}/links/{link.public_id}/devices/{devices['Gina']}").status_code
    after_one = [browser.get(path).status_code for browser in (gina, hugo)]
    taken_back = curator.delete(f"{path}/links/{link.public_id}").status_code
    after_all = [browser.get(path).status_code for browser in (gina, hugo)]

    assert devices.keys() == {"Gina", "Hugo"}
    assert [each["stays"] for each in listed["devices"]] == [True, True]
    assert (signed_out, after_one) == (204, [401, 200])
    assert (taken_back, after_all) == (204, [401, 401])
    assert gina.get(f"/brief/{link.token}").status_code == 404
    assert curator.delete(f"{path}/links/{link.public_id}").status_code == 404


def test_a_device_that_stays_after_its_link_has_ended_is_signed_out_alone(
    services: Services, curator: TestClient, people: People
) -> None:
    brief = a_brief(services, people.curator)
    link, path = a_link(services, brief, people.curator), f"{BRIEFS}/{brief.public_id}"
    gina = come(services, link, name="Gina")
    while_it_worked = curator.get(f"{path}/devices").json()["items"]
    curator.delete(f"{path}/links/{link.public_id}")

    (left,) = curator.get(f"{path}/devices").json()["items"]
    before = gina.get("/api/v1/recordings").status_code
    elsewhere = curator.delete(f"{BRIEFS}/{a_brief(services, people.curator).public_id}/devices/{left['id']}")
    signed_out = curator.delete(f"{path}/devices/{left['id']}").status_code

    assert (while_it_worked, left["person"]["name"]) == ([], "Gina")
    assert (before, elsewhere.status_code, signed_out) == (200, 404, 204)
    assert gina.get("/api/v1/recordings").status_code == 401
    assert curator.get(f"{path}/devices").json()["items"] == []
    assert curator.delete(f"{path}/devices/{left['id']}").status_code == 404


def test_a_link_for_nobody_or_for_somebody_who_left_is_not_made(
    services: Services, curator: TestClient, people: People
) -> None:
    with services.store.transaction() as tx:
        gone = stored_people.add_person(tx, login="gone", name="Gone", role=Role.EXPERT)
        stored_people.leave(tx, gone.id, services.now())
    path = f"{BRIEFS}/{a_brief(services, people.curator).public_id}/links"

    answers = [curator.post(path, json={"person": person}).status_code for person in ("x", gone.public_id)]
    odd = [curator.post(path, json={"days": days}).status_code for days in (0, -1, 366, "7", 1e9, None)]

    assert answers == [404, 410]
    assert odd == [400] * 6


def test_a_link_ends_on_its_day(services: Services, people: People, clock: Clock) -> None:
    brief = a_brief(services, people.curator)
    browser = come(services, a_link(services, brief, people.curator, days=7), name="Gina")

    before = browser.get(f"{BRIEFS}/{brief.public_id}").status_code
    clock.passes(days=7)
    after = browser.get(f"{BRIEFS}/{brief.public_id}").status_code

    assert (before, after) == (200, 401)


def test_tokens_of_links_are_kept_out_of_the_log() -> None:
    assert masked("/brief/s3cr3t") == "/brief/-"
    assert masked("/brief/s3cr3t?x=1") == "/brief/-?x=1"
    assert masked("/b/k0m2-q9x4-1t3v") == "/b/-"
    assert masked("/briefs/0123456789abcdef/links") == "/briefs/0123456789abcdef/links"


@pytest.mark.parametrize("odd", ["%00", "..%2fx", "a" * 5_000, "%F0%28%8C%28", "0123456789ABCDEF"])
def test_an_odd_id_is_the_id_of_nothing(curator: TestClient, odd: str) -> None:
    answers = [
        curator.get(f"{BRIEFS}/{odd}"),
        curator.patch(f"{BRIEFS}/{odd}", json={"title": "x"}, headers={"If-Match": "*"}),
        curator.put(f"{BRIEFS}/{odd}/closing"),
        curator.post(f"{BRIEFS}/{odd}/links", json={}),
        curator.delete(f"{BRIEFS}/{odd}/links/{odd}"),
        curator.delete(f"{BRIEFS}/{odd}/links/{odd}/devices/{odd}"),
    ]

    assert {answer.status_code for answer in answers} <= {404, 405}


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


def test_a_curator_says_whom_a_clip_is_for_and_what_to_know_before(curator: TestClient, made: Made) -> None:
    path = f"/api/v1/clips/{made.clips[0].public_id}"

    changed = curator.patch(
        path,
        json={"audience": " night  shift ", "prerequisites": "hygiene", "kind": "strategy"},
        headers={"If-Match": '"1"'},
    )
    taken_back = curator.patch(path, json={"audience": "", "kind": None}, headers={"If-Match": '"2"'})
    odd = curator.patch(path, json={"kind": "magic"}, headers={"If-Match": '"3"'})

    said = [
        [answer.json()[key] for key in ("audience", "prerequisites", "kind", "level")]
        for answer in (changed, taken_back)
    ]
    assert said == [["night shift", "hygiene", "strategy", None], ["", "hygiene", None, None]]
    assert odd.status_code == 400
