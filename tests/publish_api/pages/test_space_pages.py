"""The page of spaces: those who curate one say whether its clips can be taken along."""

from publish_api.services import Services
from store import spaces
from tests.conftest import People
from tests.publish_api.conftest import Ward
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
