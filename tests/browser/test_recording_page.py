"""The page on which one watches a recording become clips."""

from playwright.sync_api import expect

from store import recordings, steps
from tests.browser import film
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film


def test_it_plays_what_is_there_while_the_rest_is_rendered(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)
    expect(page.get_by_text("Making it play on every phone")).to_be_visible()
    assert page.locator("pass-player").count() == 0

    film.land(house.services, tip, recording, share=0.5)
    until(page, "document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Play").first.click()
    until(page, "document.querySelector('pass-player').ms > 500")
    film.land(house.services, tip, recording)

    expect(page.get_by_text("Plays on every phone")).to_be_visible()
    until(
        page, "document.querySelector('video').seekable.length && document.querySelector('video').seekable.end(0) > 19"
    )


def test_clips_appear_as_soon_as_they_are_cut(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    film.land(house.services, tip, recording)
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)
    expect(page.get_by_role("heading", name="Your tip is safe here")).to_be_visible()

    film.cut(house.services, recording)

    expect(page.get_by_role("heading", name="Ready: 2 clips")).to_be_visible()
    expect(page.get_by_role("link", name="Washing hands")).to_be_visible()
    expect(page.locator("[role=status]", has_text="Ready: 2 clips")).to_have_count(1)


def test_a_step_that_failed_says_why_and_can_be_tried_again(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    with house.services.store.transaction() as tx:
        steps.fail(tx, recording.id, "render", code="full", message="The disk is full.", now=house.services.now())
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)

    expect(page.get_by_role("heading", name="It stopped on the way")).to_be_visible()
    expect(page.get_by_text("The disk is full.")).to_be_visible()
    with page.expect_response(lambda r: r.request.method == "POST") as answered:
        page.get_by_role("button", name="Try again").click()

    assert answered.value.status == 303


def test_a_refused_file_says_what_to_do(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    with house.services.store.transaction() as tx:
        recordings.refuse(tx, recording.id, "no_picture_or_sound", "This file has neither picture nor sound.")

    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)

    expect(page.get_by_role("heading", name="This file could not be used")).to_be_visible()
    expect(page.get_by_text("This file has neither picture nor sound.")).to_be_visible()
    expect(page.get_by_role("link", name="Send another file")).to_be_visible()


def test_it_is_named_in_place(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)

    page.get_by_text("Change the title").click()
    page.get_by_role("textbox", name="Title").fill("The red valve")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("The red valve")
    with house.services.store.transaction() as tx:
        assert recordings.load(tx, recording.id).title == "The red valve"
