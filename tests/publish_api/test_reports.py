"""What is reported, who settles it, and what becomes of what was said."""

from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.errors import TooMany
from publish_api.guesses import Limits
from publish_api.services import Services
from store import removals
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward
from tests.publish_api.material import Made


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


def say(client: TestClient, clip: Clip, **body: object) -> str:
    answer = client.post(f"/api/v1/clips/{clip.public_id}/comments", json={"at_ms": 9_000, "text": "Rubbish.", **body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def report(client: TestClient, comment: str, **body: object) -> str:
    answer = client.post(f"/api/v1/comments/{comment}/reports", json={"reason": "hurtful", **body})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def settle(client: TestClient, report: str, outcome: str, words: str = "") -> int:
    answer = client.put(f"/api/v1/reports/{report}/resolution", json={"outcome": outcome, "words": words})
    return answer.status_code


# Reporting


def test_a_report_is_received_once_and_waits(ask: Ask, people: People, clip: Clip) -> None:
    learner = ask(people.learner)
    said = say(ask(people.expert), clip)

    report(learner, said, words="He means Kim.")
    again = learner.post(f"/api/v1/comments/{said}/reports", json={"reason": "spam"})
    [mine] = learner.get("/api/v1/me/reports").json()["items"]

    assert (again.status_code, again.json()["error"]["code"]) == (409, "reported_already")
    assert (mine["thing"], mine["clip"], mine["words"], mine["outcome"]) == (
        said,
        clip.public_id,
        "He means Kim.",
        None,
    )
    assert ask(people.expert).get("/api/v1/me/reports").json()["items"] == []


def test_nobody_reports_their_own_words_or_what_is_gone(ask: Ask, people: People, clip: Clip) -> None:
    expert, learner = ask(people.expert), ask(people.learner)
    said, gone = say(expert, clip), say(expert, clip)
    expert.delete(f"/api/v1/comments/{gone}")

    answers = [
        expert.post(f"/api/v1/comments/{said}/reports", json={"reason": "spam"}),
        learner.post(f"/api/v1/comments/{gone}/reports", json={"reason": "spam"}),
        learner.post(f"/api/v1/comments/{said}/reports", json={"reason": "other", "words": " "}),
        learner.post(f"/api/v1/comments/{said}/reports", json={"reason": "other", "words": "x" * 1_001}),
    ]

    assert [(each.status_code, each.json()["error"]["code"]) for each in answers] == [
        (400, "own_words"), (410, "gone"), (400, "say_what"), (400, "bad_words"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/api/v1/clips/{}/reports", "/clips/{}/report"])
def test_reports_are_paced_as_all_that_is_written(
    path: str, ask: Ask, people: People, clip: Clip, anybody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cast(FastAPI, anybody.app).state, "limits", Spent())

    answer = ask(people.learner).post(path.format(clip.public_id), json={"reason": "spam"})

    assert answer.status_code == 429


class Spent(Limits):
    """Nobody may write any more."""

    def write(self, person: str) -> None:
        raise TooMany("Wait a little.", code="too_many_writes")


# The queue


def test_moderators_read_what_was_reported_grouped_and_not_by_whom(ask: Ask, people: People, clip: Clip) -> None:
    said = say(ask(people.expert), clip)
    first = report(ask(people.learner), said, words="He means Kim.")
    report(ask(people.curator), said, reason="private")
    ask(people.learner).post(f"/api/v1/clips/{clip.public_id}/reports", json={"reason": "wrong", "clip_at_ms": 2_000})
    curator = ask(people.curator)

    comment, film = curator.get("/api/v1/reports").json()["items"]
    looked = curator.put(f"/api/v1/reports/{first}/reporter").status_code
    named = [each["by"] for each in curator.get("/api/v1/reports").json()["items"][0]["reports"]]
    unnamed = [each["by"] for each in ask(people.admin).get("/api/v1/reports").json()["items"][0]["reports"]]

    assert (comment["thing"], comment["text"], comment["author"], comment["clip_at_ms"]) == (
        said, "Rubbish.", people.expert.name, 1_000,
    )  # fmt: skip
    assert [(each["reason"], each["words"], each["by"]) for each in comment["reports"]] == [
        ("hurtful", "He means Kim.", ""), ("private", "", ""),
    ]  # fmt: skip
    assert (film["about"], film["thing"], film["clip_at_ms"]) == ("clip", clip.public_id, 2_000)
    assert (looked, named, unnamed) == (204, [people.learner.name, ""], ["", ""])


def test_a_page_of_the_queue_leads_to_the_next(ask: Ask, people: People, clip: Clip) -> None:
    expert, learner, curator = ask(people.expert), ask(people.learner), ask(people.curator)
    said = [say(expert, clip) for _ in range(3)]
    for each in said:
        report(learner, each)

    first = curator.get("/api/v1/reports?limit=2").json()
    second = curator.get("/api/v1/reports", params={"limit": 2, "cursor": first["next"]}).json()

    assert [each["thing"] for each in first["items"] + second["items"]] == said
    assert second["next"] is None


def test_a_report_is_for_those_who_curate_its_space(ask: Ask, people: People, services: Services, ward: Ward) -> None:
    elsewhere = material.published(services, material.recording(services, people.expert), people.curator, 1)
    mine = report(ask(people.learner), say(ask(people.expert), elsewhere))
    curator = ask(ward.curator)

    assert curator.get("/api/v1/reports").json()["items"] == []
    assert settle(curator, mine, "dismissed", "It is fine.") == 404
    assert settle(ask(people.learner), mine, "dismissed", "It is fine.") == 404
    assert ask(people.learner).get("/api/v1/reports").status_code == 403


def test_a_masked_author_stays_masked_in_the_queue(ask: Ask, people: People, clip: Clip) -> None:
    said = say(ask(people.expert), clip, kind="question", masked=True)
    report(ask(people.learner), said)

    [case] = ask(people.curator).get("/api/v1/reports").json()["items"]

    assert case["author"] == "A colleague"


# Settling


def test_a_removed_comment_is_gone_for_all_and_its_reporters_read_what_became_of_it(
    ask: Ask, people: People, clip: Clip
) -> None:
    expert, learner, admin = ask(people.expert), ask(people.learner), ask(people.admin)
    said = say(expert, clip, text="Kim is lazy.")
    by_learner = report(learner, said)
    report(admin, said)

    settled = settle(ask(people.curator), by_learner, "removed", "We do not talk of colleagues so.")
    [mine] = learner.get("/api/v1/me/reports").json()["items"]
    [theirs] = admin.get("/api/v1/me/reports").json()["items"]
    told = [each["kind"] for each in learner.get("/api/v1/notices").json()["items"]]
    seen, own = (each.get(f"/api/v1/comments/{said}").json() for each in (learner, expert))
    [done] = admin.get("/api/v1/reports?settled=true").json()["items"]

    assert settled == 204
    assert (mine["outcome"], mine["answer"]) == ("removed", "We do not talk of colleagues so.")
    assert (theirs["outcome"], told) == ("removed", ["report"])
    assert (seen["text"], seen["deleted"], seen["removed"], seen["removed_why"]) == ("", True, True, "")
    assert own["removed_why"] == "We do not talk of colleagues so."
    assert (done["text"], len(done["reports"])) == ("Kim is lazy.", 2)
    assert admin.get("/api/v1/reports").json()["items"] == []
    assert settle(admin, by_learner, "dismissed", "x") == 409


def test_what_was_removed_is_given_back_as_it_was_while_it_is_kept(
    ask: Ask, people: People, clip: Clip, services: Services, clock: Clock
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    said, other = (say(expert, clip, text=f"Ask @{people.learner.login}.") for _ in range(2))
    expert.patch(f"/api/v1/comments/{said}", json={"text": "Ask @lea at 0:09."}, headers={"If-Match": "*"})
    before = expert.get(f"/api/v1/comments/{said}").json()
    for each in (said, other):
        curator.delete(f"/api/v1/comments/{each}")
    hidden = expert.get(f"/api/v1/comments/{said}/history").json()["items"]

    back = curator.delete(f"/api/v1/comments/{said}/removal")
    after = expert.get(f"/api/v1/comments/{said}").json()
    history = expert.get(f"/api/v1/comments/{said}/history").json()["items"]
    clock.passes(days=31)
    with services.store.transaction() as tx:
        swept = removals.sweep(tx, clock.now)
    late = curator.delete(f"/api/v1/comments/{other}/removal")

    assert (hidden, back.status_code) == ([], 200)
    assert {**before, "version": 0} == {**after, "version": 0}
    assert [each["text"] for each in history] == [f"Ask @{people.learner.login}."]
    assert (swept, late.status_code, late.json()["error"]["code"]) == (1, 409, "not_kept")


def test_whose_comment_is_removed_is_told_until_it_is_given_back(ask: Ask, people: People, clip: Clip) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    said = say(expert, clip)

    def told() -> list[str]:
        return [each["kind"] for each in expert.get("/api/v1/notices").json()["items"]]

    curator.delete(f"/api/v1/comments/{said}")
    removed = told()
    curator.delete(f"/api/v1/comments/{said}/removal")

    assert ("removed" in removed, "removed" in told()) == (True, False)


def test_what_its_author_took_back_meanwhile_is_kept_no_more(ask: Ask, people: People, clip: Clip) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    said = say(expert, clip)
    curator.delete(f"/api/v1/comments/{said}")

    expert.delete(f"/api/v1/comments/{said}")

    assert curator.delete(f"/api/v1/comments/{said}/removal").json()["error"]["code"] == "not_kept"


def test_nobody_settles_or_gives_back_what_is_about_their_own_words(ask: Ask, people: People, clip: Clip) -> None:
    curator, admin = ask(people.curator), ask(people.admin)
    said = say(curator, clip)
    mine = report(ask(people.learner), said)

    refused = settle(curator, mine, "dismissed", "I did not mean it so.")
    [case] = curator.get("/api/v1/reports").json()["items"]
    settle(admin, mine, "removed")
    back = curator.delete(f"/api/v1/comments/{said}/removal")

    assert (refused, case["own"]) == (403, True)
    assert (back.status_code, back.json()["error"]["code"]) == (403, "own_words")


def test_a_reported_clip_is_withdrawn_and_what_stays_wants_a_reason(ask: Ask, people: People, clip: Clip) -> None:
    learner, curator, path = ask(people.learner), ask(people.curator), f"/api/v1/clips/{clip.public_id}"
    mine = str(learner.post(f"{path}/reports", json={"reason": "private"}).json()["id"])

    wordless, wrong = settle(curator, mine, "dismissed"), settle(curator, mine, "removed")
    settled = settle(curator, mine, "withdrawn")

    assert (wordless, wrong, settled) == (400, 400, 204)
    assert learner.get(path).status_code == 404
    assert learner.get("/api/v1/me/reports").json()["items"][0]["outcome"] == "withdrawn"


# Who did what


def test_what_moderators_do_is_written_down_for_those_who_curate_the_space(
    ask: Ask, people: People, clip: Clip, clock: Clock, ward: Ward
) -> None:
    expert, curator, admin = ask(people.expert), ask(people.curator), ask(people.admin)
    said = say(expert, clip)
    asked = say(expert, clip, kind="question", masked=True)
    mine = report(ask(people.learner), said)
    curator.put(f"/api/v1/reports/{mine}/reporter")
    settle(curator, mine, "removed", "Not so.")
    curator.delete(f"/api/v1/comments/{said}/removal")
    curator.post(f"/api/v1/comments/{asked}/unmaskings", json={"why": "An accident."})
    curator.delete(f"/api/v1/clips/{clip.public_id}/publication")
    clock.passes(minutes=1)
    admin.patch(f"/api/v1/people/{people.learner.public_id}", json={"role": "expert"})

    read = admin.get("/api/v1/audit").json()["items"]
    first = admin.get("/api/v1/audit?limit=2").json()
    rest = admin.get("/api/v1/audit", params={"cursor": first["next"]}).json()["items"]
    of_learner = admin.get(f"/api/v1/audit?person={people.learner.public_id}").json()["items"]
    of_kind = admin.get("/api/v1/audit?act=unmasked").json()["items"]

    told = [(each["act"], each["about"], each["whose"], each["words"]) for each in reversed(read)]
    assert told == [
        ("read-reporter", "report", None, ""),
        ("removed-comment", "comment", people.expert.name, "Not so."),
        ("restored-comment", "comment", people.expert.name, ""),
        ("unmasked", "comment", None, "An accident."),
        ("withdrew-clip", "clip", people.expert.name, ""),
        ("changed-role", "person", people.learner.name, "learner to expert"),
    ]
    assert {each["by"] for each in read} == {people.curator.name, people.admin.name}
    assert first["items"] + rest == read
    assert [each["act"] for each in of_learner] == ["changed-role"]
    assert [each["act"] for each in of_kind] == ["unmasked"]
    assert [each["act"] for each in curator.get("/api/v1/audit").json()["items"]] == [each["act"] for each in read[1:]]
    assert ask(ward.curator).get("/api/v1/audit").json()["items"] == []
    assert expert.get("/api/v1/audit").status_code == 403
