"""The learner's way and the expert's by keys alone: each stop of the Tab key can be seen, and none is a trap.

The reviewer's way is in test_reviewer.py.
"""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from domain.comment import CommentKind
from store import comments, credentials, saved
from tests.browser.conftest import House, Visit
from tests.browser.film import Shown
from tests.browser.tips import own

MOST_TABS = 90  # of a page: one that is not reached by then is behind a trap

# What is unseen of the stop that the focus is at: nothing where it, or what is drawn for it, has an outline in view.
UNSEEN = """() => {
    const e = document.activeElement;
    if (e === document.body || e.matches('video')) return null;
    const drawn = [e, e.nextElementSibling, e.closest('label, li, .card, summary, form, .scrub')].filter(Boolean);
    const style = (each) => getComputedStyle(each);
    const outlined = drawn.some((each) => style(each).outlineStyle !== 'none' || style(each).boxShadow !== 'none');
    const box = e.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return outlined && inView ? null : e.outerHTML.slice(0, 120);
}"""


class Keys:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def to(self, wanted: Locator) -> None:
        """On with Tab until the focus is there."""
        expect(wanted).to_be_attached()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if (stop := self.page.evaluate(UNSEEN)) is not None:
                self.unseen.append(stop)
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"Tab never came to {wanted}")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        self.to(wanted)
        self.page.keyboard.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        self.to(wanted)
        self.page.keyboard.type(text)


def test_a_learner_signs_in_searches_watches_asks_reacts_and_saves_by_keys(
    house: House, shown: Shown, visit: Visit
) -> None:
    learner, clip = house.people.learner, shown.clips[0]
    with house.services.store.transaction() as tx:
        link = credentials.new_sign_in_link(tx, learner.id, now=house.services.now())
    page = visit(None, f"/sign-in/{link.token}")
    keys = Keys(page)

    keys.press(page.get_by_role("button", name="Sign in on this device"))
    keys.write(page.get_by_role("combobox", name="Search what was said").first, "valve")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search"))
    keys.press(page.locator("main").get_by_role("link", name=clip.title))
    expect(page.locator("pass-player[begun]")).to_be_attached()
    keys.press(page.get_by_role("button", name="Pause").first, " ")
    keys.press(page.locator("pass-transcript a.at").first)
    keys.write(page.locator("pass-composer textarea"), "How slowly?")
    keys.press(page.locator("pass-composer").get_by_role("button", name="Send"))
    expect(page.locator(".said", has_text="How slowly?")).to_be_visible()
    page.reload()
    keys.press(page.locator(".reactions").get_by_role("button", name="Useful"), " ")
    expect(page.locator('.reactions [aria-pressed="true"]')).to_have_count(1)
    keys.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("button", name="Saved", exact=True)).to_be_visible()

    with house.services.store.transaction() as tx:
        [said] = comments.beginnings(tx, clip, learner.id)
        assert (said.text, said.author_id) == ("How slowly?", learner.id)
        assert saved.is_saved(tx, learner.id, clip.id)
    assert keys.unseen == []


def test_an_expert_sends_a_file_sees_how_it_goes_and_answers_by_keys(
    house: House, shown: Shown, visit: Visit, tmp_path: Path
) -> None:
    expert, clip = house.people.expert, shown.clips[0]
    with house.services.store.transaction() as tx:
        asked = comments.add(
            tx,
            clip=clip,
            author_id=house.people.learner.id,
            recording_id=shown.recording.id,
            at_ms=2_000,
            kind=CommentKind.QUESTION,
            text="Which way does it turn?",
            reply_to=None,
            now=house.services.now(),
        )
    video = tmp_path / "valve.mp4"
    video.write_bytes(bytes(range(256)) * 4096)
    page = visit(expert, "/")
    keys = Keys(page)

    keys.press(page.get_by_role("navigation", name="Main").first.get_by_role("link", name="Record", exact=True))
    with page.expect_file_chooser() as chooser:
        keys.press(page.locator('input[type="file"][multiple]'), " ")
    chooser.value.set_files(video)
    keys.write(page.get_by_label("What is it about?"), "Which way the valve turns")
    keys.press(page.get_by_role("button", name="Send"))
    keys.press(page.get_by_role("link", name="See how it goes"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Which way the valve turns")
    page.goto("/recordings")
    keys.press(page.get_by_role("link", name=shown.recording.title))
    keys.press(page.get_by_role("link", name="Answer at 0:02"))
    expect(page.locator(f"#reply-{asked.public_id}")).to_be_focused()
    page.keyboard.type("With the sun.")
    keys.press(page.locator(f"#c-{asked.public_id}").get_by_role("button", name="Send"))
    expect(page.locator(".said", has_text="With the sun.").last).to_be_visible()

    with house.services.store.transaction() as tx:
        _, answer = comments.thread(tx, clip, expert.id, of=asked.public_id)
    assert (answer.text, answer.author_id) == ("With the sun.", expert.id)
    assert "Which way the valve turns" in {each.title for each in own(house)}
    assert keys.unseen == []
