"""The Python client (client/), and its examples, against the app itself."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api.services import Services
from store import credentials
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask
from tests.publish_api.uploads.server_app import app_on

CLIENT = Path(__file__).resolve().parents[2] / "client"
SERVER = "https://clips.example"


@pytest.fixture
def passiton(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The client as a program has it that was copied beside it."""
    monkeypatch.syspath_prepend(str(CLIENT))
    monkeypatch.syspath_prepend(str(CLIENT / "examples"))
    yield importlib.import_module("passiton_client")
    for name in ("passiton_client", *(each.stem for each in (CLIENT / "examples").glob("*.py"))):
        sys.modules.pop(name, None)


class Lost:
    """A way to the server on which some answers do not arrive."""

    def __init__(self, client: TestClient, *lost: int) -> None:
        self._client, self._lost = client, lost
        self.asked: list[str] = []

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.asked.append(method)
        answer = self._client.request(method, url, **more)
        if len(self.asked) in self._lost:
            raise httpx.ReadError("the connection broke")
        return answer


def test_all_of_a_list_is_read_page_by_page(services: Services, people: People, ask: Ask, passiton: Any) -> None:
    house = passiton.PassItOn(SERVER, _token(services, people.curator), http=ask(None))

    names = [each["name"] for each in house.items("people", limit=1)]

    assert names == ["Ada Admin", "Carl Curator", "Eva Expert", "Lea Learner"]


def test_what_is_said_aloud_is_sent_as_it_is_and_said_once(tmp_path: Path, passiton: Any) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503) if len(asked) == 1 else httpx.Response(201, json={"text": ""})

    sound = tmp_path / "answer.m4a"
    sound.write_bytes(b"hear me")
    http = httpx.Client(transport=httpx.MockTransport(answer))
    house = passiton.PassItOn(SERVER, "token", http=http, sleep=lambda _: None)

    said = house.say("clips/abc", sound, kind="answer", reply_to="def")

    assert said == {"text": ""}
    assert [str(each.url) for each in asked] == [f"{SERVER}/api/v1/clips/abc/voices?kind=answer&reply_to=def"] * 2
    assert {each.content for each in asked} == {b"hear me"}
    assert len({each.headers["Idempotency-Key"] for each in asked}) == 1


def test_what_is_known_is_not_sent_again(services: Services, people: People, ask: Ask, passiton: Any) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    house = passiton.PassItOn(SERVER, _token(services, people.learner), http=ask(None))

    first = house.see(f"clips/{clip.public_id}")
    again = house.see(f"clips/{clip.public_id}", known=first)

    assert (first.value["title"], again is first) == ("Turning the valve", True)


def test_a_change_of_what_somebody_changed_meanwhile_is_refused(
    services: Services, people: People, ask: Ask, passiton: Any
) -> None:
    clip = material.recording(services, people.expert).clips[0]
    house = passiton.PassItOn(SERVER, _token(services, people.curator), http=ask(None))
    seen = house.see(f"clips/{clip.public_id}")

    changed = house.change(f"clips/{clip.public_id}", {"title": "Valves"}, seen)
    with pytest.raises(passiton.Refused) as refused:
        house.change(f"clips/{clip.public_id}", {"title": "Taps"}, seen)

    assert changed.value["title"] == "Valves"
    assert (refused.value.status, refused.value.code) == (412, "stale_version")


def test_what_is_said_once_is_there_once_though_the_answer_was_lost(
    services: Services, people: People, ask: Ask, passiton: Any
) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    way, waits = Lost(ask(None), 1, 2), []
    house = passiton.PassItOn(SERVER, _token(services, people.learner), http=way, sleep=waits.append)

    house.post(f"clips/{clip.public_id}/comments", {"text": "Which valve?", "clip_at_ms": 1_000})

    assert (way.asked, waits) == (["POST", "POST", "POST"], [0.5, 1.0])
    assert [each["text"] for each in house.items(f"clips/{clip.public_id}/comments")] == ["Which valve?"]


def test_a_file_arrives_whole_though_answers_are_lost(
    tmp_path: Path, passiton: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passiton, "PIECE", 40_000)
    film = tmp_path / "brakes.mp4"
    film.write_bytes(bytes(range(256)) * 400)
    with TestClient(app_on(tmp_path / "house", max_bytes=1_000_000)) as client:
        house = passiton.PassItOn(SERVER, "eva", http=(way := Lost(client, 3)), sleep=lambda _: None)
        recording = house.upload(film, title="Brakes")

    [arrived] = [each for each in (tmp_path / "house").rglob("*.part") if each.stem in recording]
    assert arrived.read_bytes() == film.read_bytes()
    assert way.asked == ["POST", "PATCH", "PATCH", "HEAD", "PATCH"]


def test_an_error_that_is_none_of_ours_is_one_all_the_same(passiton: Any) -> None:
    proxy = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(502, text="<html>Bad gateway")))

    with pytest.raises(passiton.Refused) as refused:
        passiton.PassItOn(SERVER, "x", http=proxy, sleep=lambda _: None).get("me")

    assert (refused.value.status, refused.value.code) == (502, "unknown")


def test_the_example_that_publishes_what_waits(
    services: Services, people: People, ask: Ask, passiton: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    material.recording(services, people.expert)
    house = passiton.PassItOn(SERVER, _token(services, people.curator), http=ask(None))

    importlib.import_module("publish_what_waits").main(house, "hygiene")

    assert capsys.readouterr().out == "Turning the valve: published\nWashing hands: published\n"
    assert [each["tags"] for each in house.items("clips")] == [["hygiene"], ["valve", "hygiene"]]


def test_the_example_that_searches_and_asks(
    services: Services, people: People, ask: Ask, passiton: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = material.published(services, material.recording(services, people.expert), people.curator)
    house = passiton.PassItOn(SERVER, _token(services, people.learner), http=ask(None))

    importlib.import_module("answer_a_search").main(house, "turn valve", "Which valve first?")

    [said] = house.items(f"clips/{clip.public_id}/comments")
    assert capsys.readouterr().out == f"Turning the valve, at 0 s\nasked as {said['id']}\n"
    assert (said["text"], said["kind"]) == ("Which valve first?", "question")


def test_the_example_that_sends_a_folder(tmp_path: Path, passiton: Any, capsys: pytest.CaptureFixture[str]) -> None:
    films = tmp_path / "films"
    films.mkdir()
    (films / "brakes.mp4").write_bytes(b"a film")
    (films / "notes.txt").write_bytes(b"no film")
    with TestClient(app_on(tmp_path / "house", max_bytes=1_000_000)) as client:
        importlib.import_module("send_a_folder").main(passiton.PassItOn(SERVER, "eva", http=client), films)

    assert capsys.readouterr().out.startswith("brakes.mp4: recording recording-of-")


def _token(services: Services, person: Person) -> str:
    with services.store.transaction() as tx:
        return credentials.new_api_token(tx, person.id)
