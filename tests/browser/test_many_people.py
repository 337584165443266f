"""Where there are more people than a list can offer, they are found by their names."""

from playwright.sync_api import expect

from domain.person import Role
from store import clips, people
from tests.browser.conftest import House, Visit
from tests.browser.film import Shown


def test_who_is_not_offered_is_chosen_by_how_their_name_begins(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        for number in range(60):
            people.add_person(tx, login=f"anna{number}", name=f"Anna {number:02}", role=Role.EXPERT)
        people.add_person(tx, login="zoe", name="Zoë Zimmer", role=Role.EXPERT)

    page = visit(house.people.curator, f"/review/{shown.clips[1].public_id}")
    expect(page.locator(".script")).to_contain_text("wash")
    page.get_by_text("Who looks after it").click()
    field = page.get_by_role("combobox", name="Another owner, by name")

    field.press_sequentially("zo")
    expect(page.get_by_role("option", name="Zoë Zimmer")).to_be_visible()
    field.press("Enter")
    expect(page.get_by_role("combobox", name="Owner", exact=True)).to_have_value(_zoe(house))
    page.keyboard.press("Control+s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

    with house.services.store.transaction() as tx:
        owner = clips.clip(tx, shown.clips[1].public_id, house.people.curator.id).owner
    assert owner is not None
    assert owner.name == "Zoë Zimmer"


def _zoe(house: House) -> str:
    with house.services.store.transaction() as tx:
        found = people.person_by_login(tx, "zoe")
    assert found is not None
    return found.public_id
