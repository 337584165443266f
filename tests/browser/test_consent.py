"""Consent in a browser: read by everybody, pressed with gloves, and without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from domain.consent import AppearsAs, How
from domain.person import Person
from store import appearances, clips, takedowns
from tests.browser import film
from tests.browser.conftest import DESK, PHONE, House, Visit, until
from tests.browser.film import Film, Shown
from tests.browser.test_every_page import AXE, RULES, TOO_SMALL, _overflow

Where = tuple[Person | None, str]
OURS = ".appearing details, .takedowns details, .in-this"
PAGES = ["asked", "agreed", "recording", "link", "own", "named", "takedowns", "clip"]


@pytest.fixture
def place(house: House, tip: Film, shown: Shown) -> Callable[[str], Where]:
    """Who goes where to see a page, with somebody asked, somebody who agreed, and something taken down."""
    people, services, now = house.people, house.services, house.services.now()
    other = film.put_in(services, tip, people.expert, title="A title that runs on and on " * 4)
    film.publish(services, other.clips[0], people.curator)
    tokens = {}
    with services.store.transaction() as tx:
        clip = clips.clip(tx, other.clips[0].public_id, people.learner.id)
        takedowns.in_this(
            tx, clip, people.learner.id, clip_ms=2_000, words="A" + "ndanother" * 12, now=now, backup_days=30
        )
        for name in ("Ahmed", "Nobodyhaseverhadsuchalongnameasthisonehereexceptthem" * 2):
            asked = appearances.add(
                tx, other.recording.id, part=AppearsAs.SEEN, by=people.expert.id, now=now, name=name
            )
            found = appearances.by_id(tx, asked)
            tokens[name[0]] = appearances.new_link(tx, found, people.expert.id, now)
        appearances.agree(tx, found, how=How.CURATOR, now=now, by=people.curator.id, words="Paper " * 20)
    places: dict[str, Where] = {
        "asked": (None, f"/consent/{tokens['A']}"),
        "agreed": (None, f"/consent/{tokens['N']}"),
        "recording": (people.curator, f"/recordings/{other.recording.public_id}"),
        "link": (people.expert, f"/recordings/{other.recording.public_id}"),
        "own": (people.learner, "/consent"),
        "named": (people.expert, "/consent"),
        "takedowns": (people.curator, "/takedowns"),
        "clip": (people.learner, f"/clips/{shown.clips[0].public_id}"),
    }
    return places.__getitem__


def opened(visit: Visit, name: str, where: Where, **options: Any) -> Any:
    page = visit(*where, **options)
    if name == "link":
        page.get_by_role("button", name="Ask on their phone").first.click()
        page.wait_for_url("**/link")
    page.evaluate(f"document.querySelectorAll('{OURS}').forEach((e) => (e.open = true))")
    return page


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_object_to(name: str, place: Callable[[str], Where], visit: Visit) -> None:
    found = []

    for scheme, size in (("light", PHONE), ("dark", DESK)):
        page = opened(visit, name, place(name), size=size, color_scheme=scheme)
        page.evaluate(AXE.read_text())
        ran = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        found += [(scheme, v["id"], [n["failureSummary"] for n in v["nodes"]]) for v in ran["violations"]]

    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_or_too_small_for_a_glove(name: str, place: Callable[[str], Where], visit: Visit) -> None:
    page = opened(visit, name, place(name), size=PHONE)

    overflow = {"phone": _overflow(page, PHONE), "desk": _overflow(page, DESK)}
    page.set_viewport_size(PHONE)
    small = page.evaluate(TOO_SMALL)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    overflow["at 200 %"] = _overflow(page, PHONE)

    assert set(overflow.values()) == {0}, overflow
    assert small == []


def test_somebody_agrees_and_takes_it_back_on_a_phone_without_a_script(
    place: Callable[[str], Where], visit: Visit
) -> None:
    _, path = place("asked")
    page = visit(None, path, size=PHONE, java_script_enabled=False)

    page.get_by_role("button", name="I agree", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You agree to be shown")
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You took your consent back")


def test_i_am_in_this_names_the_second_that_is_shown(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    until(page, "document.querySelector('pass-player')?.ms !== undefined && customElements.get('pass-in-this')")
    page.evaluate("document.querySelector('pass-player').seek(4000)")
    until(page, "document.querySelector('pass-player').ms >= 4000")

    page.locator("summary", has_text="I am in this").click()
    expect(page.get_by_label("At which second")).to_have_value("0:04")
    page.get_by_label("What L&D should know").fill("My hands.")
    page.get_by_role("button", name="Take it out of view").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Where you are shown")
    with house.services.store.transaction() as tx:
        (raised,) = takedowns.curated_takedowns(tx, house.people.curator.id).items
        assert (raised.at_ms, raised.words) == (4_000, "My hands.")
