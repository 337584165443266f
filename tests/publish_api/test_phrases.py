"""A word wherever it is said, over several recordings at once.

Each recording says: "Turn the valve slowly. Then wash your hands."
"""

import pytest

from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made
from tests.publish_api.test_transcripts import edit, path, seen, words

WIDE = "/api/v1/phrases/replacements"


@pytest.fixture
def both(services: Services, people: People) -> tuple[Made, Made]:
    return material.recording(services, people.expert), material.recording(services, people.expert, title="Taps")


def replace(*versions: tuple[Made, int]) -> dict[str, object]:
    return {
        "find": "valve",
        "instead": "tap",
        "recordings": [{"recording": made.id, "version": version} for made, version in versions],
    }


def test_it_is_counted_in_recordings_that_one_curates_and_in_no_others(
    ask: Ask, people: People, ward: Ward, services: Services, both: tuple[Made, Made]
) -> None:
    theirs = material.recording(services, ward.expert, space=ward.space, title="Theirs")
    curator = ask(people.curator)
    curator.patch(path(both[0]), json=edit(first=7, text="valve, valve."), headers=seen(1))

    found = curator.get("/api/v1/phrases", params={"q": "Valve"}).json()["items"]

    assert [(each["title"], each["version"], each["times"]) for each in found] == [
        *(("Theirs", 1, 1), ("Taps", 1, 1), ("Valves", 2, 3)),
    ]
    assert [each["recording"] for each in ask(ward.curator).get("/api/v1/phrases?q=valve").json()["items"]] == [
        theirs.id
    ]
    for person in (people.expert, people.learner):
        assert ask(person).get("/api/v1/phrases?q=valve").json()["items"] == []
    assert ask(people.curator).get("/api/v1/phrases?q=valves").json()["items"] == []
    assert ask(people.curator).get("/api/v1/phrases?q=%20").json()["error"]["code"] == "bad_phrase"


def test_it_is_replaced_in_all_of_them_and_taken_back_as_one(ask: Ask, people: People, both: tuple[Made, Made]) -> None:
    curator = ask(people.curator)

    made = curator.post(WIDE, json=replace((both[0], 1), (both[1], 1)))
    said = [words(curator.get(path(each))) for each in both]
    curator.patch(path(both[1]), json=edit(first=2, text="wheel"), headers=seen(2))
    back = curator.delete(f"{WIDE}/{made.json()['id']}")
    again = curator.delete(f"{WIDE}/{made.json()['id']}")

    assert (made.status_code, made.json()["recordings"]) == (201, 2)
    assert said == ["Turn the tap slowly. Then wash your hands."] * 2
    assert back.json()["recordings"] == 1
    assert [words(curator.get(path(each))) for each in both] == [
        "Turn the valve slowly. Then wash your hands.",
        "Turn the wheel slowly. Then wash your hands.",
    ]
    assert (again.status_code, again.json()["error"]["code"]) == (409, "undone")
    assert curator.delete(f"{WIDE}/nothing").status_code == 404


def test_when_one_has_changed_since_or_is_not_ones_own_none_is_changed(
    ask: Ask, people: People, ward: Ward, services: Services, both: tuple[Made, Made]
) -> None:
    curator = ask(people.curator)
    theirs = material.recording(services, ward.expert, space=ward.space)
    curator.patch(path(both[1]), json=edit(first=0, text="Twist"), headers=seen(1))

    late = curator.post(WIDE, json=replace((both[0], 1), (both[1], 1)))
    foreign = ask(people.expert).post(WIDE, json=replace((both[0], 1), (theirs, 1)))
    twice = curator.post(WIDE, json=replace((both[0], 1), (both[0], 1)))

    assert [late.status_code, foreign.status_code, twice.status_code] == [412, 404, 400]
    assert words(curator.get(path(both[0]))) == "Turn the valve slowly. Then wash your hands."
