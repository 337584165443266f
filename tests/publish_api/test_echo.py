"""What colleagues said back about a recording, for whoever it belongs to."""

from datetime import timedelta

from domain.comment import CommentKind
from domain.person import Person
from publish_api.services import Services
from store import comments, recordings, steps
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock
from tests.publish_api.material import NOW, Made


def say(services: Services, made: Made, who: Person, kind: CommentKind, text: str, at_ms: int = 3_500) -> str:
    with services.store.transaction() as tx:
        return comments.add(
            tx,
            clip=made.clips[0],
            author_id=who.id,
            recording_id=made.recording.id,
            at_ms=at_ms,
            kind=kind,
            text=text,
            reply_to=None,
            now=services.now(),
        ).public_id


def test_an_echo_says_what_can_be_found_what_waits_and_what_it_was_good_for(
    ask: Ask, people: People, services: Services, clock: Clock
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator)
    asked = say(services, made, people.learner, CommentKind.QUESTION, "Also the blue one?")
    clock.passes(minutes=1)
    say(services, made, people.curator, CommentKind.USED_IT, "Done in a minute.")

    answer = ask(people.expert).get(f"/api/v1/recordings/{made.id}/echo")

    assert answer.status_code == 200
    assert answer.json() == {
        "published": [
            {
                "id": clip.public_id,
                "title": "Turning the valve",
                "published_at": "2031-05-06T07:08:00Z",
                "url": f"/clips/{clip.public_id}",
            }
        ],
        "since": "2031-05-06T07:08:00Z",
        "waiting": 1,
        "questions": [
            {
                "id": asked,
                "kind": "question",
                "text": "Also the blue one?",
                "author": "Lea Learner",
                "created_at": "2031-05-06T07:08:00Z",
                "clip": clip.public_id,
                "clip_at_ms": 3500,
                "url": f"/clips/{clip.public_id}?t=3#reply-{asked}",
            }
        ],
        "comments": 2,
        "used_it": 1,
        "helped": 0,
        "thanks": 0,
    }


def test_an_echo_is_not_there_for_others(ask: Ask, people: People, services: Services) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)

    found = {
        who.login: ask(who).get(f"/api/v1/recordings/{made.id}/echo").status_code
        for who in (people.expert, people.curator, people.admin, people.learner)
    }

    assert found == {"eva": 200, "carl": 200, "ada": 200, "lea": 404}


def test_a_question_whose_second_moved_to_another_clip_is_answered_there(
    ask: Ask, people: People, services: Services
) -> None:
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    moved = say(services, made, people.learner, CommentKind.QUESTION, "And this?", at_ms=7_000)
    lost = say(services, made, people.learner, CommentKind.QUESTION, "And that?", at_ms=2_000)
    first, second = made.clips
    for clip, start_ms, end_ms in ((first, 4_000, 6_000), (second, 6_000, 20_000)):
        span = {"start_ms": start_ms, "end_ms": end_ms}
        changed = ask(people.curator).patch(f"/api/v1/clips/{clip.public_id}", json=span, headers={"If-Match": "*"})
        assert changed.status_code == 200

    questions = ask(people.expert).get(f"/api/v1/recordings/{made.id}/echo").json()["questions"]

    assert [(q["clip"], q["clip_at_ms"], q["url"]) for q in questions] == [
        (second.public_id, 1_000, f"/clips/{second.public_id}?t=1#reply-{moved}"),
        (first.public_id, None, f"/clips/{first.public_id}#reply-{lost}"),
    ]


def test_estimates_come_from_what_the_machine_needed_lately(
    ask: Ask, people: People, services: Services, clock: Clock
) -> None:
    with services.store.transaction() as tx:
        before = material.arrive(tx, people.curator)
        recordings.looked(tx, before.id, material.PROBE)
        for name, seconds in (("listen", 2), ("transcribe", 10), ("cut", 1), ("render", 40)):
            steps.begin(tx, before.id, name, NOW)
            steps.done(tx, before.id, name, NOW + timedelta(seconds=seconds))
        for name in ("keep", "look"):
            steps.done(tx, before.id, name, NOW)
        here = material.arrive(tx, people.expert)
        recordings.looked(tx, here.id, material.PROBE)
        for name in ("keep", "look"):
            steps.begin(tx, here.id, name, NOW)
            steps.done(tx, here.id, name, NOW)

    said = ask(people.expert).get(f"/api/v1/recordings/{here.public_id}").json()

    assert {s["name"]: s["estimate_s"] for s in said["steps"]} == {
        "keep": None,
        "look": None,
        "listen": 2.0,
        "render": 42.0,
        "transcribe": 12.0,
        "cut": 13.0,
    }
