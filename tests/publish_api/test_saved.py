"""What one saves and follows, by the API: one's own, and nobody else's."""

import pytest

from domain.clip import Clip
from publish_api.services import Services
from store import clips
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Clock, Ward

ME = "/api/v1/me"


@pytest.fixture
def shown(services: Services, people: People) -> tuple[Clip, Clip]:
    made = material.recording(services, people.expert)
    return material.published(services, made, people.curator), material.published(services, made, people.curator, 1)


def test_what_was_saved_last_comes_first_page_by_page(
    ask: Ask, people: People, shown: tuple[Clip, Clip], clock: Clock
) -> None:
    learner = ask(people.learner)
    for clip in shown:
        clock.passes(minutes=1)
        assert [learner.put(f"{ME}/saved/{clip.public_id}").status_code for _ in range(2)] == [204, 204]

    first = learner.get(f"{ME}/saved", params={"limit": 1}).json()
    second = learner.get(f"{ME}/saved", params={"limit": 1, "cursor": first["next"]}).json()

    assert [(e["clip"]["title"], e["saved_at"]) for page in (first, second) for e in page["items"]] == [
        ("Washing hands", "2031-05-06T07:10:00Z"),
        ("Turning the valve", "2031-05-06T07:09:00Z"),
    ]
    assert second["next"] is None
    assert ask(people.admin).get(f"{ME}/saved").json()["items"] == []


def test_a_clip_that_was_withdrawn_is_off_the_list_and_can_be_dropped(
    services: Services, ask: Ask, people: People, shown: tuple[Clip, Clip]
) -> None:
    learner, (clip, other) = ask(people.learner), shown
    for each in shown:
        learner.put(f"{ME}/saved/{each.public_id}")
    with services.store.transaction() as tx:
        clips.withdraw(tx, clip.id)

    listed = [each["clip"]["id"] for each in learner.get(f"{ME}/saved").json()["items"]]
    dropped = [learner.delete(f"{ME}/saved/{name}").status_code for name in (clip.public_id, clip.public_id, "x")]
    again = learner.put(f"{ME}/saved/{clip.public_id}").status_code

    assert listed == [other.public_id]
    assert (dropped, again) == ([204] * 3, 404)


def test_following_is_a_list_of_ones_own(ask: Ask, people: People, shown: tuple[Clip, Clip]) -> None:
    learner = ask(people.learner)

    put = [learner.put(f"{ME}/following/{what}").status_code for what in ("tag/Valve", f"person/{_of(shown)}")]
    listed = learner.get(f"{ME}/following").json()["items"]
    home = learner.get(f"{ME}/home").json()
    away = learner.delete(f"{ME}/following/tag/valve").status_code
    rest = learner.get(f"{ME}/following").json()["items"]

    assert put == [204, 204]
    assert listed == [
        {"kind": "tag", "id": "valve", "name": "valve"},
        {"kind": "person", "id": people.expert.public_id, "name": "Eva Expert"},
    ]
    assert sorted(each["title"] for each in home["followed"]) == ["Turning the valve", "Washing hands"]
    assert (away, [each["kind"] for each in rest]) == (204, ["person"])
    assert ask(people.expert).get(f"{ME}/following").json()["items"] == []


def test_what_one_does_not_see_cannot_be_saved_or_followed(
    services: Services, ask: Ask, people: People, ward: Ward
) -> None:
    hidden = material.published(services, material.recording(services, ward.expert, space=ward.space), ward.curator)
    learner, wilma = ask(people.learner), ask(ward.learner)
    paths = (f"saved/{hidden.public_id}", "following/tag/valve", f"following/space/{ward.space.public_id}")

    assert [learner.put(f"{ME}/{path}").status_code for path in paths] == [404, 404, 404]
    assert [wilma.put(f"{ME}/{path}").status_code for path in paths] == [204, 204, 204]
    assert learner.put(f"{ME}/following/house/x").status_code == 400
    assert learner.put(f"{ME}/following/person/{people.learner.public_id}").json()["error"]["code"] == "yourself"


def _of(shown: tuple[Clip, Clip]) -> str:
    assert shown[0].speaker_id is not None
    return shown[0].speaker_id
