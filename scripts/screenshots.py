"""Photographs the main pages for docs/screens/: python -m scripts.screenshots URL LINK

Enters: a server of its own, once its sample is cut (`passiton serve --welcome --data FOLDER`), and a fresh sign-in
link to it for an admin. What waits there is published, and something is said of a clip. Leaves: one WebP a page, at a
phone's size and at a desk's, light; some dark, some in Arabic.
"""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, Page, sync_playwright

from publish_api.tongue import COOKIE

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
CHROMIUM = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"]
SETTLED_MS = 2500  # a first picture, an open list
QUALITY = 60  # of WebP: text stays sharp, and a page under 100 kB

# name: path. {clip} is a published clip, {draft} one that waits, {recording} what it is of.
PAGES = {
    "home": "/",
    "clip": "/clips/{clip}",
    "search": "/search?q={word}",
    "record": "/record",
    "recordings": "/recordings?whose=all",
    "recording": "/recordings/{recording}",
    "inbox": "/inbox",
    "account": "/account",
    "review": "/review?queue=published",
    "editor": "/review/{clip}",
}
SAID = [
    ("comment", 4_000, "We do it the same way in hall 2."),
    ("question", 9_000, "Does that hold for the small one, too?"),
    ("used-it", 14_000, "Did it this morning: **two minutes**, and no call to maintenance."),
]
DARK = ["clip", "editor"]
ARABIC = ["home", "clip", "record", "editor"]


def main() -> None:
    url, link = sys.argv[1].rstrip("/"), sys.argv[2]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        found = next(path for path in CHROMIUM if Path(path).exists())
        browser = playwright.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox"])
        state = _signed_in(browser, link)
        ask = browser.new_context(storage_state=state, extra_http_headers={"Origin": url}).request
        _furnish(ask, f"{url}/api/v1")
        paths = _paths(ask, url)
        for name, path in paths.items():
            for size in (PHONE, DESK):
                _photograph(browser, url, path, state, size, name)
        for name in DARK:
            _photograph(browser, url, paths[name], state, DESK, f"{name}-dark", color_scheme="dark")
        for name in ARABIC:
            for size in (PHONE, DESK):
                _photograph(browser, url, paths[name], state, size, f"{name}-arabic", language="ar")
        browser.close()


def _signed_in(browser: Browser, link: str) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    return context.storage_state()


def _furnish(ask: APIRequestContext, api: str) -> None:
    """Publishes what waits. Of the first clip something is asked and said, once."""
    for clip in ask.get(f"{api}/clips?review=true").json()["items"]:
        ask.put(f"{api}/clips/{clip['id']}/publication", headers={"If-Match": f'"{clip["version"]}"'})
    clips = ask.get(f"{api}/clips").json()["items"]
    if any(clip["comments"] for clip in clips):
        return
    for kind, at_ms, text in SAID:
        said = {"kind": kind, "clip_at_ms": at_ms, "text": text}
        ask.post(f"{api}/clips/{clips[-1]['id']}/comments", data=said)


def _paths(ask: APIRequestContext, url: str) -> dict[str, str]:
    clips = ask.get(f"{url}/api/v1/clips").json()["items"]
    clip = max(clips, key=lambda each: each.get("comments", 0))
    known = {
        "clip": clip["id"],
        "recording": clip["parts"][0]["recording"],
        "word": max(clip["title"].split(), key=len).strip(".,?:"),
    }
    return {name: path.format(**known) for name, path in PAGES.items()}


def _photograph(
    browser: Browser,
    url: str,
    path: str,
    state: Any,
    size: dict[str, int],
    name: str,
    *,
    language: str = "en",
    color_scheme: str = "light",
) -> None:
    options: dict[str, Any] = {"viewport": size, "color_scheme": color_scheme, "service_workers": "block"}
    context = browser.new_context(storage_state=state, **options)
    context.add_cookies([{"name": COOKIE, "value": language, "url": url}])
    page: Page = context.new_page()
    page.goto(url + path)
    page.wait_for_timeout(SETTLED_MS)
    picture = Image.open(io.BytesIO(page.screenshot()))
    kind = "phone" if size is PHONE else "desk"
    picture.save(FOLDER / f"{name}-{kind}.webp", quality=QUALITY, method=6)
    context.close()


if __name__ == "__main__":
    main()
