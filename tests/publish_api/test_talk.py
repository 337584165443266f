"""Ranges, mentions, what was written before, requests sent twice, and a thread a page at a time."""

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.comment import CommentKind
from domain.person import Role
from publish_api.services import Services
from store import comments, mentions, once
from store import people as stored_people
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


@pytest.fixture
def path(clip: Clip) -> str:
    return f"/api/v1/clips/{clip.public_id}/comments"


@pytest.fixture
def learner(ask: Ask, people: People) -> TestClient:
    return ask(people.learner)


# Ranges


def test_a_comment_over_a_range_keeps_both_ends_in_the_recordings_time(learner: TestClient, path: str) -> None:
    in_recording = learner.post(path, json={"at_ms": 9_000, "end_ms": 12_500, "text": "x"}).json()
    in_clip = learner.post(path, json={"clip_at_ms": 1_000, "clip_end_ms": 4_500, "text": "x"}).json()
    to_the_end = learner.post(path, json={"clip_at_ms": 11_000, "clip_end_ms": 12_000, "text": "x"}).json()

    ends = [
        (said["at_ms"], said["end_ms"], said["clip_at_ms"], said["clip_end_ms"]) for said in (in_recording, in_clip)
    ]
    assert ends == [(9_000, 12_500, 1_000, 4_500)] * 2
    assert (to_the_end["at_ms"], to_the_end["end_ms"]) == (19_000, 20_000)


def test_of_a_range_as_much_is_played_as_the_clip_shows_today(
    ask: Ask, people: People, learner: TestClient, clip: Clip, path: str
) -> None:
    learner.post(path, json={"at_ms": 9_000, "end_ms": 16_000, "text": "x"})

    ask(people.curator).patch(f"/api/v1/clips/{clip.public_id}", json={"end_ms": 14_000}, headers={"If-Match": "*"})
    said = learner.get(path).json()["items"][0]

    assert (said["clip_at_ms"], said["clip_end_ms"], said["end_ms"]) == (1_000, 6_000, 16_000)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"at_ms": 9_000, "end_ms": 9_000}, "bad_range"),
        ({"at_ms": 9_000, "end_ms": 20_001}, "outside_clip"),
        ({"clip_at_ms": 5_000, "clip_end_ms": 4_000}, "bad_range"),
        ({"clip_at_ms": 5_000, "clip_end_ms": 60_000}, "outside_clip"),
        ({"clip_at_ms": 5_000, "clip_end_ms": 0}, "bad_range"),
    ],
)
def test_a_range_that_is_none_is_refused(learner: TestClient, path: str, body: dict[str, int], code: str) -> None:
    answer = learner.post(path, json={"text": "x", **body})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


# What a clip asks


def test_only_what_a_clip_asks_is_thought_about(
    ask: Ask, people: People, learner: TestClient, clip: Clip, path: str
) -> None:
    thought = {"at_ms": 9_000, "kind": "reflection", "text": "x"}

    nothing = learner.post(path, json=thought)
    change = {"question": "What would you do first?"}
    ask(people.curator).patch(f"/api/v1/clips/{clip.public_id}", json=change, headers={"If-Match": "*"})
    said = learner.post(path, json=thought)

    assert (nothing.status_code, nothing.json()["error"]["code"]) == (400, "nothing_asked")
    assert (said.status_code, said.json()["kind"]) == (201, "reflection")


# Mentions


def test_who_is_named_and_may_see_the_clip_is_noted(
    learner: TestClient, services: Services, people: People, ward: Ward, path: str
) -> None:
    text = "@eva, see @CARL. Not @nobody, not me@lea, nor @lea; @eva again"

    said = learner.post(path, json={"at_ms": 9_000, "text": text}).json()
    comment = f"/api/v1/comments/{said['id']}"
    edited = learner.patch(comment, json={"text": "@carl alone"}, headers={"If-Match": '"1"'}).json()

    assert [each["login"] for each in said["mentions"]] == ["carl", "eva"]
    assert said["mentions"][1] == {"id": people.expert.public_id, "login": "eva", "name": "Eva Expert"}
    assert [each["login"] for each in edited["mentions"]] == ["carl"]


def test_who_may_not_see_the_clip_is_neither_offered_nor_noted(
    ask: Ask, services: Services, people: People, ward: Ward
) -> None:
    inside = material.published(services, material.recording(services, ward.expert, space=ward.space), ward.curator)
    path = f"/api/v1/clips/{inside.public_id}"
    client = ask(ward.learner)

    said = client.post(f"{path}/comments", json={"at_ms": 10, "text": "@eva @wes @carl"}).json()
    offered = client.get(f"{path}/mentionable", params={"q": ""}).json()["items"]

    assert [each["login"] for each in said["mentions"]] == ["carl", "wes"]  # carl curates every space
    assert [each["login"] for each in offered] == ["wes", "ada", "carl", "wanda"]  # who speaks in it first; not oneself
    assert ask(people.learner).get(f"{path}/mentionable").status_code == 404


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ev", ["eva"]), ("expert", ["eva"]), ("EVA E", ["eva"]), ("xpert", []), ("%", []), ("_va", []), ("\\", [])],
)
def test_colleagues_are_offered_by_login_or_a_word_of_their_name(
    learner: TestClient, clip: Clip, typed: str, found: list[str]
) -> None:
    offered = learner.get(f"/api/v1/clips/{clip.public_id}/mentionable", params={"q": typed}).json()["items"]

    assert [each["login"] for each in offered] == found


def test_a_bomb_of_mentions_is_refused(
    learner: TestClient, services: Services, path: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions, "MAX_MENTIONS_AN_HOUR", 12)
    with services.store.transaction() as tx:
        for n in range(11):
            stored_people.add_person(tx, login=f"p{n}", name=f"Person {n}", role=Role.LEARNER)

    def naming(number: int) -> tuple[int, str | None]:
        text = " ".join(f"@p{n}" for n in range(number)) or "nobody"
        answer = learner.post(path, json={"at_ms": 9_000, "text": text})
        return answer.status_code, answer.json().get("error", {}).get("code")

    said = [naming(11), naming(10), naming(3), naming(0)]
    clock.passes(hours=2)

    assert said == [(400, "too_many_mentions"), (201, None), (429, "mentions_paced"), (201, None)]
    assert naming(3) == (201, None)


# What was written before


def test_whoever_reads_a_comment_reads_what_it_said_before(
    ask: Ask, people: People, learner: TestClient, path: str, clock: Clock
) -> None:
    comment = f"/api/v1/comments/{learner.post(path, json={'at_ms': 9_000, 'text': 'one'}).json()['id']}"
    for version, text in ((1, "two"), (2, "three")):
        clock.passes(minutes=1)
        assert learner.patch(comment, json={"text": text}, headers={"If-Match": f'"{version}"'}).is_success

    before = ask(people.expert).get(f"{comment}/history").json()["items"]
    learner.delete(comment)

    assert [(each["version"], each["text"], each["written_at"]) for each in before] == [
        (2, "two", "2031-05-06T07:09:00Z"),
        (1, "one", "2031-05-06T07:08:00Z"),
    ]
    assert learner.get(f"{comment}/history").json()["items"] == []


def test_of_two_edits_of_one_version_the_second_is_refused(learner: TestClient, path: str) -> None:
    comment = f"/api/v1/comments/{learner.post(path, json={'at_ms': 9_000, 'text': 'one'}).json()['id']}"
    seen = learner.get(comment).headers["ETag"]

    first = learner.patch(comment, json={"text": "two"}, headers={"If-Match": seen})
    second = learner.patch(comment, json={"text": "three"}, headers={"If-Match": seen})
    unseen = learner.patch(comment, json={"text": "four"})

    assert (seen[:2], first.headers["ETag"][:2], first.json()["text"]) == ('"1', '"2', "two")
    assert [(each.status_code, each.json()["error"]["code"]) for each in (second, unseen)] == [
        (412, "stale_version"),
        (428, "version_needed"),
    ]


# Sent twice


def test_a_comment_that_is_sent_again_with_its_key_is_said_once(
    ask: Ask, people: People, services: Services, learner: TestClient, path: str, clock: Clock
) -> None:
    key, body = {"Idempotency-Key": "a"}, {"at_ms": 9_000, "text": "x"}

    first, again = (learner.post(path, json=body, headers=key) for _ in range(2))
    another = learner.post(path, json={**body, "text": "y"}, headers=key)
    theirs = ask(people.expert).post(path, json=body, headers=key)
    with services.store.transaction() as tx:
        once.sweep(tx, clock())
    still = learner.post(path, json=body, headers=key)
    clock.passes(hours=25)
    with services.store.transaction() as tx:
        once.sweep(tx, clock())
    a_day_later = learner.post(path, json=body, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() == still.json()
    assert (another.status_code, another.json()["error"]["code"]) == (409, "key_reused")
    assert len({first.json()["id"], theirs.json()["id"], a_day_later.json()["id"]}) == 3
    assert len(learner.get(path).json()["items"]) == 3


def test_what_was_refused_can_be_sent_again_with_its_key(learner: TestClient, path: str, clip: Clip) -> None:
    key = {"Idempotency-Key": "a"}

    refused = learner.post(path, json={"text": "x", "at_ms": 1}, headers=key)
    said = learner.post(path, json={"text": "x", "at_ms": 9_000}, headers=key)

    assert (refused.status_code, said.status_code) == (400, 201)


# A page at a time


def test_a_thread_is_given_a_page_at_a_time_without_a_gap(
    services: Services, people: People, learner: TestClient, clip: Clip, made: Made, path: str
) -> None:
    with services.store.transaction() as tx:
        for n in range(70):
            root = comments.add(
                tx, clip=clip, author_id=people.expert.id, recording_id=made.recording.id, at_ms=8_000 + n % 7,
                kind=CommentKind.COMMENT, text=f"{n}", reply_to=None, now=services.now(),
            )  # fmt: skip
        comments.add(
            tx, clip=clip, author_id=people.expert.id, recording_id=made.recording.id, at_ms=0,
            kind=CommentKind.COMMENT, text="reply", reply_to=root, now=services.now(),
        )  # fmt: skip
        everything = [said.public_id for said in comments.thread(tx, clip, people.learner.id)]

    first = learner.get(path).json()
    learner.post(path, json={"at_ms": 8_000, "text": "comes between"})
    second = learner.get(path, params={"cursor": first["next"]}).json()
    small = learner.get(path, params={"limit": 3}).json()

    assert (len(first["items"]), len(everything), second["next"]) == (50, 71, None)
    assert [said["id"] for said in first["items"] + second["items"]] == everything
    assert [said["id"] for said in small["items"]] == everything[:3]
    assert learner.get(path, params={"cursor": "x"}).json()["error"]["code"] == "bad_cursor"
