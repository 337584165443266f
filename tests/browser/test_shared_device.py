"""A tablet on a ward, in a real browser: it watches without a name, and locks itself behind whoever wrote something."""

import pytest
from playwright.sync_api import expect

from store import devices
from tests.browser.conftest import House, Visit
from tests.browser.film import Shown
from tests.browser.test_every_page import AXE, RULES

TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def session(house: House, shown: Shown) -> str:
    """The tablet's own, of a device that was lent to everybody's space."""
    services, now = house.services, house.services.now()
    with services.store.transaction() as tx:
        _, code = devices.lend(tx, "Ward 3, tablet", [shown.recording.space_id], by=house.people.curator.id, now=now)
        devices.set_pin(tx, house.people.learner.id, "820461", now)
        enrolled = devices.enrol(tx, code, now=now)
    assert enrolled is not None
    return enrolled


def test_who_wrote_something_and_went_away_leaves_nothing_behind(
    visit: Visit, house: House, shown: Shown, session: str
) -> None:
    clip = f"/clips/{shown.clips[0].public_id}"
    page = visit(None, "/offline", size=TABLET)
    page.context.add_cookies([{"name": "passiton_device", "value": session, "url": house.url}])
    page.clock.install()

    page.goto(clip)
    page.get_by_role("link", name="Say who you are").click()
    page.evaluate(AXE.read_text())
    ran = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    page.get_by_label("Login name").fill("lea")
    page.get_by_label("PIN").fill("820461")
    page.get_by_role("button", name="Go on as yourself").click()
    expect(page.get_by_role("button", name="Lock")).to_be_visible()
    mine = page.url
    page.evaluate("document.querySelectorAll('video').forEach((video) => video.pause())")
    page.get_by_label("Your comment").fill("What I half typed")
    page.clock.run_for(101_000)
    expect(page.locator("pass-lock")).to_contain_text("Locks in 20 seconds")
    page.clock.run_for(21_000)
    page.wait_for_url(house.url + "/")

    assert ran["violations"] == []
    assert mine.endswith(clip)
    expect(page.get_by_role("link", name="Say who you are")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.go_back()
    expect(page.get_by_role("link", name="Say who you are")).to_be_visible()
    assert "Lea" not in page.inner_text("header")
    expect(page.get_by_label("Your comment")).to_have_value("")


def test_a_touch_keeps_it_open(visit: Visit, house: House, session: str) -> None:
    page = visit(house.people.learner, "/offline", size=TABLET)
    with house.services.store.transaction() as tx:
        tx.execute("update session set device_id = (select id from device) where device_id is null")
    page.clock.install()

    page.goto("/")
    page.clock.run_for(105_000)
    page.mouse.click(5, 300)
    page.clock.run_for(60_000)

    expect(page.get_by_role("button", name="Lock")).to_be_visible()
    expect(page.locator("pass-lock p")).to_be_empty()
