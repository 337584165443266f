"""What has not changed is not sent again; and a version is still what a change is meant for."""

from fastapi.testclient import TestClient

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask


def test_what_somebody_has_already_is_not_sent_again(services: Services, people: People, ask: Ask) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner, path = ask(people.learner), f"/api/v1/clips/{clip.public_id}"

    first = learner.get(path)
    again = learner.get(path, headers={"If-None-Match": first.headers["ETag"]})
    weakly = learner.get(path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})

    assert [(each.status_code, each.content) for each in (again, weakly)] == [(304, b""), (304, b"")]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert "Content-Length" not in again.headers


def test_what_changes_without_a_new_version_is_sent_again(services: Services, people: People, ask: Ask) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner, path = ask(people.learner), f"/api/v1/clips/{clip.public_id}"
    before = learner.get(path)

    learner.post(f"{path}/comments", json={"text": "Which valve?", "clip_at_ms": 1_000})
    after = learner.get(path, headers={"If-None-Match": before.headers["ETag"]})

    assert (after.status_code, before.json()["comments"], after.json()["comments"]) == (200, 0, 1)
    assert before.headers["ETag"].partition(".")[0] == after.headers["ETag"].partition(".")[0]


def test_what_was_read_says_which_version_a_change_is_meant_for(services: Services, people: People, ask: Ask) -> None:
    clip = material.recording(services, people.expert).clips[0]
    curator, path = ask(people.curator), f"/api/v1/clips/{clip.public_id}"
    read = curator.get(path).headers["ETag"]

    changed = curator.patch(path, json={"title": "Valves"}, headers={"If-Match": read})
    late = curator.patch(path, json={"title": "Taps"}, headers={"If-Match": read})

    assert (changed.status_code, late.status_code, late.json()["error"]["code"]) == (200, 412, "stale_version")


def test_who_may_not_see_it_any_more_is_not_told_that_nothing_has_changed(
    services: Services, people: People, ask: Ask
) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    learner, path = ask(people.learner), f"/api/v1/clips/{clip.public_id}"
    tag = learner.get(path).headers["ETag"]

    ask(people.curator).delete(f"{path}/publication")
    after = learner.get(path, headers={"If-None-Match": tag})

    assert after.status_code == 404


def test_every_route_that_reads_json_says_that_it_may_be_unchanged(anybody: TestClient) -> None:
    paths = anybody.get("/openapi.json").json()["paths"]

    unsaid = [
        path
        for path, operations in paths.items()
        if path.startswith("/api/")
        and "application/json" in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        and "304" not in operations["get"]["responses"]
    ]

    assert unsaid == []
