"""A recording is cut again: seen while one types, done, and undone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, House, Visit
from tests.browser.film import Shown


def test_what_becomes_of_a_recording_is_shown_while_one_types_then_done_and_undone(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.curator, f"/recordings/{shown.recording.public_id}", size=PHONE)
    page.get_by_role("link", name="Cut it again").click()

    page.get_by_label("At least").fill("3")
    page.get_by_label("Usually").fill("4")
    page.get_by_label("At most").fill("8")
    expect(page.locator("input[name=seen]").last).to_have_value("3-4-8")
    expect(page.get_by_role("heading", level=2)).to_have_text("1 draft, and 1 clip that stays")
    expect(page.locator(".pieces .stays")).to_contain_text("Turning the valve")
    page.get_by_role("button", name=re.compile("Cut it again")).click()
    expect(page.get_by_text("Cut again.")).to_be_visible()
    expect(page.get_by_label("Usually")).to_have_value("4")
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_label("Usually")).to_have_value("45")
