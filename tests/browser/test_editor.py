"""The curator's desk: bounds that stop at pauses, words, tags, and nothing that is lost.

The recording has pauses at 0, 4, 8, 12 and 20 s; its second clip runs from 8 to 20 s.
"""

from playwright.sync_api import Locator, Page, expect

from domain.clip import Clip, Level
from store import clips
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown

AT = "document.querySelector('pass-player').ms"


def test_keys_move_the_bounds_to_the_neighbouring_pauses(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.keyboard.press("[")
    expect(_at(page, "Start")).to_have_text("0:04.0")
    page.keyboard.press("{")
    expect(_at(page, "End")).to_have_text("0:12.0")
    page.keyboard.press("]")
    expect(_at(page, "Start")).to_have_text("0:08.0")
    page.keyboard.press("s")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    assert _spans(house, shown) == [(8_000, 12_000)]


def test_a_bound_can_be_dragged_and_lands_in_a_pause(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    handle = page.get_by_role("slider", name="Start")
    strip = page.locator(".strip-of-time").bounding_box()
    box = handle.bounding_box()
    assert strip is not None
    assert box is not None
    a_second = strip["width"] / 20

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 3.3 * a_second, box["y"] + 20, steps=5)
    page.mouse.up()

    expect(_at(page, "Start")).to_have_text("0:04.0")
    expect(handle).to_have_attribute("aria-valuetext", "0:04.0")


def test_a_bound_never_passes_the_other(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    for _ in range(5):
        page.keyboard.press("]")

    expect(_at(page, "Start")).to_have_text("0:12.0")
    expect(_at(page, "End")).to_have_text("0:20.0")


def test_the_last_seconds_are_played_and_it_stops_at_the_bound(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.keyboard.press("{")

    page.get_by_role("button", name="Play the last seconds").click()
    until(page, "!document.querySelector('video').paused")
    until(page, "document.querySelector('video').paused")

    assert 12_000 <= page.evaluate(AT) < 12_300


def test_title_tags_and_level_are_saved_and_published_with_one_key(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.get_by_label("Title").fill("Wash your hands")
    page.get_by_role("combobox", name="Tags").fill("Ward 3, soap")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Beginner").check()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.get_by_text("Published. People can find it now.")).to_be_visible()

    clip = _clip(house, shown)
    assert (clip.title, clip.tags, clip.level) == ("Wash your hands", ("hygiene", "Ward 3", "soap"), Level.BEGINNER)
    assert clip.published_at is not None


def test_publishing_can_be_undone(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()

    assert _clip(house, shown).published_at is None


def test_what_was_published_already_is_saved_at_once_and_taken_back(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()

    page.get_by_label("Title").fill("Wash them well")
    page.get_by_role("button", name="Save: live at once").click()
    expect(page.get_by_text("Saved: people see it now")).to_be_visible()
    saved = _clip(house, shown).title
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Title")).to_have_value("Washing hands")
    expect(page.get_by_text("Saved: people see it now")).to_be_hidden()

    assert saved == "Wash them well"
    assert (_clip(house, shown).title, _clip(house, shown).published_at is not None) == ("Washing hands", True)


def test_the_list_beside_it_keeps_up(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    waiting = page.get_by_role("navigation", name="Waiting clips")
    expect(waiting).to_contain_text("1 clip waiting")

    page.get_by_label("Title").fill("Wash them well")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(waiting.get_by_role("link", name="Wash them well")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Publish").click()
    expect(waiting).not_to_contain_text("Wash them well")
    expect(waiting).not_to_contain_text("waiting")
    page.get_by_role("button", name="Withdraw").click()

    expect(waiting).to_contain_text("1 clip waiting")
    expect(waiting.get_by_role("link", name="Wash them well")).to_be_visible()


def test_publish_is_in_sight_from_the_start(house: House, shown: Shown, visit: Visit) -> None:
    at_the_desk = _open(house, shown, visit)
    on_a_phone = visit(house.people.curator, f"/review/{shown.clips[1].public_id}", size=PHONE)

    for page in (at_the_desk, on_a_phone):
        expect(page.get_by_role("button", name="Publish")).to_be_in_viewport(ratio=1)


def test_what_moves_a_bound_stands_in_one_line(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    rows = page.locator(".cutting > .bound").evaluate_all(
        "all => all.map((bound) => new Set([...bound.querySelectorAll('button')].map((b) => b.offsetTop)).size)"
    )

    assert rows == [1, 1]


def test_undo_takes_back_one_change_after_the_other(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.keyboard.press("[")
    page.keyboard.press("[")
    expect(_at(page, "Start")).to_have_text("0:00.0")

    page.keyboard.press("u")
    expect(_at(page, "Start")).to_have_text("0:04.0")
    page.keyboard.press("u")

    expect(_at(page, "Start")).to_have_text("0:08.0")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_when_somebody_else_was_faster_nothing_typed_is_lost(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.get_by_label("Title").fill("Mine")
    with house.services.store.transaction() as tx:
        clips.change(tx, shown.clips[1].id, version=1, now=house.services.now(), title="Theirs")

    page.get_by_role("button", name="Save", exact=True).click()
    clash = page.get_by_text("Somebody saved this clip meanwhile")
    expect(clash).to_be_visible()
    expect(page.locator("[data-theirs]")).to_contain_text("Theirs")
    expect(page.get_by_label("Title")).to_have_value("Mine")
    page.get_by_role("button", name="Save mine over it").click()
    expect(clash).to_be_hidden()

    assert _clip(house, shown).title == "Mine"


def test_without_signal_a_change_is_kept_and_saved_later(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.get_by_label("Title").fill("Wash them well")

    page.context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-trouble]")).to_contain_text("No signal")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    assert _clip(house, shown).title == "Wash them well"


def test_keys_write_words_where_one_writes(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.get_by_label("Title").fill("")
    page.keyboard.type("[p]?")

    expect(page.get_by_label("Title")).to_have_value("[p]?")
    expect(_at(page, "Start")).to_have_text("0:08.0")
    assert _clip(house, shown).published_at is None


def test_single_keys_can_be_turned_off(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.keyboard.press("?")
    page.get_by_label("Single keys work on this page").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("[")

    expect(_at(page, "Start")).to_have_text("0:08.0")


def test_a_click_on_a_pause_between_the_words_moves_the_nearer_bound(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.locator(".script .gap[data-ms='4000']").click()

    expect(_at(page, "Start")).to_have_text("0:04.0")


def _open(house: House, shown: Shown, visit: Visit) -> Page:
    page = visit(house.people.curator, f"/review/{shown.clips[1].public_id}")
    expect(page.locator(".script")).to_contain_text("wash")
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def _at(page: Page, bound: str) -> Locator:
    return page.get_by_role("group", name=bound).locator("[data-at]")


def _clip(house: House, shown: Shown) -> Clip:
    with house.services.store.transaction() as tx:
        return clips.clip(tx, shown.clips[1].public_id, house.people.curator.id)


def _spans(house: House, shown: Shown) -> list[tuple[int, int]]:
    return [(p.span.start_ms, p.span.end_ms) for p in _clip(house, shown).parts]
