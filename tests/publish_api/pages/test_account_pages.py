"""The page of one's own account."""

import html
import re

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api.conftest import Ask
from tests.publish_api.pages.conftest import Browse


def test_a_token_is_shown_once_and_works(browse: Browse, ask: Ask, people: People) -> None:
    browser = browse(people.learner)

    made = browser.post("/account/tokens", data={"name": "<b>Shelf", "scope": ["read", "nonsense"], "days": "30"})
    again, reloaded = browser.get("/account"), browser.get("/account/tokens")
    token = re.search(r'value="(pio_[^"]+)"', made.text)

    assert made.headers["Cache-Control"] == "no-store"
    assert token is not None
    assert token[1] not in again.text
    assert html.escape("<b>Shelf") in again.text
    assert "Works until 5 June 2031" in again.text
    assert (reloaded.status_code, reloaded.headers["location"]) == (303, "/account")
    program = ask(None)
    program.headers["Authorization"] = f"Bearer {token[1]}"
    assert program.get("/api/v1/me").json()["login"] == "lea"
    assert program.post("/account/tokens", data={"name": "more", "scope": "manage"}).status_code == 403


def test_a_token_without_anything_it_may_do_keeps_what_was_typed(browse: Browse, people: People) -> None:
    answer = browse(people.learner).post("/account/tokens", data={"name": "The shelf", "days": "30"})

    assert answer.status_code == 400
    assert "Choose what the token may do" in answer.text
    assert 'value="The shelf"' in answer.text


def test_a_token_is_taken_back_and_a_device_signed_out(browse: Browse, people: People, services: Services) -> None:
    browser, phone = browse(people.learner), browse(people.learner)
    browser.post("/account/tokens", data={"name": "Shelf", "scope": "read"})
    token = re.search(r"/account/tokens/([a-z0-9]{16})", browser.get("/account").text)
    session = re.search(r"/account/sessions/([a-z0-9]{16})", browser.get("/account").text)
    assert token is not None
    assert session is not None

    answers = [browser.post(path).status_code for path in (token[0], session[0])]

    assert answers == [303, 303]
    assert "Shelf" not in browser.get("/account").text
    assert phone.get("/account").headers["location"] == "/sign-in?next=%2Faccount"


def test_every_other_device_is_signed_out_at_once(browse: Browse, people: People) -> None:
    browser, others = browse(people.learner), [browse(people.learner) for _ in range(2)]

    browser.post("/account/sessions/others")

    assert [each.get("/account").status_code for each in (browser, *others)] == [200, 303, 303]


def test_an_admin_signs_somebody_out_everywhere(browse: Browse, people: People) -> None:
    admin, curator, phone = browse(people.admin), browse(people.curator), browse(people.expert)
    path = f"/people/{people.expert.public_id}/sessions"

    assert path in admin.get("/people").text
    assert path not in curator.get("/people").text
    assert curator.post(path).status_code == 403
    assert admin.post(path).status_code == 303
    assert phone.get("/account").status_code == 303
