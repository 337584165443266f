"""What those who have a clip open are told, over a real connection."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn

from domain.clip import Part
from domain.comment import CommentKind
from domain.notice import About, NoticeKind
from domain.person import Person
from domain.span import Span
from publish_api import events
from publish_api.services import Services
from store import clip_changes, clips, comments, credentials, notices, recalls
from store import people as store_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made
from tests.publish_api.served import served
from tests.store.things import a_recording, proposal, some_clips

PATIENCE_S = 15


@pytest.fixture
def made(people: People, services: Services) -> Made:
    """Its first clip, published, shows 0 to 8 s; keyframes lie every 2 s."""
    made = material.recording(services, people.expert)
    material.published(services, made, people.curator)
    return made


@pytest.fixture
def address(services: Services) -> Iterator[str]:
    config = uvicorn.Config(served(services), lifespan="off", log_level="warning")
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


class Told:
    """The events of a stream, one after the other."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self, *, passing_over: str = "talk") -> tuple[str, dict[str, object]]:
        """Where the thread stands is told at first: passed over, but where it is looked at."""
        name = next(line.removeprefix("event: ") for line in self._lines if line.startswith("event: "))
        said = json.loads(next(self._lines).removeprefix("data: "))
        return self.next(passing_over=passing_over) if name == passing_over else (name, said)

    def rest(self) -> list[str]:
        return [line for line in self._lines if line and not line.startswith(":")]


@contextmanager
def listening(address: str, services: Services, person: Person, *clips: str, **more: str) -> Iterator[Told]:
    with services.store.transaction() as tx:
        session = credentials.new_session(tx, person.id, now=services.now())
    cookies = {"passiton_session": session}
    with (
        httpx.Client(base_url=address, cookies=cookies, timeout=PATIENCE_S) as client,
        client.stream("GET", "/api/v1/events", params={"clip": clips, **more}) as answer,
    ):
        deadline = time.monotonic() + PATIENCE_S
        while not services.store.events.hears:  # else a change is told as one that may have been
            assert time.monotonic() < deadline
            time.sleep(0.005)
        yield Told(answer)


def test_who_has_a_clip_open_is_told_what_plays_and_when_that_is_another(
    address: str, services: Services, people: People, made: Made
) -> None:
    clip = made.clips[0]
    with listening(address, services, people.learner, clip.public_id) as told:
        first = told.next()
        with services.store.transaction() as tx:
            parts = [Part(made.recording.id, made.id, span) for span in (Span(2_000, 6_000), Span(10_000, 12_000))]
            clips.change(tx, clip.id, version=1, now=services.now(), parts=parts)
        second = told.next()
        headers = told.answer.headers

    words = [str(each[1].pop("words")) for each in (first, second)]
    assert first == (
        "clip",
        {"clip": clip.public_id, "version": 1, "plays": [{"recording": made.id, "start_ms": 0, "end_ms": 8_000}]},
    )
    assert [len(each) for each in dict.fromkeys(words)] == [12, 12]  # less is said: other words
    assert second == (
        "clip",
        {
            "clip": clip.public_id,
            "version": 2,
            "plays": [
                {"recording": made.id, "start_ms": 2_000, "end_ms": 6_000},
                {"recording": made.id, "start_ms": 10_000, "end_ms": 12_000},
            ],
        },
    )
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


def test_a_bound_whose_edge_is_not_made_yet_is_told_as_it_plays(
    address: str, services: Services, people: People, made: Made
) -> None:
    with services.store.transaction() as tx:
        parts = [Part(made.recording.id, made.id, Span(1_000, 7_000))]
        clips.change(tx, made.clips[0].id, version=1, now=services.now(), parts=parts)

    with listening(address, services, people.learner, made.clips[0].public_id) as told:
        _, said = told.next()

    assert said["plays"] == [{"recording": made.id, "start_ms": 2_000, "end_ms": 6_000}]


def withdrawn(services: Services, made: Made, people: People) -> None:
    with services.store.transaction() as tx:
        clips.withdraw(tx, made.clips[0].id)


def recalled(services: Services, made: Made, people: People) -> None:
    with services.store.transaction() as tx:
        recalls.make(tx, made.recording.id, Span(0, 8_000), "It bursts.", by=people.curator.id, now=services.now())


def left(services: Services, made: Made, people: People) -> None:
    with services.store.transaction() as tx:
        store_people.leave(tx, people.learner.id, services.now())


@pytest.mark.parametrize(
    ("act", "code", "message"),
    [
        (withdrawn, "not_found", "This clip was taken back, or is not shared with you any more."),
        (recalled, "recalled", "All of this clip was taken out: “It bursts.”"),
        (
            left,
            "unauthenticated",
            "You were signed out. Open your sign-in link again, or ask for a new one.",
        ),
    ],
)
def test_who_may_not_see_it_any_more_is_told_why_and_let_go(
    address: str,
    services: Services,
    people: People,
    made: Made,
    act: Callable[[Services, Made, People], None],
    code: str,
    message: str,
) -> None:
    with listening(address, services, people.learner, made.clips[0].public_id) as told:
        told.next()
        act(services, made, people)
        end = told.next()
        rest = told.rest()  # until the connection ends

    assert end == ("end", {"clip": made.clips[0].public_id, "code": code, "message": message})
    assert rest == []


def test_why_it_ends_is_said_in_the_language_of_who_listens(
    address: str, services: Services, people: People, made: Made
) -> None:
    with services.store.transaction() as tx:
        tx.execute("update person set language = 'ar' where id = %s", [people.learner.id])

    with listening(address, services, people.learner, made.clips[0].public_id) as told:
        told.next()
        withdrawn(services, made, people)
        end = told.next()

    assert end[1]["message"] == "سُحب هذا المقطع، أو لم يعد مشتركًا معك."


def test_nobody_listens_to_what_is_not_theirs(ask: Ask, people: People, services: Services, made: Made) -> None:
    draft = made.clips[1].public_id
    path = "/api/v1/events?clip="

    assert ask(None).get(path + draft).status_code == 401
    assert ask(people.learner).get(path + draft).status_code == 404
    assert ask(people.learner).get(path + "nothing").status_code == 404
    assert ask(people.learner).get("/api/v1/events").status_code == 400


def test_who_reviews_is_told_that_what_waits_may_be_another(
    address: str, services: Services, people: People, made: Made
) -> None:
    waiting = made.clips[1]
    with (
        listening(address, services, people.admin, notices="true"),  # from then on nothing is told twice
        listening(address, services, people.curator, review="true") as told,
        listening(address, services, people.learner, review="true", notices="true") as theirs,
    ):
        first, theirs_first = told.next(), theirs.next()
        with services.store.transaction() as tx:
            clips.change(tx, waiting.id, version=waiting.version, now=services.now(), title="Wash them well")
        after_a_name = told.next()
        with services.store.transaction() as tx:
            clip_changes.delete(tx, waiting.id, services.now())
        after_it_is_gone = told.next()
        with services.store.transaction() as tx:
            some_clips(tx, a_recording(tx, people.expert, upload_id="new"), proposal(0, 1000))
        after_one_came = told.next()
        with services.store.transaction() as tx:
            notices.tell(tx, NoticeKind.EXPORT, [people.learner.id], About(thing="x"), now=services.now())
        theirs_next = [theirs.next(), theirs.next()]

    assert first == after_a_name == after_it_is_gone == after_one_came == ("review", {})
    assert theirs_first == ("notices", {"unread": 0})
    assert theirs_next == [("review", {}), ("notices", {"unread": 1})]  # at first, and of no clip after that


def test_one_person_holds_so_many_streams_and_no_more(
    address: str, services: Services, people: People, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MAX_OF_ONE", 1)
    clip = made.clips[0].public_id

    with listening(address, services, people.learner, clip) as told:
        told.next()
        with listening(address, services, people.learner, clip) as another:
            refused = another.answer.status_code
        with listening(address, services, people.expert, clip) as theirs:
            let_in = theirs.answer.status_code

    assert (refused, let_in) == (429, 200)


def test_streams_that_are_asked_for_at_the_same_time_are_counted_each(
    address: str, services: Services, people: People, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, met = 6, threading.Barrier(6)
    look = events._look
    monkeypatch.setattr(events, "MAX_OF_ONE", 2)
    monkeypatch.setattr(events, "_look", lambda *asked: (met.wait(PATIENCE_S), look(*asked))[1])

    with ExitStack() as stack, ThreadPoolExecutor(asking) as pool:
        streams = [listening(address, services, people.learner, made.clips[0].public_id) for _each in range(asking)]
        answers = [each.answer.status_code for each in pool.map(stack.enter_context, streams)]

    assert sorted(answers) == [200, 200, 429, 429, 429, 429]


@pytest.fixture
def path(made: Made) -> str:
    return f"/api/v1/clips/{made.clips[0].public_id}"


def test_whatever_becomes_of_a_thread_is_told_by_its_beginning(
    address: str, services: Services, people: People, made: Made, ask: Ask, path: str
) -> None:
    learner, expert, curator = ask(people.learner), ask(people.expert), ask(people.curator)
    asked = learner.post(f"{path}/comments", json={"at_ms": 10, "text": "?", "kind": "question"}).json()["id"]

    with listening(address, services, people.expert, made.clips[0].public_id) as told:
        name, stands = told.next(passing_over="clip")
        answer = expert.post(f"{path}/comments", json={"reply_to": asked, "text": "So."}).json()["id"]
        after_the_answer = told.next()
        for change in (
            lambda: expert.patch(f"/api/v1/comments/{answer}", json={"text": "So:"}, headers={"If-Match": '"1"'}),
            lambda: learner.put(f"/api/v1/comments/{answer}/reactions/thanks"),
            lambda: learner.delete(f"/api/v1/comments/{answer}/reactions/thanks"),
            lambda: learner.put(f"/api/v1/comments/{answer}/acceptance"),
            lambda: curator.delete(f"/api/v1/comments/{answer}"),
        ):
            assert change().is_success
            assert told.next() == ("comment", {"clip": made.clips[0].public_id, "thread": asked})
        learner.put(f"{path}/reactions/useful")
        after_a_reaction = told.next()

    assert (name, stands["clip"], len(str(stands["stamp"]))) == ("talk", made.clips[0].public_id, 12)
    assert after_the_answer == ("comment", {"clip": made.clips[0].public_id, "thread": asked})
    assert after_a_reaction == ("reactions", {"clip": made.clips[0].public_id})


def test_where_a_thread_stands_is_another_only_where_the_viewer_has_something_else_to_read(
    services: Services, people: People, made: Made, ask: Ask, path: str
) -> None:
    def stamp() -> str:
        with services.store.transaction() as tx:
            return comments.stamp(tx, made.clips[0].id, people.expert.id)

    stamps = [stamp()]
    said = ask(people.learner).post(f"{path}/comments", json={"at_ms": 10, "text": "x"}).json()["id"]
    stamps.append(stamp())
    ask(people.learner).patch(f"/api/v1/comments/{said}", json={"text": "y"}, headers={"If-Match": "*"})
    stamps.append(stamp())
    ask(people.expert).put(f"/api/v1/comments/{said}/reactions/helped")
    stamps.append(stamp())
    again = stamp()

    assert len(set(stamps)) == 4
    assert again == stamps[-1]
    with services.store.transaction() as tx:
        assert comments.seen_clip(tx, made.clips[0].public_id, people.learner.id) == made.clips[0].id
        assert comments.seen_clip(tx, made.clips[1].public_id, people.learner.id) is None  # a draft


def test_a_thread_that_is_for_others_is_not_told_of(
    address: str, services: Services, people: People, made: Made, ask: Ask, path: str, ward: Ward
) -> None:
    inside = material.published(services, material.recording(services, ward.expert, space=ward.space), ward.curator)
    parts = [{"recording": made.id, "start_ms": 0, "end_ms": 8_000}]
    inner = f"/api/v1/clips/{inside.public_id}"
    assert ask(people.curator).patch(inner, json={"parts": parts}, headers={"If-Match": "*"}).is_success

    with listening(address, services, people.learner, made.clips[0].public_id) as told:
        told.next()
        ask(ward.learner).post(f"{inner}/comments", json={"at_ms": 10, "text": "Among us"})
        to_all = ask(people.expert).post(f"{path}/comments", json={"at_ms": 10, "text": "To all"}).json()["id"]
        heard = told.next()

    assert heard == ("comment", {"clip": made.clips[0].public_id, "thread": to_all})


def test_one_stream_is_for_several_clips_and_goes_on_when_one_of_them_ends(
    address: str, services: Services, people: People, made: Made, ask: Ask, path: str
) -> None:
    first = made.clips[0]
    second = material.published(services, made, people.curator, 1)
    draft = material.recording(services, people.expert).clips[0]

    with listening(address, services, people.learner, first.public_id, second.public_id, draft.public_id) as told:
        begun = [told.next() for _ in range(3)]
        with services.store.transaction() as tx:
            clips.withdraw(tx, second.id)
        ended = told.next()
        said = ask(people.expert).post(f"{path}/comments", json={"at_ms": 10, "text": "x"}).json()["id"]
        heard = told.next()

    assert [(name, of["clip"]) for name, of in begun] == [
        ("clip", first.public_id), ("clip", second.public_id), ("end", draft.public_id),
    ]  # fmt: skip
    assert (ended[0], ended[1]["clip"]) == ("end", second.public_id)
    assert heard == ("comment", {"clip": first.public_id, "thread": said})
    assert ask(people.learner).get("/api/v1/events", params={"clip": ["x"] * 9}).status_code == 400


def test_how_much_of_an_inbox_is_unread_is_told_at_first_and_when_it_is_another(
    address: str, services: Services, people: People, made: Made
) -> None:
    with services.store.transaction() as tx:
        notices.see_all(tx, people.expert.id, services.now())
    with listening(address, services, people.expert, notices="true") as told:
        first = told.next()
        with services.store.transaction() as tx:
            comments.add(
                tx, clip=made.clips[0], author_id=people.learner.id, recording_id=made.recording.id, at_ms=1_000,
                kind=CommentKind.QUESTION, text="Why?", reply_to=None, now=services.now(),
            )  # fmt: skip
        second = told.next()
        with services.store.transaction() as tx:
            notices.see_all(tx, people.expert.id, services.now())
        third = told.next()
        with services.store.transaction() as tx:
            store_people.leave(tx, people.expert.id, services.now())
        rest = told.rest()

    assert [first, second, third] == [("notices", {"unread": number}) for number in (0, 1, 0)]
    assert rest == []  # who has left is told no more


def test_whoever_listens_to_nothing_is_told_so(ask: Ask, people: People) -> None:
    answer = ask(people.learner).get("/api/v1/events")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "nothing_to_hear")
