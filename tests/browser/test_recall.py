"""A dangerous second is taken out: pressed in the words, gone from a player that is open.

The first clip runs from 0 to 8 s: "Turn the valve slowly.", a word from every 1.8 s on. Fragments take 2 s.
"""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

VIDEO = "document.querySelector('video')"


def test_a_word_that_was_pressed_is_gone_from_a_player_that_is_open(house: House, shown: Shown, visit: Visit) -> None:
    held: list[Route] = []
    learner = visit(house.people.learner, "/")
    learner.route(
        re.compile("/m/[^/]+/[2-9]/"), lambda route: held.append(route)
    )  # what is left of the clip comes when it has been recalled
    learner.goto(f"/clips/{shown.clips[0].public_id}")
    until(learner, f"{VIDEO}.duration === 8")
    curator = visit(house.people.curator, f"/recordings/{shown.recording.public_id}/recalls", size=PHONE)

    curator.get_by_text("valve", exact=True).click()
    expect(curator.get_by_label("From")).to_have_value("0:04.0")
    expect(curator.get_by_label("To", exact=True)).to_have_value("0:05.8")
    expect(curator.get_by_role("heading", name="This takes 1.8 s out of 1 clip")).to_be_visible()
    curator.get_by_label("Why").fill("It bursts.")
    curator.get_by_role("button", name="Take them out").click()
    expect(curator.get_by_role("heading", name="0:04.0 to 0:05.8: It bursts.")).to_be_visible()
    expect(curator.locator(".script .taken")).to_have_text(["valve"])
    expect(curator.locator(".strip-of-time .other")).to_have_attribute("x", "4000")
    assert held
    learner.unroute_all()  # lets them go

    until(learner, f"Math.abs({VIDEO}.duration - 6) < 0.1 && {VIDEO}.buffered.length && {VIDEO}.buffered.end(0) > 5.9")
    expect(learner.get_by_text("This video is no longer here.")).to_be_hidden()


def test_seconds_are_chosen_by_keyboard_alone(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.curator, f"/recordings/{shown.recording.public_id}/recalls")
    expect(page.get_by_label("Words")).to_have_text("Turn the valve slowly. Then wash your hands. ")  # to its end
    times = page.get_by_text("Or write the times")

    times.focus()
    times.press("Enter")
    page.get_by_label("From").fill("0:04")
    page.get_by_label("To", exact=True).fill("0:05.8")
    page.get_by_role("slider", name="End").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("slider", name="Start").focus()
    page.keyboard.press("ArrowLeft")

    expect(page.get_by_label("From")).to_have_value("0:02.2")
    expect(page.get_by_label("To", exact=True)).to_have_value("0:07.6")
    expect(page.get_by_role("heading", name="This takes 5.4 s out of 1 clip")).to_be_visible()
