"""The whole way by hand, in a browser: send, wait, trim, publish, watch, comment, reply."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journey.running import SMALL, Running

SECONDS = 1000.0
expect.set_options(timeout=15 * SECONDS)  # as in tests/browser: machines are busy
PLAYS = "() => { const v = document.querySelector('video'); return v && v.currentTime > 1 && v.videoWidth > 0 }"


@pytest.mark.browser
def test_a_stranger_goes_the_whole_way_with_a_sign_in_link(
    running: Callable[..., Running], tip: Path, page: Page
) -> None:
    server = running(extra=SMALL)
    printed = server.cli("people", "add", "ada", "--role", "admin", "--name", "Ada")
    page.set_viewport_size({"width": 390, "height": 844})

    # A link from a message signs in, by a button that mail scanners do not press.
    page.goto(re.search(r"http\S+/sign-in/\S+", printed).group())  # type: ignore[union-attr]
    page.get_by_role("button", name="Sign in").click()

    # The expert sends a video and follows it.
    page.goto(f"{server.url}/record")
    page.locator("input[type=file]").last.set_input_files(tip)
    page.get_by_label("What is it about?").fill("Clear a jam")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name=re.compile("See|Follow")).first.click(timeout=60 * SECONDS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Clear a jam")
    expect(page.get_by_role("heading", name="Ready: 1 clip")).to_be_visible(timeout=240 * SECONDS)

    # The curator opens the first clip, takes the last pause off, publishes.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{server.url}/review")
    page.locator("a[href^='/review/']").first.click()
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    page.locator("body").press("{")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    clip = page.url.rsplit("/", 1)[1]

    # A learner watches, with captions, and says something at a second.
    page.goto(f"{server.url}/clips/{clip}")
    page.wait_for_function(PLAYS, timeout=20 * SECONDS)
    expect(page.locator("track[kind=captions]")).to_have_count(1)
    page.get_by_label("Your comment").fill("Does this go for line 3?")
    page.get_by_role("button", name="Send").last.click()
    expect(page.locator(".thread .said")).to_contain_text("Does this go for line 3?")
    page.get_by_text("Reply", exact=False).first.click()
    page.get_by_placeholder(re.compile("Your (reply|answer)")).fill("It does.")
    page.locator("details.reply").get_by_role("button", name="Send").click()
    expect(page.locator(".replies .said")).to_contain_text("It does.")

    # Found again by a word that was said.
    page.goto(f"{server.url}/search?q=printer")
    expect(page.locator(f"a[href^='/clips/{clip}']").first).to_be_visible()
