"""The learner's page: what plays, what is said, what is lit."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown, publish

AT = "document.querySelector('pass-player').ms"


def test_a_clip_plays_at_once_and_its_length_is_its_own(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")

    until(page, f"{AT} > 300")

    assert page.evaluate("document.querySelector('video').paused") is False
    expect(page.locator("[data-length]")).to_have_text("0:08")


def test_a_link_to_a_second_lands_there(house: House, shown: Shown, visit: Visit) -> None:
    publish(house.services, shown.clips[1], house.people.curator)

    page = visit(house.people.learner, f"/clips/{shown.clips[1].public_id}?t=7")
    until(page, "document.querySelector('video').readyState >= 2")

    assert 7000 <= page.evaluate(AT) < 9000


def test_captions_are_on_and_say_what_is_said_at_that_second(house: House, shown: Shown, visit: Visit) -> None:
    publish(house.services, shown.clips[1], house.people.curator)

    page = visit(house.people.learner, f"/clips/{shown.clips[1].public_id}?t=4")
    until(page, "document.querySelector('video').textTracks[0]?.activeCues?.length > 0")

    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "showing"
    said = page.evaluate("document.querySelector('video').textTracks[0].activeCues[0].text")
    assert re.sub(r"\s+", " ", said) in "Then wash your hands."


def test_a_click_on_a_word_plays_from_it(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, f"{AT} > 100")

    page.get_by_text("slowly.", exact=True).click()

    until(page, f"{AT} >= 5800")
    expect(page.locator("pass-transcript span.lit")).to_have_text("slowly.")


def test_the_keyboard_moves_and_stops_the_video(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, f"{AT} > 100")

    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("k")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")

    until(page, f"{AT} === 5000")
    assert page.evaluate("document.querySelector('video').paused") is True
    assert page.get_by_role("slider", name="Position").get_attribute("aria-valuetext") == "5 seconds of 8 seconds"


def test_a_link_to_the_second_shown_can_be_copied(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(
        house.people.learner,
        f"/clips/{shown.clips[0].public_id}?t=3",
        permissions=["clipboard-read", "clipboard-write"],
    )
    until(page, f"{AT} >= 3000")
    page.get_by_role("button", name="Pause").click()
    second = page.evaluate(f"Math.floor({AT} / 1000)")

    page.get_by_role("button", name="Copy a link").click()

    expect(page.get_by_text(f"Copied: a link to 0:0{second}")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{house.url}/clips/{shown.clips[0].public_id}?t={second}&v=1"


def test_on_a_phone_the_video_stays_while_one_reads(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)

    page.get_by_role("heading", name="What is said").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)

    assert _top(page, "video") <= 0 < _bottom(page, "video")
    assert _bottom(page, "pass-composer") == PHONE["height"]


def test_on_a_phone_what_has_the_focus_is_never_behind_the_video_or_the_composer(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.curator, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    expect(page.locator("pass-player .controls")).to_be_visible()
    page.get_by_label("Your comment").fill("One\ntwo\nthree\nfour\nfive")
    page.get_by_role("link", name="Play from").first.focus()

    hidden = []
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 24:
        page.keyboard.press(key)
        hidden += page.evaluate(COVERED)

    assert hidden == []


def test_on_a_small_phone_all_of_the_players_buttons_are_in_one_row(house: House, shown: Shown, visit: Visit) -> None:
    small = {"width": 320, "height": 640}

    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=small)
    page.evaluate("document.querySelector('[data-do=quality]').hidden = false")

    box = page.locator("pass-player .controls").bounding_box()
    assert box is not None
    assert box["height"] < 60


def test_with_letters_twice_as_large_the_composer_has_room_for_words(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    box = page.get_by_label("Your comment").bounding_box()
    assert box is not None
    assert box["width"] > PHONE["width"] / 2


def test_a_finger_hits_a_chip_48_pixels_high(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)

    missed = page.evaluate(MISSED)

    assert missed == []


def test_a_search_leads_to_a_clip_that_plays(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/")

    page.get_by_role("combobox").fill("valve slowly")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Turning the valve").click()

    page.wait_for_url(f"**/clips/{shown.clips[0].public_id}*")
    until(page, f"{AT} > 0")


# The element with the focus, when neither its top nor its bottom edge can be seen for what lies over it.
COVERED = """() => {
    const focused = document.activeElement;
    if (focused === document.body || focused.closest('.stage, pass-composer, .head, .skip')) return [];
    const box = focused.getBoundingClientRect();
    const seen = (y) => {
        const top = document.elementFromPoint(box.left + box.width / 2, y);
        return top && (focused.contains(top) || top.contains(focused));
    };
    return seen(box.top + 2) && seen(box.bottom - 2) ? [] : [focused.outerHTML.slice(0, 80)];
}"""

# Chips that are not hit 23 pixels above or below their middle.
MISSED = """() => [...document.querySelectorAll('a.tag, a.at')].flatMap((chip) => {
    chip.scrollIntoView({block: 'center'});
    const box = chip.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = (dy) => chip.contains(document.elementFromPoint(x, y + dy));
    return hit(-23) && hit(23) ? [] : [chip.outerHTML.slice(0, 80)];
})"""


def _top(page: Page, selector: str) -> float:
    return float(page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().top"))


def _bottom(page: Page, selector: str) -> float:
    return float(page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().bottom"))
