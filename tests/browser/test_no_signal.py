"""Where there is no signal a page of ours says so, and nobody's pages are kept."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown


def test_a_page_asked_for_without_signal_is_answered_in_our_words(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/", size=PHONE, service_workers="allow")
    until(page, "navigator.serviceWorker.controller")

    page.context.set_offline(True)
    page.get_by_role("link", name="Turning the valve").click()

    expect(page.get_by_role("heading", name="No signal here")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent')") != ""
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Turning the valve")).to_be_visible()
    kept = page.evaluate(
        "caches.open('offline-1').then(c => c.keys()).then(all => all.map(r => new URL(r.url).pathname))"
    )
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith(("/offline", "/static/"))] == []


def test_a_page_that_is_open_says_when_the_signal_goes_and_comes(house: House, visit: Visit) -> None:
    page = visit(house.people.learner, "/", size=PHONE)

    page.context.set_offline(True)
    expect(page.get_by_text("No signal. What is on this page stays")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_text("No signal. What is on this page stays")).to_have_count(0)
