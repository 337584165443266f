"""Signing in without a password: a link, or its code, once."""

import pytest
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api.access import COOKIE
from publish_api.services import Services
from store import credentials
from store.credentials import SignInLink
from tests.conftest import People
from tests.publish_api.conftest import Clock
from tests.publish_api.pages.conftest import Browse


def test_opening_a_link_uses_nothing_up_and_pressing_the_button_signs_in(
    services: Services, browse: Browse, people: People
) -> None:
    browser, link = browse(None), _link(services, people.learner)

    opened = [browser.get(f"/sign-in/{link.token}") for _ in range(3)]
    pressed = browser.post(f"/sign-in/{link.token}", data={"next": "/search?q=valve"})

    assert [page.status_code for page in opened] == [200, 200, 200]
    assert {page.headers["cache-control"] for page in opened} == {"no-store"}
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/search?q=valve")
    assert "HttpOnly" in pressed.headers["set-cookie"]
    assert _whose(browser) == "lea"


def test_a_link_works_once(services: Services, browse: Browse, people: People) -> None:
    link = _link(services, people.learner)
    browse(None).post(f"/sign-in/{link.token}")

    again = browse(None).post(f"/sign-in/{link.token}")

    assert again.status_code == 401
    assert "has been used, or is too old" in again.text
    assert COOKIE not in again.cookies


def test_a_code_is_typed_with_the_login_name_in_groups_or_not(
    services: Services, browse: Browse, people: People
) -> None:
    browser, link = browse(None), _link(services, people.learner)

    answer = browser.post("/sign-in", data={"login": " Lea ", "code": f"{link.code[:4]} {link.code[4:]}"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert _whose(browser) == "lea"


def test_a_wrong_code_keeps_the_login_name_and_five_of_them_void_the_right_one(
    services: Services, browse: Browse, people: People
) -> None:
    link = _link(services, people.learner)
    wrong = "00000000" if link.code != "00000000" else "11111111"

    answers = [browse(None).post("/sign-in", data={"login": "lea", "code": wrong}) for _ in range(5)]
    right = browse(None).post("/sign-in", data={"login": "lea", "code": link.code})

    assert {answer.status_code for answer in answers} == {401}
    assert 'value="lea"' in answers[0].text
    assert wrong not in answers[0].text
    assert right.status_code == 401


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil", "/sign-in", "/a\nb", ""],
)
def test_a_link_leads_to_no_other_site(elsewhere: str, services: Services, browse: Browse, people: People) -> None:
    link = _link(services, people.learner)

    answer = browse(None).post(f"/sign-in/{link.token}", data={"next": elsewhere})

    assert answer.headers["location"] == "/"


def test_whoever_is_not_signed_in_is_led_there_and_back(browse: Browse) -> None:
    answer = browse(None).get("/search?q=red+valve")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fsearch%3Fq%3Dred%2Bvalve"
    assert 'value="/search?q=red+valve"' in browse(None).get(answer.headers["location"]).text


def test_another_sites_page_signs_nobody_in(services: Services, browse: Browse, people: People) -> None:
    browser, link = browse(None), _link(services, people.learner)

    answer = browser.post(f"/sign-in/{link.token}", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert browser.post(f"/sign-in/{link.token}").status_code == 303


def test_signing_out_ends_the_session_on_the_server(services: Services, browse: Browse, people: People) -> None:
    browser = browse(people.learner)
    session = browser.cookies[COOKIE]

    answer = browser.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    with services.store.transaction() as tx:
        assert credentials.person_of_session(tx, session, services.now()) is None


def test_a_session_that_has_run_out_leads_to_signing_in(browse: Browse, people: People, clock: Clock) -> None:
    browser = browse(people.learner)

    clock.passes(days=31)

    assert browser.get("/").headers["location"] == "/sign-in?next=%2F"


def _link(services: Services, person: Person) -> SignInLink:
    with services.store.transaction() as tx:
        return credentials.new_sign_in_link(tx, person.id, now=services.now())


def _whose(browser: TestClient) -> str:
    return str(browser.get("/api/v1/me").json()["login"])
