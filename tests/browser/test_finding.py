"""What one keeps for oneself, by a press of a button that loads no page anew."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, House, Visit
from tests.browser.film import Shown


def test_a_clip_is_saved_and_its_tag_followed_by_thumb(house: House, shown: Shown, visit: Visit) -> None:
    clip = shown.clips[0]
    page = visit(house.people.learner, f"/clips/{clip.public_id}", size=PHONE)

    page.get_by_role("button", name="Save", exact=True).tap()
    expect(page.get_by_role("button", name="Saved", exact=True)).to_be_visible()
    expect(page.locator("pass-toast")).to_contain_text("it is on your list")
    page.get_by_role("link", name=clip.tags[0], exact=True).tap()
    page.get_by_role("button", name=f"Follow {clip.tags[0]}").tap()
    expect(page.get_by_role("button", name=f"Following {clip.tags[0]}")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name=f"{clip.tags[0]} (you follow it)")).to_be_visible()

    page.goto("/following")
    page.get_by_role("button", name=f"Following {clip.tags[0]}").tap()
    expect(page.get_by_role("button", name=f"Follow {clip.tags[0]}")).to_be_visible()
    page.goto("/saved")
    expect(page.get_by_role("link", name=clip.title)).to_be_visible()
