"""The page of spaces: those who curate one say whether its clips can be taken along."""

from publish_api.services import Services
from store import spaces
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.conftest import Ask, Ward
from tests.publish_api.pages.conftest import Browse


def test_a_curator_lets_clips_of_a_space_be_taken_along_and_stops_it_again(
    services: Services, browse: Browse, ward: Ward
) -> None:
    browser, path = browse(ward.curator), f"/spaces/{ward.space.public_id}/downloads"

    before = browser.get("/spaces").text
    pressed = browser.post(path, data={"allowed": "yes"})
    allowed = browser.get("/spaces").text
    browser.post(path, data={"allowed": "no"})
    with services.store.transaction() as tx:
        after = spaces.spaces_by_id(tx, [ward.space.id])[ward.space.id]

    assert "Ward 3" in before
    assert "All colleagues" not in before
    assert ("Clips stay here" in before, "Clips can be taken along" in before) == (True, False)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/spaces")
    assert ("Clips stay here" in allowed, "Clips can be taken along" in allowed) == (False, True)
    assert after.downloads is False


def test_spaces_are_listed_to_those_who_curate_and_changed_by_nobody_else(
    browse: Browse, people: People, ward: Ward
) -> None:
    listed = {
        who.login: browse(who).get("/spaces").status_code for who in (people.learner, people.expert, people.admin)
    }
    path = f"/spaces/{ward.space.public_id}/downloads"
    pressed = {
        who.login: browse(who).post(path, data={"allowed": "yes"}).status_code for who in (people.expert, ward.learner)
    }

    assert listed == {"lea": 403, "eva": 403, "ada": 200}
    assert pressed == {"eva": 404, "wilma": 403}


def test_an_admin_makes_a_space_lets_a_curator_in_and_says_that_they_curate_it_alone(
    browse: Browse, people: People, ask: Ask
) -> None:
    admin = browse(people.admin)

    made = admin.post("/spaces", data={"name": "<i>Workshop", "visibility": "everybody"})
    path = made.headers["location"]
    admin.post(f"{path}/members", data={"login": "carl"})
    before = admin.get(path).text
    admin.post(f"{path}/members/{people.curator.public_id}", data={"act": "curates"})
    after = admin.get(path).text

    assert "&lt;i&gt;Workshop" in before
    assert "Carl Curator" in before
    assert "Let them curate it" in before
    assert "Let them only watch" in after
    assert ask(people.curator).get("/api/v1/me").json()["curates_all"] is False
    assert browse(people.curator).get(path).status_code == 200
    assert browse(people.curator).post(f"{path}/members", data={"login": "lea"}).status_code == 303


def test_what_cannot_be_done_with_a_space_is_said_on_its_page(browse: Browse, people: People, ward: Ward) -> None:
    admin, path = browse(people.admin), f"/spaces/{ward.space.public_id}"

    answers = [
        admin.post("/spaces", data={"name": "Ward 3"}),
        admin.post(path, data={"name": "Everyone"}),
        admin.post(f"{path}/members", data={"login": "nobody at all"}),
        admin.post(f"{path}/members/{ward.learner.public_id}", data={"act": "curates"}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert all('role="alert"' in answer.text for answer in answers)
    assert 'value="nobody at all"' in answers[2].text


def test_a_members_page_is_for_who_curates_the_space(browse: Browse, people: People, ward: Ward) -> None:
    path = f"/spaces/{ward.space.public_id}"

    found = [browse(who).get(path).status_code for who in (people.learner, ward.learner, ward.curator, people.admin)]

    assert found == [404, 403, 200, 200]


def test_a_recording_is_moved_on_a_page_that_says_what_becomes_of_it(
    browse: Browse, people: People, ward: Ward, services: Services
) -> None:
    made = material.recording(services, ward.expert, space=ward.space)
    material.published(services, made, ward.curator)
    curator, path = browse(people.curator), f"/recordings/{made.id}/space"
    with services.store.transaction() as tx:
        everyone = spaces.everyone_space(tx)

    page = curator.get(path).text
    moved = curator.post(path, data={"space": everyone.public_id})

    assert path in curator.get(f"/recordings/{made.id}").text
    assert "So what is published is taken back as it moves" in page
    assert (moved.status_code, moved.headers["location"]) == (303, f"/recordings/{made.id}")
    assert 'It is in <b dir="auto">All colleagues</b>' in curator.get(path).text
    assert browse(ward.expert).get(path).status_code == 403


def test_a_clip_is_moved_from_where_it_is_reviewed(
    browse: Browse, people: People, ward: Ward, services: Services
) -> None:
    clip = material.recording(services, people.expert).clips[0].public_id
    curator, path = browse(people.curator), f"/clips/{clip}/space"

    moved = curator.post(path, data={"space": ward.space.public_id})
    editor = curator.get(f"/review/{clip}").text
    back_alone = browse(ward.curator).post(path, data={"space": ward.space.public_id})

    assert f'href="{path}"' in editor
    assert (moved.status_code, moved.headers["location"]) == (303, f"/review/{clip}")
    assert back_alone.status_code == 303
    assert '<b dir="auto">Ward 3</b>' in curator.get(path).text
