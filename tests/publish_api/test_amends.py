"""Corrections in the open: answered, shown to everybody who watches, mended, told to those who watched before."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from publish_api.services import Services
from store import clips
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made

RIGHT = "Forty newton metres, not fourteen."


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


def raised(client: TestClient, clip: Clip, at_ms: int = 12_000, **more: Any) -> str:
    """A correction's id."""
    body = {"at_ms": at_ms, "kind": "correction", "text": "That is too much.", **more}
    return str(client.post(f"/api/v1/clips/{clip.public_id}/comments", json=body).json()["id"])


def answered(client: TestClient, said: str, outcome: str = "accepted", words: str = RIGHT, version: int = 1) -> Any:
    return client.put(
        f"/api/v1/comments/{said}/resolution",
        json={"outcome": outcome, "words": words},
        headers={"If-Match": f'"{version}"'},
    )


def test_an_accepted_correction_is_shown_at_its_second_in_every_clip_that_shows_it(
    services: Services, ask: Ask, people: People, made: Made, clip: Clip
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    with services.store.transaction() as tx:
        parts = [part for each in made.clips for part in each.parts]
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), parts=parts)
    other = material.published(services, made, people.curator, 0)  # 0 s to 20 s
    said = raised(learner, clip)

    accepted = answered(expert, said)
    seen = {id_: ask(people.admin).get(f"/api/v1/clips/{id_}").json() for id_ in (clip.public_id, other.public_id)}
    listed = {each["id"]: each for each in learner.get("/api/v1/clips").json()["items"]}

    assert accepted.json()["outcome"] == {
        "outcome": "accepted", "words": RIGHT, "by": "Eva Expert", "at": "2031-05-06T07:08:00Z",
    }  # fmt: skip
    assert (accepted.json()["resolved"], accepted.json()["version"]) == (True, 2)
    assert seen[clip.public_id]["corrected"] == [{"clip_at_ms": 4_000, "words": RIGHT, "at": "2031-05-06T07:08:00Z"}]
    assert [each["clip_at_ms"] for each in seen[other.public_id]["corrected"]] == [12_000]
    assert [len(each["corrected"]) for each in listed.values()] == [1, 1]


def test_what_was_said_in_a_ward_stays_there_and_its_answer_is_for_everybody(
    services: Services, ask: Ask, people: People, ward: Ward, made: Made, clip: Clip
) -> None:
    with services.store.transaction() as tx:
        tx.execute("update clip set space_id = %s where id = %s", [ward.space.id, made.clips[0].id])
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), parts=clip.parts)
    in_ward = material.published(services, made, people.admin, 0)
    said = raised(ask(ward.learner), in_ward)

    accepted = answered(ask(ward.curator), said)
    elsewhere = ask(people.learner)

    assert accepted.status_code == 200
    assert elsewhere.get(f"/api/v1/comments/{said}").status_code == 404
    assert elsewhere.get(f"/api/v1/clips/{clip.public_id}").json()["corrected"][0]["words"] == RIGHT


def test_only_who_speaks_or_curates_answers_and_not_who_raised_it(ask: Ask, people: People, clip: Clip) -> None:
    said = raised(ask(people.learner), clip)

    by_who_raised_it = answered(ask(people.learner), said)
    without_version = ask(people.expert).put(
        f"/api/v1/comments/{said}/resolution", json={"outcome": "accepted", "words": RIGHT}
    )
    without_words = answered(ask(people.expert), said, words="  ")
    too_long = answered(ask(people.expert), said, words="x" * 301)
    without_outcome = ask(people.curator).put(f"/api/v1/comments/{said}/resolution", json={"words": RIGHT})
    by_curator = answered(ask(people.curator), said, "explained", "It was meant for the old pump.")
    late = answered(ask(people.expert), said)

    assert [
        (each.status_code, each.json()["error"]["code"])
        for each in (by_who_raised_it, without_version, without_words, too_long, without_outcome, late)
    ] == [
        (403, "forbidden"), (428, "version_needed"), (400, "empty_answer"), (400, "answer_too_long"),
        (400, "no_outcome"), (412, "stale_version"),
    ]  # fmt: skip
    assert by_curator.json()["outcome"]["outcome"] == "explained"
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").json()["corrected"] == []


def test_a_question_is_neither_accepted_nor_explained(ask: Ask, people: People, clip: Clip) -> None:
    said = raised(ask(people.learner), clip, kind="question")

    refused = answered(ask(people.expert), said)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "not_a_correction")


def test_one_that_is_opened_again_waits_again_and_its_history_stays(
    ask: Ask, people: People, clip: Clip, clock: Clock
) -> None:
    expert = ask(people.expert)
    said = raised(ask(people.learner), clip)
    answered(expert, said, "explained", "It is for the old pump.")
    clock.passes(hours=1)

    by_who_raised_it = ask(people.learner).delete(f"/api/v1/comments/{said}/resolution")
    stale = expert.delete(f"/api/v1/comments/{said}/resolution", headers={"If-Match": '"1"'})
    opened = ask(people.curator).delete(f"/api/v1/comments/{said}/resolution", headers={"If-Match": '"2"'})
    waits = expert.get("/api/v1/corrections").json()["items"]
    answered(expert, said, version=3)
    became = ask(people.learner).get(f"/api/v1/comments/{said}/outcomes").json()["items"]

    assert (by_who_raised_it.status_code, stale.status_code, opened.status_code) == (403, 412, 204)
    assert [(each["comment"], each["state"]) for each in waits] == [(said, "open")]
    assert [(each["act"], each["words"], each["by"]) for each in became] == [
        ("explained", "It is for the old pump.", "Eva Expert"),
        ("reopened", "", "Carl Curator"),
        ("accepted", RIGHT, "Eva Expert"),
    ]


def test_the_answer_stays_when_its_author_takes_the_correction_back(ask: Ask, people: People, clip: Clip) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    said = raised(learner, clip)
    answered(expert, said)

    taken_back = learner.delete(f"/api/v1/comments/{said}")
    still = learner.get(f"/api/v1/clips/{clip.public_id}").json()["corrected"]
    opened = expert.delete(f"/api/v1/comments/{said}/resolution")
    gone = learner.get(f"/api/v1/clips/{clip.public_id}").json()["corrected"]

    assert (taken_back.status_code, opened.status_code) == (204, 204)
    assert ([each["words"] for each in still], gone) == ([RIGHT], [])
    assert expert.get("/api/v1/corrections").json()["items"] == []


def test_once_the_second_is_gone_it_is_said_that_it_was_mended_and_how(
    ask: Ask, people: People, made: Made, clip: Clip
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    said = raised(learner, clip)
    answered(curator, said)
    recalls = f"/api/v1/recordings/{made.id}/recalls"

    wrong = {"start_ms": 9_000, "end_ms": 11_000, "reason": "Wrong."}  # what was heard before they pressed
    recalled = curator.post(recalls, json=wrong, headers={"Correction": said}).json()
    mended = learner.get(f"/api/v1/clips/{clip.public_id}").json()
    curator.delete(f"/api/v1/recalls/{recalled['id']}")
    back = learner.get(f"/api/v1/clips/{clip.public_id}").json()
    became = learner.get(f"/api/v1/comments/{said}/outcomes").json()["items"]

    assert (mended["corrected"], mended["mended_at"]) == ([], "2031-05-06T07:08:00Z")
    assert ([each["clip_at_ms"] for each in back["corrected"]], back["mended_at"]) == ([4_000], None)
    assert [each["act"] for each in became] == ["accepted", "recall"]


def test_a_cut_that_leaves_the_second_out_mends_it_and_one_elsewhere_does_not(
    services: Services, ask: Ask, people: People, made: Made, clip: Clip
) -> None:
    curator, learner = ask(people.curator), ask(people.learner)
    said = raised(learner, clip, at_ms=18_000, end_ms=19_000)
    answered(curator, said)
    path, come_from = f"/api/v1/clips/{clip.public_id}", {"Correction": said}
    other = material.recording(services, people.curator)

    elsewhere = curator.patch(path, json={"start_ms": 9_000}, headers={"If-Match": "*", **come_from}).json()
    cut = curator.patch(path, json={"end_ms": 17_000}, headers={"If-Match": "*", **come_from}).json()
    parts = [{"recording": each, "start_ms": 9_000, "end_ms": 12_000} for each in (made.id, other.id)]
    retaken = curator.patch(path, json={"parts": parts}, headers={"If-Match": "*", **come_from})
    withdrawn = curator.delete(f"{path}/publication", headers=come_from)
    became = curator.get(f"/api/v1/comments/{said}/outcomes").json()["items"]

    assert ([each["clip_at_ms"] for each in elsewhere["corrected"]], elsewhere["mended_at"]) == ([9_000], None)
    assert (cut["corrected"], cut["mended_at"] is None) == ([], False)
    assert (retaken.status_code, withdrawn.status_code) == (200, 204)
    assert [each["act"] for each in became] == ["accepted", "cut", "retake", "withdrawn"]


def test_what_was_mended_is_so_no_more_when_the_clip_shows_it_again(ask: Ask, people: People, clip: Clip) -> None:
    curator = ask(people.curator)
    said = raised(ask(people.learner), clip)  # 12 s: what is wrong may lie from 8 s on
    answered(curator, said)
    path = f"/api/v1/clips/{clip.public_id}"

    cut = curator.patch(path, json={"start_ms": 11_000}, headers={"If-Match": "*", "Correction": said}).json()
    thought_better = curator.patch(path, json={"start_ms": 8_000}, headers={"If-Match": "*"}).json()

    assert (cut["corrected"], cut["mended_at"]) == ([], "2031-05-06T07:08:00Z")
    assert ([each["clip_at_ms"] for each in thought_better["corrected"]], thought_better["mended_at"]) == (
        [4_000],
        None,
    )


def test_what_was_corrected_among_those_who_saw_the_draft_stays_among_them(
    services: Services, ask: Ask, people: People, made: Made
) -> None:
    curator, draft = ask(people.curator), made.clips[0]
    accepted = answered(curator, raised(curator, draft, at_ms=2_000))

    material.published(services, made, people.curator, 0)

    assert accepted.status_code == 200
    assert ask(people.learner).get(f"/api/v1/clips/{draft.public_id}").json()["corrected"] == []


def test_what_mends_names_a_correction_of_what_is_changed(ask: Ask, people: People, made: Made, clip: Clip) -> None:
    learner, expert = ask(people.learner), ask(people.expert)
    question = raised(learner, clip, kind="question")
    change = {"find": "wash", "instead": "rinse"}
    path = f"/api/v1/recordings/{made.id}/transcript/replacements"

    other = expert.post(path, json=change, headers={"If-Match": "*", "Correction": question})
    unknown = expert.post(path, json=change, headers={"If-Match": "*", "Correction": "0" * 16})
    said = raised(learner, clip)
    noted = expert.post(path, json=change, headers={"If-Match": "*", "Correction": said})

    assert (other.status_code, other.json()["error"]["code"]) == (400, "other_correction")
    assert (unknown.status_code, noted.status_code) == (404, 200)
    assert [e["act"] for e in learner.get(f"/api/v1/comments/{said}/outcomes").json()["items"]] == ["words"]


def test_who_watched_before_is_told_until_they_watch_again_and_nobody_else_is(
    ask: Ask, people: People, made: Made, clip: Clip, clock: Clock
) -> None:
    admin, expert = ask(people.admin), ask(people.expert)
    watch(admin, made, clip)
    clock.passes(days=1)
    answered(expert, raised(ask(people.learner), clip))

    told = admin.get("/api/v1/me/home").json()["corrected"]
    others = [ask(each).get("/api/v1/me/home").json()["corrected"] for each in (people.learner, people.curator)]
    clock.passes(minutes=1)
    watch(admin, made, clip)
    seen = admin.get("/api/v1/me/home").json()["corrected"]

    assert [(each["id"], each["corrected"][0]["words"]) for each in told] == [(clip.public_id, RIGHT)]
    assert (others, seen) == ([[], []], [])


def test_who_has_switched_history_off_is_told_nothing(
    services: Services, ask: Ask, people: People, made: Made, clip: Clip
) -> None:
    admin, curator = ask(people.admin), ask(people.curator)
    watch(admin, made, clip)
    watch(curator, made, clip)
    admin.put("/api/v1/me/history", json={"kept": False})
    answered(ask(people.expert), raised(ask(people.learner), clip))

    with services.store.transaction() as tx:
        notices = tx.execute(
            "select p.login from notice n join person p on p.id = n.person_id where n.kind = 'corrected'"
        ).fetchall()

    assert admin.get("/api/v1/me/home").json()["corrected"] == []
    assert notices == [(people.curator.login,)]


def test_those_that_wait_are_listed_for_who_may_answer_matters_of_safety_first(
    services: Services, ask: Ask, people: People, ward: Ward, made: Made, clip: Clip, clock: Clock
) -> None:
    learner = ask(people.learner)
    first = raised(learner, clip, at_ms=9_000)
    clock.passes(days=6)
    second = raised(learner, clip, at_ms=13_000)
    other = material.recording(services, people.curator)
    dangerous = material.published(services, other, people.curator, 0)
    third = raised(learner, dangerous, at_ms=1_000)
    with services.store.transaction() as tx:
        tx.execute("update clip set risk = 'safety' where id = %s", [dangerous.id])

    page = ask(people.curator).get("/api/v1/corrections?limit=2").json()
    rest = ask(people.curator).get("/api/v1/corrections", params={"limit": 2, "cursor": page["next"]}).json()
    own = ask(people.expert).get("/api/v1/corrections").json()["items"]
    home = ask(people.expert).get("/api/v1/me/home").json()["corrections"]
    answered(ask(people.curator), first, "explained", "It is right.")
    explained = ask(people.curator).get("/api/v1/corrections?state=explained").json()["items"]

    assert [(each["comment"], each["safety"], each["overdue"]) for each in page["items"] + rest["items"]] == [
        (third, True, False), (first, False, True), (second, False, False),
    ]  # fmt: skip
    assert rest["next"] is None
    assert [each["comment"] for each in own] == [each["comment"] for each in home] == [first, second]
    assert [(each["comment"], each["words"], each["settled_by"]) for each in explained] == [
        (first, "It is right.", "Carl Curator")
    ]
    for person in (people.learner, ward.curator):
        assert ask(person).get("/api/v1/corrections").json()["items"] == []


def watch(client: TestClient, made: Made, clip: Clip) -> None:
    at = {"recording": made.id, "at_ms": 15_000, "version": 1}
    assert client.put(f"/api/v1/me/history/{clip.public_id}", json=at).status_code == 204


def test_what_was_answered_stays_as_it_was_when_it_was_answered(ask: Ask, people: People, clip: Clip) -> None:
    learner = ask(people.learner)
    said = raised(learner, clip)
    answered(ask(people.expert), said)

    edited = learner.patch(f"/api/v1/comments/{said}", json={"text": "The opposite."}, headers={"If-Match": "*"})

    assert (edited.status_code, edited.json()["error"]["code"]) == (409, "answered_already")
    assert learner.get(f"/api/v1/comments/{said}").json()["text"] == "That is too much."
