"""Experts who publish first, and are looked at after; clips that are pulled back, by a curator or their own expert."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from publish_api.services import Services
from store import spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.material import Made


@pytest.fixture
def made(services: Services, people: People) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def trusted(services: Services, people: People, ask: Ask) -> str:
    """The address of what a curator says: that the expert publishes first where everybody is."""
    with services.store.transaction() as tx:
        home = spaces.everyone_space(tx).public_id
    said = ask(people.curator).put(f"/api/v1/spaces/{home}/trusted/{people.expert.public_id}")
    assert said.status_code == 204
    return f"/api/v1/spaces/{home}/trusted"


def _clip(made: Made, n: int = 0) -> str:
    return f"/api/v1/clips/{made.clips[n].public_id}"


def _first(client: TestClient) -> list[tuple[str, list[str]]]:
    found = client.get("/api/v1/review?queue=first").json()["items"]
    return [(each["clip"]["title"], [reason["words"] for reason in each["why"]]) for each in found]


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_who_is_trusted_publishes_first_and_a_curator_looks_after(
    ask: Ask, clock: Clock, people: People, made: Made, trusted: str
) -> None:
    expert, curator, learner = ask(people.expert), ask(people.curator), ask(people.learner)

    published = expert.put(f"{_clip(made, 1)}/publication")
    clock.passes(minutes=1)
    later = expert.put(f"{_clip(made)}/publication")
    again = expert.put(f"{_clip(made)}/publication")  # looks at nothing for the curator

    assert [each.status_code for each in (published, later, again)] == [200, 200, 200]
    assert learner.get(_clip(made)).status_code == 200
    why = "Eva Expert published it, and no curator has looked at it yet."
    assert _first(curator) == [("Washing hands", [why]), ("Turning the valve", [why])]
    assert curator.get("/api/v1/review/numbers").json()["waiting"]["first"] == 2
    page = curator.get("/review?queue=first").text
    assert "A word to whoever speaks in it" in page
    assert curator.post(f"/review/{made.clips[1].public_id}/looked").status_code == 303
    assert [title for title, _ in _first(curator)] == ["Turning the valve"]
    [said] = curator.get(trusted).json()["items"]
    assert (said["person"]["name"], said["by"]) == ("Eva Expert", "Carl Curator")


def test_who_is_not_trusted_waits_for_a_curator(ask: Ask, people: People, made: Made, trusted: str) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    curator.delete(f"{trusted}/{people.expert.public_id}")

    refused = expert.put(f"{_clip(made)}/publication")

    assert _code(refused) == (409, "not_trusted")
    assert curator.get(trusted).json()["items"] == []
    assert expert.put(f"{trusted}/{people.expert.public_id}").status_code == 403
    assert _code(curator.put(f"{trusted}/{people.curator.public_id}")) == (400, "own_trust")


def test_trust_is_for_clips_of_ones_own_alone(
    services: Services, ask: Ask, people: People, made: Made, trusted: str
) -> None:
    theirs = material.recording(services, people.curator)
    parts = [{"recording": each.id, "start_ms": 0, "end_ms": 4_000} for each in (made, theirs)]
    ask(people.curator).patch(_clip(made), json={"parts": parts}, headers={"If-Match": "*"})

    refused = ask(people.expert).put(f"{_clip(made)}/publication")

    assert _code(refused) == (409, "not_trusted")
    assert ask(people.expert).put(f"{_clip(theirs)}/publication").status_code == 404


def test_consent_and_a_second_pair_of_eyes_are_wanted_all_the_same(
    ask: Ask, people: People, made: Made, trusted: str
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    curator.patch(_clip(made), json={"risk": "safety"}, headers={"If-Match": "*"})
    dangerous = expert.put(f"{_clip(made)}/publication")
    expert.post(f"/api/v1/recordings/{made.id}/appearances", json={"name": "A patient", "part": "seen"})

    unasked = expert.put(f"{_clip(made, 1)}/publication")

    assert (_code(dangerous), _code(unasked)) == ((409, "approval_needed"), (409, "consent_missing"))


def test_a_curator_pulls_back_with_a_word_that_the_expert_reads(
    ask: Ask, people: People, made: Made, trusted: str, clock: Clock
) -> None:
    expert, curator, learner = ask(people.expert), ask(people.curator), ask(people.learner)
    expert.put(f"{_clip(made)}/publication")
    media = [line for line in learner.get(f"{_clip(made)}/play/480.m3u8").text.splitlines() if line.startswith("/m/")]

    no_word = curator.post(f"{_clip(made)}/pullbacks", json={"why": " "})
    pulled = curator.post(f"{_clip(made)}/pullbacks", json={"why": "The valve is the other one."})
    again = curator.post(f"{_clip(made)}/pullbacks", json={"why": "Again."})

    assert (_code(no_word), pulled.status_code, _code(again)) == ((400, "empty_word"), 204, (409, "not_published"))
    assert [learner.get(_clip(made)).status_code, learner.get(media[0]).status_code] == [404, 404]
    for page in (f"/clips/{made.clips[0].public_id}", f"/recordings/{made.id}"):
        assert "pulled it back" in expert.get(page).text
        assert "The valve is the other one." in expert.get(page).text
    assert "Carl Curator pulled your clip back" in expert.get("/inbox").text
    assert "The valve is the other one." in expert.get("/inbox").text
    assert _code(expert.put(f"{_clip(made)}/publication")) == (409, "pulled_back")
    clock.passes(minutes=1)
    assert curator.put(f"{_clip(made)}/publication").status_code == 200
    assert "pulled it back" not in expert.get(f"/recordings/{made.id}").text

    assert expert.delete(f"{_clip(made)}/publication").status_code == 204
    assert expert.put(f"{_clip(made)}/publication").status_code == 200  # a curator has published it since


def test_who_speaks_in_a_clip_that_a_curator_withdraws_is_told_and_no_more_once_it_is_back(
    ask: Ask, people: People, made: Made, clock: Clock
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)

    def told() -> list[tuple[str, str | None]]:
        lines = expert.get("/api/v1/notices").json()["items"]
        return [(each["says"], each["text"]) for each in lines if each["kind"] == "pulled-back"]

    curator.put(f"{_clip(made)}/publication")
    curator.post(f"{_clip(made)}/pullbacks", json={"why": "The valve is the other one."})
    clock.passes(minutes=1)
    curator.put(f"{_clip(made)}/publication")
    back = told(), expert.get("/api/v1/notices").json()["unread"]
    curator.delete(f"{_clip(made)}/publication")
    withdrawn = told()
    clock.passes(minutes=1)
    curator.put(f"{_clip(made)}/publication")
    undone = told()

    assert back == ([], 1)  # that it can be seen
    assert withdrawn == [("Carl Curator pulled your clip back", None)]
    assert undone == []


def test_who_speaks_in_a_clip_that_a_curator_deletes_is_told_if_people_saw_it(
    ask: Ask, people: People, made: Made
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    curator.put(f"{_clip(made)}/publication")
    curator.delete(_clip(made))
    curator.delete(_clip(made, 1))  # a draft

    lines = [each for each in expert.get("/api/v1/notices").json()["items"] if each["kind"] == "pulled-back"]

    assert [(each["says"], each["recording"]) for each in lines] == [("Carl Curator pulled your clip back", made.id)]
    assert "Carl Curator pulled your clip back" in expert.get("/inbox").text


def test_a_clip_that_is_withdrawn_without_a_word_is_not_said_to_be_pulled_back_for_an_older_reason(
    ask: Ask, people: People, made: Made, clock: Clock
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    curator.put(f"{_clip(made)}/publication")
    curator.post(f"{_clip(made)}/pullbacks", json={"why": "The valve is the other one."})
    said = expert.get(f"/recordings/{made.id}").text
    clock.passes(minutes=1)
    curator.put(f"{_clip(made)}/publication")
    clock.passes(minutes=1)

    curator.delete(f"{_clip(made)}/publication")

    assert "The valve is the other one." in said
    assert "The valve is the other one." not in expert.get(f"/recordings/{made.id}").text


@pytest.mark.parametrize("sent_it", [False, True])
def test_what_a_curator_withdraws_a_curator_publishes_again(
    services: Services, ask: Ask, people: People, made: Made, trusted: str, sent_it: bool
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    if sent_it:  # for the expert, who speaks in it
        with services.store.transaction() as tx:
            tx.execute("update recording set uploader_id = %s where public_id = %s", [people.curator.id, made.id])
    expert.put(f"{_clip(made)}/publication")
    curator.delete(f"{_clip(made)}/publication")

    refused = expert.put(f"{_clip(made)}/publication")

    assert _code(refused) == (409, "pulled_back")
    page, alone = (
        expert.get(f"/{each}").text for each in (f"recordings/{made.id}", f"clips/{made.clips[0].public_id}")
    )
    assert (page.count("Publish now"), alone.count("Publish now")) == (1, 0)  # its other clip
    for each in (page, alone):
        assert "Carl Curator</b> pulled it back" in each
        assert "A curator publishes it again." in each
    assert curator.put(f"{_clip(made)}/publication").status_code == 200
    assert "pulled it back" not in expert.get(f"/recordings/{made.id}").text


def test_what_an_expert_took_back_or_had_to_be_withdrawn_they_publish_again(
    ask: Ask, people: People, made: Made, trusted: str
) -> None:
    expert, curator = ask(people.expert), ask(people.curator)
    curator.put(f"{_clip(made)}/publication")
    expert.delete(f"{_clip(made)}/publication")
    own = expert.put(f"{_clip(made)}/publication")
    named = expert.post(f"/api/v1/recordings/{made.id}/appearances", json={"name": "Ahmed", "part": "seen"}).json()
    unasked = expert.put(f"{_clip(made)}/publication")
    curator.put(f"/api/v1/appearances/{named['id']}/agreement", json={"words": "On paper."})

    agreed = expert.put(f"{_clip(made)}/publication")

    assert [own.status_code, unasked.status_code, agreed.status_code] == [200, 409, 200]
    assert _code(unasked) == (409, "consent_missing")


def test_trust_and_pulling_back_are_written_down(ask: Ask, people: People, made: Made, trusted: str) -> None:
    curator = ask(people.curator)
    ask(people.expert).put(f"{_clip(made)}/publication")
    curator.post(f"{_clip(made)}/pullbacks", json={"why": "The valve is the other one."})
    for _again in range(2):
        curator.delete(f"{trusted}/{people.expert.public_id}")

    lines = curator.get("/api/v1/audit").json()["items"]

    assert [(each["act"], each["by"], each["whose"], each["words"]) for each in lines] == [
        ("ended-trust", "Carl Curator", "Eva Expert", ""),
        ("pulled-back", "Carl Curator", "Eva Expert", "The valve is the other one."),
        ("trusted", "Carl Curator", "Eva Expert", ""),
    ]


def test_an_expert_pulls_their_own_clip_back_at_any_time(ask: Ask, people: People, made: Made) -> None:
    expert, learner = ask(people.expert), ask(people.learner)
    ask(people.curator).put(f"{_clip(made)}/publication")
    page = f"/clips/{made.clips[0].public_id}"
    offered = ["Pull it back" in ask(who).get(page).text for who in (people.expert, people.learner)]

    not_theirs = learner.post(f"{page}/publication", data={"on": "no"})
    pulled = expert.post(f"{page}/publication", data={"on": "no", "back": made.id})

    assert offered == [True, False]
    assert (not_theirs.status_code, pulled.status_code) == (403, 303)
    assert pulled.headers["Location"] == f"/recordings/{made.id}"
    assert [each["kind"] for each in expert.get("/api/v1/notices").json()["items"]] == []
    assert learner.get(_clip(made)).status_code == 404


def test_publishing_first_is_one_press_on_the_recordings_page(
    ask: Ask, people: People, made: Made, trusted: str
) -> None:
    expert = ask(people.expert)
    page = f"/recordings/{made.id}"
    before = expert.get(page).text

    expert.post(f"/clips/{made.clips[0].public_id}/publication", data={"on": "yes", "back": made.id})

    assert (before.count("Publish now"), before.count("Pull it back")) == (2, 0)
    after = expert.get(page).text
    assert (after.count("Publish now"), after.count("Pull it back")) == (1, 1)


def test_a_curator_says_on_the_page_of_a_space_who_publishes_first(
    services: Services, ask: Ask, people: People
) -> None:
    with services.store.transaction() as tx:
        page = f"/spaces/{spaces.everyone_space(tx).public_id}"
    curator = ask(people.curator)

    said = curator.post(f"{page}/trusted", data={"login": people.expert.login})
    unknown = curator.post(f"{page}/trusted", data={"login": "nobody-here"})

    assert (said.status_code, unknown.status_code) == (303, 400)
    assert "Look before they publish" in curator.get(page).text
    curator.post(f"{page}/trusted", data={"person": people.expert.public_id})
    assert "Look before they publish" not in curator.get(page).text
