"""A clip is changed while somebody has it open: what they see, hear about it, and where they are.

The second clip runs from 8 to 20 s of the recording: "Then wash your hands."
"""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, Route, expect

from domain.clip import Part
from domain.comment import CommentKind
from domain.correction import Asked
from domain.span import Span
from store import clips, comments, corrections, recalls
from tests.browser.conftest import House, Visit, until
from tests.browser.film import Shown, publish

VIDEO = "document.querySelector('video')"
PLAYER = "document.querySelector('pass-player')"


def _cut(house: House, shown: Shown, number: int, version: int, *spans: Span) -> None:
    parts = [Part(shown.recording.id, shown.recording.public_id, span) for span in spans]
    with house.services.store.transaction() as tx:
        clips.change(tx, shown.clips[number].id, version=version, now=house.services.now(), parts=parts)


def test_a_clip_that_is_cut_anew_goes_on_at_the_same_second_of_its_recording(
    house: House, shown: Shown, visit: Visit
) -> None:
    clip = shown.clips[1]
    publish(house.services, clip, house.people.curator)
    with house.services.store.transaction() as tx:
        comments.add(
            tx, clip=clip, author_id=house.people.expert.id, recording_id=shown.recording.id, at_ms=16_000,
            kind=CommentKind.QUESTION, text="Which soap?", reply_to=None, now=house.services.now(),
        )  # fmt: skip
    page = visit(house.people.learner, f"/clips/{clip.public_id}")
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(6000)")  # 14 s of the recording
    mark = page.locator("pass-player .marks > i")
    expect(mark).to_have_attribute("style", "inset-inline-start: 66.6667%;")
    page.get_by_label("Your comment").fill("Up to the elbows.")
    second = page.get_by_label("Second of the clip it sticks to")
    expect(second).to_have_value("0:06")

    _cut(house, shown, 1, 1, Span(12_000, 20_000))

    until(page, f"Math.abs({VIDEO}.duration - 8) < 0.1 && {VIDEO}.readyState >= 2")
    assert page.evaluate(f"[{PLAYER}.ms, {VIDEO}.paused, {PLAYER}.length]") == [2_000, True, 8_000]
    expect(mark).to_have_attribute("style", "inset-inline-start: 50%;")
    expect(page.locator("pass-thread .at").first).to_have_text("Play from 0:04")
    expect(page.locator("pass-transcript")).not_to_contain_text("Then")
    expect(second).to_have_value("0:02")
    page.keyboard.press("Control+Enter")
    expect(page.locator("pass-thread .at").first).to_have_text("Play from 0:02")  # what is said there comes first

    page.evaluate(f"{PLAYER}.play()")
    _cut(house, shown, 1, 2, Span(0, 4_000), Span(16_000, 20_000))

    until(page, f"{VIDEO}.seekable.length && {PLAYER}.ms >= 4000 && {PLAYER}.ms < 7000")  # the nearest left is 16 s
    until(page, f"!{VIDEO}.paused || {VIDEO}.ended")
    expect(page.locator("pass-player .joins > i")).to_have_count(1)
    expect(page.locator("pass-transcript")).to_contain_text("Turn the")
    assert page.evaluate(f"{PLAYER}.getAttribute('version')") == "3"


def test_a_clip_of_which_seconds_are_recalled_says_why_and_goes_on_without_them(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    page.evaluate(f"{PLAYER}.pause(); {PLAYER}.seek(3000)")
    until(page, f"!{VIDEO}.seeking && {VIDEO}.textTracks[0].activeCues?.length")
    assert "the" in _captioned(page)
    page.locator("pass-player .scrub input").hover()
    expect(page.locator("pass-player .still")).to_be_visible()
    posters: list[Route] = []
    page.route("**/poster.jpg?again=1", lambda route: posters.append(route))
    curator = house.people.curator
    with house.services.store.transaction() as tx:
        now = house.services.now()
        recalls.make(tx, shown.recording.id, Span(2_000, 4_000), "It bursts.", by=curator.id, now=now)

    until(page, f"Math.abs({VIDEO}.duration - 6) < 0.1 && {VIDEO}.readyState >= 2")
    expect(page.locator(".taken-out p")).to_have_text("2.0 s taken out just now: It bursts.")
    assert page.evaluate(f"{VIDEO}.poster") == ""  # it was of the third second
    assert "the" not in _captioned(page)
    expect(page.locator("pass-player .still")).to_be_hidden()
    posters[0].continue_()
    until(page, f"{VIDEO}.poster.endsWith('/poster.jpg?again=1')")
    until(page, f"[...{VIDEO}.textTracks[0].cues ?? []].some((cue) => cue.text === 'Turn')")
    assert page.evaluate(f"{VIDEO}.textTracks[0].mode") == "showing"
    page.evaluate(f"{PLAYER}.seek(1000)")
    until(page, f"!{VIDEO}.seeking && {VIDEO}.textTracks[0].activeCues?.length")
    assert _captioned(page) == "Turn"

    with house.services.store.transaction() as tx:
        recalls.make(tx, shown.recording.id, Span(0, 8_000), "All of it bursts.", by=curator.id, now=now)

    expect(page.get_by_text("All of this clip was taken out: “All of it bursts.”")).to_be_visible()
    assert page.evaluate(f"[{VIDEO}.readyState, {VIDEO}.poster, {VIDEO}.textTracks.length]") == [0, "", 0]
    assert _captioned(page) == ""
    expect(page.get_by_role("button", name="Play", exact=True)).to_have_count(0)
    expect(page.locator("pass-transcript")).to_have_text("")


def _captioned(page: Page) -> str:
    """The words that stand in the picture, where no script of the page can look."""

    def texts(node: dict[str, Any], inside: bool) -> Iterator[str]:
        inside = inside or "-webkit-media-text-track-container" in node.get("attributes", [])
        if inside and node["nodeName"] == "#text":
            yield node["nodeValue"]
        for child in (*node.get("children", []), *node.get("shadowRoots", [])):
            yield from texts(child, inside)

    found = page.context.new_cdp_session(page).send("DOM.getDocument", {"depth": -1, "pierce": True})
    return " ".join("".join(texts(found["root"], False)).split())


def test_a_page_that_nobody_looks_at_is_told_when_somebody_does(house: House, shown: Shown, visit: Visit) -> None:
    clip = shown.clips[0].public_id
    page = visit(house.people.learner, f"/clips/{clip}")
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    page.evaluate(HIDE, True)
    with house.services.store.transaction() as tx:
        clips.withdraw(tx, shown.clips[0].id)
    page.evaluate("fetch('/api/v1/clips').then((answer) => answer.text())")

    expect(page.get_by_text("This clip was taken back")).to_be_hidden()
    page.evaluate(HIDE, False)

    expect(page.get_by_text("This clip was taken back, or is not shared with you any more.")).to_be_visible()


HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_words_that_are_corrected_are_read_and_shown_at_once(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}")
    until(page, f"{VIDEO}.readyState >= 2 && {PLAYER}.hasAttribute('listens')")
    with house.services.store.transaction() as tx:
        curator, now = house.people.curator.id, house.services.now()
        corrections.correct(tx, shown.recording.id, [Asked(2, text="wheel")], version=1, by=curator, now=now)

    expect(page.locator("pass-transcript")).to_contain_text("Turn the wheel slowly.")
    until(page, f"[...{VIDEO}.textTracks[0].cues ?? []].some((cue) => cue.text.includes('wheel'))")
    assert page.evaluate(f"{PLAYER}.getAttribute('version')") == "1"
