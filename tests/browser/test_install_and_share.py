"""A place on the home screen, offered quietly; and videos that come from the gallery's Share menu."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, House, Visit, until

# What a gallery does: a form of files, posted to the manifest's share_target.
SHARE = """([name, type, bytes, copies]) => {
    const form = Object.assign(document.createElement("form"),
        { action: "/share", method: "post", enctype: "multipart/form-data" });
    const input = Object.assign(document.createElement("input"), { type: "file", name: "files", multiple: true });
    const files = new DataTransfer();
    for (let n = 1; n <= copies; n++)
        files.items.add(new File([new Uint8Array(bytes).fill(n)], name.replace("#", n), { type }));
    input.files = files.files;
    form.append(input);
    document.body.append(form);
    form.submit();
}"""
KEPT = """caches.open("passiton-shared").then(async (cache) => Promise.all((await cache.keys()).map(async (request) => {
    const answer = await cache.match(request);
    return [new URL(request.url).pathname.slice(0, 8), answer.headers.get("Content-Type"),
        decodeURIComponent(answer.headers.get("X-Name")), (await answer.blob()).size];
})))"""
TAKE = """async ([path, refuse]) => {
    const { takeShared } = await import(path);
    const files = await takeShared(refuse ? () => Promise.reject(new Error("full")) : undefined);
    return Promise.all(files.map(async (f) => [f.name, f.type, f.size, new Uint8Array(await f.arrayBuffer())[0]]));
}"""
MODULE = "/static/js/shared.js"


def test_what_the_gallery_shares_waits_on_the_phone_and_is_taken_once(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)

    share(page, "Über den # Hügel.mp4", "video/mp4", 1_500_000, 2)
    kept = page.evaluate(KEPT)
    taken = page.evaluate(TAKE, [MODULE, False])
    again = page.evaluate(TAKE, [MODULE, False])

    assert page.url == f"{house.url}/record?shared=1"
    assert kept == [
        ["/shared/", "video/mp4", "Über den 1 Hügel.mp4", 1_500_000],
        ["/shared/", "video/mp4", "Über den 2 Hügel.mp4", 1_500_000],
    ]
    assert taken == [
        ["Über den 1 Hügel.mp4", "video/mp4", 1_500_000, 1],
        ["Über den 2 Hügel.mp4", "video/mp4", 1_500_000, 2],
    ]
    assert again == []


def test_what_is_shared_is_offered_on_the_record_page_and_not_sent_unasked(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", size=PHONE, service_workers="allow")
    until(page, "navigator.serviceWorker.controller")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/uploads" in request.url else None)

    page.evaluate(SHARE, ["from the gallery.mp4", "video/mp4", 1_000, 1])

    expect(page.get_by_text("from the gallery.mp4").first).to_be_visible()
    expect(page.get_by_role("button", name="Send").first).to_be_visible()
    assert page.url == f"{house.url}/record"
    page.evaluate("navigator.locks.request('passiton-shared', () => {})")  # until the page has taken it
    assert page.evaluate(KEPT) == []
    assert sent == []


def test_what_could_not_be_kept_is_offered_again(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    share(page, "tip.mp4", "video/mp4", 10, 1)

    refused = page.evaluate(TAKE, [MODULE, True])
    again = page.evaluate(TAKE, [MODULE, False])

    assert [each[0] for each in refused] == [each[0] for each in again] == ["tip.mp4"]


def test_what_nobody_fetched_for_a_week_is_thrown_away(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    share(page, "tip.mp4", "video/mp4", 10, 1)
    page.evaluate("""async () => {
        const cache = await caches.open("passiton-shared");
        const [request] = await cache.keys();
        const headers = { ...Object.fromEntries((await cache.match(request)).headers) };
        headers["x-shared"] = String(Date.now() - 8 * 24 * 3600 * 1000);
        await cache.put(request, new Response("old", { headers }));
    }""")

    taken = page.evaluate(TAKE, [MODULE, False])

    assert taken == []
    assert page.evaluate(KEPT) == []


def test_a_name_from_the_gallery_may_be_anything(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    name = "a%zz\u202e\u0007<img src=x> " + "n" * 500 + ".mp4"

    share(page, name, "video/mp4", 10, 1)

    [[taken, *_]] = page.evaluate(TAKE, [MODULE, False])
    assert taken.endswith("n" * 500 + ".mp4")
    assert "<img src=x>" in taken


def test_a_share_without_a_file_leads_to_where_it_can_be_picked(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)

    share(page, "empty.mp4", "video/mp4", 0, 1)

    assert page.url == f"{house.url}/record?shared=failed"
    assert page.evaluate(KEPT) == []


def test_a_share_works_without_signal(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    page.context.set_offline(True)

    page.evaluate(SHARE, ["tip.mp4", "video/mp4", 10, 1])
    expect(page.get_by_role("heading", name="No signal here")).to_be_visible()

    assert [each[2] for each in page.evaluate(KEPT)] == ["tip.mp4"]


def test_before_the_phone_is_ready_a_share_is_not_lost_in_silence(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", size=PHONE)  # no service worker

    with page.expect_navigation(url="**/record?shared=failed"):
        page.evaluate(SHARE, ["tip.mp4", "video/mp4", 3_000_000, 1])

    expect(page.get_by_role("alert")).to_contain_text("What you shared could not be taken over. Pick it here instead.")


def test_whoever_signs_out_leaves_nothing_that_was_shared(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    share(page, "tip.mp4", "video/mp4", 10, 1)
    page.goto("/")

    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")

    assert page.evaluate(KEPT) == []


def test_installing_is_offered_once_the_browser_can(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", size=PHONE)
    before = page.get_by_role("button", name="Install").is_visible()
    offer(page)

    page.get_by_role("button", name="Install").click()

    assert before is False
    assert page.evaluate("window.asked") == 1
    expect(page.get_by_role("button", name="Install")).to_be_hidden()


def test_whoever_declines_is_not_asked_again(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", size=PHONE)
    offer(page)
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("button", name="Install")).to_be_hidden()

    page.reload()
    offer(page)

    expect(page.get_by_role("button", name="Install")).to_be_hidden()


def test_on_an_iphone_a_sentence_says_how(house: House, visit: Visit) -> None:
    page = visit(house.people.expert, "/recordings", size=PHONE)
    page.context.add_init_script("Object.defineProperty(navigator, 'standalone', { value: false })")

    page.reload()

    expect(page.get_by_text("in Safari tap Share, then “Add to Home Screen”")).to_be_visible()
    expect(page.get_by_role("button", name="Install")).to_be_hidden()


def test_chromium_finds_nothing_missing_for_installing(house: House, visit: Visit) -> None:
    page = with_worker(visit, house)
    session = page.context.new_cdp_session(page)

    manifest: dict[str, Any] = session.send("Page.getAppManifest")
    errors: dict[str, Any] = session.send("Page.getInstallabilityErrors")

    assert manifest["errors"] == []
    assert manifest["url"] == f"{house.url}/app.webmanifest"
    assert [e["errorId"] for e in errors["installabilityErrors"] if e["errorId"] != "in-incognito"] == []


def with_worker(visit: Visit, house: House) -> Page:
    """A page that the service worker looks after, of somebody to whom the record page is closed: on it, what was
    shared would be taken at once."""
    page = visit(house.people.learner, "/", size=PHONE, service_workers="allow")
    until(page, "navigator.serviceWorker.controller")
    return page


def share(page: Page, name: str, type_: str, size: int, copies: int) -> None:
    page.evaluate(SHARE, [name, type_, size, copies])
    page.wait_for_url("**/record?shared=*")


def offer(page: Page) -> None:
    """What Chromium tells a page it would install; it never does headless."""
    page.evaluate("""() => {
        window.asked = 0;
        const event = new Event("beforeinstallprompt", { cancelable: true });
        event.prompt = async () => { window.asked += 1; };
        dispatchEvent(event);
    }""")
