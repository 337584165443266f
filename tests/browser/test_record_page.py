"""The expert's page: a file leaves the phone, whatever happens on the way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from store import recordings, steps
from tests.browser.conftest import PHONE, House, Visit
from tests.browser.tips import copied, hold_pieces_after, let_go, own, pick, send, until_noted

MB = 1_000_000


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Twenty megabytes: three pieces of 8 MiB."""
    path = tmp_path / "valve.mp4"
    path.write_bytes(bytes(range(256)) * (20 * MB // 256))
    return path


def test_a_picked_file_is_named_sent_and_found_again(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)

    pick(page, video)
    expect(page.get_by_text("valve.mp4")).to_be_visible()
    expect(page.get_by_text("A copy is kept on this phone.")).to_be_visible()
    page.get_by_label("What is it about?").fill("Which way the valve turns")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    page.get_by_role("link", name="See how it goes").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Which way the valve turns")
    [recording] = own(house)
    assert page.url == f"{house.url}/recordings/{recording.public_id}"
    assert (recording.byte_size, recording.filename) == (video.stat().st_size, "valve.mp4")


def test_it_says_where_the_bytes_are_and_pauses_and_goes_on(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    held = hold_pieces_after(page, 0)

    send(page, video)
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^(8|9|1[0-2])(\.\d)? MB$"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    expect(
        page.get_by_text(re.compile("Nothing is lost. What is on the server stays there until .* at "))
    ).to_be_visible()
    held.clear()
    let_go(page)
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert len(own(house)) == 1


def test_a_reload_in_the_middle_goes_on_by_itself_from_where_it_was(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    hold_pieces_after(page, 0)
    send(page, video)
    expect(page.locator("[data-sent]")).to_have_text(re.compile(r"^(8|1[0-6])(\.\d)? of 20 MB$"))
    copied(page)
    until_noted(page, 8 * 1024 * 1024)
    sent: list[int] = []
    page.on("request", lambda r: sent.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None)
    page.on("dialog", lambda dialog: dialog.accept())

    page.route("**/api/v1/uploads/*", lambda route: route.abort())
    page.reload()
    expect(page.locator("[data-sent]")).to_have_text("at least 8.4 of 20 MB")
    expect(page.locator("[data-figures]")).to_have_text("at least 8.4 of 20 MB")
    let_go(page)

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    assert [at for at in sent if at < 8 * 1024 * 1024] == []
    assert len(own(house)) == 1


def test_without_signal_it_waits_and_goes_on_when_it_is_back(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    hold_pieces_after(page, 0)
    send(page, video)
    expect(page.locator("[data-sent]")).to_have_text(re.compile(r"^(8|9)(\.\d)? of 20 MB$"))

    page.context.set_offline(True)
    let_go(page)
    expect(page.get_by_role("heading", name="Waiting for signal")).to_be_visible()
    expect(page.get_by_text("It goes on by itself when the signal is back")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_before_a_byte_is_sent(house: House, visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(41 * MB)
    page = visit(house.people.expert, "/record", size=PHONE)

    pick(page, large)

    expect(page.get_by_role("alert")).to_contain_text("This file has 41 MB; at most 40 MB can be sent.")


def test_of_several_files_the_one_that_cannot_be_sent_is_named(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    empty = {"name": "empty.mp4", "mimeType": "video/mp4", "buffer": b""}
    film = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"0"}

    page.locator("input[multiple]").set_input_files([film, empty])

    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("“empty.mp4” is empty. Take another one, or film again.")


def test_a_photo_is_refused_before_a_byte_is_sent(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)

    page.locator("input[multiple]").set_input_files([{"name": "desk.jpg", "mimeType": "image/jpeg", "buffer": b"0"}])

    expect(page.get_by_role("alert")).to_contain_text(
        "This file is a photo. Pick a video, or a recording of what is said."
    )
    expect(page.get_by_role("heading", name="Ready to send")).to_be_hidden()


def test_what_was_sent_can_be_taken_back(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    hold_pieces_after(page, 0)
    send(page, video)
    expect(page.locator("[data-sent]")).to_have_text(re.compile(r"^(8|9)(\.\d)? of 20 MB$"))
    page.on("dialog", lambda dialog: dialog.accept())

    with page.expect_request(lambda r: r.method == "DELETE"):
        page.get_by_role("button", name="Do not send it").click()

    expect(page.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    assert own(house) == ()


def test_a_tip_left_on_a_shared_device_is_not_shown_to_the_next_person(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    hold_pieces_after(page, 0)
    send(page, video)
    copied(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    let_go(page)
    page.context.clear_cookies()
    other = visit(house.people.curator, "/record", size=PHONE)
    page.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]

    page.goto("/record")

    expect(page.get_by_role("heading", name="Pass on what you know")).to_be_visible()
    expect(page.get_by_text("valve.mp4")).to_have_count(0)


def test_clips_are_promised_once_it_has_been_looked_at(house: House, visit: Visit, video: Path) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    send(page, video)
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    expect(page.get_by_text("We are looking at it now.")).to_be_visible()
    assert page.get_by_text("cut into clips").count() == 0
    [recording] = own(house)

    with house.services.store.transaction() as tx:
        for name in ("keep", "look"):
            steps.begin(tx, recording.id, name, house.services.now())
            steps.done(tx, recording.id, name, house.services.now())

    expect(page.get_by_role("heading", name="Your tip is safe here")).to_be_visible()
    expect(page.get_by_text("It is being cut into clips now.")).to_be_visible()


def test_a_file_that_cannot_be_used_is_said_to_be_so_and_another_can_be_sent(
    house: House, visit: Visit, video: Path
) -> None:
    page = visit(house.people.expert, "/record", size=PHONE)
    send(page, video)
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    [recording] = own(house)

    with house.services.store.transaction() as tx:
        recordings.refuse(tx, recording.id, "not_media", "This is text, not a video. Film your tip.")

    expect(page.get_by_role("heading", name="This file could not be used")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("This is text, not a video. Film your tip.")).to_be_visible()
    expect(page.locator(".main-action:visible")).to_have_text("Send another file")
    page.get_by_role("button", name="Send another file").click()
    expect(page.get_by_role("heading", name="Pass on what you know")).to_be_visible()

    page.reload()
    video.write_bytes(b"0123456789")
    send(page, video)
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    [_, again] = own(house)
    with house.services.store.transaction() as tx:
        recordings.refuse(tx, again.id, "already_here", "You have sent this very file before.")

    expect(page.get_by_role("heading", name="We have this one already")).to_be_visible()
    expect(page.locator(".main-action:visible")).to_have_text("Open that one, or use this one")
    assert page.locator(".main-action:visible").get_attribute("href") == f"/recordings/{again.public_id}"


def test_without_scripts_the_page_says_why_it_needs_them(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/record", size=PHONE, java_script_enabled=False)

    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
