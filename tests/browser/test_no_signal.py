"""Where there is no signal: the record page opens as it was, for whoever is signed in; other pages say so."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from publish_api.pages import recordings as recording_pages
from publish_api.pages import static_files
from tests.browser.conftest import PHONE, House, Visit, until
from tests.browser.film import Shown
from tests.browser.tips import copied, own, pick
from tests.publish_api.briefing import a_brief, a_link

RECORDS = {"size": PHONE, "service_workers": "allow", "permissions": ["camera", "microphone"]}
KEPT = """async () => {
    const of = async (name) => (await caches.has(name)) ? (await (await caches.open(name)).keys()) : [];
    return (await of("passiton-record")).map(({ url }) => new URL(url)).map((u) => u.pathname + u.search);
}"""
# Whether the phone has it in writing that the one tip on it is to be sent.
SAID = """async () => {
    for await (const [name, person] of (await navigator.storage.getDirectory()).entries())
        if (name.startsWith("tips-"))
            for await (const tip of person.values()) {
                const about = await (await tip.getFileHandle("about.json")).getFile();
                if (JSON.parse((await about.text()) || "{}").ready) return true;
            }
}"""
# Whether the record page and all files are of a release, and none is of another.
OF_RELEASE = """async (release) => {
    const files = await (await caches.open("passiton-files")).keys();
    const page = await caches.match("/record");
    const old = files.some(({ url }) => url.includes("/static/") && !url.includes(release));
    return Boolean(page) && (await page.text()).includes(release) && !old;
}"""


def until_true(page: Page, question: str, given: object = None) -> None:
    """Waits until a question of the browser's own storage is answered by yes."""
    page.evaluate(
        f"""async (given) => {{
            const until = performance.now() + 15000;
            while (!(await ({question})(given).catch(() => false))) {{
                if (performance.now() > until) throw new Error("waited in vain");
                await new Promise((rested) => setTimeout(rested, 20));
            }}
        }}""",
        given,
    )


def until_kept(page: Page, *paths: str) -> None:
    """Until of record pages these, and no others, are kept."""
    until_true(page, f"async (wanted) => String((await ({KEPT})()).sort()) === String(wanted.sort())", list(paths))


def test_a_tip_is_recorded_without_signal_in_a_page_opened_without_signal(
    house: House, shown: Shown, visit: Visit
) -> None:
    page = visit(house.people.expert, "/", **RECORDS)  # the record page was never opened on this phone
    until_kept(page, "/record")
    page.context.set_offline(True)
    page.close()

    page = page.context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/record")
    expect(page.get_by_text("There was no signal when you opened this page.")).to_be_visible()
    page.get_by_role("button", name="Record here").click()
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("What you say is kept on this phone.")).to_be_visible()
    until(page, "document.querySelector('pass-recorder').recorder?.elapsed > 2500")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("No signal. All of it is on this phone.")).to_be_visible()
    until_true(page, SAID)
    page.reload()
    expect(page.get_by_role("heading", name="Waiting for signal")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="It is on the server")).to_be_visible()
    page.get_by_role("button", name="Record another").click()
    expect(page.get_by_text("There was no signal when you opened this page.")).to_be_hidden()
    [arrived, _] = reversed(own(house))
    assert arrived.filename.startswith("Recorded 20")
    assert arrived.byte_size > 10_000


def test_a_network_that_hangs_does_not_hang_the_record_page(
    house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = visit(house.people.expert, "/record", **RECORDS)
    until_kept(page, "/record")
    answers, promised = threading.Event(), recording_pages.promised
    monkeypatch.setattr(recording_pages, "promised", lambda *given: (answers.wait(20), promised(*given))[1])

    page.goto("/record")

    expect(page.get_by_text("There was no signal when you opened this page.")).to_be_visible()
    assert not answers.is_set()
    file = tmp_path_factory.mktemp("film") / "valve.mp4"
    file.write_bytes(b"x" * 1000)
    pick(page, file)
    expect(page.get_by_text("valve.mp4")).to_be_visible()
    copied(page)
    answers.set()


def test_a_brief_is_answered_without_signal_by_its_guest(house: House, visit: Visit) -> None:
    brief = a_brief(house.services, house.people.curator)
    link = a_link(house.services, brief, house.people.curator)
    page = visit(None, f"/brief/{link.token}", **RECORDS)
    page.get_by_label("Your name").fill("Gina")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/record?brief=*")
    until_kept(page, f"/record?brief={brief.public_id}")

    page.context.set_offline(True)
    page.goto("/record")

    expect(page.get_by_role("heading", name="How to bleed the brakes")).to_be_visible()
    page.goto("/recordings")
    expect(page.get_by_role("heading", name="No signal here")).to_be_visible()
    page.get_by_role("link", name="Record, or see what waits").click()
    expect(page.get_by_role("heading", name="How to bleed the brakes")).to_be_visible()


def test_the_record_page_is_kept_for_whoever_is_signed_in_and_nobody_else(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", **RECORDS)
    until_kept(page, "/record")
    other = visit(house.people.learner, "/offline", size=PHONE)
    page.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]

    page.goto("/")  # somebody else has signed in
    until_kept(page)

    page.context.set_offline(True)
    page.goto("/record")
    expect(page.get_by_role("heading", name="No signal here")).to_be_visible()
    expect(page.get_by_role("link", name="Record, or see what waits")).to_be_hidden()


def test_signing_out_leaves_no_page(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", **RECORDS)
    until_kept(page, "/record")

    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")

    assert page.evaluate(KEPT) == []


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of another version than what was served before."""
    version = "feedfacebeef"
    static_files.modules.cache_clear()
    monkeypatch.setattr(static_files, "version", lambda: version)
    yield version
    static_files.modules.cache_clear()


def test_after_a_release_the_kept_page_is_of_that_release(
    house: House, visit: Visit, request: pytest.FixtureRequest
) -> None:
    page = visit(house.people.expert, "/recordings", **RECORDS)
    until_kept(page, "/record")
    before = static_files.version()
    release = request.getfixturevalue("release")

    page.goto("/recordings")
    until_true(page, OF_RELEASE, release)
    page.context.set_offline(True)
    page.goto("/record")

    assert before != release
    expect(page.get_by_role("button", name="Record here")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent')") != ""


def test_the_first_visit_after_a_release_is_to_the_new_page(
    house: House, visit: Visit, request: pytest.FixtureRequest
) -> None:
    page = visit(house.people.expert, "/recordings", **RECORDS)
    until_kept(page, "/record")
    until(page, "navigator.serviceWorker.controller")
    release = request.getfixturevalue("release")

    page.goto("/record")

    expect(page.get_by_role("button", name="Record here")).to_be_visible()
    assert page.locator(f'link[href="/static/{release}/css/tokens.css"]').count() == 1
    assert page.evaluate("'kept' in document.body.dataset") is False


def test_a_page_asked_for_without_signal_is_answered_in_our_words(house: House, shown: Shown, visit: Visit) -> None:
    page = visit(house.people.learner, "/", size=PHONE, service_workers="allow")
    until(page, "navigator.serviceWorker.controller")

    page.context.set_offline(True)
    page.get_by_role("link", name="Turning the valve").click()

    expect(page.get_by_role("heading", name="No signal here")).to_be_visible()
    expect(page.get_by_role("link", name="Record, or see what waits")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent')") != ""
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Turning the valve")).to_be_visible()
    kept = page.evaluate(
        "caches.open('passiton-files').then(c => c.keys()).then(all => all.map(r => new URL(r.url).pathname))"
    )
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith(("/offline", "/static/"))] == []
    assert page.evaluate(KEPT) == []


def test_a_page_that_is_open_says_when_the_signal_goes_and_comes(house: House, visit: Visit) -> None:
    page = visit(house.people.learner, "/", size=PHONE)

    page.context.set_offline(True)
    expect(page.get_by_text("No signal. What is on this page stays")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_text("No signal. What is on this page stays")).to_have_count(0)
