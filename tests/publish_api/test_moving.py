"""A conversation about where things belong: spaces that all see into, and what is moved from one to another."""

import pytest

from domain.person import Person
from domain.space import Space
from publish_api.services import Services
from store import clips, spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.material import Made


@pytest.fixture
def everyone(services: Services, people: People) -> Space:
    with services.store.transaction() as tx:
        return spaces.everyone_space(tx)


@pytest.fixture
def made(services: Services, people: People) -> Made:
    """Everybody's; its first clip is published."""
    found = material.recording(services, people.expert)
    material.published(services, found, people.curator)
    return found


@pytest.fixture
def wards(services: Services, people: People, ward: Ward) -> Made:
    """The ward's; its first clip is published."""
    found = material.recording(services, ward.expert, space=ward.space)
    material.published(services, found, ward.curator)
    return found


def test_a_recording_of_everybodys_moves_into_a_ward_with_its_clips_and_stays_published(
    ask: Ask, people: People, ward: Ward, made: Made, services: Services
) -> None:
    first, second = (each.public_id for each in made.clips)
    address = _fragment(ask, people.learner, first)
    curator = ask(people.curator)

    moved = curator.put(f"/api/v1/recordings/{made.id}/space", json={"space": ward.space.public_id})

    assert (moved.status_code, moved.json()["name"]) == (200, "Ward 3")
    assert ask(people.learner).get(f"/api/v1/clips/{first}").status_code == 404
    assert ask(people.learner).get(address).status_code == 404
    assert ask(ward.learner).get(f"/api/v1/clips/{first}").status_code == 200
    assert ask(ward.learner).get(_fragment(ask, ward.learner, first)).status_code == 200
    assert ask(ward.learner).get(f"/api/v1/clips/{second}").status_code == 404  # not published
    assert ask(ward.curator).get(f"/api/v1/clips/{second}").json()["space"]["name"] == "Ward 3"


def test_who_is_not_in_the_new_space_looks_after_the_clip_no_more(
    ask: Ask, people: People, ward: Ward, made: Made, services: Services
) -> None:
    first, second = made.clips
    with services.store.transaction() as tx:
        for clip, owner in ((first, people.learner), (second, ward.learner)):
            version = clips.clip(tx, clip.public_id, people.admin.id).version
            clips.change(tx, clip.id, version=version, now=services.now(), owner=owner.id, assigned=people.curator.id)

    ask(people.curator).put(f"/api/v1/recordings/{made.id}/space", json={"space": ward.space.public_id})

    with services.store.transaction() as tx:
        found = tx.execute(
            "select owner_id from clip where id in (%s, %s) order by id", [first.id, second.id]
        ).fetchall()
    assert found == [(None,), (ward.learner.id,)]


def test_out_of_a_ward_what_was_published_is_taken_back_and_what_was_said_stays_there(
    ask: Ask, people: People, ward: Ward, wards: Made, everyone: Space
) -> None:
    clip = wards.clips[0].public_id
    thread = f"/api/v1/clips/{clip}/comments"
    ask(ward.learner).post(thread, json={"at_ms": 100, "kind": "comment", "text": "Between us."})
    curator = ask(people.curator)

    moved = curator.put(f"/api/v1/recordings/{wards.id}/space", json={"space": everyone.public_id})
    hidden = ask(people.learner).get(f"/api/v1/clips/{clip}").status_code
    published = curator.put(f"/api/v1/clips/{clip}/publication").status_code

    assert (moved.status_code, hidden, published) == (200, 404, 200)
    assert ask(people.learner).get(f"/api/v1/clips/{clip}").status_code == 200
    assert ask(people.learner).get(thread).json()["items"] == []
    assert [each["text"] for each in ask(ward.learner).get(thread).json()["items"]] == ["Between us."]


def test_only_who_curates_both_spaces_moves_anything(
    ask: Ask, people: People, ward: Ward, made: Made, wards: Made, everyone: Space
) -> None:
    into = [
        ask(who).put(f"/api/v1/recordings/{made.id}/space", json={"space": ward.space.public_id}).status_code
        for who in (people.learner, people.expert, ward.curator)
    ]
    out_of = [
        ask(who).put(f"/api/v1/recordings/{wards.id}/space", json={"space": everyone.public_id}).status_code
        for who in (ward.learner, ward.expert, ward.curator)
    ]
    clip = ask(ward.curator).put(f"/api/v1/clips/{wards.clips[0].public_id}/space", json={"space": everyone.public_id})

    assert into == [404, 404, 404]
    assert out_of == [404, 403, 403]
    assert clip.status_code == 403


def test_a_clip_moves_alone_where_its_recording_is_everybodys_and_else_its_recording_has_to(
    ask: Ask, people: People, ward: Ward, made: Made, wards: Made, everyone: Space
) -> None:
    curator = ask(people.curator)
    first, second = (each.public_id for each in made.clips)

    moved = curator.put(f"/api/v1/clips/{first}/space", json={"space": ward.space.public_id})
    refused = curator.put(f"/api/v1/clips/{wards.clips[0].public_id}/space", json={"space": everyone.public_id})

    assert moved.status_code == 200
    assert ask(ward.learner).get(f"/api/v1/clips/{first}").status_code == 200
    assert ask(people.learner).get(f"/api/v1/clips/{first}").status_code == 404
    assert curator.get(f"/api/v1/clips/{second}").json()["space"]["name"] == "Everyone"
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "part_of_other_space")


def test_a_recording_stays_where_another_spaces_clip_shows_it(
    ask: Ask, people: People, ward: Ward, made: Made, services: Services
) -> None:
    curator = ask(people.curator)
    with services.store.transaction() as tx:
        other = spaces.add_space(tx, "Ward 4")
    curator.put(f"/api/v1/clips/{made.clips[0].public_id}/space", json={"space": other.public_id})

    refused = curator.put(f"/api/v1/recordings/{made.id}/space", json={"space": ward.space.public_id})
    there = curator.put(f"/api/v1/recordings/{made.id}/space", json={"space": other.public_id})

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "shown_elsewhere")
    assert there.status_code == 200
    with services.store.transaction() as tx:
        assert {clips.clip(tx, each.public_id, people.admin.id).space_id for each in made.clips} == {other.id}


def test_a_move_that_is_asked_for_twice_changes_nothing_more(ask: Ask, people: People, ward: Ward, made: Made) -> None:
    curator, path = ask(people.curator), f"/api/v1/recordings/{made.id}/space"
    curator.put(path, json={"space": ward.space.public_id})
    address = _fragment(ask, ward.learner, made.clips[0].public_id)

    again = curator.put(path, json={"space": ward.space.public_id})

    assert again.status_code == 200
    assert ask(ward.learner).get(address).status_code == 200


def test_an_open_space_is_seen_by_all_and_closed_again_by_its_members_alone(
    ask: Ask, people: People, services: Services
) -> None:
    admin = ask(people.admin)
    space = admin.post("/api/v1/spaces", json={"name": "Workshop", "visibility": "everybody"}).json()
    path = f"/api/v1/spaces/{space['id']}"
    admin.put(f"{path}/members/{people.expert.public_id}", json={"curates": False})
    with services.store.transaction() as tx:
        found = spaces.space_by_public_id(tx, space["id"], people.learner.id)
    shown = material.recording(services, people.expert, space=found)
    clip = material.published(services, shown, people.curator)
    address = _fragment(ask, people.learner, clip.public_id)

    closed = admin.patch(path, json={"visibility": "members"})
    opened = admin.patch(path, json={"visibility": "everybody"})

    assert space["visibility"] == "everybody"
    assert (closed.status_code, closed.json()["visibility"]) == (200, "members")
    assert ask(people.learner).get(f"/api/v1/clips/{clip.public_id}").status_code == 404
    assert ask(people.learner).get(address).status_code == 404
    assert ask(people.expert).get(f"/api/v1/clips/{clip.public_id}").status_code == 200
    assert (opened.status_code, opened.json()["error"]["code"]) == (409, "space_in_use")


def test_a_space_is_renamed_and_shown_by_admins_alone_and_everybodys_stays_so(
    ask: Ask, people: People, ward: Ward, everyone: Space
) -> None:
    path = f"/api/v1/spaces/{ward.space.public_id}"

    refused = [
        ask(who).patch(path, json=change).status_code
        for who in (ward.curator, people.curator)
        for change in ({"name": "Mine"}, {"visibility": "everybody"})
    ]
    renamed = ask(people.admin).patch(path, json={"name": " Ward  5 "})
    taken = ask(people.admin).patch(path, json={"name": "Everyone"})
    everybodys = ask(people.admin).patch(f"/api/v1/spaces/{everyone.public_id}", json={"visibility": "members"})

    assert refused == [403] * 4
    assert renamed.json()["name"] == "Ward 5"
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "space_taken")
    assert (everybodys.status_code, everybodys.json()["error"]["code"]) == (400, "everyones")


def _fragment(ask: Ask, who: Person, clip: str) -> str:
    """The address of a piece of a clip, as it is given to them."""
    lists = ask(who).get(f"/api/v1/clips/{clip}/play/480.m3u8").text
    return next(line for line in lists.splitlines() if line.startswith("/m/"))
