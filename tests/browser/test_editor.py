"""The curator's desk: bounds that stop at pauses, words, tags, and nothing that is lost.

The recording has pauses at 0, 4, 8, 12 and 20 s; its second clip runs from 8 to 20 s.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.clip import Clip, Level
from domain.vocabulary import Term
from store import clips, vocabulary
from tests.browser.conftest import DESK, PHONE, House, Visit, until
from tests.browser.film import Film, Shown, put_in

AT = "document.querySelector('pass-player').ms"


def test_keys_move_the_bounds_to_the_neighbouring_pauses(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.keyboard.press("[")
    expect(_at(page, "Start")).to_have_text("0:04.00")
    page.keyboard.press("{")
    expect(_at(page, "End")).to_have_text("0:12.00")
    page.keyboard.press("]")
    expect(_at(page, "Start")).to_have_text("0:08.00")
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

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

    expect(_at(page, "Start")).to_have_text("0:04.00")
    expect(handle).to_have_attribute("aria-valuetext", "0:04.00")


def test_a_bound_never_passes_the_other(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    for _ in range(5):
        page.keyboard.press("]")

    expect(_at(page, "Start")).to_have_text("0:12.00")
    expect(_at(page, "End")).to_have_text("0:20.00")


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


def test_a_suggested_tag_says_why_and_is_taken_by_its_number(house: House, shown: Shown, visit: Visit) -> None:
    with house.services.store.transaction() as tx:
        vocabulary.add(tx, Term("Clean hands", ("wash your hands",)))
    page = _open(house, shown, visit)
    offer = page.get_by_role("list", name="Suggestions").get_by_role("button").first

    expect(offer).to_contain_text("Clean handsSaid: “wash your hands”.")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Remove Clean hands")).to_be_visible()
    expect(page.get_by_role("button", name="Clean hands Said")).to_have_count(0)
    page.keyboard.press("d")
    expect(page.get_by_text("Taken from what is said.")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

    clip = _clip(house, shown)
    assert clip.tags == ("hygiene", "Clean hands")
    assert clip.title == "Wash your hands"


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

    page.get_by_label("Title").fill("VID_20310506_070809_" * 4)  # as files are called
    page.get_by_role("button", name="Save", exact=True).click()
    expect(waiting).to_contain_text("VID_")
    beside, length = waiting.bounding_box(), waiting.locator("[aria-current] .figure").bounding_box()
    assert beside is not None
    assert length is not None
    assert length["x"] + length["width"] < beside["x"] + beside["width"]

    page.get_by_label("Title").fill("Wash them well")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(waiting.get_by_role("link", name="Wash them well")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Publish").click()
    expect(waiting).not_to_contain_text("Wash them well")
    expect(waiting).not_to_contain_text("waiting")
    page.get_by_role("button", name="Withdraw").click()

    expect(waiting).to_contain_text("1 clip waiting")
    expect(waiting.get_by_role("link", name="Wash them well")).to_be_visible()


def test_the_list_beside_it_follows_what_another_curator_does(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    waiting = page.get_by_role("navigation", name="Waiting clips")
    clip = _clip(house, shown)
    page.get_by_label("Title").fill("What I was about to call it")
    waiting.get_by_role("link", name=clip.title).focus()

    with house.services.store.transaction() as tx:
        clips.change(tx, clip.id, version=clip.version, now=house.services.now(), title="Wash them well")

    expect(waiting.get_by_role("link", name="Wash them well")).to_be_focused()
    expect(page.get_by_label("Title")).to_have_value("What I was about to call it")
    with house.services.store.transaction() as tx:
        clips.publish(tx, clip.id, house.people.admin.id, house.services.now())
    expect(waiting).not_to_contain_text("Wash them well")


def test_publish_is_in_sight_from_the_start(house: House, shown: Shown, visit: Visit) -> None:
    at_the_desk = _open(house, shown, visit)
    on_a_phone = visit(house.people.curator, f"/review/{shown.clips[1].public_id}", size=PHONE)

    for page in (at_the_desk, on_a_phone):
        expect(page.get_by_role("button", name="Publish")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [DESK, {"width": 1280, "height": 720}], ids=["1440", "1280"])
def test_at_a_desk_the_picture_stays_in_sight_over_the_words_and_nothing_that_has_the_focus_lies_under_it(
    house: House, shown: Shown, visit: Visit, size: dict[str, int]
) -> None:
    page = visit(house.people.curator, f"/review/{shown.clips[1].public_id}", size=size)
    expect(page.locator(".script")).to_contain_text("wash")
    below = """() => {
        const stage = document.querySelector(".stage").getBoundingClientRect();
        const { top, bottom } = document.activeElement.getBoundingClientRect();
        const between = top >= stage.bottom && bottom <= innerHeight;
        return [scrollY > 300, stage.top === 0, stage.bottom < innerHeight - 300, between];
    }"""

    page.keyboard.press("w")
    expect(page.locator("pass-words .word").first).to_be_focused()
    assert page.evaluate(below) == [True] * 4
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.keyboard.press("Shift+Tab")  # to what is above the words

    assert page.evaluate(below)[1:] == [True] * 3


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
    expect(_at(page, "Start")).to_have_text("0:00.00")

    last = page.locator("[data-last]")
    page.keyboard.press("u")
    expect(_at(page, "Start")).to_have_text("0:04.00")
    page.keyboard.press("u")

    expect(_at(page, "Start")).to_have_text("0:08.00")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    expect(last).to_have_text("Taken back: Start at 0:04.00")
    page.keyboard.press("u")
    expect(last).to_have_text("There is nothing to take back.")
    page.keyboard.press("v")
    expect(last).to_have_text("Changed the level")


def test_what_has_been_saved_is_taken_back_as_one_and_what_was_before_does_not_come_again(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = _open(house, shown, visit)
    for key in "vvy":
        page.keyboard.press(key)
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

    page.keyboard.press("u")

    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    for group in ("Level", "Sort"):
        expect(page.get_by_role("group", name=group).get_by_role("radio", name="Any")).to_be_checked()
    assert (_clip(house, shown).level, _clip(house, shown).kind) == (None, None)


def test_a_key_goes_round_all_levels_and_the_page_shows_each(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    for level in ("Beginner", "Intermediate", "Advanced", "Any"):
        page.keyboard.press("v")
        expect(page.get_by_role("group", name="Level").get_by_role("radio", name=level)).to_be_checked()


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
    expect(page.locator("[data-last]")).to_have_text("Saved")

    assert _clip(house, shown).title == "Wash them well"


def test_keys_write_words_where_one_writes(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.get_by_label("Title").fill("")
    page.keyboard.type("[p]?")

    expect(page.get_by_label("Title")).to_have_value("[p]?")
    expect(_at(page, "Start")).to_have_text("0:08.00")
    assert _clip(house, shown).published_at is None


def test_single_keys_can_be_turned_off(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.keyboard.press("?")
    page.get_by_label("Single keys work on this page").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("[")

    expect(_at(page, "Start")).to_have_text("0:08.00")


def test_a_click_on_a_pause_between_the_words_moves_the_nearer_bound(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    page.locator(".script .gap[data-ms='4000']").click()

    expect(_at(page, "Start")).to_have_text("0:04.00")


def test_a_bound_moves_by_the_frame_and_the_page_says_what_that_costs(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    between = page.get_by_text("A bound lies between two pauses.")
    expect(between).to_be_hidden()

    page.keyboard.press("b")
    page.get_by_role("button", name="Start a frame later").click()
    page.keyboard.press(".")
    page.keyboard.press(">")
    expect(_at(page, "Start")).to_have_text("0:09.08")
    handle = page.get_by_role("slider", name="Start")
    handle.press("ArrowLeft")
    handle.press("Shift+ArrowRight")
    expect(_at(page, "Start")).to_have_text("0:10.04")
    expect(between).to_be_visible()
    handle.press("ArrowDown")
    expect(_at(page, "Start")).to_have_text("0:08.00")
    page.keyboard.press("u")
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

    assert _spans(house, shown) == [(10_040, 20_000)]


def test_a_slip_in_the_middle_is_left_out_and_the_parts_joined_again(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    parts = page.get_by_role("list", name="Parts")
    page.keyboard.press("[")
    _go(page, 9_000)

    page.keyboard.press("l")
    expect(parts.get_by_role("listitem")).to_have_text(
        ["1 0:04.00 to 0:08.00", "4.0 s left out", "2 0:12.00 to 0:20.00"]
    )
    page.keyboard.press("u")
    expect(parts).to_be_hidden()
    page.keyboard.press("l")
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")
    saved = _spans(house, shown)
    page.get_by_role("button", name="Join with the next part").click()
    expect(parts).to_be_hidden()

    assert saved == [(4_000, 8_000), (12_000, 20_000)]
    expect(_at(page, "End")).to_have_text("0:20.00")


def test_parts_are_played_as_they_are_cut(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)
    page.keyboard.press("[")
    _go(page, 9_000)
    page.keyboard.press("l")
    _go(page, 5_000)
    page.evaluate(f"window.seen = []; document.querySelector('video').ontimeupdate = () => window.seen.push({AT})")

    page.keyboard.press("o")
    until(page, f"{AT} > 12500")
    page.keyboard.press("Space")

    assert not [ms for ms in page.evaluate("window.seen") if 8_200 < ms < 11_900]


def test_a_sentence_is_said_again_in_another_recording(house: House, tip: Film, shown: Shown, visit: Visit) -> None:
    again = put_in(house.services, tip, house.people.expert, title="Said better")
    page = _open(house, shown, visit)
    _go(page, 15_000)

    page.get_by_text("Leave something out").click()
    page.get_by_role("button", name="Put a retake in its place").click()
    page.get_by_role("button", name="Said better").click()
    parts = page.get_by_role("list", name="Parts").get_by_role("button")
    expect(parts).to_have_text(["1 0:08.00 to 0:12.00", "2 0:00.00 to 0:20.00Said better"])
    page.keyboard.press("{")
    expect(_at(page, "End")).to_have_text("0:12.00")
    parts.first.click()
    page.keyboard.press("o")
    until(page, f"document.querySelector('pass-cutter').relay.playing === '{again.recording.public_id}' && {AT} > 300")
    page.keyboard.press("s")
    expect(page.locator("[data-last]")).to_have_text("Saved")

    made = [(p.recording, p.span.start_ms, p.span.end_ms) for p in _clip(house, shown).parts]
    assert made == [(shown.recording.public_id, 8_000, 12_000), (again.recording.public_id, 0, 12_000)]


def test_the_line_shows_stills_of_what_is_around(house: House, shown: Shown, visit: Visit) -> None:
    page = _open(house, shown, visit)

    expect(page.locator("pass-timeline[pictured] .stills img").first).to_be_visible()
    until(page, "[...document.querySelectorAll('.stills img')].every((each) => each.complete && each.naturalWidth)")


def _go(page: Page, ms: int) -> None:
    page.evaluate(f"document.querySelector('pass-player').seek({ms})")
    until(page, f"{AT} === {ms} && !document.querySelector('[data-do=leave-out]').disabled")


def _open(house: House, shown: Shown, visit: Visit) -> Page:
    page = visit(house.people.curator, f"/review/{shown.clips[1].public_id}")
    expect(page.locator(".script")).to_contain_text("wash")
    until(page, "document.querySelector('video').readyState >= 2")  # before, it goes to where the clip begins
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def _at(page: Page, bound: str) -> Locator:
    return page.get_by_role("group", name=bound).locator("[data-at]")


def _clip(house: House, shown: Shown) -> Clip:
    with house.services.store.transaction() as tx:
        return clips.clip(tx, shown.clips[1].public_id, house.people.curator.id)


def _spans(house: House, shown: Shown) -> list[tuple[int, int]]:
    return [(p.span.start_ms, p.span.end_ms) for p in _clip(house, shown).parts]
