"""On a poor network the sound of a film goes first: whatever happens to the picture, the words are there."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, Request, expect

from domain.media import Kind
from domain.recording import Film
from pipeline.arrivals import Arrivals
from store import joining, recordings
from store.postgres import Tx
from tests.browser import film
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Film as Shot
from tests.browser.tips import hold_pieces_after, own, probed
from transcode.render import Landed

HOLD = """async () => {
    const { queue } = document.querySelector("pass-upload");
    await queue.hold(queue.tips[0], "wifi");
}"""


@pytest.fixture
def page(house: House, visit: Visit) -> Page:
    """Of an expert whose phone says that it is on mobile data; its server joins sound and film."""

    def no_queue(tx: Tx, step: str, recording_id: UUID) -> None: ...

    arrivals = Arrivals(house.services.store, no_queue)
    house.services.intake._arrivals, house.services.intake._demand = arrivals, arrivals.demand
    page = visit(house.people.expert, "/offline", size=PHONE, permissions=["camera", "microphone"])
    page.add_init_script("Object.defineProperty(NetworkInformation.prototype, 'saveData', { get: () => true })")
    page.goto("/record")
    return page


def test_the_sound_goes_at_once_and_the_picture_takes_its_place_when_it_may(
    house: House, page: Page, tmp_path: Path
) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/uploads" in request.url else None)
    page.on("dialog", lambda dialog: dialog.accept())
    _record(page, 5_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Its sound is on the server, all of it is on this phone.")).to_be_visible()
    assert own(house) == ()  # nobody's business yet

    page.get_by_role("button", name="Keep until Wi-Fi").click()
    expect(page.get_by_role("heading", name="The sound is sent")).to_be_visible()
    expect(page.get_by_text("The picture waits on this phone")).to_be_visible()
    [sound] = own(house)
    heard = probed(house, sound, tmp_path)
    assert (sound.film, heard.has_video, heard.has_audio) == (Film.AWAITED, False, True)
    assert len({request.url for request in asked}) == 2  # to begin, and one upload

    page.reload()
    expect(page.get_by_role("heading", name="The sound is sent")).to_be_visible()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [film] = own(house)
    seen = probed(house, film, tmp_path)
    assert (film.public_id, film.film) == (sound.public_id, Film.CAME)
    assert (seen.has_video, seen.has_audio) == (True, True)
    assert seen.duration_ms == pytest.approx(heard.duration_ms, abs=500)
    assert (
        page.get_by_role("link", name="See how it goes").last.get_attribute("href") == f"/recordings/{film.public_id}"
    )


def test_the_sound_is_said_to_be_there_once_all_of_it_is(house: House, page: Page) -> None:
    hold_pieces_after(page, 0)
    _record(page, 4_500)
    until(page, "document.querySelector('pass-recorder').tip.sound.now.sent > 0")

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("Nobody sees it until you send it.")).to_contain_text(
        re.compile(r"\d [kM]B are on the server, all of it is on this phone\.")
    )
    page.reload()
    expect(page.get_by_text("You recorded")).to_be_visible()
    until(page, "document.querySelector('pass-upload').queue.tips[0].sound.now.sent > 0")
    expect(page.get_by_text("Its sound is on the server")).to_have_count(0)


def test_a_sound_that_is_refused_while_one_speaks_is_said_so(house: House, page: Page) -> None:
    page.route("**/api/v1/uploads/*", lambda route: route.fulfill(status=401, body="{}"))

    _record(page, 2_500)

    expect(page.locator("pass-recorder [data-words]")).to_contain_text("You were signed out.")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nobody sees it until you send it.")).to_contain_text("You were signed out.")
    expect(page.get_by_text("Its sound is on the server")).to_have_count(0)


def test_where_the_phone_has_no_room_the_sound_that_came_becomes_a_voice_tip(house: House, page: Page) -> None:
    page.add_init_script("delete StorageManager.prototype.getDirectory")
    page.goto("/record")
    _record(page, 4_500)
    until(page, "document.querySelector('pass-recorder').tip.sound.now.sent > 10000")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto("/record")

    expect(again.get_by_text("seconds of its sound the first")).to_contain_text("arrived on the server")
    again.get_by_role("button", name="Send", exact=True).click()
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()
    until(again, "!Object.keys(localStorage).some((key) => key.includes('errand'))")

    assert [each.film for each in own(house)] == [Film.GIVEN_UP]


def test_after_a_dead_tab_and_without_signal_both_wait_and_the_sound_is_the_first_to_go(
    house: House, page: Page
) -> None:
    page.get_by_role("button", name="Record here").click()
    page.get_by_text("Title, who speaks").click()
    page.get_by_label("Send it to the server while I speak").uncheck()
    _press_record(page, 5_000)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    begun: list[Request] = []  # as the server sees it: a try without signal may be made at any moment
    again.on("response", lambda answer: begun.append(answer.request) if answer.request.method == "POST" else None)
    again.goto("/record")
    expect(again.get_by_text("Your recording was interrupted.")).to_be_visible()
    again.context.set_offline(True)
    again.get_by_role("button", name="Send", exact=True).click()
    expect(again.get_by_role("heading", name="Waiting for signal")).to_be_visible()
    assert begun == []

    again.context.set_offline(False)
    expect(again.get_by_role("heading", name="It is on the server")).to_be_visible()

    parts = ["sound" if "part c291bmQ=" in each.headers["upload-metadata"] else "film" for each in begun]
    assert parts == ["sound", "film"]
    assert [each.film for each in own(house)] == [Film.CAME]


def test_a_picture_thrown_away_leaves_a_voice_tip_and_its_page_says_so(house: House, page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    _record(page, 4_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Keep until Wi-Fi").click()
    page.get_by_role("link", name="See how it goes").first.click()
    expect(page.get_by_text("The picture is still on your phone (")).to_contain_text(
        "MB), and comes when that phone sends it."
    )

    page.goto("/record")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Do not send it").click()

    assert [each.film for each in own(house)] == [Film.GIVEN_UP]
    page.goto(f"/recordings/{own(house)[0].public_id}")
    expect(page.get_by_text("This is a voice tip: its picture does not come.")).to_be_visible()


def test_a_film_whose_sound_was_deleted_stays_on_the_phone_until_its_person_has_said_what_becomes_of_it(
    house: House, page: Page, tmp_path: Path
) -> None:
    _record(page, 3_000)
    page.get_by_role("button", name="Stop").click()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):  # that its film waits
        page.get_by_role("button", name="Keep until Wi-Fi").click()
    expect(page.get_by_role("heading", name="The sound is sent")).to_be_visible()
    [sound] = own(house)
    with house.services.store.transaction() as tx:
        recordings.delete(tx, sound.id, house.services.now())

    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("heading", name="The sound was deleted")).to_be_visible()
    expect(page.get_by_text("The film is on this phone alone: send it on its own, or throw it away.")).to_be_visible()
    page.evaluate(HOLD)
    page.reload()
    expect(page.get_by_role("heading", name="The sound was deleted")).to_be_visible()  # before it is sent, too
    assert own(house) == ()
    page.get_by_role("button", name="Send the film on its own").click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    [film] = own(house)
    assert (film.public_id == sound.public_id, film.film) == (False, None)
    assert probed(house, film, tmp_path).has_video
    with house.services.store.transaction() as tx:
        recordings.delete(tx, film.id, house.services.now())
    expect(page.get_by_role("heading", name="It was deleted on the server")).to_be_visible()


def test_an_open_page_plays_the_sound_until_there_is_something_of_the_film_to_see(
    house: House, tip: Shot, visit: Visit
) -> None:
    services = house.services
    recording = film.arrived(services, tip, house.people.expert)
    film.land(services, _heard_alone(tip), recording, share=0.5)
    page = visit(house.people.expert, f"/recordings/{recording.public_id}", size=PHONE)
    expect(page.locator("pass-player")).to_have_attribute("data-plays", "audio")

    with services.store.transaction() as tx:
        joining.note(tx, recording.id, "AAAAAAAAAAAAAAAAAAAAAA", film=Film.AWAITED)
        joining.take_place(tx, recording, upload_id="f", filename="f.mp4", media_type="video/mp4", byte_size=1)
    expect(page.get_by_text("The picture has come.")).to_be_visible()
    expect(page.locator("pass-player")).to_have_attribute("data-plays", "audio")
    film.land(services, tip, recording, share=0.5)

    expect(page.locator("pass-player")).to_have_attribute("data-plays", "video")
    until(page, "document.querySelector('video')?.readyState >= 2")


def test_where_the_network_is_good_there_is_one_upload(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/record", size=PHONE, permissions=["camera", "microphone"])
    begun: list[Request] = []
    page.on("request", lambda request: begun.append(request) if request.method == "POST" else None)

    _record(page, 3_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()

    assert len(begun) == 1
    assert [each.film for each in own(house)] == [None]


def _heard_alone(tip: Shot) -> Shot:
    """What its sound alone would have given."""

    def alone(landed: Landed) -> Landed:
        inits = {name: init for name, init in landed.inits.items() if name == "audio"}
        return replace(landed, inits=inits, runs={n: run for n, run in landed.runs.items() if n == "audio"})

    renditions = tuple(each for each in tip.renditions if each.kind is Kind.AUDIO)
    return replace(tip, renditions=renditions, landed=tuple(alone(each) for each in tip.landed))


def _record(page: Page, for_ms: int) -> None:
    page.get_by_role("button", name="Record here").click()
    _press_record(page, for_ms)


def _press_record(page: Page, for_ms: int) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    until(page, f"document.querySelector('pass-recorder').recorder?.elapsed > {for_ms}")
