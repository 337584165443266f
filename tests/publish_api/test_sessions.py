"""A conversation about where somebody is signed in, and who ends that."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api.access import COOKIE
from publish_api.services import Services
from store import credentials
from tests.conftest import People
from tests.publish_api.conftest import Ask, Clock

OURS = {"Origin": "https://clips.example"}
PATH = "/api/v1/me/sessions"
On = Callable[[Person, str], TestClient]


@pytest.fixture
def on(services: Services, ask: Ask) -> On:
    """`on(person, device)`: a browser there, in which they are signed in."""

    def browser(person: Person, device: str) -> TestClient:
        client = ask(None)
        client.headers.update(OURS)
        with services.store.transaction() as tx:
            client.cookies.set(COOKIE, credentials.new_session(tx, person.id, now=services.now(), device=device))
        return client

    return browser


def test_i_see_where_i_am_signed_in_and_since_when(on: On, people: People, clock: Clock) -> None:
    phone = on(people.learner, "Mozilla/5.0 (iPhone)")
    phone.get("/api/v1/me")
    clock.passes(hours=2)
    desk = on(people.learner, "Mozilla/5.0 (X11; Linux)")
    on(people.expert, "Mozilla/5.0 (Windows)")

    here, there = desk.get(PATH).json()["items"]

    assert (here["device"], here["current"], here["seen_at"]) == (
        "Mozilla/5.0 (X11; Linux)",
        True,
        "2031-05-06T09:08:00Z",
    )
    assert (there["device"], there["current"], there["for_brief"]) == ("Mozilla/5.0 (iPhone)", False, False)
    assert (there["created_at"], there["seen_at"]) == ("2031-05-06T07:08:00Z", "2031-05-06T07:08:00Z")


def test_when_it_was_last_seen_is_written_down_every_five_minutes_only(on: On, people: People, clock: Clock) -> None:
    phone, desk = (on(people.learner, name) for name in ("phone", "desk"))
    seen = []

    for minutes in (0, 4, 1):
        clock.passes(minutes=minutes)
        phone.get("/api/v1/me")
        seen.append(desk.get(PATH).json()["items"][1]["seen_at"])

    assert seen == ["2031-05-06T07:08:00Z", "2031-05-06T07:08:00Z", "2031-05-06T07:13:00Z"]


def test_i_sign_a_lost_phone_out(on: On, people: People) -> None:
    phone, desk, expert = on(people.learner, "phone"), on(people.learner, "desk"), on(people.expert, "phone")
    lost = next(each["id"] for each in desk.get(PATH).json()["items"] if each["device"] == "phone")

    foreign = expert.delete(f"{PATH}/{lost}")
    ended = [desk.delete(f"{PATH}/{lost}").status_code for _ in range(2)]

    assert foreign.status_code == 404
    assert ended == [204, 404]
    assert [browser.get("/api/v1/me").status_code for browser in (phone, desk, expert)] == [401, 200, 200]


def test_i_sign_out_everywhere_but_here(on: On, people: People) -> None:
    here, *others = (on(people.learner, f"device {n}") for n in range(3))
    expert = on(people.expert, "phone")

    answer = here.delete(PATH)

    assert answer.status_code == 204
    assert [each.get("/api/v1/me").status_code for each in (here, *others, expert)] == [200, 401, 401, 200]


def test_an_admin_signs_somebody_out_everywhere_programs_and_unused_links_too(
    on: On, ask: Ask, people: People, services: Services
) -> None:
    phone, program = on(people.expert, "phone"), ask(people.expert)
    with services.store.transaction() as tx:
        link = credentials.new_sign_in_link(tx, people.expert.id, now=services.now())
    path = f"/api/v1/people/{people.expert.public_id}/sessions"

    refused = [ask(each).delete(path).status_code for each in (people.learner, people.curator)]
    seen = ask(people.admin).get(path).json()["items"]
    ended = ask(people.admin).delete(path)

    assert refused == [403, 403]
    assert [each["device"] for each in seen] == ["phone"]
    assert ended.status_code == 204
    assert [each.get("/api/v1/me").status_code for each in (phone, program)] == [401, 401]
    assert ask(None).post("/api/v1/sessions", json={"token": link.token}).status_code == 401


def test_another_sites_page_ends_nothing(on: On, people: People) -> None:
    phone, desk = on(people.learner, "phone"), on(people.learner, "desk")

    answer = desk.delete(PATH, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert phone.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("path", ["me/sessions", "me/tokens", "shared-devices"])
@pytest.mark.parametrize("name", ["%00", "x", "%F0%9F%92%A9", "0" * 5000])
def test_a_name_that_nothing_has_is_not_there(path: str, name: str, ask: Ask, people: People) -> None:
    assert ask(people.admin).delete(f"/api/v1/{path}/{name}").status_code == 404
