"""Guessing what opens a brief's link: it costs the server little, and locks out nobody who is right."""

import pytest
from fastapi.testclient import TestClient

from domain.brief import Brief
from domain.errors import TooMany
from publish_api.app import create_app
from publish_api.guesses import Guesses
from publish_api.services import Services
from store import brief_links
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.briefing import a_brief, a_browser, a_link
from tests.publish_api.conftest import Ask


@pytest.fixture
def brief(services: Services, people: People) -> Brief:
    return a_brief(services, people.curator)


def wrong_until_refused(guesses: Guesses, address: str) -> int:
    for made in range(1000):
        try:
            guesses.guess(address)
        except TooMany:
            return made
    raise AssertionError("nobody was refused")


def test_an_address_is_wrong_sixty_times_at_once_and_then_once_a_second() -> None:
    now = [0.0]
    guesses = Guesses(lambda: now[0])

    at_once = wrong_until_refused(guesses, "192.0.2.1")
    now[0] = 3.0
    later = wrong_until_refused(guesses, "192.0.2.1")
    elsewhere = wrong_until_refused(guesses, "192.0.2.2")

    assert (at_once, later, elsewhere) == (60, 3, 60)


def test_who_is_right_pays_nothing() -> None:
    guesses = Guesses(lambda: 0.0)

    for _ in range(500):
        guesses.guess("192.0.2.1")
        guesses.right("192.0.2.1")

    assert wrong_until_refused(guesses, "192.0.2.1") == 60


def test_one_ipv6_host_has_one_bucket_for_all_of_its_addresses() -> None:
    guesses = Guesses(lambda: 0.0)

    first = wrong_until_refused(guesses, "2001:db8::1")
    second = wrong_until_refused(guesses, "2001:db8::ffff:1")

    assert (first, second) == (60, 0)


def test_a_guess_too_many_is_refused_before_it_costs_anything_and_a_scanned_link_still_opens(
    services: Services, people: People, brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_link(services, brief, people.curator)
    app = create_app(services)
    app.state.guesses = Guesses(lambda: 0.0)
    browser = a_browser(services, app)
    dear: list[str] = []
    monkeypatch.setattr(brief_links, "_scrypt", lambda typed: dear.append(typed) or typed.encode())

    answers = [browser.get(f"/b/{number:012}").status_code for number in range(70)]
    sent = browser.post(f"/brief/{'0' * 12}", data={"name": "Gina"})

    assert answers == [404] * 60 + [429] * 10
    assert sent.status_code == 429
    assert len(dear) == 60
    assert browser.get(f"/brief/{link.token}").status_code == 200


def test_who_types_wrong_codes_for_one_name_waits_and_others_do_not(
    anybody: TestClient, ask: Ask, people: People
) -> None:
    tries = [anybody.post("/api/v1/sessions", json={"login": "lea", "code": "00000000"}) for _ in range(11)]
    on_the_page = anybody.post("/sign-in", data={"login": " LEA ", "code": "00000000"})
    other = anybody.post("/api/v1/sessions", json={"login": "eva", "code": "00000000"})

    assert [answer.status_code for answer in tries] == [401] * 10 + [429]
    assert tries[-1].json()["error"]["code"] == "too_many_guesses"
    assert 1 <= int(tries[-1].headers["Retry-After"]) <= 60
    assert (on_the_page.status_code, other.status_code) == (429, 401)


def test_one_address_tries_many_names_only_sixty_times(anybody: TestClient) -> None:
    tries = [anybody.post("/sign-in", data={"login": f"n{n}", "code": "00000000"}).status_code for n in range(80)]

    assert tries[:60] == [401] * 60
    assert 429 in tries[60:]


def test_who_writes_without_end_is_told_when_to_go_on_and_others_are_not(
    ask: Ask, people: People, services: Services
) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner, expert = ask(people.learner), ask(people.expert)
    path, body = f"/api/v1/clips/{clip.public_id}/comments", {"at_ms": 100, "kind": "comment"}

    answers = [learner.post(path, json={**body, "text": f"{n}"}) for n in range(80)]
    refused = next(answer for answer in answers if answer.status_code == 429)

    assert [answer.status_code for answer in answers[:60]] == [201] * 60
    assert refused.json()["error"]["code"] == "too_many_writes"
    assert int(refused.headers["Retry-After"]) >= 1
    assert learner.get(path).status_code == 200
    assert expert.post(path, json={**body, "text": "So."}).status_code == 201
