"""A reel is chosen by keyboard, watched, and on a screen that nobody operates. Its film is that of its first clip."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Page, expect

import transcode.reel
from domain.reel import Shape
from pipeline import reels as job
from pipeline.step import Tools
from store import clips, reels, spaces
from tests.browser import film
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown
from transcode.reel import Scene

VIDEO = "document.querySelector('video')"


@pytest.fixture
def make(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`make(reel)` does what a worker does."""

    def make_reel(scenes: Sequence[Scene], into: Path, **_: Any) -> bool:
        shutil.copyfile(scenes[0].film, into)
        return True

    monkeypatch.setattr(transcode.reel, "make_reel", make_reel)
    monkeypatch.setattr(transcode.reel, "make_cover", lambda into, **_: into.write_bytes(b""))
    services = house.services
    tools = cast(Tools, SimpleNamespace(store=services.store, objects=services.objects, scratch=tmp_path))

    def work(reel: str) -> None:
        with services.store.transaction() as tx:
            reel_id = reels.reel(tx, reel, house.people.curator.id).id
        job.make(tools, reel_id, lambda: False, services.now)

    return work


@pytest.fixture
def both(house: House, shown: Shown) -> Shown:
    """Two published clips of 8 and 12 s, which may be taken along."""
    film.publish(house.services, shown.clips[1], house.people.curator)
    with house.services.store.transaction() as tx:
        spaces.allow_downloads(tx, shown.recording.space_id, True)
    return shown


def test_a_reel_of_two_clips_is_made_by_keyboard_and_watched(
    house: House, both: Shown, visit: Visit, make: Any
) -> None:
    page = visit(house.people.curator, "/reels")
    page.get_by_role("link", name="Make a reel").press("Enter")
    page.get_by_label("Title").fill("This week")
    for name in ("Turning the valve", "Washing hands"):
        page.get_by_role("button", name=f"Add {name}").press("Enter")
        expect(page.get_by_role("button", name=f"Leave out: {name}")).to_be_focused()
    page.get_by_role("button", name="Earlier: Washing hands").press("Enter")
    expect(page.get_by_role("button", name="Later: Washing hands")).to_be_focused()
    expect(page.locator(".chosen .title > :first-child")).to_have_text(["Washing hands", "Turning the valve"])
    page.get_by_role("radio", name="Landscape").press("ArrowRight")
    page.get_by_role("button", name="Make the reel").press("Enter")

    expect(page.get_by_role("heading", name="Being made")).to_be_visible()
    make(page.url.rsplit("/", 1)[1])
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()

    expect(page.get_by_text("Square", exact=True)).to_be_visible()
    page.locator("video").evaluate("video => { video.muted = true; video.play(); }")
    until(page, f"{VIDEO}.currentTime > 0.2 && Math.round({VIDEO}.duration) === 12")


def test_a_film_leaves_the_page_and_the_screen_that_play_it(house: House, both: Shown, visit: Visit, make: Any) -> None:
    people, services = house.people, house.services
    with services.store.transaction() as tx:
        reel = reels.make(
            tx, space_id=both.recording.space_id, by=people.curator.id, title="This week",
            shape=Shape.PORTRAIT, captions=True, clips=[clip.public_id for clip in both.clips],
            now=services.now(),
        )  # fmt: skip
    make(reel)
    page, screen = visit(people.learner, f"/reels/{reel}", size=PHONE), visit(people.learner, f"/reels/{reel}?screen")
    until(screen, f"{VIDEO}.currentTime > 0.1 && {VIDEO}.muted && Math.round({VIDEO}.duration) === 8")
    until(page, f"{VIDEO}.readyState > 0")
    old = _shown(screen)

    with services.store.transaction() as tx:
        clips.withdraw(tx, both.clips[0].id)
    expect(page.locator("video")).to_have_count(0)
    expect(page.get_by_text("Something in it was taken out of view")).to_be_visible()
    until(screen, f"!{VIDEO}.hasAttribute('src')")
    make(reel)

    until(screen, f"{VIDEO}.currentTime > 0.1 && Math.round({VIDEO}.duration) === 12")
    assert _shown(screen) not in {"", old}
    until(page, f"{VIDEO} && Math.round({VIDEO}.duration) === 12")


def _shown(page: Page) -> str:
    return page.locator("video").get_attribute("data-film") or ""
