"""A conversation about spaces: who makes them, who is let in, and by whom."""

import pytest
from fastapi.testclient import TestClient

from domain.person import Person
from publish_api.services import Services
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward

SPACES = "/api/v1/spaces"


@pytest.fixture
def members(ward: Ward) -> str:
    return f"{SPACES}/{ward.space.public_id}/members"


def test_spaces_are_those_one_sees_into(ask: Ask, people: People, ward: Ward) -> None:
    names = {
        who.login: [each["name"] for each in ask(who).get("/api/v1/spaces").json()["items"]]
        for who in (people.learner, people.curator, ward.learner, ward.curator)
    }

    assert names == {
        "lea": ["Everyone"],
        "carl": ["Everyone", "Ward 3"],
        "wilma": ["Everyone", "Ward 3"],
        "wanda": ["Everyone", "Ward 3"],
    }


def test_an_admin_makes_a_space_and_lets_somebody_in(ask: Ask, people: People) -> None:
    admin = ask(people.admin)

    made = admin.post(SPACES, json={"name": " Night  shift "})
    path = f"{SPACES}/{made.json()['id']}/members"
    let_in = admin.put(f"{path}/{people.learner.public_id}", json={"curates": False})
    listed = ask(people.learner).get(path).json()["items"]

    lea = {"id": people.learner.public_id, "name": "Lea Learner", "role": "learner", "curates": False}
    assert (made.status_code, made.json()["name"]) == (201, "Night shift")
    assert (let_in.status_code, let_in.json()) == (200, lea)
    assert listed == [lea]


def test_a_spaces_name_is_taken_once_and_checked(ask: Ask, people: People, ward: Ward) -> None:
    admin = ask(people.admin)

    taken = admin.post(SPACES, json={"name": "Ward 3"})
    empty = admin.post(SPACES, json={"name": " "})

    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "space_taken")
    assert (empty.status_code, empty.json()["error"]["code"]) == (400, "bad_name")


def test_nobody_but_an_admin_makes_a_space(ask: Ask, people: People) -> None:
    refused = [
        ask(each).post(SPACES, json={"name": "Mine"}).status_code
        for each in (people.learner, people.expert, people.curator)
    ]

    assert refused == [403, 403, 403]


def test_a_space_is_there_for_those_who_see_into_it(ask: Ask, people: People, ward: Ward, members: str) -> None:
    who = (ward.learner, ward.curator, people.curator, people.admin, people.learner, people.expert)
    found = [ask(each).get(members).status_code for each in who]
    listed = ask(ward.learner).get(members).json()["items"]
    stranger = ask(people.learner)
    changed = [
        stranger.put(f"{members}/{people.learner.public_id}", json={"curates": False}).status_code,
        stranger.delete(f"{members}/{ward.learner.public_id}").status_code,
    ]

    assert found == [200, 200, 200, 200, 404, 404]
    assert [(each["name"], each["curates"]) for each in listed] == [
        ("Wanda Ward", True),
        ("Wes Ward", False),
        ("Wilma Ward", False),
    ]
    assert not any("login" in each or "email" in each for each in listed)
    assert changed == [404, 404]


def test_the_list_of_everybodys_space_does_not_name_everybody(ask: Ask, people: People) -> None:
    learner = ask(people.learner)
    (everyone,) = learner.get(SPACES).json()["items"]

    answer = learner.get(f"{SPACES}/{everyone['id']}/members")

    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_a_member_sees_the_spaces_clips_until_taken_out(
    ask: Ask, people: People, services: Services, ward: Ward, members: str
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    clip = f"/api/v1/clips/{material.published(services, made, ward.curator).public_id}"
    curator, learner = ask(ward.curator), ask(people.learner)
    lea = f"{members}/{people.learner.public_id}"

    before = learner.get(clip).status_code
    curator.put(lea, json={"curates": False})
    inside = learner.get(clip).status_code
    out = [curator.delete(lea).status_code for _ in range(2)]
    after = learner.get(clip).status_code

    assert (before, inside, after) == (404, 200, 404)
    assert out == [204, 204]


def test_members_without_the_curation_change_nobody(ask: Ask, people: People, ward: Ward, members: str) -> None:
    done = [
        status
        for client in (ask(ward.learner), ask(ward.expert))
        for status in _let_in_and_out(client, members, people.learner)
    ]

    assert done == [403] * 4


def test_only_admins_say_who_curates(ask: Ask, people: People, services: Services, ward: Ward, members: str) -> None:
    admin, curator = ask(people.admin), ask(ward.curator)
    wanda, carl = f"{members}/{ward.curator.public_id}", f"{members}/{people.curator.public_id}"

    by_a_curator = [
        curator.put(carl, json={"curates": True}).status_code,
        curator.put(carl, json={"curates": False}).status_code,
        curator.put(wanda, json={"curates": False}).status_code,
        curator.delete(wanda).status_code,
    ]
    still = curator.put(wanda, json={"curates": True}).status_code
    by_an_admin = admin.put(carl, json={"curates": True})
    taken = admin.put(wanda, json={"curates": False})
    then = curator.put(carl, json={"curates": True})

    assert by_a_curator == [403, 200, 403, 403]
    assert still == 200
    assert (by_an_admin.status_code, by_an_admin.json()["curates"]) == (200, True)
    assert (taken.json()["curates"], then.status_code) == (False, 403)


def test_only_curators_can_be_said_to_curate(ask: Ask, people: People, ward: Ward, members: str) -> None:
    answer = ask(people.admin).put(f"{members}/{ward.learner.public_id}", json={"curates": True})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_a_curator")
    assert answer.json()["error"]["message"].startswith("Wilma Ward is not a curator")


def test_who_is_not_here_is_not_let_in(ask: Ask, people: People, ward: Ward, members: str) -> None:
    admin = ask(people.admin)
    admin.delete(f"/api/v1/people/{people.learner.public_id}")

    left = admin.put(f"{members}/{people.learner.public_id}", json={"curates": False})
    never = admin.put(f"{members}/nobody", json={"curates": False})
    unsaid = admin.put(f"{members}/{people.expert.public_id}", json={})

    assert (left.status_code, left.json()["error"]["code"]) == (410, "left")
    assert (never.status_code, unsaid.status_code) == (404, 400)


def _let_in_and_out(client: TestClient, members: str, person: Person) -> list[int]:
    path = f"{members}/{person.public_id}"
    return [client.put(path, json={"curates": False}).status_code, client.delete(path).status_code]
