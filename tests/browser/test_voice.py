"""Answering by speaking: recorded in the page, listened to, sent; its words come by themselves."""

from uuid import UUID

from playwright.sync_api import expect

from store import voices
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

AT = "document.querySelector('pass-player').ms"


def test_an_answer_is_spoken_kept_without_a_signal_sent_played_and_written_down_meanwhile(
    house: House, shown: Shown, visit: Visit
) -> None:
    due: list[UUID] = []
    house.services.store.enqueue = lambda tx, job, about: due.append(about) if job == voices.VOICE else None
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    until(page, f"{AT} > 1000 && document.querySelector('pass-player').hasAttribute('listens')")
    composer, thread = page.locator("pass-composer"), page.locator(".thread .said")

    composer.get_by_role("button", name="Speak").click()
    expect(composer.get_by_label("Your comment")).to_be_hidden()
    until(page, "/^0:0[1-9]/.test(document.querySelector('.speaking [data-time]')?.textContent ?? '')")
    composer.get_by_role("button", name="Done").click()
    expect(composer.get_by_role("button", name="Play what you said")).to_be_visible()
    page.context.set_offline(True)
    composer.get_by_role("button", name="Send").click()
    expect(composer.get_by_role("alert")).to_contain_text("kept on this page")
    page.context.set_offline(False)
    composer.get_by_role("button", name="Send").click()

    expect(thread).to_contain_text("Being written down.")
    expect(composer.get_by_label("Your comment")).to_be_visible()
    play = thread.get_by_role("button", name=f"Play what {house.people.learner.name} said")
    play.focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.said audio').currentTime > 0")
    with house.services.store.transaction() as tx:
        voices.write(tx, due[0], "Turn the valve slowly.", "en")
    expect(thread.locator(".text")).to_have_text("Turn the valve slowly.")
    expect(thread).not_to_contain_text("Being written down.")
    assert page.evaluate("document.querySelector('.said audio').currentTime") > 0
    assert len(due) == 1


def test_a_question_without_ones_name_is_not_spoken_and_what_is_thrown_away_is_gone(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    composer = page.locator("pass-composer")
    say = composer.get_by_role("button", name="Speak")

    say.click()
    composer.get_by_role("button", name="Throw away").click()
    expect(say).to_be_focused()
    composer.get_by_role("radio", name="Question").check()
    composer.get_by_role("checkbox", name="Without my name").check()
    say.click()

    expect(composer.get_by_role("alert")).to_contain_text("A voice is a name")
    expect(page.locator(".speaking")).to_have_count(0)
