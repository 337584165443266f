"""A clip is taken along from its page, as long as its space allows it."""

from playwright.sync_api import expect

from store import spaces
from tests.browser.conftest import PHONE, House, Visit
from tests.browser.film import Shown


def test_a_clip_is_taken_along_until_somebody_forbids_it(house: House, shown: Shown, visit: Visit) -> None:
    _allow(house, shown, True)
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    page.get_by_text("Take it along").click()
    film = page.get_by_role("link", name="MP4")

    with page.expect_download() as taken:
        film.click()
    data = taken.value.path().read_bytes()
    _allow(house, shown, False)
    film.click()
    expect(page.get_by_text("This clip can no longer be taken along.")).to_be_visible()

    assert taken.value.suggested_filename == "Turning the valve.mp4"
    assert data[4:8] == b"ftyp"
    assert page.url.endswith(f"/clips/{shown.clips[0].public_id}")


def _allow(house: House, shown: Shown, allowed: bool) -> None:
    with house.services.store.transaction() as tx:
        spaces.allow_downloads(tx, shown.recording.space_id, allowed)
