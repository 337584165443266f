"""What lists, searches and pieces show of a ward's recording with one published clip and one that is not. Every single
route, by everybody: test_matrix.py.
"""

import pytest
from fastapi.testclient import TestClient

from domain.person import Person, Role
from publish_api.services import Services
from store import people as stored_people
from store import spaces as stored_spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made

CLIP = (
    "",
    "/play.m3u8",
    "/play/480.m3u8",
    "/play/audio.m3u8",
    "/play/captions.m3u8",
    "/play/captions-0.vtt",
    "/captions.vtt",
    "/storyboard.vtt",
    "/poster.jpg",
    "/comments",
)
SEES = {"the ward's learner", "the expert it is of", "the ward's curator", "a curator of everything", "an admin"}


@pytest.fixture
def made(services: Services, ward: Ward) -> Made:
    made = material.recording(services, ward.expert, space=ward.space)
    material.published(services, made, ward.curator)
    return made


@pytest.fixture
def clients(ask: Ask, services: Services, people: People, ward: Ward) -> dict[str, TestClient]:
    who: dict[str, Person | None] = {
        "the ward's learner": ward.learner,
        "the expert it is of": ward.expert,
        "the ward's curator": ward.curator,
        "a curator of everything": people.curator,
        "an admin": people.admin,
        "a curator of another ward": _curator_of_another_ward(services),
        "an expert of elsewhere": people.expert,
        "a learner of elsewhere": people.learner,
        "nobody": None,
    }
    return {name: ask(person) for name, person in who.items()}


def test_lists_search_and_tags_show_the_published_clip_to_the_ward_alone(
    clients: dict[str, TestClient], made: Made
) -> None:
    del clients["nobody"]

    found = {
        name: (
            [each["title"] for each in client.get("/api/v1/clips").json()["items"]],
            [each["clip"]["title"] for each in client.get("/api/v1/search?q=turn").json()["items"]],
            [each["slug"] for each in client.get("/api/v1/tags").json()["items"]],
        )
        for name, client in clients.items()
    }

    the_one = (["Turning the valve"], ["Turning the valve"], ["valve"])
    nothing: tuple[list[str], list[str], list[str]] = ([], [], [])
    assert found == {name: the_one if name in SEES else nothing for name in clients}


def test_words_of_the_unpublished_clip_are_found_by_nobody(clients: dict[str, TestClient], made: Made) -> None:
    del clients["nobody"]

    found = [
        client.get(path, params={"q": words}).json()["items"]
        for client in clients.values()
        for path in ("/api/v1/search", "/api/v1/clips")
        for words in ("wash", "hands", '"wash your hands"', "hygiene")
    ]

    assert found == [[]] * (2 * 4 * 8)


def test_a_viewer_of_a_clip_gets_no_word_and_no_picture_from_outside_of_it(
    clients: dict[str, TestClient], made: Made
) -> None:
    learner, path = clients["the ward's learner"], f"/api/v1/clips/{made.clips[0].public_id}"
    answers = [learner.get(f"{path}{rest}").text for rest in CLIP]
    answers += [learner.get("/api/v1/clips").text, learner.get("/api/v1/search?q=valve").text]

    named = {url.rsplit("/", 1)[0] for text in answers for url in text.splitlines() if url.startswith("/m/")}
    pieces = {int(url.rsplit("/", 1)[1]) for url in named}

    assert not any(word in text for text in answers for word in ("wash", "hands", "hygiene"))
    assert pieces == {0, 1, 2, 3}


def test_a_piece_outside_of_the_clip_cannot_be_had_with_the_macs_of_those_inside(
    clients: dict[str, TestClient], made: Made
) -> None:
    learner, path = clients["the ward's learner"], f"/api/v1/clips/{made.clips[0].public_id}"
    urls = [line for line in learner.get(f"{path}/storyboard.vtt").text.splitlines() if line.startswith("/m/")]
    _, _, rendition, _, mac = urls[-1].split("/")

    outside = [learner.get(f"/m/{rendition}/{number}/{mac}").status_code for number in range(4, 10)]

    assert learner.get(urls[-1]).status_code == 200
    assert outside == [404] * 6


def _curator_of_another_ward(services: Services) -> Person:
    with services.store.transaction() as tx:
        person = stored_people.add_person(tx, login="otto", name="Otto", role=Role.CURATOR)
        stored_people.scope_curator(tx, person.id, curates_all=False)
        other = stored_spaces.add_space(tx, "Ward 4")
        stored_spaces.add_member(tx, other.id, person.id, curates=True)
    return person
