"""A conversation at the seconds of a clip."""

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from publish_api.services import Services
from store import people as stored_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made

EDITED = {"If-Match": '"1"'}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(clip: Clip) -> str:
    return f"/api/v1/clips/{clip.public_id}/comments"


def test_a_question_at_a_second_is_answered_under_it(
    ask: Ask, people: People, clip: Clip, made: Made, path: str, clock: Clock
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)

    asked = learner.post(path, json={"at_ms": 9_500, "kind": "question", "text": " With soap? "})
    clock.passes(minutes=3)
    answered = expert.post(path, json={"reply_to": asked.json()["id"], "kind": "answer", "text": "Yes."})
    thread = learner.get(path).json()

    assert asked.status_code == answered.status_code == 201
    assert thread["next"] is None
    assert [said["text"] for said in thread["items"]] == ["With soap?", "Yes."]
    assert thread["items"][0] == {
        "id": asked.json()["id"],
        "clip": clip.public_id,
        "recording": made.id,
        "at_ms": 9_500,
        "end_ms": None,
        "clip_at_ms": 1_500,
        "clip_end_ms": None,
        "kind": "question",
        "text": "With soap?",
        "voice": None,
        "reply_to": None,
        "author": {"name": "Lea Learner", "role": "learner"},
        "mine": True,
        "version": 1,
        "created_at": "2031-05-06T07:08:00Z",
        "edited_at": None,
        "deleted": False,
        "removed": False,
        "removed_why": "",
        "resolved": False,
        "outcome": None,
        "accepted": False,
        "masked": False,
        "mentions": [],
        "unmaskings": [],
        "reactions": {},
        "my_reactions": [],
    }
    reply = thread["items"][1]
    assert (reply["reply_to"], reply["at_ms"], reply["mine"]) == (asked.json()["id"], 9_500, False)
    assert ask(people.curator).get(f"/api/v1/clips/{clip.public_id}").json()["comments"] == 2


def test_the_second_may_be_given_in_the_clips_time(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)

    said = [learner.post(path, json={"clip_at_ms": at, "text": "x"}) for at in (0, 11_999, 12_000, 12_900, 13_001)]

    assert [each.status_code for each in said] == [201, 201, 201, 201, 400]
    assert [each.json()["at_ms"] for each in said[:4]] == [8_000, 19_999, 19_999, 19_999]
    assert said[4].json()["error"]["code"] == "outside_clip"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "x"}, "no_second"),
        ({"text": "x", "at_ms": 7_999}, "outside_clip"),
        ({"text": "x", "at_ms": 20_001}, "outside_clip"),
        ({"text": "x", "at_ms": 9_000, "recording": "0123456789abcdef"}, "outside_clip"),
        ({"text": " ", "at_ms": 9_000}, "empty_comment"),
        ({"text": "x" * 4_001, "at_ms": 9_000}, "comment_too_long"),
        ({"text": "x", "at_ms": 9_000, "kind": "shout"}, "invalid"),
        ({"at_ms": 9_000}, "invalid"),
    ],
)
def test_what_cannot_be_said_here_is_refused_with_a_reason(
    ask: Ask, people: People, path: str, body: dict[str, object], code: str
) -> None:
    learner = ask(people.learner)

    answer = learner.post(path, json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert learner.get(path).json()["items"] == []


def test_a_clip_of_two_recordings_wants_to_know_which(
    ask: Ask, people: People, services: Services, made: Made, clip: Clip, path: str
) -> None:
    other = material.recording(services, people.expert)
    parts = [
        {"recording": made.id, "start_ms": 8_000, "end_ms": 12_000},
        {"recording": other.id, "start_ms": 8_000, "end_ms": 12_000},
    ]
    ask(people.curator).patch(f"/api/v1/clips/{clip.public_id}", json={"parts": parts}, headers=EDITED)
    learner = ask(people.learner)

    unclear = learner.post(path, json={"at_ms": 9_000, "text": "x"})
    clear = learner.post(path, json={"at_ms": 9_000, "recording": other.id, "text": "x"}).json()
    in_clip_time = learner.post(path, json={"clip_at_ms": 5_000, "text": "x"}).json()

    assert (unclear.status_code, unclear.json()["error"]["code"]) == (400, "which_recording")
    assert (clear["recording"], clear["clip_at_ms"]) == (other.id, 5_000)
    assert (in_clip_time["recording"], in_clip_time["at_ms"]) == (other.id, 9_000)


def test_a_second_of_the_clip_is_of_the_recording_that_is_shown_there(
    ask: Ask, people: People, services: Services, made: Made, clip: Clip, path: str
) -> None:
    foreign = material.recording(services, people.expert)
    learner = ask(people.learner)

    refused = learner.post(path, json={"clip_at_ms": 1_000, "recording": foreign.id, "text": "x"})
    said = learner.post(path, json={"clip_at_ms": 1_000, "recording": made.id, "text": "x"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "outside_clip")
    assert (said.status_code, said.json()["recording"]) == (201, made.id)


def test_an_answer_stands_below_what_was_asked_wherever_in_its_thread_it_is_given(
    ask: Ask, people: People, path: str
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    begun = [
        learner.post(path, json={"at_ms": 9_000, "kind": kind, "text": "x"}).json()["id"]
        for kind in ("comment", "used-it", "question", "correction")
    ]
    below = [expert.post(path, json={"reply_to": each, "text": "Which one?"}).json()["id"] for each in begun]

    answers = [expert.post(path, json={"reply_to": each, "kind": "answer", "text": "Yes."}) for each in begun + below]

    assert [each.status_code for each in answers] == [400, 400, 201, 201] * 2
    assert answers[0].json()["error"]["code"] == answers[4].json()["error"]["code"] == "no_question"


def test_a_comment_survives_the_cutting_away_of_its_second(ask: Ask, people: People, clip: Clip, path: str) -> None:
    learner = ask(people.learner)
    learner.post(path, json={"at_ms": 9_000, "text": "About the beginning"})

    ask(people.curator).patch(f"/api/v1/clips/{clip.public_id}", json={"start_ms": 12_000}, headers=EDITED)
    said = learner.get(path).json()["items"][0]

    assert (said["at_ms"], said["clip_at_ms"], said["text"]) == (9_000, None, "About the beginning")


def test_only_ones_own_words_can_be_changed(ask: Ask, people: People, path: str, clock: Clock) -> None:
    learner = ask(people.learner)
    comment = f"/api/v1/comments/{learner.post(path, json={'at_ms': 9_000, 'text': 'Waser'}).json()['id']}"

    clock.passes(seconds=30)
    others = (people.expert, people.curator)
    theirs = [ask(each).patch(comment, json={"text": "x"}, headers=EDITED).status_code for each in others]
    mine = learner.patch(comment, json={"text": "Water"}, headers=EDITED)

    assert theirs == [403, 403]
    assert (mine.json()["text"], mine.json()["edited_at"]) == ("Water", "2031-05-06T07:08:30Z")
    assert learner.get(comment).json() == mine.json()


def test_what_is_taken_back_keeps_its_place_and_loses_its_words(ask: Ask, people: People, path: str) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    first = learner.post(path, json={"at_ms": 9_000, "text": "Wrong"}).json()["id"]
    expert.post(path, json={"reply_to": first, "text": "Why?"})

    by_another = expert.delete(f"/api/v1/comments/{first}")
    by_me = learner.delete(f"/api/v1/comments/{first}")
    later = expert.post(path, json={"reply_to": first, "text": "Never mind"}).json()

    items = expert.get(path).json()["items"]
    assert (by_another.status_code, by_me.status_code) == (403, 204)
    assert [(said["text"], said["deleted"]) for said in items[:2]] == [("", True), ("Why?", False)]
    assert later["reply_to"] is None
    assert learner.patch(f"/api/v1/comments/{first}", json={"text": "x"}, headers=EDITED).status_code == 410


def test_a_curator_removes_what_should_not_stand_there(ask: Ask, people: People, path: str, ward: Ward) -> None:
    said = ask(people.learner).post(path, json={"at_ms": 9_000, "text": "…"}).json()["id"]

    of_another_space = ask(ward.curator).delete(f"/api/v1/comments/{said}")
    of_this = ask(people.curator).delete(f"/api/v1/comments/{said}")

    assert (of_another_space.status_code, of_this.status_code) == (403, 204)


def test_thanks_are_counted_once_a_person_and_can_be_taken_back(ask: Ask, people: People, path: str) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    reactions = f"/api/v1/comments/{expert.post(path, json={'at_ms': 9_000, 'text': 'x'}).json()['id']}/reactions"

    for client in (learner, learner, expert):
        client.put(f"{reactions}/thanks")
    seen = learner.put(f"{reactions}/helped").json()
    taken = learner.delete(f"{reactions}/thanks")
    after = learner.get(path).json()["items"][0]

    assert seen["reactions"] == {"helped": 1, "thanks": 2}
    assert sorted(seen["my_reactions"]) == ["helped", "thanks"]
    assert taken.status_code == 204
    assert (after["reactions"], after["my_reactions"]) == ({"helped": 1, "thanks": 1}, ["helped"])
    assert learner.put(f"{reactions}/boo").status_code == 400


def test_a_question_is_settled_by_who_asked_or_a_curator(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)
    asked = learner.post(path, json={"at_ms": 9_000, "kind": "question", "text": "?"}).json()["id"]
    resolution = f"/api/v1/comments/{asked}/resolution"

    by_another = ask(people.expert).put(resolution)
    by_me = learner.put(resolution)
    again = ask(people.curator).delete(resolution)

    assert (by_another.status_code, by_me.status_code, again.status_code) == (403, 200, 204)
    assert by_me.json()["resolved"] is True
    assert learner.get(f"/api/v1/comments/{asked}").json()["resolved"] is False


def test_only_a_question_or_a_correction_that_begins_a_thread_can_be_settled(
    ask: Ask, people: People, path: str
) -> None:
    learner = ask(people.learner)

    def settled(**body: object) -> tuple[str, int, str | None]:
        said = learner.post(path, json={"at_ms": 9_000, "text": "x", **body}).json()["id"]
        answer = learner.put(f"/api/v1/comments/{said}/resolution")
        return said, answer.status_code, answer.json().get("error", {}).get("code")

    question, *asked = settled(kind="question")
    corrected = settled(kind="correction")[1:]
    others = [settled(kind=kind)[1:] for kind in ("comment", "used-it")]
    in_reply = settled(kind="question", reply_to=question)[1:]

    assert (tuple(asked), corrected) == ((200, None), (200, None))
    assert [*others, in_reply] == [(400, "nothing_to_settle")] * 3


def test_who_does_not_see_the_clip_neither_reads_nor_says_anything(
    ask: Ask, people: People, services: Services, ward: Ward
) -> None:
    of_the_ward = material.recording(services, ward.expert, space=ward.space)
    clip = material.published(services, of_the_ward, ward.curator)
    path = f"/api/v1/clips/{clip.public_id}/comments"
    said = ask(ward.learner).post(path, json={"at_ms": 500, "text": "Among us"}).json()["id"]
    stranger = ask(people.learner)

    assert _all_of_it(stranger, path, said) == [404] * 8


def test_a_thread_is_for_the_people_it_was_meant_for(
    ask: Ask, people: People, services: Services, made: Made, clip: Clip, path: str, ward: Ward
) -> None:
    """Two clips at one second: what was said in the ward is not heard outside of it."""
    of_the_ward = material.recording(services, ward.expert, space=ward.space)
    inside = material.published(services, of_the_ward, ward.curator)
    parts = [{"recording": made.id, "start_ms": 8_000, "end_ms": 20_000}]
    inner = f"/api/v1/clips/{inside.public_id}"
    moved = ask(people.curator).patch(inner, json={"parts": parts}, headers=EDITED)
    assert moved.status_code == 200, moved.text

    among_us = ask(ward.learner).post(f"{inner}/comments", json={"at_ms": 9_000, "text": "Among us"}).json()
    ask(people.learner).post(path, json={"at_ms": 9_000, "text": "To all"})

    def heard(client: TestClient, where: str) -> list[str]:
        return [said["text"] for said in client.get(where).json()["items"]]

    assert heard(ask(ward.learner), path) == ["Among us", "To all"]
    assert heard(ask(ward.learner), f"{inner}/comments") == ["Among us", "To all"]
    assert heard(ask(people.learner), path) == ["To all"]
    assert ask(people.learner).post(path, json={"reply_to": among_us["id"], "text": "?"}).status_code == 404


def test_who_has_left_the_house_hears_nothing_more(
    ask: Ask, people: People, services: Services, path: str, clock: Clock
) -> None:
    learner = ask(people.learner)
    said = learner.post(path, json={"at_ms": 9_000, "text": "x"}).json()["id"]

    with services.store.transaction() as tx:
        stored_people.leave(tx, people.learner.id, clock())

    assert set(_all_of_it(learner, path, said)) == {401}


def _all_of_it(client: TestClient, path: str, comment: str) -> list[int]:
    """The statuses of everything that can be done to a thread."""
    one = f"/api/v1/comments/{comment}"
    return [
        client.get(path).status_code,
        client.post(path, json={"at_ms": 500, "text": "x"}).status_code,
        client.get(one).status_code,
        client.patch(one, json={"text": "x"}).status_code,
        client.delete(one).status_code,
        client.put(f"{one}/reactions/thanks").status_code,
        client.delete(f"{one}/reactions/thanks").status_code,
        client.put(f"{one}/resolution").status_code,
    ]


def test_an_answer_answers_something(ask: Ask, people: People, path: str) -> None:
    answer = ask(people.learner).post(path, json={"at_ms": 9_500, "kind": "answer", "text": "Yes."})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_question")
