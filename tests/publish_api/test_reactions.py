"""Chosen answers, reactions on a clip, questions asked without a name."""

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made


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


def say(client: TestClient, path: str, **body: object) -> str:
    answer = client.post(path, json={"at_ms": 9_000, "text": "x", **body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


# Chosen answers


def test_the_asker_chooses_an_answer_and_that_settles_the_question(ask: Ask, people: People, path: str) -> None:
    asker, expert = ask(people.learner), ask(people.expert)
    question = say(asker, path, kind="question")
    first, second = (say(expert, path, reply_to=question, kind="answer") for _ in range(2))

    def standing() -> tuple[bool, list[str]]:
        items = asker.get(path).json()["items"]
        return items[0]["resolved"], [each["id"] for each in items if each["accepted"]]

    chosen = asker.put(f"/api/v1/comments/{first}/acceptance")
    after_first = standing()
    asker.put(f"/api/v1/comments/{second}/acceptance")
    after_second = standing()
    taken_back = asker.delete(f"/api/v1/comments/{second}/acceptance")
    after_none = standing()
    asker.put(f"/api/v1/comments/{first}/acceptance")
    expert.delete(f"/api/v1/comments/{first}")

    assert (chosen.status_code, chosen.json()["accepted"], taken_back.status_code) == (200, True, 204)
    assert (after_first, after_second, after_none) == ((True, [first]), (True, [second]), (False, []))
    assert standing() == (False, [])


def test_an_answer_is_chosen_by_who_asked_who_speaks_or_who_curates(
    ask: Ask, people: People, services: Services, ward: Ward, path: str
) -> None:
    question = say(ask(people.learner), path, kind="question")
    answer = say(ask(ward.learner), path, reply_to=question)
    chosen = f"/api/v1/comments/{answer}/acceptance"

    refused = [ask(each).put(chosen).status_code for each in (ward.learner, ward.expert, ward.curator)]
    let = [ask(each).put(chosen).status_code for each in (people.learner, people.expert, people.curator, people.admin)]

    assert (refused, let) == ([403] * 3, [200] * 4)


def test_only_a_reply_to_a_question_is_an_answer(ask: Ask, people: People, path: str) -> None:
    learner = ask(people.learner)
    comment = say(learner, path)
    for said in (comment, say(learner, path, reply_to=comment), say(learner, path, kind="question")):
        answer = learner.put(f"/api/v1/comments/{said}/acceptance")

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_an_answer")


# Reactions on a clip


def test_reactions_on_a_clip_are_counted_once_a_person_and_kind(ask: Ask, people: People, clip: Clip) -> None:
    path = f"/api/v1/clips/{clip.public_id}/reactions"
    learner, expert = ask(people.learner), ask(people.expert)

    for client in (learner, learner, expert):
        assert client.put(f"{path}/useful").status_code == 200
    learner.put(f"{path}/not-for-me")
    taken = learner.delete(f"{path}/not-for-me")
    seen = learner.get(path).json()["items"]

    assert taken.status_code == 204
    assert [(each["kind"], each["count"], each["mine"]) for each in seen] == [
        ("useful", 2, True), ("learned", 0, False), ("outdated", 0, False), ("question", 0, False),
        ("not-for-me", 0, False),
    ]  # fmt: skip
    assert learner.put(f"{path}/boo").status_code == 400


def test_who_does_not_see_a_clip_neither_reads_nor_gives_reactions(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    draft = f"/api/v1/clips/{made.clips[0].public_id}/reactions"
    learner = ask(people.learner)

    answers = (learner.get(draft), learner.put(f"{draft}/useful"), learner.delete(f"{draft}/useful"))
    assert [each.status_code for each in answers] == [404] * 3


# Without a name


@pytest.fixture
def asked(ask: Ask, people: People, path: str) -> str:
    """A question by the learner, without their name."""
    return say(ask(people.learner), path, kind="question", masked=True, text="Is it safe?")


def test_a_question_without_a_name_hides_it_from_everybody(ask: Ask, people: People, path: str, asked: str) -> None:
    say(ask(people.learner), path, reply_to=asked, text="I mean hot.")
    say(ask(people.expert), path, reply_to=asked, text="Yes.")

    for person in (people.expert, people.curator, people.admin):
        heard = ask(person).get(path)
        assert [(each["text"], each["author"], each["masked"]) for each in heard.json()["items"]] == [
            ("Is it safe?", {"name": "A colleague", "role": ""}, True),
            ("I mean hot.", {"name": "A colleague", "role": ""}, True),
            ("Yes.", {"name": "Eva Expert", "role": "expert"}, False),
        ]
        assert "Lea" not in heard.text
    mine = ask(people.learner).get(path).json()["items"][0]
    assert (mine["author"]["name"], mine["mine"]) == ("Lea Learner", True)


def test_where_else_a_question_is_read_its_author_is_hidden_too(
    ask: Ask, people: People, clip: Clip, made: Made, asked: str
) -> None:
    expert = ask(people.expert)

    echo = expert.get(f"/api/v1/recordings/{made.id}/echo")
    found = expert.get("/api/v1/search", params={"q": "safe"})
    one = expert.get(f"/api/v1/comments/{asked}")

    assert ["safe" in each.text for each in (echo, found, one)] == [True, True, True]
    assert [("Lea" in each.text, people.learner.public_id in each.text) for each in (echo, found, one)] == [
        (False, False)
    ] * 3


def test_who_curates_looks_up_who_asked_for_a_reason_that_the_asker_reads(
    ask: Ask, people: People, path: str, asked: str
) -> None:
    curator, log = ask(people.curator), f"/api/v1/comments/{asked}/unmaskings"

    no_reason = curator.post(log, json={"why": " \u200b "})
    looked = curator.post(log, json={"why": "Somebody may be hurt."})
    again = curator.get(path).json()["items"][0]
    another = ask(people.admin).get(path).json()["items"][0]
    told = ask(people.learner).get(path).json()["items"][0]

    assert (no_reason.status_code, no_reason.json()["error"]["code"]) == (400, "empty_reason")
    assert (looked.status_code, looked.json()["author"]["name"]) == (201, "Lea Learner")
    assert (again["author"]["name"], again["unmaskings"]) == ("Lea Learner", [])
    assert another["author"]["name"] == "A colleague"
    expected = [{"by": "Carl Curator", "why": "Somebody may be hurt.", "made_at": "2031-05-06T07:08:00Z"}]
    assert told["unmaskings"] == expected
    assert ask(people.learner).get(log).json()["items"] == expected
    assert ask(people.admin).get(log).json()["items"] == expected


def test_nobody_else_looks_up_who_asked(ask: Ask, people: People, ward: Ward, path: str, asked: str) -> None:
    log = f"/api/v1/comments/{asked}/unmaskings"
    others = (people.expert, ward.learner, ward.curator)

    tried = [ask(each).post(log, json={"why": "Curious."}).status_code for each in others]
    read = [ask(each).get(log).status_code for each in others]
    named = say(ask(people.learner), path, kind="question")
    nothing = ask(people.curator).post(f"/api/v1/comments/{named}/unmaskings", json={"why": "x"})

    assert (tried, read) == ([403] * 3, [403] * 3)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (400, "not_masked")


@pytest.mark.parametrize("kind", ["comment", "correction", "used-it"])
def test_only_a_question_is_asked_without_a_name(ask: Ask, people: People, path: str, asked: str, kind: str) -> None:
    learner, expert = ask(people.learner), ask(people.expert)

    answer = learner.post(path, json={"at_ms": 9_000, "text": "x", "kind": kind, "masked": True})
    reply = expert.post(path, json={"reply_to": asked, "text": "x", "kind": "question", "masked": True})

    assert [each.json()["error"]["code"] for each in (answer, reply)] == ["only_questions"] * 2
