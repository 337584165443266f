"""GET and POST recordings/{id}/cut: the 20 s of material.py, two sentences, cut again."""

import pytest

from clip import embed
from publish_api.services import Services
from store import sentence_vectors
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made

USUAL = {"min_ms": 20_000, "max_ms": 120_000, "target_ms": 45_000}
SHORT = {"min_ms": 3_000, "max_ms": 15_000, "target_ms": 8_000}


@pytest.fixture
def made(people: People, services: Services) -> Made:
    return material.recording(services, people.expert)


def pieces(answer: dict[str, object]) -> list[tuple[int, int, str | None]]:
    return [(each["start_ms"], each["end_ms"], each["clip"]) for each in answer["pieces"]]  # type: ignore[attr-defined]


def test_a_preview_shows_what_would_become_of_it_and_changes_nothing(ask: Ask, people: People, made: Made) -> None:
    curator = ask(people.curator)
    before = curator.get(f"/api/v1/recordings/{made.id}/clips").json()

    short = curator.get(f"/api/v1/recordings/{made.id}/cut", params=SHORT).json()
    usual = curator.get(f"/api/v1/recordings/{made.id}/cut").json()

    assert pieces(short) == [(0, 8_000, None), (8_000, 20_000, None)]
    assert pieces(usual) == [(0, 20_000, None)]
    assert {name: usual[name] for name in USUAL} == USUAL
    assert [each["title"] for each in short["pieces"]] == ["Turn the valve slowly", "Wash your hands"]
    assert curator.get(f"/api/v1/recordings/{made.id}/clips").json() == before


def test_cut_again_a_recording_has_other_drafts_and_cut_as_before_the_former(
    ask: Ask, people: People, made: Made
) -> None:
    curator = ask(people.curator)

    def spans() -> list[tuple[int, int]]:
        items = curator.get(f"/api/v1/recordings/{made.id}/clips").json()["items"]
        return [(each["start_ms"], each["end_ms"]) for each in items]

    longer = curator.post(f"/api/v1/recordings/{made.id}/cut", json=USUAL)
    after_longer = spans()
    curator.post(f"/api/v1/recordings/{made.id}/cut", json=SHORT)
    after_shorter = spans()
    kept = curator.get(f"/api/v1/recordings/{made.id}/cut").json()

    assert (longer.status_code, pieces(longer.json())) == (200, [(0, 20_000, None)])
    assert after_longer == [(0, 20_000)]
    assert after_shorter == [(0, 8_000), (8_000, 20_000)]
    assert {name: kept[name] for name in SHORT} == SHORT


def test_what_a_worker_has_kept_of_meanings_is_not_reckoned_again(
    ask: Ask, people: People, services: Services, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = embed.packed([material.FIRST, material.SECOND], "en")
    with services.store.transaction() as tx:
        assert packed is not None
        sentence_vectors.keep(tx, made.recording.id, *packed)
    embed._known.clear()
    monkeypatch.setattr(embed._Model, "embed", None)

    answer = ask(people.curator).get(f"/api/v1/recordings/{made.id}/cut", params=SHORT)

    assert pieces(answer.json()) == [(0, 8_000, None), (8_000, 20_000, None)]


def test_a_published_clip_stays_and_the_rest_is_filled(
    ask: Ask, people: People, services: Services, made: Made
) -> None:
    clip = material.published(services, made, people.curator, 1)

    answer = ask(people.curator).post(f"/api/v1/recordings/{made.id}/cut", json=USUAL).json()

    assert pieces(answer) == [(0, 8_000, None), (8_000, 20_000, clip.public_id)]
    items = ask(people.curator).get(f"/api/v1/recordings/{made.id}/clips").json()["items"]
    assert [each["id"] == clip.public_id for each in items] == [False, True]


def test_who_curates_may_and_nobody_else(ask: Ask, people: People, ward: Ward, made: Made) -> None:
    path = f"/api/v1/recordings/{made.id}/cut"

    statuses = [
        (ask(who).get(path).status_code, ask(who).post(path, json=SHORT).status_code)
        for who in (people.expert, people.learner, ward.curator, people.admin)
    ]

    assert statuses == [(403, 403), (404, 404), (404, 404), (200, 200)]


@pytest.mark.parametrize(
    "lengths",
    [
        {**USUAL, "min_ms": 60_000},
        {**USUAL, "max_ms": 30_000},
        {**USUAL, "min_ms": 100},
        {**USUAL, "max_ms": 2**31},
        {**USUAL, "target_ms": "45"},
        {"target_ms": 45_000},
    ],
)
def test_lengths_that_make_no_sense_are_refused(
    ask: Ask, people: People, made: Made, lengths: dict[str, object]
) -> None:
    answer = ask(people.curator).post(f"/api/v1/recordings/{made.id}/cut", json=lengths)

    assert answer.status_code == 400
    assert len(ask(people.curator).get(f"/api/v1/recordings/{made.id}/clips").json()["items"]) == 2


def test_before_its_words_are_written_down_it_cannot_be_cut(ask: Ask, people: People, services: Services) -> None:
    with services.store.transaction() as tx:
        arrived = material.arrive(tx, people.expert)

    answer = ask(people.curator).get(f"/api/v1/recordings/{arrived.public_id}/cut")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_heard")
