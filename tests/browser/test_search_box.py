"""The search box: offers what one may be typing, by keyboard and by thumb, and searches without it too."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, House, Visit
from tests.browser.film import Shown


def test_what_is_said_is_offered_while_one_types_and_opens_at_its_second(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, "/")
    box = page.get_by_role("combobox")

    box.press_sequentially("valve slo")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Turn the valve slowly.")
    box.press("ArrowUp")  # the last one, by way of the first
    box.press("ArrowDown")
    none = box.get_attribute("aria-activedescendant")
    box.press("ArrowDown")

    assert none is None
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url(f"**/clips/{shown.clips[0].public_id}*")


def test_escape_puts_the_offers_away_and_enter_searches_for_what_is_typed(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, "/")
    box = page.get_by_role("combobox")

    box.press_sequentially("valve")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Enter")

    page.wait_for_url("**/search?q=valve")


def test_a_thumb_takes_an_offer(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/search", size=PHONE)

    page.get_by_role("combobox").press_sequentially("valv")
    page.get_by_role("option", name="valve Tag").tap()

    page.wait_for_url("**/tags/valve")


def test_without_a_script_the_box_is_a_form(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/", java_script_enabled=False)

    page.get_by_role("searchbox").fill("valve")
    page.get_by_role("button", name="Search").click()

    page.wait_for_url("**/search?q=valve")
    expect(page.get_by_role("link", name="Turning the valve")).to_be_visible()
