"""What one watched: kept by the player, read by oneself alone, forgotten when one says so."""

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from publish_api.services import Services
from store import clips
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.served import served

HISTORY = "/api/v1/me/history"


@pytest.fixture
def clip(services: Services, people: People) -> Clip:
    """From 8 to 20 s of its recording."""
    return material.published(services, material.recording(services, people.expert), people.curator, 1)


def test_where_one_stopped_is_where_another_device_goes_on(ask: Ask, people: People, clip: Clip) -> None:
    phone, desk = ask(people.learner), ask(people.learner)

    said = stop(phone, clip, 14_500)
    found = desk.get(HISTORY).json()
    page = desk.get(f"/clips/{clip.public_id}").text

    assert said.status_code == 204
    assert [(each["clip"]["id"], each["clip_at_ms"], each["seen_at"]) for each in found["items"]] == [
        (clip.public_id, 6_500, "2031-05-06T07:08:00Z")
    ]
    assert (found["kept"], found["days"], found["next"]) == (True, 180, None)
    assert 'kept="6500"' in page


def test_nobody_else_reads_it_by_any_address(
    services: Services, ask: Ask, people: People, clip: Clip, clock: Clock
) -> None:
    clock.passes(minutes=13, seconds=17)
    stop(ask(people.learner), clip, 14_567)
    told = re.compile(r"07:21:17|14_?567|6_?567")
    clock.passes(hours=30)

    for person in (people.curator, people.admin):
        client = ask(person)
        described = client.get("/openapi.json").json()["paths"]
        names = (people.learner.public_id, clip.public_id)
        paths = {
            re.sub(r"\{[^}]*\}", name, path)
            for path, operations in described.items()
            for name in names
            if "get" in operations and not path.startswith("/m/") and path != "/api/v1/events"
        }
        answers = {path: client.get(path).text for path in sorted(paths)}
        answers |= {path: client.get(path).text for path in ("/", "/watched", "/people", f"/clips/{clip.public_id}")}

        assert client.get(HISTORY).json()["items"] == []
        assert len(answers) > 100
        assert {path for path, text in answers.items() if told.search(text)} == set()
    assert told.search(ask(people.learner).get(HISTORY).text)  # or it would prove nothing


def test_switched_off_it_forgets_at_once_and_keeps_nothing(ask: Ask, people: People, clip: Clip) -> None:
    learner = ask(people.learner)
    stop(learner, clip, 14_500)

    switched = learner.put(HISTORY, json={"kept": False})
    later = stop(learner, clip, 15_500)
    found = learner.get(HISTORY).json()
    page = learner.get(f"/clips/{clip.public_id}").text

    assert (switched.status_code, later.status_code) == (204, 204)
    assert (found["items"], found["kept"]) == ([], False)
    assert "kept=" not in page
    learner.put(HISTORY, json={"kept": True})
    stop(learner, clip, 14_900)
    assert [each["clip_at_ms"] for each in learner.get(HISTORY).json()["items"]] == [6_900]


def test_where_no_history_is_kept_nobody_has_one(services: Services, people: People, ask: Ask, clip: Clip) -> None:
    learner = ask(people.learner)
    served(replace(services, history_days=0))

    stop(learner, clip, 14_500)
    found, page = learner.get(HISTORY).json(), learner.get(f"/clips/{clip.public_id}").text

    assert (found["items"], found["kept"], found["days"]) == ([], False, 0)
    assert "kept=" not in page


def test_one_can_be_forgotten_and_all_and_only_ones_own(ask: Ask, people: People, clip: Clip) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    for client in (learner, expert):
        stop(client, clip, 14_500)

    forgot = [learner.delete(f"{HISTORY}/{name}").status_code for name in (clip.public_id, clip.public_id, "nothing")]
    after_one = learner.get(HISTORY).json()["items"]
    stop(learner, clip, 14_500)
    forgot.append(learner.delete(HISTORY).status_code)

    assert forgot == [204] * 4
    assert after_one == learner.get(HISTORY).json()["items"] == []
    assert len(expert.get(HISTORY).json()["items"]) == 1


def test_what_is_no_place_in_the_clip_is_refused(
    services: Services, ask: Ask, people: People, clip: Clip, ward: Ward
) -> None:
    hidden = material.published(
        services, material.recording(services, ward.expert, space=ward.space), ward.curator
    )  # fmt: skip
    learner = ask(people.learner)
    place = {"recording": clip.parts[0].recording, "at_ms": 14_500, "version": 1}

    refused = [
        (answer.status_code, answer.json()["error"]["code"])
        for answer in (
            learner.put(f"{HISTORY}/{clip.public_id}", json={**place, **wrong})
            for wrong in ({"at_ms": 7_999}, {"recording": hidden.parts[0].recording}, {"at_ms": -1}, {"version": "1"})
        )
    ]
    unseen = stop(learner, hidden, 1_000)

    assert refused == [(400, "outside_clip"), (400, "outside_clip"), (400, "invalid"), (400, "invalid")]
    assert unseen.status_code == 404
    assert learner.put(HISTORY, json={"kept": "no"}).status_code == 400


def test_a_clip_that_was_withdrawn_is_no_longer_listed(
    services: Services, ask: Ask, people: People, clip: Clip
) -> None:
    learner = ask(people.learner)
    stop(learner, clip, 14_500)
    with services.store.transaction() as tx:
        clips.withdraw(tx, clip.id)

    assert learner.get(HISTORY).json()["items"] == []
    assert "Washing hands" not in learner.get("/watched").text


def stop(client: TestClient, clip: Clip, at_ms: int) -> Any:
    return client.put(
        f"{HISTORY}/{clip.public_id}",
        json={"recording": clip.parts[0].recording, "at_ms": at_ms, "version": clip.version},
    )
