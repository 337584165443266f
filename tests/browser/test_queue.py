"""Several tips at once, and the places where they wait: on this phone, until each is on the server."""

import hashlib
import json
import re
from base64 import b64decode
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, Request, Route, expect

from domain.consent import TERMS_VERSION
from domain.person import Person
from store import credentials, recordings
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.test_every_page import AXE, RULES, TOO_SMALL
from tests.browser.tips import copied, hold_pieces_after, let_go, own, pick, send, sha256
from tests.transcode.media import numbered

MB = 1_000_000
# What a page gives to the network leaves it, and arrives nowhere.
SWALLOW = """XMLHttpRequest.prototype.send = function (body) {
    globalThis.swallowed = this;
    this.upload.onprogress({ loaded: body.size });
}"""


@pytest.fixture
def page(house: House, visit: Visit) -> Page:
    page = visit(house.people.expert, "/record", size=PHONE)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


@pytest.fixture
def videos(tmp_path: Path) -> list[Path]:
    """Three of nine megabytes, two pieces each."""
    paths = [tmp_path / f"{name}.mp4" for name in ("valve", "pump", "filter")]
    for number, path in enumerate(paths):
        path.write_bytes(bytes((byte * (number + 1)) % 256 for byte in range(256)) * (9 * MB // 256))
    return paths


def test_three_picked_at_once_arrive_whole_over_a_reload(house: House, page: Page, videos: list[Path]) -> None:
    hold_pieces_after(page, 0)
    pick(page, *videos)
    page.get_by_label("What is it about?").first.fill("Which way it turns")
    page.get_by_role("button", name="Send all 3").click()
    expect(page.get_by_role("heading", name="Sending 1 of 3")).to_be_visible()
    copied(page, tips=3)

    page.reload()
    expect(_row(page, "pump.mp4")).to_contain_text("Waiting its turn")
    _row(page, "filter.mp4").get_by_role("button", name="Pause").click()
    expect(page.locator("[data-said]")).to_have_text("filter.mp4: paused")  # and nothing of the others
    _row(page, "filter.mp4").get_by_role("button", name="Go on").click()
    expect(page.locator("[data-said]")).to_have_text("filter.mp4: waiting its turn")
    let_go(page)
    expect(page.get_by_role("heading", name="All 3 are on the server")).to_be_visible()

    arrived = own(house)
    assert [each.filename for each in arrived] == ["valve.mp4", "pump.mp4", "filter.mp4"]
    assert [each.title for each in arrived] == ["Which way it turns", "", ""]
    assert [sha256(house, each) for each in arrived] == [hashlib.sha256(v.read_bytes()).hexdigest() for v in videos]


def test_what_is_picked_before_the_page_has_all_its_scripts_is_taken_then(
    house: House, visit: Visit, videos: list[Path]
) -> None:
    page = visit(house.people.expert, "/account")
    held: list[Route] | None = []
    page.route("**/pass-upload*", lambda route: route.continue_() if held is None else held.append(route))
    page.goto("/record", wait_until="commit")
    pick(page, videos[0])

    come, held = held, None
    for route in come:
        route.continue_()

    expect(page.get_by_label("What is it about?")).to_be_visible()


def test_one_that_is_refused_does_not_hold_up_the_others(house: House, page: Page, videos: list[Path]) -> None:
    def refuse(route: Route) -> None:
        name = _metadata(route)["filename"] if route.request.method == "POST" else ""
        if name == "valve.mp4":
            body = {"error": {"code": "too_large", "message": "At most 5 MB are let in."}}
            route.fulfill(status=413, body=json.dumps(body), content_type="application/json")
        else:
            route.continue_()

    page.route("**/api/v1/uploads", refuse)
    send(page, *videos)

    expect(_row(page, "pump.mp4").locator("[data-state-words]")).to_have_text("On the server")
    expect(_row(page, "filter.mp4").locator("[data-state-words]")).to_have_text("On the server")
    expect(_row(page, "valve.mp4").get_by_text("At most 5 MB are let in.")).to_be_visible()
    page.unroute("**/api/v1/uploads")
    _row(page, "valve.mp4").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="All 3 are on the server")).to_be_visible()


def test_of_two_that_came_the_one_that_could_not_be_used_is_said_first(
    house: House, page: Page, videos: list[Path]
) -> None:
    send(page, *videos[:2])
    expect(page.get_by_role("heading", name="Both are on the server")).to_be_visible()

    with house.services.store.transaction() as tx:
        recordings.refuse(tx, own(house)[0].id, "not_media", "This is text, not a video. Film your tip.")

    expect(page.get_by_role("heading", name="One of 2 needs a look")).to_be_visible()
    expect(page.locator("[data-advice]")).to_contain_text("What to do is said below.")
    expect(_row(page, "valve.mp4").locator("[data-state-words]")).to_have_text("This file could not be used")
    expect(_row(page, "pump.mp4").locator("[data-state-words]")).to_have_text("On the server")


def test_what_waits_on_the_phone_is_said_on_the_list_and_before_signing_out(
    house: House, page: Page, videos: list[Path]
) -> None:
    pick(page, videos[0])
    copied(page)

    other = page.context.new_page()
    other.goto("/recordings")
    expect(other.get_by_text("A tip is on this phone and not sent yet.")).to_be_visible()
    expect(other.get_by_role("link", name="See what waits, and send it")).to_have_attribute("href", "/record")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:  # no, and then yes
        asked.append(dialog.message)
        dialog.dismiss() if len(asked) == 1 else dialog.accept()

    other.on("dialog", answer)
    other.locator("details.me summary").click()
    with other.expect_event("dialog"):
        other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Your recordings")).to_be_visible()
    other.get_by_role("button", name="Sign out").click()

    expect(other.get_by_text("On this phone lies a tip that is not sent yet.")).to_be_visible()
    expect(other.locator("main")).not_to_contain_text("valve.mp4")
    assert "A tip is on this phone and not sent yet. If you sign out now, it stays on this phone." in asked[0]


def test_a_picked_film_is_looked_at_again_under_a_name_that_turns_nothing(page: Page, tmp_path: Path) -> None:
    film = tmp_path / "valve\u202e4pm.mp4"
    numbered(film, frames=12)

    pick(page, film)

    expect(page.locator("pass-drafts [data-name]")).to_have_text("valve4pm.mp4")
    until(page, "document.querySelector('pass-drafts video')?.videoWidth === 192")


def test_one_can_be_paused_and_one_be_taken_out_while_others_go_on(
    house: House, page: Page, videos: list[Path]
) -> None:
    hold_pieces_after(page, 0)
    send(page, *videos)
    expect(_row(page, "valve.mp4").locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))

    _row(page, "pump.mp4").get_by_role("button", name="Do not send it").click()
    _row(page, "valve.mp4").get_by_role("button", name="Pause").click()
    let_go(page)

    expect(_row(page, "filter.mp4").locator("[data-state-words]")).to_have_text("On the server")
    expect(_row(page, "valve.mp4").get_by_text("Nothing is lost. What is on the server")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    assert [each.filename for each in own(house)] == ["filter.mp4"]


def test_kept_until_there_is_wifi_it_goes_when_the_person_says_so(house: House, page: Page, videos: list[Path]) -> None:
    pick(page, videos[0])
    page.get_by_role("button", name="Keep until Wi-Fi").click()
    expect(page.get_by_role("heading", name="Kept until Wi-Fi")).to_be_visible()
    copied(page)

    page.reload()
    expect(page.get_by_role("heading", name="Kept until Wi-Fi")).to_be_visible()
    expect(page.locator("[data-view=list]").get_by_text("Send soon: this browser may throw away")).to_be_visible()
    assert own(house) == ()
    page.get_by_role("button", name="Send now").click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert len(own(house)) == 1


def test_where_the_browser_tells_of_wifi_it_goes_by_itself(house: House, visit: Visit, videos: list[Path]) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE)
    page.add_init_script(
        """const network = Object.assign(new EventTarget(), { type: "cellular", downlink: 1.5 });
        Object.defineProperty(navigator, "connection", { value: network });"""
    )
    page.goto("/record")
    pick(page, videos[0])
    expect(page.get_by_text("9.0 MB to send: about 50 seconds or longer")).to_be_visible()
    page.get_by_role("button", name="Keep until Wi-Fi").click()
    expect(page.get_by_text("It goes by itself once there is Wi-Fi")).to_be_visible()

    page.evaluate(
        "() => { navigator.connection.type = 'wifi'; navigator.connection.dispatchEvent(new Event('change')); }"
    )

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()


def test_one_tab_sends_and_the_others_say_so(house: House, page: Page, videos: list[Path]) -> None:
    hold_pieces_after(page, 0)
    send(page, videos[0])
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    copied(page)
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda r: asked.append(r.method) if "/uploads" in r.url else None)

    other.goto("/record")
    expect(other.locator("pass-tips").get_by_text("valve.mp4")).to_be_visible()
    assert asked == []
    page.close(run_before_unload=False)

    expect(other.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert len(own(house)) == 1


def test_taking_it_out_in_one_tab_stops_it_in_the_other(house: House, page: Page, videos: list[Path]) -> None:
    hold_pieces_after(page, 0)
    send(page, videos[0])
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    copied(page)
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto("/record")

    other.get_by_role("button", name="Do not send it").click()

    expect(page.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    expect(other.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    assert own(house) == ()


def test_where_there_is_no_room_for_a_copy_it_is_sent_all_the_same_and_picked_again_goes_on(
    house: House, visit: Visit, videos: list[Path]
) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE)
    page.add_init_script("navigator.storage.estimate = async () => ({ quota: 1000, usage: 0 })")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/record")
    hold_pieces_after(page, 0)
    send(page, videos[0])
    expect(page.get_by_text("There was no room for a copy here")).to_be_visible()
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    sent: list[int] = []
    page.on("request", lambda r: sent.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None)

    page.reload()
    expect(page.get_by_text("“valve.mp4” (9.0 MB) was not sent to its end.")).to_be_visible()
    send(page, videos[0])
    let_go(page)

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert [at for at in sent if at < 8 * 1024 * 1024] == []  # nor need the rest: it may have left before the reload


def test_what_the_server_has_forgotten_is_sent_anew(house: House, page: Page, videos: list[Path]) -> None:
    hold_pieces_after(page, 0)
    with page.expect_response(lambda r: r.request.method == "POST" and r.url.endswith("/uploads")) as begun:
        send(page, videos[0])
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    headers = {"Tus-Resumable": "1.0.0", "Origin": house.url}
    gone = page.request.delete(begun.value.headers["location"], headers=headers)

    let_go(page)

    assert gone.status == 204
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    [recording] = own(house)
    assert sha256(house, recording) == hashlib.sha256(videos[0].read_bytes()).hexdigest()


def test_what_is_on_its_way_is_not_said_to_be_there_and_goes_back_when_it_does_not_arrive(
    house: House, visit: Visit, videos: list[Path]
) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE)
    page.add_init_script(SWALLOW)
    page.goto("/record")
    send(page, videos[0])
    until(page, "document.querySelector('pass-tips progress')?.value > 0.9")
    expect(page.locator("[data-figures]")).to_have_text("0 of 9.0 MB")
    expect(page.locator("[data-left]")).to_have_text("9.0 MB")

    page.context.set_offline(True)
    page.evaluate("globalThis.swallowed.onerror()")

    expect(page.get_by_text("No signal. All of it is on this phone.")).to_be_visible()
    assert page.evaluate("document.querySelector('pass-tips progress').value") == 0


def test_whoever_comes_back_to_a_device_where_somebody_else_signed_in_hears_why_it_does_not_go_on(
    house: House, page: Page, videos: list[Path]
) -> None:
    hold_pieces_after(page, 0)
    send(page, videos[0])
    expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    _sign_in(house, page, house.people.curator)

    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Somebody else is signed in on this device now.")).to_be_visible()
    page.get_by_role("button", name="Do not send it").click()
    expect(page.get_by_text(re.compile(r"the server still has 8\.\d MB, until .+ at the latest"))).to_be_visible()
    _sign_in(house, page, house.people.expert)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        page.reload()

    assert gone.value.status == 204
    until(page, "!Object.keys(localStorage).some((key) => key.includes('errand'))")


def test_somebody_else_who_speaks_has_to_be_named(house: House, page: Page, videos: list[Path]) -> None:
    pick(page, videos[0])
    drafts = page.locator("pass-drafts")
    expect(drafts.get_by_text("By sending it you agree that colleagues see clips of you")).to_be_visible()
    drafts.get_by_role("radio", name="Somebody else").check()
    expect(drafts.get_by_text("Whoever speaks in it is asked first")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(drafts.get_by_label("Their name")).to_be_focused()
    drafts.get_by_label("Their name").fill("Sam")

    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/uploads")) as begun:
        page.get_by_role("button", name="Send").click()

    said = {key: b64decode(value).decode() for key, value in _pairs(begun.value.headers["upload-metadata"])}
    assert said == {"filename": "valve.mp4", "filetype": "video/mp4", "speaker": "Sam", "terms": str(TERMS_VERSION)}


def test_of_two_drafts_each_keeps_who_speaks_in_it(house: House, page: Page, videos: list[Path]) -> None:
    page.evaluate(
        """() => {
            const { queue } = document.querySelector("pass-upload");
            queue.add(new File(["0"], "sam.mp4", { type: "video/mp4" }), { speaker: "Sam" });
        }"""
    )
    pick(page, videos[0])
    drafts = page.locator("pass-drafts")
    expect(drafts.get_by_text("Sam speaks in it.")).to_be_visible()
    expect(drafts.get_by_text("Who speaks in the others?")).to_be_visible()
    expect(drafts.get_by_role("radio", name="Me", exact=True)).to_be_checked()
    begun: list[Request] = []
    page.on("request", lambda r: begun.append(r) if r.method == "POST" and r.url.endswith("/uploads") else None)

    page.get_by_role("button", name="Send all 2").click()
    expect(page.get_by_role("heading", name="Both are on the server")).to_be_visible()

    said = [{key: b64decode(value).decode() for key, value in _pairs(r.headers["upload-metadata"])} for r in begun]
    assert [(each["filename"], each.get("speaker")) for each in said] == [("sam.mp4", "Sam"), ("valve.mp4", None)]


def test_what_a_dead_tab_left_half_recorded_is_cleared_away_when_it_is_old(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    page.evaluate(
        """async () => {
            let folder = await navigator.storage.getDirectory();
            for (const name of [`tips-${document.body.dataset.person}`, "dead"])
                folder = await folder.getDirectoryHandle(name, { create: true });
            await folder.getFileHandle("000000-0-1800", { create: true });
        }"""
    )
    left = """async () => {
        const root = await navigator.storage.getDirectory();
        const tips = await root.getDirectoryHandle(`tips-${document.body.dataset.person}`);
        return tips.getDirectoryHandle("dead").then(() => true, () => false);
    }"""
    page.reload()
    until(page, "document.querySelector('pass-upload').queue")
    assert page.evaluate(left)

    page.add_init_script("{ const now = Date.now; Date.now = () => now() + 25 * 3600 * 1000; }")
    page.reload()

    page.evaluate(
        f"""async () => {{
            const until = performance.now() + 15000;
            while (await ({left})()) {{
                if (performance.now() > until) throw new Error("waited in vain");
                await new Promise((rested) => setTimeout(rested, 20));
            }}
        }}"""
    )


def test_inside_a_chat_app_the_page_says_to_open_a_browser(house: House, visit: Visit) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 300.0"
    page = visit(house.people.expert, "/record", size=PHONE, user_agent=agent)

    expect(page.get_by_text("This is Instagram’s own browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()


def test_what_an_iphone_cannot_do_is_said_on_an_iphone_alone(house: House, visit: Visit, videos: list[Path]) -> None:
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
    )
    for options, shown in (({"user_agent": agent}, 1), ({}, 0)):
        page = visit(house.people.expert, "/offline", size=PHONE, **options)
        if shown:  # nor does it tell how fast the network is
            page.add_init_script("Object.defineProperty(navigator, 'connection', { value: undefined })")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/record")
        hold_pieces_after(page, 0)
        expect(page.get_by_text("An iPhone or iPad stops recording here").locator("visible=true")).to_have_count(shown)
        pick(page, videos[0])
        guessed = page.get_by_text("9.0 MB to send: about a minute at 1 Mbit/s, a guess")
        expect(guessed.locator("visible=true")).to_have_count(shown)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))

        expect(page.get_by_text("An iPhone or iPad stops sending").locator("visible=true")).to_have_count(shown)
        assert page.get_by_text("own browser").locator("visible=true").count() == 0


def test_what_the_gallery_shared_is_offered(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE)
    page.evaluate(
        """async () => {
            const cache = await caches.open("passiton-shared");
            const headers = { "Content-Type": "video/mp4", "X-Name": "gallery.mp4", "X-Shared": String(Date.now()) };
            await cache.put("/shared/1", new Response(new Blob(["0123456789"]), { headers }));
        }"""
    )

    page.goto("/record?shared=1")
    expect(page.locator("pass-drafts").get_by_text("gallery.mp4")).to_be_visible()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    until(page, "location.search === ''")
    assert [(each.filename, each.byte_size) for each in own(house)] == [("gallery.mp4", 10)]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_of_the_page_is_readable_and_whole(
    house: House, visit: Visit, videos: list[Path], scheme: str
) -> None:
    page = visit(house.people.expert, "/record", size=PHONE, color_scheme=scheme, permissions=["camera", "microphone"])
    page.on("dialog", lambda dialog: dialog.accept())
    hold_pieces_after(page, 0)
    found = []

    page.get_by_role("button", name="Record here").click()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    page.get_by_text("Title, who speaks").click()
    found += _objections(page, "record")
    page.get_by_role("button", name="Back").click()
    pick(page, *videos[:2])
    found += _objections(page, "ready")
    page.get_by_role("button", name="Send all 2").click()
    expect(_row(page, "valve.mp4").locator("[data-figures]")).to_have_text(re.compile(r"^8\.\d of 9\.0 MB$"))
    found += _objections(page, "list")

    assert found == []


def _objections(page: Page, view: str) -> list[object]:
    page.evaluate(AXE.read_text())
    ran = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    axe = [(view, v["id"], [(n["target"], n["failureSummary"]) for n in v["nodes"]]) for v in ran["violations"]]
    small = [(view, *each) for each in page.evaluate(TOO_SMALL)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return [*axe, *small, *([(view, "too wide at 200 %", wide)] if wide > 0 else [])]


def _sign_in(house: House, page: Page, person: Person) -> None:
    """As somebody else, while the page stays open."""
    with house.services.store.transaction() as tx:
        session = credentials.new_session(tx, person.id, now=house.services.now())
    page.context.add_cookies([{"name": "passiton_session", "value": session, "url": house.url}])


def _row(page: Page, name: str) -> Locator:
    return page.locator("li.tip").filter(has_text=name)


def _metadata(route: Route) -> dict[str, str]:
    return {key: b64decode(value).decode() for key, value in _pairs(route.request.headers["upload-metadata"])}


def _pairs(header: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in (pair.split(" ") for pair in header.split(","))]
