"""A conversation about tokens: what a program may do as somebody, and for how long."""

import pytest
from fastapi.testclient import TestClient

from domain.scope import Scope
from publish_api.rights import RIGHTS, Door
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.material import Made

PATH = "/api/v1/me/tokens"
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    found = material.recording(services, people.expert)
    material.published(services, found, people.curator)
    return found


def test_a_token_is_made_shown_once_and_known_by_its_name(ask: Ask, people: People, clock: Clock) -> None:
    learner = ask(people.learner)

    made = learner.post(PATH, json={"name": " The  folder ", "scopes": ["upload"], "days": 30})
    clock.passes(minutes=5)
    used = _with(ask, made.json()["token"]).get("/api/v1/me")
    listed = learner.get(PATH).json()["items"]

    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json()["token"].startswith("pio_")
    assert used.status_code == 403  # it sends recordings, and reads nothing
    assert listed[0] == {
        "id": made.json()["id"],
        "name": "The folder",
        "scopes": ["upload"],
        "created_at": listed[0]["created_at"],
        "expires_at": "2031-06-05T07:08:00Z",
        "used_at": "2031-05-06T07:13:00Z",
    }
    assert made.json()["token"] not in learner.get(PATH).text


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("read", {"read"}),
        ("write", {"read", "comment"}),
        ("upload", {"send"}),
        ("review", {"read", "comment", "publish"}),
        ("manage", {"read", "comment", "invite"}),
    ],
)
def test_a_token_does_what_it_was_made_for_and_nothing_else(
    scope: str, may: set[str], ask: Ask, people: People, made: Made
) -> None:
    program = _with(ask, _made(ask(people.curator), scope))
    clip, other = (each.public_id for each in made.clips)

    answers = {
        "read": program.get(f"/api/v1/clips/{clip}"),
        "comment": program.post(
            f"/api/v1/clips/{clip}/comments", json={"at_ms": 100, "kind": "comment", "text": "So."}
        ),
        "send": program.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"}),
        "publish": program.put(f"/api/v1/clips/{other}/publication"),
        "invite": program.post("/api/v1/people", json={"login": "nora", "name": "Nora"}),
    }

    refused = {what for what, answer in answers.items() if answer.status_code == 403}
    assert set(answers) - refused == may
    assert {answers[what].json()["error"]["code"] for what in refused} == {"token_scope"}


def test_no_route_is_open_to_a_token_that_was_not_made_for_it(ask: Ask, people: People) -> None:
    admin = ask(people.admin)
    reads, sends = (_with(ask, _made(admin, scope)) for scope in ("read", "upload"))
    open_to = []

    for route in (name for name, right in RIGHTS.items() if right.door is not Door.EVERYBODY):
        method, path = route.split(" ")
        program = reads if method not in SAFE or "/uploads" in path else sends
        answer = program.request(method, path, headers={"Tus-Resumable": "1.0.0"})
        refused = answer.status_code == 403 and ("it lacks" in answer.text or method == "HEAD")
        open_to += [] if refused else [(route, answer.status_code)]

    assert open_to == []


def test_what_one_may_since_one_curates_takes_more_than_writing(ask: Ask, people: People, made: Made) -> None:
    learner, curator = ask(people.learner), ask(people.curator)
    writes, reviews = (_with(ask, _made(curator, scope)) for scope in ("write", "review"))
    thread = f"/api/v1/clips/{made.clips[0].public_id}/comments"
    theirs = learner.post(thread, json={"at_ms": 100, "kind": "comment", "text": "So."}).json()["id"]
    mine = writes.post(thread, json={"at_ms": 100, "kind": "comment", "text": "Mine."}).json()["id"]

    deleted = [
        writes.delete(f"/api/v1/comments/{mine}").status_code,
        writes.delete(f"/api/v1/comments/{theirs}").status_code,
        reviews.delete(f"/api/v1/comments/{theirs}").status_code,
    ]

    assert deleted == [204, 403, 204]


def test_a_token_gives_nobody_more_than_they_have(ask: Ask, people: People, made: Made) -> None:
    program = _with(ask, _made(ask(people.learner), *Scope))

    assert program.put(f"/api/v1/clips/{made.clips[1].public_id}/publication").status_code in {403, 404}
    assert program.get("/api/v1/people").status_code == 403


def test_a_token_makes_none_that_may_do_more_than_itself(ask: Ask, people: People) -> None:
    manages = _with(ask, _made(ask(people.admin), "manage"))
    reads = _with(ask, _made(ask(people.admin), "read"))

    answers = [
        manages.post(PATH, json={"name": "less", "scopes": ["write"]}),
        manages.post(PATH, json={"name": "more", "scopes": ["review"]}),
        reads.post(PATH, json={"name": "itself", "scopes": ["read"]}),
    ]

    assert [answer.status_code for answer in answers] == [201, 403, 403]


def test_a_token_ends_by_time_by_being_taken_back_and_only_by_whose_it_is(
    ask: Ask, people: People, clock: Clock
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    soon, kept = (_with(ask, _made(learner, "read", days=days)) for days in (1, None))
    ids = {each["name"]: each["id"] for each in learner.get(PATH).json()["items"]}

    clock.passes(days=1)
    late = [each.get("/api/v1/me").status_code for each in (soon, kept)]
    foreign = expert.delete(f"{PATH}/{ids['for None days']}")
    taken = [learner.delete(f"{PATH}/{ids['for None days']}").status_code for _ in range(2)]
    after = kept.get("/api/v1/me")

    assert late == [401, 200]
    assert foreign.status_code == 404
    assert taken == [204, 404]
    assert (after.status_code, after.json()["error"]["code"]) == (401, "bad_token")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "  ", "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["read"], "days": 0},
        {"name": "x", "scopes": ["read"], "days": 10_000},
        {"name": "n" * 101, "scopes": ["read"]},
    ],
)
def test_a_token_that_cannot_be_is_refused(body: dict[str, object], ask: Ask, people: People) -> None:
    assert ask(people.learner).post(PATH, json=body).status_code == 400


def _made(client: TestClient, *scopes: str, days: int | None = 90) -> str:
    body = {"name": f"for {days} days", "scopes": list(scopes), "days": days}
    answer = client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def _with(ask: Ask, token: str) -> TestClient:
    client = ask(None)
    client.headers["Authorization"] = f"Bearer {token}"
    return client
