"""Said aloud in a clip's thread: a comment at once, whose sound goes with it."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from domain.clip import Clip
from domain.errors import Refused
from domain.voice import MAX_AN_HOUR, MAX_BYTES
from pipeline import person_data as packing
from pipeline.voices import clear_away
from publish_api.services import Services
from store import voices
from store.folder import Folder
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Queued
from tests.publish_api.material import Made

HERE = "clip_at_ms=1500"


def remake(sent: Path, into: Path) -> int:
    if (sound := sent.read_bytes()) == b"noise":
        raise Refused("This sound cannot be read.", code="not_media")
    into.write_bytes(b"anew: " + sound)
    return 4_000


@pytest.fixture
def services(services: Services, queued: Queued) -> Iterator[Services]:
    services.store.enqueue = queued
    yield replace(services, remake_voice=remake)
    services.store.enqueue = None


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


@pytest.fixture
def clip(people: People, services: Services, made: Made) -> Clip:
    """8 s to 20 s, for everybody."""
    return material.published(services, made, people.curator, 1)


@pytest.fixture
def path(clip: Clip) -> str:
    return f"/api/v1/clips/{clip.public_id}/voices"


def say(who: TestClient, path: str, query: str = HERE, sound: bytes = b"hear me", **headers: str) -> dict[str, Any]:
    answer = who.post(f"{path}?{query}", content=sound, headers=headers)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def to_write(queued: Queued) -> list[UUID]:
    """The voices whose job is in the queue, in order."""
    return [about for job, about in queued if job == voices.VOICE]


def kept(objects: Folder) -> list[Path]:
    return sorted(objects.root.glob("recordings/*/voices/*"))


def tidy(services: Services, objects: Folder) -> None:
    """As the jobs do that are in the queue."""
    clear_away(services.store, objects, services.now())


def test_what_is_said_aloud_is_a_comment_at_once_and_waits_for_its_words(
    ask: Ask, people: People, path: str, clip: Clip, queued: Queued
) -> None:
    learner, expert = ask(people.learner), ask(people.expert)

    asked = say(learner, path, f"{HERE}&kind=question")
    answered = say(expert, path, f"reply_to={asked['id']}&kind=answer")

    thread = learner.get(f"/api/v1/clips/{clip.public_id}/comments").json()["items"]
    assert [(each["kind"], each["text"], each["at_ms"]) for each in thread] == [
        ("question", "", 9_500),
        ("answer", "", 9_500),
    ]
    assert answered["reply_to"] == asked["id"]
    assert asked["voice"] | {"src": ""} == {"src": "", "length_ms": 4_000, "state": "waiting", "language": None}
    assert len(to_write(queued)) == 2


@pytest.mark.parametrize(
    ("query", "sound", "status", "code"),
    [
        (f"{HERE}&kind=question&masked=true", b"hear me", 400, "voice_is_a_name"),
        ("kind=comment", b"hear me", 400, "no_second"),
        ("at_ms=7999", b"hear me", 400, "outside_clip"),
        (f"{HERE}&clip_end_ms=1000", b"hear me", 400, "bad_range"),
        (f"{HERE}&kind=shout", b"hear me", 400, "invalid"),
        (f"{HERE}&kind=reflection", b"hear me", 400, "nothing_asked"),
        ("reply_to=0123456789abcdef", b"hear me", 404, "not_found"),
        (f"{HERE}&draft=true", b"hear me", 409, "published"),
        (HERE, b"noise", 422, "not_media"),
        (HERE, b"x" * (MAX_BYTES + 1), 413, "too_large"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason_and_leaves_nothing(
    ask: Ask,
    people: People,
    services: Services,
    objects: Folder,
    clip: Clip,
    path: str,
    query: str,
    sound: bytes,
    status: int,
    code: str,
) -> None:
    answer = ask(people.learner).post(f"{path}?{query}", content=sound)

    tidy(services, objects)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert ask(people.curator).get(f"/api/v1/clips/{clip.public_id}/comments").json()["items"] == []
    assert kept(objects) == []


def test_whoever_asked_without_their_name_does_not_go_on_aloud(ask: Ask, people: People, clip: Clip, path: str) -> None:
    learner = ask(people.learner)
    masked = {"text": "Why?", "kind": "question", "masked": True, "clip_at_ms": 0}
    asked = learner.post(f"/api/v1/clips/{clip.public_id}/comments", json=masked).json()

    answer = learner.post(f"{path}?reply_to={asked['id']}", content=b"hear me")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "voice_is_a_name")
    assert say(ask(people.expert), path, f"reply_to={asked['id']}&kind=answer")["author"]["name"] == people.expert.name


def test_nobody_says_more_in_an_hour_than_can_be_written_down(
    ask: Ask, people: People, services: Services, made: Made, path: str
) -> None:
    with services.store.transaction() as tx:
        for _ in range(MAX_AN_HOUR):
            voices.promise(tx, made.recording.id, people.learner.id, length_ms=1, byte_size=1, now=services.now())

    answers = [ask(who).post(f"{path}?{HERE}", content=b"hear me") for who in (people.learner, people.expert)]

    assert [answer.status_code for answer in answers] == [429, 201]
    assert answers[0].json()["error"]["code"] == "voices_paced"


def test_what_comes_again_with_its_key_is_one_comment(
    ask: Ask, people: People, objects: Folder, services: Services, path: str
) -> None:
    learner, key = ask(people.learner), {"Idempotency-Key": "once"}

    first, again = say(learner, path, **key), say(learner, path, **key)
    other = learner.post(f"{path}?{HERE}&kind=question", content=b"hear me", headers=key)

    tidy(services, objects)
    assert first == again
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    assert len(kept(objects)) == 1


def test_its_sound_is_played_by_its_address_alone_and_in_parts(
    ask: Ask, anybody: TestClient, people: People, path: str
) -> None:
    src = say(ask(people.learner), path)["voice"]["src"]

    whole, head = anybody.get(src), anybody.head(src)
    part = anybody.get(src, headers={"Range": "bytes=6-9"})
    forged = anybody.get(src[:-22] + "A" * 22)

    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, b"anew: hear me", "audio/mp4")
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "13", b"")
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"hear", "bytes 6-9/13")
    assert anybody.get(src, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert anybody.get(src, headers={"Range": "bytes=13-"}).status_code == 416
    assert forged.status_code == 404


def test_a_sound_is_gone_at_once_with_its_comment(
    ask: Ask, anybody: TestClient, people: People, services: Services, objects: Folder, path: str
) -> None:
    learner = ask(people.learner)
    said = say(learner, path)

    learner.delete(f"/api/v1/comments/{said['id']}")

    assert anybody.get(said["voice"]["src"]).status_code == 404
    assert learner.get(f"/api/v1/comments/{said['id']}").json()["voice"] is None
    tidy(services, objects)
    assert kept(objects) == []


def test_what_a_moderator_removed_is_played_to_nobody_until_it_is_given_back_and_gone_after_30_days(
    ask: Ask, anybody: TestClient, people: People, services: Services, objects: Folder, path: str
) -> None:
    said = [say(ask(people.learner), path) for _ in range(2)]
    curator = ask(people.curator)

    for each in said:
        curator.delete(f"/api/v1/comments/{each['id']}")
    tidy(services, objects)
    removed = [anybody.get(each["voice"]["src"]).status_code for each in said]
    curator.delete(f"/api/v1/comments/{said[0]['id']}/removal")

    assert removed == [404, 404]
    assert [anybody.get(each["voice"]["src"]).status_code for each in said] == [200, 404]


@pytest.mark.parametrize("how", ["withdrawn", "deleted"])
def test_no_address_outlives_what_it_was_said_about(
    ask: Ask, anybody: TestClient, people: People, clip: Clip, made: Made, objects: Folder, path: str, how: str
) -> None:
    src = say(ask(people.learner), path)["voice"]["src"]
    curator = ask(people.curator)

    if how == "withdrawn":
        answer = curator.delete(f"/api/v1/clips/{clip.public_id}/publication")
    else:
        answer = curator.delete(f"/api/v1/recordings/{made.id}")

    assert answer.status_code in {200, 204}
    assert anybody.get(src).status_code == 404
    assert len(kept(objects)) == (1 if how == "withdrawn" else 0)


def test_who_moderates_hears_what_was_reported(ask: Ask, people: People, path: str) -> None:
    said = say(ask(people.learner), path)
    ask(people.expert).post(f"/api/v1/comments/{said['id']}/reports", json={"reason": "hurtful"})
    curator = ask(people.curator)

    [case] = curator.get("/api/v1/reports").json()["items"]
    queue = curator.get("/moderation").text

    assert (case["voice"]["src"], case["voice"]["length_ms"]) == (said["voice"]["src"], 4_000)
    assert f'<audio controls preload="none" src="{said["voice"]["src"]}"' in queue
    curator.delete(f"/api/v1/comments/{said['id']}")
    assert curator.get("/api/v1/reports").json()["items"][0]["voice"] is None


def test_its_words_are_corrected_as_those_of_any_comment(
    ask: Ask, people: People, services: Services, queued: Queued, path: str
) -> None:
    learner = ask(people.learner)
    said = say(learner, path)
    with services.store.transaction() as tx:
        voices.write(tx, to_write(queued)[0], "Turn the wave @curator slowly.", "en")
    heard = learner.get(f"/api/v1/comments/{said['id']}").json()

    edit = learner.patch(
        f"/api/v1/comments/{said['id']}", json={"text": "Turn the valve slowly."}, headers={"If-Match": '"2"'}
    )

    assert (heard["text"], heard["version"], heard["edited_at"]) == ("Turn the wave @curator slowly.", 2, None)
    assert (heard["voice"]["state"], heard["voice"]["language"], heard["mentions"]) == ("written", "en", [])
    assert (edit.status_code, edit.json()["text"]) == (200, "Turn the valve slowly.")
    before = learner.get(f"/api/v1/comments/{said['id']}/history").json()["items"]
    assert [each["text"] for each in before] == ["Turn the wave @curator slowly."]


def test_what_its_author_wrote_meanwhile_is_not_written_over(
    ask: Ask, people: People, services: Services, queued: Queued, path: str
) -> None:
    learner = ask(people.learner)
    said = say(learner, path)

    learner.patch(f"/api/v1/comments/{said['id']}", json={"text": "By hand."}, headers={"If-Match": '"1"'})
    with services.store.transaction() as tx:
        voices.write(tx, to_write(queued)[0], "By machine.", "en")

    now = learner.get(f"/api/v1/comments/{said['id']}").json()
    assert (now["text"], now["voice"]["state"]) == ("By hand.", "written")
    assert learner.get(f"/api/v1/comments/{said['id']}/history").json()["items"] == []


def test_what_one_said_aloud_is_in_ones_export_and_goes_with_ones_data(
    ask: Ask, people: People, services: Services, objects: Folder, tmp_path: Path, clock: Clock, path: str
) -> None:
    learner = ask(people.learner)
    said = say(learner, path)
    mine = f"/api/v1/people/{people.learner.public_id}"

    export = learner.post(f"{mine}/exports").json()["id"]
    packing.tidy(services.store, objects, tmp_path, clock, backup_days=30)
    packed = zipfile.ZipFile(BytesIO(learner.get(f"{mine}/exports/{export}/data.zip").content))
    learner.put(f"{mine}/erasure", json={"comments": "kept"})
    clock.passes(days=31)
    packing.tidy(services.store, objects, tmp_path, clock, backup_days=30)
    tidy(services, objects)

    assert packed.read(f"voices/{said['id']}.m4a") == b"anew: hear me"
    [comment] = json.loads(packed.read("data.json"))["comments"]
    assert (comment["file"], comment["sound_ms"]) == (f"voices/{said['id']}.m4a", 4_000)
    assert "sound_key" not in comment
    assert kept(objects) == []


def test_a_kill_between_sound_and_comment_leaves_nothing_after_a_day(
    people: People, services: Services, objects: Folder, made: Made, clock: Clock
) -> None:
    with services.store.transaction() as tx:
        promised = voices.promise(
            tx, made.recording.id, people.learner.id, length_ms=1, byte_size=1, now=services.now()
        )
    objects.put_bytes(promised.key, b"x")

    tidy(services, objects)
    on_its_way = kept(objects)
    clock.passes(hours=25)
    tidy(services, objects)

    assert len(on_its_way) == 1
    assert kept(objects) == []


def test_the_clip_page_plays_it_and_says_how_far_its_words_are(
    services: Services, ask: Ask, people: People, queued: Queued, clip: Clip, path: str
) -> None:
    learner = ask(people.learner)
    for _ in range(4):
        say(learner, path)
    with services.store.transaction() as tx:
        voices.write(tx, to_write(queued)[1], "", None)
        voices.give_up(tx, to_write(queued)[2])
        voices.write(tx, to_write(queued)[3], "Gire la válvula.", "es")

    drawn = learner.get(f"/clips/{clip.public_id}/thread").text

    assert drawn.count("<pass-voice") == 4
    for words in ("Being written down.", "No words were heard.", "This could not be written down."):
        assert drawn.count(words) == 1
    assert 'lang="es"><p>Gire la válvula.</p>' in drawn.replace("\n", "")
