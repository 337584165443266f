"""A draft among those it is shared with, until its expert publishes it, and takes it back again."""

from playwright.sync_api import Page, expect

from domain.person import Person
from store import trust
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

PLAYER = "document.querySelector('pass-player')"


def _begun(visit: Visit, who: Person, address: str) -> Page:
    page = visit(who, address, size=PHONE)
    until(page, f"{PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause()")
    return page


def _say(page: Page, text: str) -> None:
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send").last.click()


def test_a_draft_is_shared_by_keyboard_talked_about_published_first_and_pulled_back(
    house: House, shown: Shown, visit: Visit
) -> None:
    people, draft = house.people, shown.clips[1]
    address = f"/clips/{draft.public_id}"
    with house.services.store.transaction() as tx:
        trust.trust(tx, draft.space_id, people.expert, by=people.curator.id, now=house.services.now())
    expert = _begun(visit, people.expert, address)

    expert.get_by_label("Share with").focus()
    expert.keyboard.type("lea")
    expect(expert.get_by_role("option", name="Lea Learner @lea")).to_have_attribute("aria-selected", "true")
    expert.keyboard.press("Enter")

    expect(expert.locator(".seeing")).to_contain_text("Lea Learner")
    expect(expert.get_by_label("Share with")).to_be_focused()
    learner = _begun(visit, people.learner, address)
    expect(learner.get_by_role("heading", name="Draft, shared with you by Eva Expert")).to_be_visible()
    _say(learner, "The end is missing.")
    expect(expert.locator(".thread .said .text")).to_have_text("The end is missing.")

    expert.get_by_role("button", name="Publish now").click()

    expect(expert.get_by_role("button", name="Pull it back")).to_be_visible()
    expect(learner.locator(".thread .said")).to_have_count(0)
    _say(learner, "Among ourselves: it is still missing.")
    expect(learner.locator("pass-composer .trouble")).to_contain_text("This clip is published now")
    learner.goto(f"{address}/draft")
    expect(learner.locator(".thread .said .text")).to_have_text("The end is missing.")
    learner = _begun(visit, people.learner, address)
    expect(learner.locator("pass-circle")).to_have_count(0)

    expert.get_by_role("button", name="Pull it back").click()

    expect(expert.get_by_role("heading", name="Draft", exact=True)).to_be_visible()
    expect(learner.get_by_text("This clip was taken back, or is not shared with you any more.").first).to_be_visible()


def test_one_press_of_the_button_shares_with_whoever_is_highlighted(house: House, shown: Shown, visit: Visit) -> None:
    expert = _begun(visit, house.people.expert, f"/clips/{shown.clips[1].public_id}")
    share = expert.get_by_role("button", name="Share", exact=True)
    seeing = expert.locator(".seeing li", has_text="Lea Learner")

    for by_key in (False, True):
        expert.get_by_label("Share with").fill("lea")
        expect(expert.get_by_role("option", name="Lea Learner @lea")).to_have_attribute("aria-selected", "true")
        if by_key:
            expert.keyboard.press("Tab")
            expect(share).to_be_focused()
            expert.keyboard.press("Enter")
        else:
            share.click()
        expect(seeing).to_have_count(1)
        seeing.get_by_role("button").click()
        expect(seeing).to_have_count(0)

    expert.get_by_label("Share with").fill("lea")
    expect(expert.get_by_role("option", name="Lea Learner @lea")).to_be_visible()
    expert.get_by_label("Your comment").focus()
    expect(expert.locator(".offered-names").first).to_be_hidden()
