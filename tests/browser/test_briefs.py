"""The whole way of a brief: a curator writes it and makes a link, an expert opens that on a phone."""

import re
from base64 import b64encode

from playwright.sync_api import Page, expect

from domain.brief import DEFAULT_QUESTIONS
from domain.clip import Expertise
from store import brief_links, briefs, clips
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown
from tests.browser.tips import copied
from tests.publish_api.briefing import a_brief, a_link


def test_a_curator_asks_and_an_expert_is_asked_on_a_phone(house: House, visit: Visit) -> None:
    desk = visit(house.people.curator, "/briefs/new")
    desk.get_by_label("What should somebody show or explain?").fill("Bleeding the brakes")
    desk.get_by_role("button", name="Remove question 2").click()
    desk.get_by_role("button", name="Add a question").click()
    desk.get_by_role("textbox", name="Question 7").fill("What did you learn the hard way?")
    desk.get_by_role("button", name="Make the brief").click()
    desk.get_by_role("button", name="Make a link and a QR code").click()
    url = desk.get_by_label("Link, to be sent").input_value()
    expect(desk.get_by_role("img", name="QR code of the link")).to_be_visible()

    phone = visit(None, "/offline", size=PHONE)
    phone.goto(re.sub(r"^https?://[^/]+", house.url, url))
    expect(phone.get_by_role("heading", name="Bleeding the brakes")).to_be_visible()
    phone.get_by_label("Your name").fill("Gina")
    phone.get_by_role("button", name="Start").click()

    phone.wait_for_url("**/record?brief=*")
    expect(phone.get_by_role("heading", name="Bleeding the brakes")).to_be_visible()
    phone.get_by_text("What to talk about").click()
    expect(phone.get_by_text(DEFAULT_QUESTIONS[0]).first).to_be_visible()
    with house.services.store.transaction() as tx:
        (brief,) = briefs.briefs(tx, house.people.curator.id, house.services.now()).items
        (link,) = brief_links.links(tx, brief.id, house.services.now())
    assert brief.questions == (DEFAULT_QUESTIONS[0], *DEFAULT_QUESTIONS[2:], "What did you learn the hard way?")
    assert [each.person for each in link.devices] == ["Gina"]
    phone.goto("/")
    expect(phone.get_by_role("link", name="What you sent")).to_be_visible()


def test_a_question_is_removed_and_added_by_keyboard(house: House, visit: Visit) -> None:
    page = visit(house.people.curator, "/briefs/new")

    for _ in range(7):
        page.get_by_role("button", name="Remove question 1").press("Enter")
    page.get_by_role("button", name="Add a question").press("Enter")
    page.keyboard.type("Why?")

    expect(page.get_by_role("textbox", name="Question 1")).to_have_value("Why?")
    expect(page.locator(".question")).to_have_count(1)


def test_a_guests_tip_is_found_again_by_a_new_link_and_by_nobody_else(house: House, visit: Visit) -> None:
    services, curator = house.services, house.people.curator
    brief = a_brief(services, curator)
    page = visit(None, f"/brief/{a_link(services, brief, curator).token}", size=PHONE)
    page.on("dialog", lambda dialog: dialog.accept())
    _come_in(page, "Nina")
    page.locator("input[multiple]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0" * 1000})
    page.get_by_role("button", name="Keep until Wi-Fi").click()
    copied(page)
    asking = visit(curator, f"/briefs/{brief.public_id}")
    asking.get_by_text("Sign out Nina").click()
    asking.get_by_role("button", name="End sending").click()
    expect(asking.get_by_role("heading", name="Still signed in")).to_be_visible()

    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("it has ended, or this device was signed out.")).to_contain_text("your tip is kept here")
    asking.get_by_text("Sign out Nina").click()
    expect(asking.get_by_text("sees nothing of what Nina sent")).to_be_visible()
    asking.get_by_role("button", name="Sign it out").click()
    expect(asking.get_by_role("heading", name="Still signed in")).to_be_hidden()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("This device was signed out. Open your link again")).to_contain_text("your tip is kept")
    page.goto("/record")
    expect(page.get_by_text("On this phone lies a tip that is not sent yet.")).to_contain_text("ask for a new one")
    expect(page.locator("pass-unsent")).not_to_contain_text(re.compile("Nina|a.mp4|brakes"))
    page.goto(f"/brief/{a_link(services, a_brief(services, curator), curator).token}")
    _come_in(page, "Otto")
    expect(page.get_by_role("heading", name="How to bleed the brakes")).to_be_visible()
    until(page, "document.querySelector('pass-upload').queue")
    expect(page.locator("pass-left")).to_be_hidden()
    page.goto(f"/brief/{a_link(services, brief, curator).token}")
    page.get_by_text("I am somebody else").click()
    _come_in(page, "Olga")
    expect(page.get_by_text("A tip of Nina for this brief was not sent from this phone. Who are you?")).to_be_visible()
    expect(page.get_by_role("button", name="I am Nina")).to_be_visible()
    expect(page.locator("video:visible")).to_have_count(0)
    page.get_by_role("button", name="Nina speaks in it, I only send it").click()
    expect(page.get_by_text("Whoever speaks in it is asked first")).to_be_visible()
    expect(page.get_by_text("By sending it you agree")).to_be_hidden()
    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/uploads")) as begun:
        page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert f"speaker {b64encode(b'Nina').decode()}" in begun.value.headers["upload-metadata"]
    copied(page, tips=0)


def _come_in(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/record?brief=*")


def test_the_poster_alone_is_printed(house: House, visit: Visit) -> None:
    page = visit(house.people.curator, "/briefs/new")
    page.get_by_label("What should somebody show or explain?").fill("Bleeding the brakes")
    page.get_by_role("button", name="Make the brief").click()
    page.get_by_role("button", name="Make a link and a QR code").click()

    page.emulate_media(media="print")

    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(page.get_by_label("Link, to be sent")).to_be_hidden()
    expect(page.get_by_role("navigation").first).to_be_hidden()


def test_whom_a_clip_is_for_is_changed_in_review_and_shown_beside_it(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.curator, f"/review/{shown.clips[0].public_id}")
    page.get_by_label("For whom").fill("the night shift")
    page.get_by_label("To know before").fill("where the valve is")
    page.get_by_role("radio", name="Strategy").check()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("radio", name="Skill").check()
    page.get_by_role("button", name="Save: live at once").click()
    expect(page.get_by_text("Saved: people see it now")).to_be_visible()

    page.goto(f"/clips/{shown.clips[0].public_id}")

    expect(page.get_by_text("For the night shift · To know before: where the valve is")).to_be_visible()
    with house.services.store.transaction() as tx:
        kept = clips.clip(tx, shown.clips[0].public_id, house.people.curator.id)
    assert (kept.audience, kept.prerequisites, kept.kind) == (
        "the night shift",
        "where the valve is",
        Expertise.SKILL,
    )
