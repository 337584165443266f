"""What those who have a clip open are told, over a real connection."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from domain.clip import Part
from domain.person import Person
from domain.span import Span
from publish_api import events
from publish_api.services import Services
from store import clips, credentials, recalls
from store import people as store_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.material import Made
from tests.publish_api.served import served

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

    def next(self) -> tuple[str, dict[str, object]]:
        name = next(line.removeprefix("event: ") for line in self._lines if line.startswith("event: "))
        return name, json.loads(next(self._lines).removeprefix("data: "))

    def rest(self) -> list[str]:
        return [line for line in self._lines if line and not line.startswith(":")]


@contextmanager
def listening(address: str, services: Services, person: Person, clip: str) -> Iterator[Told]:
    with services.store.transaction() as tx:
        session = credentials.new_session(tx, person.id, now=services.now())
    cookies = {"passiton_session": session}
    with (
        httpx.Client(base_url=address, cookies=cookies, timeout=PATIENCE_S) as client,
        client.stream("GET", f"/api/v1/events?clip={clip}") as answer,
    ):
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
    assert first == ("clip", {"version": 1, "plays": [{"recording": made.id, "start_ms": 0, "end_ms": 8_000}]})
    assert [len(each) for each in dict.fromkeys(words)] == [12, 12]  # less is said: other words
    assert second == (
        "clip",
        {
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

    assert end == ("end", {"code": code, "message": message})
    assert rest == []


def test_nobody_listens_to_what_is_not_theirs(ask: Ask, people: People, services: Services, made: Made) -> None:
    draft = made.clips[1].public_id
    path = "/api/v1/events?clip="

    assert ask(None).get(path + draft).status_code == 401
    assert ask(people.learner).get(path + draft).status_code == 404
    assert ask(people.learner).get(path + "nothing").status_code == 404
    assert ask(people.learner).get("/api/v1/events").status_code == 400


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
