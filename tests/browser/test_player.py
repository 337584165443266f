"""The player around the picture: where one is, where one was, which picture, what comes next."""

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from domain.clip import Part
from domain.span import Span
from store import clips, watched
from tests.browser import film
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film, Shown, publish

AT = "document.querySelector('pass-player').ms"
READY = "document.querySelector('video').readyState >= 2"


def test_while_somebody_moves_along_the_bar_the_still_of_that_moment_is_above_it(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, f"/clips/{shown.clips[0].public_id}", size=PHONE)
    asked = _asked(page)
    until(page, READY)
    still, bar, player = (page.locator(f"pass-player{part}") for part in (" .still", " .scrub input", ""))
    before = player.bounding_box()
    box = bar.bounding_box()
    assert box is not None
    assert [path for path in asked if "storyboard" in path] == []

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(still).to_be_visible()
    expect(still).to_have_text("0:04")
    in_the_middle = still.locator("img").get_attribute("src")
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    expect(still).to_have_text("0:00")
    at_the_edge = still.bounding_box()
    assert at_the_edge is not None

    assert re.fullmatch(r"/m/\w+/\d+/[\w-]{22}", in_the_middle or "")
    assert still.locator("img").get_attribute("src") != in_the_middle
    until(page, "document.querySelector('.still img').naturalWidth === 180")
    assert at_the_edge["x"] == 8
    assert at_the_edge["y"] + at_the_edge["height"] <= box["y"] + 9
    assert player.bounding_box() == before
    assert len([path for path in asked if "storyboard" in path]) == 1

    page.mouse.move(10, 700)
    expect(still).to_be_hidden()
    bar.focus()
    page.keyboard.press("k")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(still).to_have_text("0:05")
    page.keyboard.press("Escape")
    expect(still).to_be_hidden()


def test_a_clip_that_was_left_in_the_middle_goes_on_there_on_another_device(
    house: House, shown: Shown, visit: Visit
) -> None:
    learner, clip = house.people.learner, shown.clips[1]
    publish(house.services, clip, house.people.curator)
    phone = visit(learner, f"/clips/{clip.public_id}", size=PHONE)
    until(phone, f"{AT} > 100")

    at_14 = '"at_ms":14'  # of the recording, rounded down to seconds
    with phone.expect_response(lambda answer: at_14 in (answer.request.post_data or "")) as answer:
        phone.evaluate("document.querySelector('pass-player').seek(6000)")
        phone.evaluate("document.querySelector('pass-player').pause()")
    phone.goto("/watched")
    desk = visit(learner, f"/clips/{clip.public_id}")
    until(desk, BEGUN)

    assert answer.value.status == 204
    expect(phone.get_by_text("stopped at 0:06")).to_be_visible()
    assert round(desk.evaluate(BEGAN_AT)) == 6
    assert desk.evaluate(KEPT) == phone.evaluate(KEPT) == []


def test_who_has_switched_history_off_goes_on_in_this_browser_until_signed_out(
    house: House, shown: Shown, visit: Visit
) -> None:
    clip = shown.clips[1]
    publish(house.services, clip, house.people.curator)
    with house.services.store.transaction() as tx:
        watched.set_kept(tx, house.people.learner.id, False)
    page = visit(house.people.learner, f"/clips/{clip.public_id}", size=PHONE)
    told: list[Request] = []
    page.on("request", lambda request: told.append(request) if request.method != "GET" else None)
    until(page, f"{AT} > 100")
    anew = page.get_by_role("button", name="From the beginning")
    expect(anew).to_be_hidden()

    mine = "passiton-places-" + house.people.learner.public_id
    page.evaluate(f"localStorage.setItem('{mine}', JSON.stringify(Array(60).fill({{clip: 'another'}})))")

    _stop_at(page, 6)
    page.reload()
    until(page, BEGUN)
    assert round(page.evaluate(BEGAN_AT)) == 6
    expect(anew).to_be_visible()
    expect(page.locator("pass-player .told")).to_have_text("Goes on from 0:06.")
    assert page.evaluate(KEPT) == [mine]
    assert page.evaluate(f"JSON.parse(localStorage.getItem('{mine}')).length") == 50
    assert told == []
    anew.click()
    until(page, f"{AT} < 3000")
    expect(anew).to_be_hidden()

    _stop_at(page, 6)
    page.goto(f"/clips/{clip.public_id}?t=2")  # a link is stronger
    until(page, BEGUN)
    assert round(page.evaluate(BEGAN_AT)) == 2

    _stop_at(page, 6)
    # Four seconds longer at its beginning: what was at 6 s is at 10 s.
    with house.services.store.transaction() as tx:
        parts = [Part(shown.recording.id, shown.recording.public_id, Span(4_000, 20_000))]
        clips.change(tx, clip.id, version=clip.version, now=house.services.now(), parts=parts)
    page.goto(f"/clips/{clip.public_id}")
    until(page, BEGUN)
    assert round(page.evaluate(BEGAN_AT)) == 10

    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    until(page, "localStorage.getItem('person') === ''")
    assert page.evaluate(KEPT) == []


def _stop_at(page: Page, second: int) -> None:
    page.evaluate("document.querySelector('pass-player').pause()")
    page.evaluate(f"document.querySelector('pass-player').seek({second * 1000})")


BEGUN = f"{READY} && document.querySelector('video').played.length"
BEGAN_AT = "document.querySelector('video').played.start(0)"
KEPT = "Object.keys(localStorage).filter((key) => key.includes('places'))"


@pytest.mark.parametrize("late", ["**/*.m3u8", "**/m/**"])
def test_what_is_gone_to_before_anything_has_come_is_where_it_begins(
    house: House, shown: Shown, visit: Visit, late: str
) -> None:
    page = visit(house.people.curator, "/")
    held: list[Route] | None = []
    page.route(late, lambda route: route.continue_() if held is None else held.append(route))
    page.goto(f"/review/{shown.clips[1].public_id}")  # its player begins at 8 s
    until(page, "document.querySelector('pass-player')?.source")

    page.evaluate("document.querySelector('pass-player').seek(5000)")
    come, held = held, None
    for route in come:
        route.continue_()
    until(page, READY)

    assert page.evaluate(AT) == 5000


def test_where_there_are_several_pictures_one_can_be_chosen(house: House, shown: Shown, visit: Visit) -> None:
    path = f"/clips/{shown.clips[0].public_id}"
    page = visit(house.people.learner, path, size=PHONE)
    until(page, READY)
    button = page.locator("pass-player [data-do=quality]")
    expect(button).to_be_hidden()  # there is one picture
    page.route("**/play.m3u8", lambda route: route.fulfill(body=SEVERAL, content_type="application/vnd.apple.mpegurl"))
    page.reload()
    until(page, READY)

    button = page.get_by_role("button", name="quality, automatic")
    expect(button).to_have_text(re.compile(r"^(270|480)p$"))  # not more than a phone's width has room for
    rows = page.locator("pass-player .controls").bounding_box()
    assert rows is not None
    assert rows["height"] == 48
    button.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Quality")
    expect(menu.get_by_role("menuitemradio")).to_have_text(
        [re.compile(r"Automatic \(\d+p\)"), "Save data", "1080p", "720p", "480p", "270p"]
    )
    expect(menu.get_by_role("menuitemradio", name="Automatic")).to_be_focused()
    page.keyboard.press("End")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="720p: quality", exact=True)).to_be_focused()
    assert page.evaluate(QUALITY) == ["720", 720]

    page.reload()  # kept for this device
    until(page, READY)
    expect(page.get_by_role("button", name="720p: quality", exact=True)).to_be_visible()
    page.get_by_role("button", name="720p: quality", exact=True).click()
    expect(menu.get_by_role("menuitemradio", name="720p")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="720p: quality", exact=True).click()
    menu.get_by_role("menuitemradio", name="Save data").click()
    page.reload()
    until(page, READY)
    expect(page.get_by_role("button", name="quality, saving data")).to_be_visible()
    assert page.evaluate(QUALITY) == ["save", 480]


# The one rendition that there is, as if it were four.
SEVERAL = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n" + "".join(
    f'#EXT-X-STREAM-INF:BANDWIDTH={bits},CODECS="avc1.64000c",RESOLUTION={side}x{side * 16 // 9},FRAME-RATE=25\n'
    f"play/180.m3u8?{side}\n"
    for side, bits in ((480, 400_000), (1080, 900_000), (720, 600_000), (270, 200_000))
)
# What is chosen, and the lines of the best picture that hls.js may take.
QUALITY = """[localStorage.getItem('quality'), (({hls}) => {
    const {levels, manualLevel, autoLevelCapping} = hls;
    return levels[manualLevel < 0 ? autoLevelCapping : manualLevel].width;
})(document.querySelector('pass-player').source)]"""


def test_the_bar_shows_where_clips_lie_and_where_their_parts_meet(house: House, tip: Film, visit: Visit) -> None:
    recording = film.arrived(house.services, tip, house.people.expert)
    film.land(house.services, tip, recording)
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)
    spans, joins = page.locator("pass-player .spans > i"), page.locator("pass-player .joins > i")
    expect(page.locator("pass-player .controls")).to_be_visible()
    expect(spans).to_have_count(0)

    film.cut(house.services, recording)

    expect(spans).to_have_count(2)
    expect(spans.nth(0)).to_have_attribute("style", "inset-inline-start: 0%; inline-size: 40%;")
    expect(spans.nth(1)).to_have_attribute("style", "inset-inline-start: 40%; inline-size: 60%;")
    expect(joins).to_have_count(0)

    with house.services.store.transaction() as tx:
        (first, _) = clips.clips_of_recording(tx, recording.id, house.people.expert.id)
        parts = [Part(recording.id, recording.public_id, span) for span in (Span(0, 4_000), Span(8_000, 12_000))]
        clips.change(tx, first.id, version=first.version, now=house.services.now(), parts=parts)
    page.goto(f"/clips/{first.public_id}")
    until(page, READY)
    expect(joins).to_have_count(1)
    expect(joins.first).to_have_attribute("style", re.compile(r"^inset-inline-start: (49\.\d+|50(\.\d+)?)%;$"))
    expect(spans).to_have_count(0)


def test_the_next_clip_is_fetched_before_the_end_and_plays_when_asked_for(
    house: House, shown: Shown, visit: Visit
) -> None:
    first, second = (clip.public_id for clip in shown.clips)
    publish(house.services, shown.clips[1], house.people.curator)
    page = visit(house.people.learner, "/sign-in")
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: sessionStorage.dear}})")
    next_ = page.get_by_role("link", name="Next: Washing hands")

    for dear in (True, False):
        page.evaluate("(dear) => dear ? (sessionStorage.dear = 1) : sessionStorage.clear()", dear)
        page.goto(f"/clips/{first}")
        asked = _asked(page)
        until(page, f"{AT} > 100")
        expect(next_).to_be_hidden()
        page.evaluate("document.querySelector('pass-player').seek(7000)")
        until(page, "document.querySelector('video').ended")
        expect(next_).to_be_visible()
        expect(page.locator("pass-player .told")).to_have_text("Next: Washing hands")
        assert [path for path in asked if second in path and dear] == []

    until(page, "performance.getEntriesByType('resource').filter((each) => each.initiatorType === 'fetch').length >= 9")
    fetched = [path for path in asked if second in path]
    assert fetched == [f"api/v1/clips/{second}/play{name}.m3u8" for name in ("", "/180", "/audio")]
    pieces = [path for path in asked[asked.index(fetched[0]) :] if path.startswith("m/")]
    assert len(pieces) == 6  # of the picture and of the sound: an init and two fragments
    assert page.url.endswith(first)

    page.get_by_role("slider", name="Position").press("Home")
    expect(next_).to_be_hidden()
    page.keyboard.press("End")
    page.keyboard.press("k")
    next_.click()
    page.wait_for_url(f"**/clips/{second}")
    until(page, f"{AT} > 100")
    expect(next_).to_have_count(0)


def test_what_is_refused_again_and_again_is_asked_for_until_it_plays(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/sign-in")
    page.route("**/m/*/*/*", lambda route: route.fulfill(status=404, body=""))
    asked = _asked(page)
    page.goto(f"/clips/{shown.clips[0].public_id}?t=3")
    changed = page.get_by_text("This video has just been changed. It goes on in a moment.")

    expect(changed).to_be_visible()  # at once, after a second, and then after two
    masters = len([path for path in asked if path.endswith("/play.m3u8")])
    page.unroute_all()

    until(page, f"{READY} && {AT} > 3100")
    expect(changed).to_be_hidden()
    assert masters == 3


def test_where_the_browser_plays_by_itself_what_is_refused_is_asked_for_again_for_a_while(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.learner, "/sign-in")
    page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource")
    page.add_init_script(COUNT_FAILURES)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=404, body="")

    page.route("**/play.m3u8", refuse)
    page.clock.install()

    page.goto(f"/clips/{shown.clips[0].public_id}?t=3")
    for failures, wait in ((2, 1), (3, 2), (4, 4), (5, 8)):
        until(page, f"window.failures === {failures}")
        expect(page.get_by_text("This video has just been changed.")).to_be_visible(visible=wait > 1)
        page.clock.fast_forward(1000 * wait)

    expect(page.get_by_text("This video is no longer here.")).to_be_visible()
    expect(page.locator("video")).to_have_attribute("src", re.compile(r"/play\.m3u8#t=3$"))
    assert len(refused) == 7  # and once to know why


COUNT_FAILURES = """window.failures = 0;
addEventListener("error", ({target}) => (window.failures += target.localName === "video"), true);"""


def _asked(page: Page) -> list[str]:
    """The path of everything that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url.split("/", 3)[3])

    page.on("request", note)
    return asked


def test_what_is_not_made_yet_is_said_and_plays_as_soon_as_it_is(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/")
    page.route(re.compile("/play/.+m3u8"), lambda route: route.fulfill(status=503, json={}))
    page.goto(f"/clips/{shown.clips[0].public_id}")
    expect(page.get_by_text("This is being made ready.")).to_be_visible(timeout=30_000)

    page.unroute_all()

    until(page, READY)
    expect(page.get_by_text("This is being made ready.")).to_be_hidden()
