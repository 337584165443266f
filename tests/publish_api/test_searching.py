"""Search over HTTP: hits to the second, what they could be narrowed down to, suggestions, and what nobody found."""

import pytest

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made


@pytest.fixture
def made(services: Services, people: People) -> Made:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    return made


def test_a_hit_says_what_the_clips_could_be_narrowed_down_to(ask: Ask, people: People, made: Made) -> None:
    found = ask(people.learner).get("/api/v1/search", params={"q": "valve"}).json()

    assert (found["clips"], found["next"], len(found["items"])) == (1, None, 1)
    assert {"facet": "tag", "value": "valve", "label": "valve", "clips": 1} in found["choices"]
    assert found["items"][0]["comment"] is None


def test_a_search_is_narrowed_down_by_its_parameters(ask: Ask, people: People, made: Made) -> None:
    learner = ask(people.learner)

    found = {
        narrowed: len(learner.get(f"/api/v1/search?q=valve&{narrowed}").json().get("items", []))
        for narrowed in ("tag=valve", "tag=other", "level=beginner", "language=en", "person=Eva+Expert", "kind=skill")
    }
    odd = learner.get("/api/v1/search?q=valve&level=odd")

    assert found == {
        "tag=valve": 1, "tag=other": 0, "level=beginner": 0, "language=en": 1, "person=Eva+Expert": 1, "kind=skill": 0,
    }  # fmt: skip
    assert odd.status_code == 400


def test_a_comment_is_found_where_it_was_said(ask: Ask, people: People, made: Made) -> None:
    learner = ask(people.learner)
    path = f"/api/v1/clips/{made.clips[0].public_id}/comments"
    said = learner.post(path, json={"text": "Mind the gaskets there.", "clip_at_ms": 3000}).json()

    (hit,) = learner.get("/api/v1/search", params={"q": "gasket"}).json()["items"]

    assert hit["comment"] == {"id": said["id"], "author": "Lea Learner"}
    assert (hit["sentence"], hit["clip_ms"]) == ("Mind the gaskets there.", 3000)


def test_a_hit_in_captions_says_their_language_and_their_words(ask: Ask, people: People, made: Made) -> None:
    vtt = "WEBVTT\n\n00:03.000 --> 00:07.900\nGira la válvula.\n\n00:07.950 --> 00:19.000\nLuego lávate las manos.\n"
    brought = ask(people.expert).put(f"/api/v1/recordings/{made.id}/captions/es", content=vtt.encode())
    learner = ask(people.learner)

    (hit,) = learner.get("/api/v1/search", params={"q": "válvulas"}).json()["items"]
    (other,) = learner.get("/api/v1/search", params={"q": "valves"}).json()["items"]
    of_the_next_clip = learner.get("/api/v1/search", params={"q": "lávate"}).json()["items"]

    assert brought.status_code == 200
    assert (hit["sentence"], hit["language"], hit["clip_ms"]) == ("Gira la válvula.", "es", 3_000)
    assert hit["clip"]["language"] == "en"
    assert (other["sentence"], other["language"]) == ("Turn the valve slowly.", "en")
    assert of_the_next_clip == []


def test_suggestions_lead_to_the_second(ask: Ask, people: People, made: Made) -> None:
    found = ask(people.learner).get("/api/v1/search/suggestions", params={"q": "valve slo"}).json()["items"]

    assert found == [
        {
            "kind": "said", "text": "Turn the valve slowly.", "clip": made.clips[0].public_id,
            "title": "Turning the valve", "clip_ms": 400, "version": 1,
        }
    ]  # fmt: skip


def test_what_nobody_found_is_for_curators_and_names_nobody(ask: Ask, people: People, made: Made) -> None:
    learner, curator = ask(people.learner), ask(people.curator)
    for q in ("Zebra stripes", "zebra stripes", "valve", "zebra&level=beginner"):
        learner.get(f"/api/v1/search?q={q}")

    refused = learner.get("/api/v1/search/missed")
    listed = curator.get("/api/v1/search/missed").json()["items"]

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert listed == [{"query": "zebra stripes", "times": 2, "last": "2031-05-06"}]
