"""Where the phone keeps nothing, or what it keeps is broken: what there is of a recording is offered, and is said."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from store import brief_links
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.tips import copied, own, probed
from tests.publish_api.briefing import a_brief, a_link

NO_FILES = "delete StorageManager.prototype.getDirectory"  # as in a private window
ARRIVED = re.compile(r"Of \d seconds? the first \d seconds? arrived on the server\. Send them\?")
STALE = """changes => {
    for (const key of Object.keys(localStorage))
        if (key.includes("tape"))
            localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), ...changes }));
}"""
# A first slice beside what was being written when the battery was empty.
BREAK = """async (written) => {
    const root = await navigator.storage.getDirectory();
    const put = async (tip, name, text) => {
        const out = await (await tip.getFileHandle(name, { create: true })).createWritable();
        await out.write(text);
        await out.close();
    };
    for await (const [name, person] of root.entries())
        if (name.startsWith("tips-"))
            for await (const tip of person.values()) {
                const about = await (await (await tip.getFileHandle("about.json")).getFile()).text();
                await put(tip, "about.json", about.slice(0, 20));
                if (written) await put(tip, "about.json.new", about.replace('"name":"', '"name":"Aside, '));
            }
}"""


@pytest.fixture
def page(house: House, visit: Visit) -> Page:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.on("dialog", lambda dialog: dialog.accept())
    return page


@pytest.mark.parametrize("room", [None, 1, 150_000], ids=["private window", "no room", "room for the beginning"])
def test_what_reached_the_server_before_the_tab_died_is_offered_and_plays(
    house: House, page: Page, tmp_path: Path, room: int | None
) -> None:
    if room is None:
        page.add_init_script(NO_FILES)
    page.goto("/record")
    if room is not None:
        _leave_room(page, room)
    _record(page, 6_000)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 250000")
    page.close(run_before_unload=False)

    again = page.context.new_page()
    again.goto("/record")
    expect(again.get_by_text(ARRIVED)).to_be_visible()
    expect(again.get_by_text("The server keeps what it has until")).to_be_visible()
    assert own(house) == ()  # nobody's business yet
    again.get_by_role("button", name="Send", exact=True).click()
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    found = probed(house, recording, tmp_path)
    assert (found.has_video, found.has_audio) == (True, True)
    assert found.duration_ms > 1_500
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.includes('tape'))") == []


def test_what_came_for_one_brief_waits_while_its_guest_is_let_in_for_another(house: House, visit: Visit) -> None:
    services, curator = house.services, house.people.curator
    brief, other = a_brief(services, curator), a_brief(services, curator)
    link = a_link(services, brief, curator)
    page = visit(None, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.context.add_init_script(NO_FILES)
    page.goto(f"/brief/{link.token}")
    page.get_by_label("Your name").fill("Gina")
    page.get_by_role("button", name="Start").click()
    _record(page, 4_000)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 100000")
    page.close(run_before_unload=False)
    with services.store.transaction() as tx:
        brief_links.revoke_link(tx, brief.id, brief_links.links(tx, brief.id, services.now())[0].public_id)

    again = page.context.new_page()
    again.goto("/recordings")
    expect(again.get_by_text("A tip is on this phone and not sent yet.")).to_be_visible()
    again.goto(f"/brief/{a_link(services, other, curator).token}")
    again.get_by_role("button", name="Go on as Gina").click()
    again.wait_for_url("**/record?brief=*")
    expect(again.get_by_text("could not all be kept on this phone")).to_be_visible()
    again.goto(f"/brief/{a_link(services, brief, curator).token}")
    again.get_by_role("button", name="Go on as Gina").click()
    expect(again.get_by_text(ARRIVED)).to_be_visible()
    again.get_by_role("button", name="Send", exact=True).click()

    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()


def test_what_reached_the_server_can_be_thrown_away(house: House, page: Page) -> None:
    page.add_init_script(NO_FILES)
    page.goto("/record")
    _record(page, 3_000)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 0")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.on("dialog", lambda dialog: dialog.accept())
    again.goto("/record")

    with again.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        again.get_by_role("button", name="Throw away").click()

    assert gone.value.status == 204
    again.reload()
    expect(again.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    expect(again.locator("pass-untold p")).to_have_count(0)


def test_a_recording_of_which_nothing_is_left_is_said_to_be_lost(house: House, page: Page) -> None:
    page.add_init_script(NO_FILES)
    page.goto("/record")
    page.context.set_offline(True)
    _record(page, 2_500)
    expect(page.get_by_text("Neither this phone nor the server takes more")).to_be_visible()
    page.close(run_before_unload=False)
    page.context.set_offline(False)

    again = page.context.new_page()
    again.goto("/record")

    expect(again.get_by_role("alert")).to_contain_text("is lost: it could not be kept on this phone")
    again.locator("input[multiple]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0"})
    copied(again, tips=1)
    again.reload()  # to another view than before
    expect(again.get_by_role("heading", name="Not sent yet")).to_be_visible()
    expect(again.get_by_role("alert")).to_contain_text("is lost: it could not be kept on this phone")
    again.get_by_role("button", name="I have read this").click()
    again.reload()
    expect(again.get_by_role("heading", name="Not sent yet")).to_be_visible()
    expect(again.locator("pass-untold p")).to_have_count(0)


def test_what_is_said_of_a_tab_that_died_does_not_hang_on_a_note_that_came_too_late_to_the_disk(page: Page) -> None:
    page.add_init_script(NO_FILES)
    page.goto("/record")
    _record(page, 3_000)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 100000")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto("/offline")
    again.evaluate(STALE, {"size": 0, "ms": 0})

    again.goto("/record")
    expect(again.get_by_text(re.compile(r"\d [kM]B of it arrived on the server\. Send them\?"))).to_be_visible()
    expect(again.get_by_text("0 seconds")).to_have_count(0)
    again.goto("/offline")
    again.evaluate(STALE, {"size": 0, "ms": 0, "url": None})  # as it was when recording began

    again.goto("/record")
    expect(again.get_by_role("alert")).to_contain_text("A recording is lost: it could not be kept on this phone.")


def test_what_the_server_has_cleared_away_is_not_said_to_have_never_come(page: Page) -> None:
    def expired(route: Route) -> None:
        route.fulfill(status=410) if route.request.method == "HEAD" else route.continue_()

    page.add_init_script(NO_FILES)
    page.goto("/record")
    _record(page, 2_500)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 0")
    page.close(run_before_unload=False)

    again = page.context.new_page()
    again.route("**/api/v1/uploads/*", expired)
    again.goto("/record")

    expect(again.get_by_role("alert")).to_contain_text("What had reached the server was cleared away")


def test_with_hardly_any_room_it_records_as_long_as_the_server_takes_it(page: Page) -> None:
    page.add_init_script("navigator.storage.estimate = async () => ({ quota: 20e6, usage: 0 })")
    page.goto("/record")
    page.get_by_role("button", name="Record here").click()
    expect(page.get_by_text("There is hardly any room on this phone: what you say goes to the server")).to_be_visible()
    page.get_by_role("button", name="Record", exact=True).click()
    recorder = "document.querySelector('pass-recorder')"
    until(page, f"{recorder}.tip?.now.sent > 0")

    page.evaluate(f"{recorder}.ticks = 39")  # the room is looked at
    until(page, f"{recorder}.ticks > 42")
    went_on = page.evaluate(f"{recorder}.dataset.state")
    page.context.set_offline(True)
    until(page, f"{recorder}.tip.going.state === 'waiting'")
    page.evaluate(f"{recorder}.ticks = 39")

    assert went_on == "recording"
    expect(page.get_by_text("This phone is full, so recording stopped.")).to_be_visible()


@pytest.mark.parametrize("quick", ["awake(true), awake(true), awake(false)", "awake(true), awake(false)"])
def test_a_screen_that_is_no_longer_to_stay_on_is_let_go_of_even_when_that_was_granted_late(
    visit: Visit, quick: str
) -> None:
    page = visit(None, "/offline")
    asked = """async () => {
        const grants = [];
        let held = 0;
        const lock = () => (held++, Object.assign(new EventTarget(), { release: async () => held-- }));
        const request = () => new Promise((grant) => grants.push(() => grant(lock())));
        Object.defineProperty(navigator, "wakeLock", { value: { request } });
        const { awake } = await import("/static/js/awake.js");
        QUICK;
        for (const grant of grants) grant();
        await new Promise((done) => setTimeout(done));
        return held;
    }"""

    assert page.evaluate(asked.replace("QUICK", quick)) == 0


@pytest.mark.parametrize(("written", "name"), [(True, "Aside, Recorded 20"), (False, "Recorded 20")])
def test_slices_beside_a_half_written_note_are_offered(house: House, page: Page, written: bool, name: str) -> None:
    page.goto("/record")
    _record(page, 2_500)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("All of it is on the server and on this phone.")).to_be_visible()
    page.goto("/offline")
    page.evaluate(BREAK, written)

    page.goto("/record")

    expect(page.locator("pass-drafts [data-name]")).to_contain_text(name)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert len(own(house)) == 1


def test_over_plain_http_the_page_says_what_the_browser_does_not_let_it_do(house: House, page: Page) -> None:
    """By a name that is not this machine's, so that Chromium takes it for what it is."""

    def from_here(route: Route) -> None:
        url = route.request.url.replace("http://passiton.test", house.url)
        route.fulfill(response=route.fetch(url=url))

    page.route("http://passiton.test/**", from_here)
    [cookie] = page.context.cookies()
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": "http://passiton.test"}])
    page.goto("http://passiton.test/record")

    expect(page.get_by_text("This address is not secure (http), so the browser does not let")).to_be_visible()
    expect(page.get_by_role("button", name="Record here")).to_be_hidden()
    page.locator("input[multiple]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0" * 1000})

    expect(page.get_by_text("This address is not secure (http), so no copy is kept here")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Keep until Wi-Fi")).to_be_hidden()


def _leave_room(page: Page, size: int) -> None:
    page.add_init_script("navigator.storage.estimate = async () => ({})")  # else it stops at once, as it should
    page.reload()
    told = {"origin": page.evaluate("location.origin"), "quotaSize": size}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", told)


def _record(page: Page, for_ms: int) -> None:
    page.get_by_role("button", name="Record here").click()
    page.get_by_role("button", name="Record", exact=True).click()
    until(page, f"document.querySelector('pass-recorder').recorder?.elapsed > {for_ms}")
