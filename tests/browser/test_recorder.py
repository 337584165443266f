"""Recording in the page, with the browser's own false camera and microphone: whatever happens, little is lost."""

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from domain.brief import Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.consent import Consent
from pipeline.arrivals import Arrivals
from store import appearances, brief_links, briefs, spaces
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.tips import copied, hold_pieces_after, let_go, own, probed

THROWN_AWAY = "Send soon: this browser may throw away"


@pytest.fixture
def page(house: House, visit: Visit) -> Page:
    page = visit(house.people.expert, "/record", size=PHONE, permissions=["camera", "microphone"])
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def test_when_stop_is_pressed_the_last_byte_is_on_its_way_at_once(
    house: House, page: Page, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    _record(page, 6_000)
    _time_the_rest(page)

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("All of it is on the server and on this phone.")).to_be_visible()
    expect(page.locator("pass-drafts").get_by_text(THROWN_AWAY)).to_be_hidden()
    after_ms = _last_byte_after_stop(page)
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("By sending it you agree")).to_be_in_viewport(ratio=1)
    assert own(house) == ()  # nobody's business yet
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    record_property("last byte after stop, ms", after_ms)
    print(f"last byte after stop: {after_ms:.0f} ms")
    assert after_ms < 10_000  # on a machine that has nothing else to do: well below 1000
    [recording] = own(house)
    found = probed(house, recording, tmp_path)
    assert (found.has_video, found.has_audio) == (True, True)
    assert found.duration_ms == pytest.approx(6_000, abs=1_500)
    assert recording.filename.startswith("Recorded 20")


def test_a_tab_that_dies_in_the_middle_loses_at_most_a_slice(house: House, page: Page, tmp_path: Path) -> None:
    hold_pieces_after(page, 2_000)  # the head is shorter
    _record(page, 9_000)
    recorded_ms = page.evaluate("document.querySelector('pass-recorder').recorder.elapsed")

    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto("/record")
    expect(again.get_by_text("Your recording was interrupted.")).to_contain_text("are on the server; send the rest?")
    expect(again.locator("pass-drafts").get_by_text(THROWN_AWAY)).to_be_visible()
    again.get_by_role("button", name="Send").click()
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    kept_ms = probed(house, recording, tmp_path).duration_ms
    print(f"recorded {recorded_ms:.0f} ms, kept {kept_ms} ms")
    assert recorded_ms - kept_ms < 3_000


def test_send_may_be_pressed_while_a_piece_is_on_its_way(house: House, page: Page, tmp_path: Path) -> None:
    held = hold_pieces_after(page, 2_000)
    _record(page, 6_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert held  # asked for while it was recorded: without a length

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Sending")).to_be_visible()
    let_go(page)
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    assert probed(house, recording, tmp_path).duration_ms == pytest.approx(6_000, abs=1_500)


def test_what_was_on_the_server_before_is_not_sent_again(house: House, page: Page) -> None:
    hold_pieces_after(page, 2_000)
    _record(page, 6_000)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    sent: list[int] = []
    again.on("request", lambda r: sent.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None)

    again.goto("/record")
    again.get_by_role("button", name="Send").click()
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()

    assert min(sent) > 0


def test_what_is_on_the_server_and_no_longer_on_the_phone_is_sent_all_the_same(house: House, page: Page) -> None:
    _record(page, 6_000)
    until(page, "document.querySelector('pass-recorder').tip.now.sent > 50000")
    sent = page.evaluate("document.querySelector('pass-recorder').tip.now.sent")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto("/offline")
    again.evaluate(FORGET_ALL_BUT_THE_FIRST_SLICE)

    again.goto("/record")
    again.get_by_role("button", name="Send").click()
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    assert recording.byte_size >= sent


def test_without_signal_it_goes_on_recording_and_sends_it_later(house: House, page: Page, tmp_path: Path) -> None:
    _record(page, 3_000)

    page.context.set_offline(True)
    expect(page.get_by_text("No signal. What you say is kept on this phone.")).to_be_visible()
    until(page, "document.querySelector('pass-recorder').recorder.elapsed > 8000")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nobody sees it until you send it.")).to_contain_text("all of it is on this phone")
    expect(page.locator("pass-drafts").get_by_text(THROWN_AWAY)).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Waiting for signal")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    [recording] = own(house)
    assert probed(house, recording, tmp_path).duration_ms == pytest.approx(8_000, abs=2_000)


def test_the_front_camera_is_a_mirror_on_the_screen_alone_and_a_browser_records_in_what_it_can(
    house: House, visit: Visit, tmp_path: Path
) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.add_init_script(
        """
        const asked = globalThis.asked = [];
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wish) => (asked.push(wish.video?.facingMode?.ideal), open(wish));
        MediaRecorder.isTypeSupported = (type) => type === "video/webm;codecs=vp8,opus";
        const start = MediaRecorder.prototype.start;
        MediaRecorder.prototype.start = function (ms) {
            start.call(this, ms);
            this.dispatchEvent(new BlobEvent("dataavailable", { data: new Blob([]) }));
        };
        """
    )
    page.goto("/record")
    page.get_by_role("button", name="Record here").click()
    expect(page.locator("pass-recorder")).to_have_attribute("data-way", "back")
    page.get_by_role("radio", name="Front camera").check()
    expect(page.locator("pass-recorder")).to_have_attribute("data-way", "front")
    expect(page.locator("pass-recorder video")).to_have_css("scale", "-1 1")

    page.get_by_role("button", name="Record", exact=True).click()
    until(page, "document.querySelector('pass-recorder').recorder?.elapsed > 3500")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    found = probed(house, recording, tmp_path)
    assert page.evaluate("asked") == ["environment", "user"]
    assert (found.has_video, found.has_audio, recording.filename[-5:]) == (True, True, ".webm")


def test_voice_only_is_sound_alone(house: House, page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Record here").click()
    page.get_by_role("radio", name="Voice only").check()
    expect(page.locator("pass-recorder")).to_have_attribute("data-way", "voice")
    until(page, "Number(document.querySelector('pass-meter').dataset.level) > -50")
    page.get_by_role("button", name="Record", exact=True).click()
    until(page, "document.querySelector('pass-recorder').recorder?.elapsed > 3500")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    found = probed(house, recording, tmp_path)
    assert (found.has_video, found.has_audio) == (False, True)


def test_a_page_that_goes_out_of_sight_stops_and_says_so(house: House, page: Page) -> None:
    _record(page, 3_000)

    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")

    expect(page.get_by_text("Recording stopped when this page went out of sight.")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert page.evaluate("document.querySelector('pass-recorder').stream") is None


def test_a_call_that_takes_the_microphone_ends_the_recording_well(house: House, page: Page, tmp_path: Path) -> None:
    _record(page, 4_000)

    page.evaluate(
        """() => {
            const [track] = document.querySelector("pass-recorder").stream.getAudioTracks();
            track.stop();
            track.dispatchEvent(new Event("ended"));
        }"""
    )

    expect(page.get_by_text("The camera or microphone was taken away, by a call perhaps.")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    [recording] = own(house)
    assert probed(house, recording, tmp_path).duration_ms == pytest.approx(4_000, abs=1_500)


def test_a_recording_thrown_away_is_gone_here_and_on_the_server(house: House, page: Page) -> None:
    _record(page, 3_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nobody sees it until you send it.")).to_be_visible()

    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda r: r.method == "DELETE"):
        page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    with page.expect_response(lambda r: r.request.method == "DELETE") as gone:
        page.context.set_offline(False)

    assert gone.value.status == 204
    page.reload()
    expect(page.get_by_text("not sent yet")).to_have_count(0)
    assert own(house) == ()


def test_what_is_thrown_away_too_late_is_said_to_be_there(house: House, page: Page) -> None:
    with page.expect_response(lambda r: r.request.method == "POST" and r.url.endswith("/uploads")) as begun:
        page.locator("input[multiple]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0"})
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    copied(page, tips=0)
    page.locator("input[multiple]").set_input_files({"name": "b.mp4", "mimeType": "video/mp4", "buffer": b"1"})
    copied(page, tips=1)
    page.evaluate(
        """url => {
            const { person } = document.body.dataset;
            localStorage.setItem(`passiton-errand-${person}-${url}`, JSON.stringify({ url }));
        }""",
        begun.value.headers["location"],
    )

    page.reload()

    expect(page.get_by_text("had been sent before")).to_be_visible()
    [recording] = own(house)
    link = page.get_by_role("link", name="See it, or delete it there")
    assert link.get_attribute("href") == f"/recordings/{recording.public_id}"
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('errand'))") == []


def test_it_is_named_once_one_knows_what_was_said_and_sent_though_the_server_waits_for_more(
    house: House, page: Page
) -> None:
    _record(page, 2_500)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("All of it is on the server and on this phone.")).to_be_visible()
    assert page.evaluate(TELL_TOO_LONG) == 204
    page.reload()

    page.get_by_label("What is it about?").fill("Which way it turns")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    until(page, "!Object.keys(localStorage).some((key) => key.includes('errand'))")
    assert [each.title for each in own(house)] == ["Which way it turns"]


@pytest.mark.parametrize("sparing", [True, False], ids=["its sound first", "at once"])
def test_who_speaks_is_said_when_it_is_sent_and_nobody_has_agreed_before_they_were_asked(
    house: House, page: Page, sparing: bool
) -> None:
    house.services.intake._arrivals = Arrivals(house.services.store, lambda tx, step, recording_id: None)
    page.get_by_role("button", name="Record here").click()
    page.get_by_text("Title, who speaks").click()
    page.get_by_label("Poor network").set_checked(sparing)
    _press_record(page, 2_500)
    page.get_by_role("button", name="Stop").click()
    expect(
        page.get_by_text("on the server, all of it is on this phone." if sparing else "All of it is on")
    ).to_be_visible()

    drafts = page.locator("pass-drafts")
    expect(drafts.get_by_text("By sending it you agree")).to_be_visible()
    expect(drafts.get_by_role("button", name="Somebody else speaks in it")).to_be_in_viewport(ratio=1)
    drafts.get_by_role("button", name="Somebody else speaks in it").click()
    expect(drafts.get_by_label("Their name")).to_be_focused()
    expect(drafts.get_by_text("Whoever speaks in it is asked first")).to_be_visible()
    expect(drafts.get_by_text("By sending it you agree")).to_be_hidden()
    drafts.get_by_label("Their name").fill("Sam Størmer")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [recording] = own(house)
    with house.services.store.transaction() as tx:
        [found] = appearances.of_recording(tx, recording.id)
    assert (found.name, found.state) == ("Sam Størmer", Consent.ASKED)


def test_record_and_at_once_back_leaves_nothing_and_says_nothing(house: House, page: Page) -> None:
    page.get_by_role("button", name="Record here").click()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_enabled()

    page.evaluate(
        """() => {
            document.querySelector(".record").click();
            document.querySelector("pass-recorder [data-do=choose]").click();
        }"""
    )

    until(page, "document.querySelector('pass-upload').queue.tips.length === 0")
    expect(page.locator("pass-recorder")).to_have_attribute("data-state", "off")
    assert page.locator("pass-recorder [data-words]").text_content() == ""


def test_nothing_leaves_the_phone_while_one_speaks_unless_one_wants_that(house: House, page: Page) -> None:
    asked: list[Request] = []
    page.on("request", lambda r: asked.append(r) if "/uploads" in r.url else None)
    page.get_by_role("button", name="Record here").click()
    page.get_by_text("Title, who speaks").click()
    page.get_by_label("Send it to the server while I speak").uncheck()

    _press_record(page, 4_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nobody sees it until you send it.")).to_contain_text("Nothing of it is on the server yet")

    assert asked == []
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert "those before it" not in page.evaluate("window.heard")
    assert "Waiting its turn" not in page.evaluate("window.heard")


def test_what_was_said_beforehand_travels_with_it(house: House, page: Page) -> None:
    page.get_by_role("button", name="Record here").click()
    page.get_by_text("Title, who speaks").click()
    page.locator("pass-recorder").get_by_label("Title").fill("Which way it turns")
    page.locator("pass-recorder").get_by_role("radio", name="Somebody else").check()
    page.locator("pass-recorder").get_by_label("Their name").fill("Sam Størmer")

    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/uploads")) as begun:
        _press_record(page, 500)

    said = _metadata(begun.value)
    assert (said["title"], said["speaker"]) == ("Which way it turns", "Sam Størmer")


@pytest.mark.parametrize("moves", [True, False], ids=["files can be renamed", "files cannot"])
def test_where_only_workers_can_write_files_a_worker_does(house: House, visit: Visit, moves: bool) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.add_init_script("delete FileSystemFileHandle.prototype.createWritable")
    if not moves:
        page.context.route("**/opfs-worker.js", _without_move)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/record")
    _record(page, 4_000)
    page.close(run_before_unload=False)
    again = page.context.new_page()

    again.goto("/record")
    again.get_by_role("button", name="Send").click()

    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()


def test_where_no_files_can_be_kept_it_says_so_and_sends(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.add_init_script("delete StorageManager.prototype.getDirectory")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/record")

    _record(page, 3_000)
    expect(page.get_by_text("what you say goes to the server alone")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()


def test_it_stops_before_it_is_longer_than_what_is_let_in(page: Page) -> None:
    page.evaluate("document.querySelector('pass-recorder').setAttribute('most-ms', 3000)")

    _record(page, 500)

    expect(page.locator("pass-recorder [data-words]")).to_contain_text("longer at most.")
    expect(page.get_by_text("This is as long as a tip can be here")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_camera_that_is_refused_is_explained(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.goto("/record")

    page.get_by_role("button", name="Record here").click()

    expect(page.get_by_text("The browser may not use the camera or microphone.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_enabled()


def test_the_questions_are_shown_one_at_a_time_and_turned_by_key_and_tap(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    asked = _brief(house, ("What is it that you do?", "Why does it matter?", "What goes wrong?"))
    page.goto(f"/record?brief={asked.public_id}")

    page.get_by_role("button", name="Record here").click()
    shown = page.locator("pass-prompter li:visible")
    expect(shown).to_have_text("What is it that you do?")
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_text("Why does it matter?")
    page.get_by_role("button", name="Next").click()
    expect(shown).to_have_text("What goes wrong?")
    expect(page.get_by_text("3 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.keyboard.press("PageUp")
    expect(shown).to_have_text("Why does it matter?")
    page.get_by_text("Title, who speaks").click()  # and left open
    expect(shown).to_have_count(0)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(shown).to_have_text("What is it that you do?")


def test_answers_to_a_brief_travel_with_the_tip(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    asked = _brief(house, ("What is it that you do?",))
    page.goto(f"/record?brief={asked.public_id}")
    page.locator("input[multiple]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0" * 1000})

    page.get_by_text("For whom it is, and what sort of thing").last.click()
    page.locator("pass-drafts").get_by_label("Who is it for?").fill("Night shift")
    page.locator("pass-drafts").get_by_role("group", name="For which level?").get_by_label("I cannot say").check()
    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/uploads")) as begun:
        page.get_by_role("button", name="Send").click()

    said = _metadata(begun.value)
    assert said["brief"] == asked.public_id
    assert (said["audience"], said["kind"], said["level"]) == ("Night shift", "skill", "")


def test_answers_to_another_brief_than_it_was_made_for_do_not_travel_with_it(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, f"/record?brief={_brief(house, ()).public_id}", size=PHONE)
    until(page, "document.querySelector('pass-upload').queue")
    page.evaluate("document.querySelector('pass-upload').queue.add(new File(['0'], 'a.mp4'), { brief: 'another' })")
    page.locator('[data-do="drafts"]').click()

    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/uploads")) as begun:
        page.get_by_role("button", name="Send").click()

    said = _metadata(begun.value)
    assert said["brief"] == "another"
    assert [name for name in ("audience", "prerequisites", "kind", "level") if name in said] == []


def test_what_the_server_does_not_take_can_be_saved_on_the_phone(page: Page) -> None:
    closed = {"error": {"code": "brief_closed", "message": "This brief is closed."}}
    page.get_by_role("button", name="Record here").click()
    page.get_by_text("Title, who speaks").click()
    page.get_by_label("Send it to the server while I speak").uncheck()
    _press_record(page, 2_500)
    page.get_by_role("button", name="Stop").click()
    page.route("**/api/v1/uploads", lambda route: route.fulfill(status=403, json=closed))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("This brief is closed.")).to_be_visible()

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save it on this phone").click()

    assert saved.value.suggested_filename.startswith("Recorded 20")
    assert saved.value.path().stat().st_size > 10_000


def test_what_was_filmed_just_now_is_not_thrown_away_without_a_question(visit: Visit, house: House) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator("input[capture]").set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"0" * 1000})

    page.get_by_role("button", name="Remove").click()

    assert asked == ["Throw this recording away, here and on the server? There is no other copy of it."]
    expect(page.locator("pass-drafts [data-name]")).to_have_text("a.mp4")


# All that is said of what is sent.
LISTEN = """() => {
    window.heard = "";
    const list = document.querySelector('[data-view="list"]');
    new MutationObserver(() => (window.heard += list.textContent)).observe(list, { childList: true, subtree: true });
}"""
# The server hears of bytes that died with a tab.
TELL_TOO_LONG = """async () => {
    const [tip] = document.querySelector("pass-upload").queue.tips;
    const headers = {
        "Tus-Resumable": "1.0.0", "Upload-Offset": tip.now.sent, "Upload-Length": tip.source.size + 5000,
        "Content-Type": "application/offset+octet-stream",
    };
    return (await fetch(tip.url, { method: "PATCH", headers, body: new Blob([]) })).status;
}"""
FORGET_ALL_BUT_THE_FIRST_SLICE = """async () => {
    const root = await navigator.storage.getDirectory();
    for await (const [name, person] of root.entries())
        if (name.startsWith("tips-"))
            for await (const tip of person.values())
                for await (const file of tip.keys())
                    if (/^\\d{6}-/.test(file) && !file.startsWith("000000-")) await tip.removeEntry(file);
}"""


def _without_move(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=f"delete FileSystemFileHandle.prototype.move;\n{answer.text()}")


def _record(page: Page, for_ms: int) -> None:
    page.get_by_role("button", name="Record here").click()
    _press_record(page, for_ms)


def _press_record(page: Page, for_ms: int) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    until(page, f"document.querySelector('pass-recorder').recorder?.elapsed > {for_ms}")


def _time_the_rest(page: Page) -> None:
    page.evaluate(
        """() => {
            performance.clearResourceTimings();
            addEventListener("click", () => (window.pressed = performance.now()), { capture: true, once: true });
        }"""
    )


def _last_byte_after_stop(page: Page) -> float:
    return float(
        page.evaluate(
            """() => {
                const sent = performance.getEntriesByType("resource").filter((each) => each.name.includes("/uploads/"));
                return sent.at(-1).responseEnd - window.pressed;
            }"""
        )
    )


def _metadata(request: Request) -> dict[str, str]:
    pairs = (pair.partition(" ") for pair in request.headers["upload-metadata"].split(","))
    return {key: b64decode(value).decode() for key, _, value in pairs}


def _brief(house: House, questions: tuple[str, ...]) -> Brief:
    """What the expert is asked for, with a link that is good."""
    services, people = house.services, house.people
    said = Answers(kind=Expertise.SKILL, level=Level.BEGINNER)
    with services.store.transaction() as tx:
        made = briefs.make(
            tx,
            Wish("Bleeding the brakes", questions=questions, answers=said),
            space_id=spaces.everyone_space(tx).id,
            author_id=people.curator.id,
            now=services.now(),
        )
        brief_links.make_link(tx, made.id, person_id=people.expert.id, created_by=people.curator.id, now=services.now())
    return made
