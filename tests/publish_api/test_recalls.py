"""Seconds taken out of every clip: live at once, for everybody, and given back."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from domain.clip import Clip, Proposal
from domain.span import Span
from publish_api import clip_playback
from publish_api.services import Services
from store import clips, media, recordings
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made

WASHING = {"start_ms": 8_000, "end_ms": 14_000, "reason": " Not with\nthat soap. "}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody: "Then wash your hands." """
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(made: Made) -> str:
    return f"/api/v1/recordings/{made.id}/recalls"


def test_the_seconds_are_gone_from_all_that_a_learner_is_given(ask: Ask, people: People, clip: Clip, path: str) -> None:
    learner, here = ask(people.learner), f"/api/v1/clips/{clip.public_id}"
    before = learner.get(f"{here}/play/480.m3u8")
    old = _urls(before.text)

    answer = ask(people.curator).post(path, json=WASHING)

    tag = {"If-None-Match": before.headers["ETag"]}
    after = learner.get(f"{here}/play/480.m3u8", headers=tag)
    shown = learner.get(here)
    stills = _urls(learner.get(f"{here}/storyboard.vtt").text)
    assert answer.status_code == 201
    assert {learner.get(url).status_code for url in old} == {404}
    assert [learner.get(url).text.split(" of ")[0] for url in _urls(after.text)] == ["480 7", "480 8", "480 9"]
    assert (shown.headers["ETag"][:3], shown.json()["start_ms"], shown.json()["text"]) == ('"2.', 14_000, "your hands.")
    assert learner.get(f"{here}/poster.jpg").text.startswith("stills 8 ")
    assert [learner.get(url).text.split(" of ")[0] for url in stills] == [f"stills {n}" for n in (7, 8, 9)]
    assert "Then wash" not in learner.get(f"{here}/captions.vtt").text
    assert [hit["sentence"] for hit in learner.get("/api/v1/search?q=wash").json()["items"]] == [""]  # in the title
    assert [hit["sentence"] for hit in learner.get("/api/v1/search?q=hands").json()["items"]] == ["your hands."]


@pytest.mark.parametrize("what", ["play/480.m3u8", "storyboard.vtt"])
def test_what_is_written_while_they_are_taken_out_names_nothing_that_works(
    ask: Ask, people: People, clip: Clip, path: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    learner, curator = ask(people.learner), ask(people.curator)

    def read_and_taken_out(*asked: Any) -> Clip:
        found = clips.clip(*asked)
        curator.post(path, json=WASHING)
        return found

    monkeypatch.setattr(clip_playback, "clips", SimpleNamespace(clip=read_and_taken_out))
    urls = _urls(learner.get(f"/api/v1/clips/{clip.public_id}/{what}").text)

    assert len(urls) == 6
    assert {learner.get(url).status_code for url in urls} == {404}


def test_whoever_may_is_told_before_and_after_what_it_touches(
    ask: Ask, people: People, clip: Clip, made: Made, path: str
) -> None:
    expert = ask(people.expert)

    preview = expert.get(f"{path}/reach?start_ms=6000&end_ms=14000").json()
    recall = expert.post(path, json={**WASHING, "start_ms": 6_000}).json()
    listed = ask(people.curator).get(path).json()["items"]
    one = expert.get(f"/api/v1/recalls/{recall['id']}").json()

    touched = {"space": "Everyone", "became": "shorter"}
    first = {"id": made.clips[0].public_id, "title": "Turning the valve", "published": False, "lost_ms": 2_000}
    second = {"id": clip.public_id, "title": "Washing hands", "published": True, "lost_ms": 6_000}
    assert preview == recall["touched"] == {
        "clips": [{**first, **touched}, {**second, **touched}],
        "hidden_clips": 0,
        "spaces": 1,
        "comments": 0,
        "reels": [],
        "hidden_reels": 0,
    }  # fmt: skip
    assert listed == [recall] == [one]
    assert (recall["reason"], recall["made_by"], recall["undone_at"]) == ("Not with that soap.", "Eva Expert", None)


def test_only_the_recordings_people_take_seconds_out_and_only_curators_give_them_back(
    ask: Ask, people: People, ward: Ward, clip: Clip, path: str
) -> None:
    recall = f"/api/v1/recalls/{ask(people.expert).post(path, json=WASHING).json()['id']}"

    taken = [ask(person).post(path, json=WASHING).status_code for person in (people.learner, ward.curator)]
    read = [ask(person).get(recall).status_code for person in (people.learner, ward.curator)]
    undone = [ask(person).delete(recall).status_code for person in (people.learner, people.expert, people.curator)]

    assert (taken, read, undone) == ([404, 404], [404, 404], [404, 403, 204])
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").json()["start_ms"] == 8_000


def test_a_bound_moved_back_over_them_is_refused_with_what_to_do(
    ask: Ask, people: People, clip: Clip, path: str
) -> None:
    curator = ask(people.curator)
    curator.post(path, json=WASHING)

    moved = curator.patch(f"/api/v1/clips/{clip.public_id}", json={"start_ms": 13_999}, headers={"If-Match": '"2"'})

    assert (moved.status_code, moved.json()["error"]["code"]) == (409, "recalled")
    assert "0:08.0 to 0:14.0" in moved.json()["error"]["message"]
    assert "Not with that soap." in moved.json()["error"]["message"]


def test_a_clip_of_which_nothing_is_left_answers_with_why(ask: Ask, people: People, clip: Clip, path: str) -> None:
    learner, here = ask(people.learner), f"/api/v1/clips/{clip.public_id}"
    urls = _urls(learner.get(f"{here}/play/480.m3u8").text)

    ask(people.curator).post(path, json={**WASHING, "end_ms": 20_000})

    answers = [learner.get(f"{here}{each}") for each in ("", "/play.m3u8", "/play/480.m3u8", "/captions.vtt")]
    assert {(each.status_code, each.json()["error"]["code"]) for each in answers} == {(410, "recalled")}
    assert "Not with that soap." in answers[0].json()["error"]["message"]
    assert {learner.get(url).status_code for url in urls} == {404}
    assert learner.get("/api/v1/clips").json()["items"] == []


def test_thirty_clips_in_one_act_write_no_media(ask: Ask, people: People, services: Services, made: Made) -> None:
    with services.store.transaction() as tx:
        before = media.object_keys(tx, made.recording.id)
        for each in made.clips:
            tx.execute("delete from clip where id = %s", [each.id])
        many = [Proposal(Span(0, 20_000 - 10 * n), f"Clip {n}", (), "") for n in range(30)]
        clips.propose(tx, recordings.load(tx, made.recording.id), many, "en")

    touched = ask(people.curator).post(f"/api/v1/recordings/{made.id}/recalls", json=WASHING).json()["touched"]

    with services.store.transaction() as tx:
        assert media.object_keys(tx, made.recording.id) == before
    assert [each["lost_ms"] for each in touched["clips"]] == [6_000] * 30


@pytest.mark.parametrize(
    ("change", "code"),
    [({"end_ms": 8_000}, "span_backwards"), ({"start_ms": 20_000, "end_ms": 21_000}, "span_after_end"),
     ({"reason": " "}, "no_reason"), ({"reason": "x" * 201}, "bad_reason"), ({"reason": "\x00\n"}, "no_reason")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    ask: Ask, people: People, path: str, change: dict[str, object], code: str
) -> None:
    answer = ask(people.curator).post(path, json={**WASHING, **change})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def _urls(text: str) -> list[str]:
    return re.findall("^/m/.+$", text, re.MULTILINE)
