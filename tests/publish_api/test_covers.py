"""Muting and covering: by whom, of what, and what a learner is given from that moment on."""

from typing import Any

import pytest

from domain.clip import Clip
from publish_api.services import Services
from store import clips, transcripts
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made

WASH = {"start_ms": 9_000, "end_ms": 9_600}
SCREEN = {"start_ms": 9_000, "end_ms": 9_600, "box": {"left": 0, "top": 100, "right": 500, "bottom": 1000}}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody: "Then wash your hands." """
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(made: Made) -> str:
    return f"/api/v1/recordings/{made.id}/covers"


def test_a_learner_reads_nothing_of_a_muted_word_and_is_given_nothing_that_sounds_of_it(
    services: Services, ask: Ask, people: People, made: Made, clip: Clip, path: str
) -> None:
    with services.store.transaction() as tx:
        word = next(word for word in said(tx, made) if word.text == "wash")
    learner, here = ask(people.learner), f"/api/v1/clips/{clip.public_id}"
    before = learner.get(f"{here}/play/audio.m3u8").text
    old = [line for line in before.splitlines() if line.startswith("/m/")]

    answer = ask(people.expert).post(path, json={"start_ms": word.start_ms, "end_ms": word.end_ms})

    assert (answer.status_code, answer.json()["ready"]) == (201, False)
    assert {learner.get(url).status_code for url in old} == {404}
    assert learner.get(f"{here}/play/audio.m3u8").json()["error"]["code"] == "still_rendering"
    assert "wash" not in learner.get(f"{here}/captions.vtt").text
    assert learner.get(here).json()["text"] == "Then […] your hands."
    assert [hit["sentence"] for hit in learner.get("/api/v1/search?q=wash").json()["items"]] in ([], [""])


def test_what_people_see_that_was_covered_by_somebody_else_is_to_be_looked_at(
    ask: Ask, people: People, clip: Clip, path: str
) -> None:
    ask(people.expert).post(path, json=SCREEN)

    changed = ask(people.curator).get("/api/v1/review", params={"queue": "changed"}).json()["items"]

    assert [each["clip"]["id"] for each in changed] == [clip.public_id]


def test_a_title_that_was_drafted_from_the_word_is_drafted_again(
    services: Services, ask: Ask, people: People, made: Made, path: str
) -> None:
    with services.store.transaction() as tx:
        words = said(tx, made)
    drafted = made.clips[0]

    ask(people.curator).post(path, json={"start_ms": words[0].start_ms, "end_ms": words[3].end_ms})

    with services.store.transaction() as tx:
        now = clips.clip(tx, drafted.public_id, people.curator.id)
    assert "valve" in drafted.title.lower()
    assert "[…]" in now.text
    assert "valve" not in now.text


def test_the_same_once_more_is_the_one_that_stands(ask: Ask, people: People, path: str) -> None:
    curator = ask(people.curator)

    first, second, other = (curator.post(path, json=body).json()["id"] for body in (WASH, WASH, SCREEN))
    curator.delete(f"/api/v1/covers/{first}")
    third = curator.post(path, json=WASH).json()["id"]

    assert first == second
    assert len({first, other, third}) == 3
    assert [each["id"] for each in curator.get(path).json()["items"]] == [third, other, first]
    assert curator.get(f"/api/v1/covers/{other}").json()["box"] == SCREEN["box"]


def test_who_speaks_may_take_back_what_they_muted_and_not_what_a_curator_did(
    ask: Ask, people: People, path: str
) -> None:
    own = ask(people.expert).post(path, json=WASH).json()["id"]
    curators = ask(people.curator).post(path, json=SCREEN).json()["id"]

    refused = ask(people.expert).delete(f"/api/v1/covers/{curators}")
    taken = ask(people.expert).delete(f"/api/v1/covers/{own}")

    assert (refused.status_code, taken.status_code) == (403, 204)
    assert ask(people.learner).delete(f"/api/v1/covers/{curators}").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"start_ms": 5, "end_ms": 5}, "span_backwards"),
        ({"start_ms": 0, "end_ms": 120_001}, "mute_too_long"),
        ({**SCREEN, "start_ms": 0, "end_ms": 600_001}, "cover_too_long"),
        ({"start_ms": 9_000_000, "end_ms": 9_000_001}, "span_after_end"),
        ({**SCREEN, "box": {"left": 500, "top": 0, "right": 500, "bottom": 9}}, "bad_box"),
        ({**SCREEN, "box": {"left": 0, "top": 0, "right": 1001, "bottom": 9}}, "invalid"),
        ({**SCREEN, "box": {"left": 0, "top": 0, "right": 9.5, "bottom": 9}}, "invalid"),
    ],
)
def test_what_cannot_be_hidden_is_refused(ask: Ask, people: People, path: str, body: dict[str, Any], code: str) -> None:
    answer = ask(people.curator).post(path, json=body)

    assert answer.json()["error"]["code"] == code


def said(tx: Any, made: Made) -> Any:
    found = transcripts.transcript(tx, made.recording.id)
    assert found is not None
    return found.words
