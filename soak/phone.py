"""A phone with the record page in it: Chromium of that size, signed in, with a false camera and microphone; on a slow
line where that is asked for.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from benchmarks.house import House
from domain.person import Person
from publish_api.access import COOKIE
from store import credentials

LINE_BYTES_S = 125_000  # 1 Mbit/s, both ways
DELAY_MS = 50
_CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@contextmanager
def signed_in(
    house: House,
    person: Person,
    playwright: Playwright,
    *,
    profile: Path | None = None,
    hears: Path | None = None,
    sees: Path | None = None,
) -> Iterator[BrowserContext]:
    """A browser of its own. `profile` outlives it; `hears` is a WAV, `sees` an MJPEG, each begun again at its end.

    Without them its microphone beeps, and its camera shows a drawing that is easily compressed.
    """
    arguments = [*_ARGUMENTS]
    if hears:
        arguments.append(f"--use-file-for-fake-audio-capture={hears}")
    if sees:
        arguments.append(f"--use-file-for-fake-video-capture={sees}")
    context = playwright.chromium.launch_persistent_context(
        profile or "",
        executable_path=_CHROMIUM,
        args=arguments,
        base_url=house.url,
        viewport={"width": 390, "height": 844},
        permissions=["camera", "microphone"],
    )
    with house.store.transaction() as tx:
        session = credentials.new_session(tx, person.id, now=datetime.now().astimezone())
    context.add_cookies([{"name": COOKIE, "value": session, "url": house.url}])
    try:
        yield context
    finally:
        with suppress(Error):  # somebody may have killed it
            context.close()


def record_page(context: BrowserContext, *, slow: bool = False, sound_first: bool | None = None) -> Page:
    """Where Record can be pressed. `slow`: on the line above. `sound_first`: "Poor network"; None: as it stands."""
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/record")
    if slow:
        line = {"downloadThroughput": LINE_BYTES_S, "uploadThroughput": LINE_BYTES_S, "latency": DELAY_MS}
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", {**line, "offline": False})
    page.get_by_role("button", name="Record here").click()
    if sound_first is not None:
        page.get_by_text("Title, who speaks").click()
        page.get_by_label("Poor network").set_checked(sound_first)
    return page


def film(page: Page, seconds: float) -> None:
    """Presses Record and waits so long. It goes on recording."""
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_timeout(seconds * 1000)  # the browser's events are heard meanwhile


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()


def called(context: BrowserContext) -> str:
    """The browser, for a note."""
    return f"Chromium {context.browser.version}" if context.browser else "Chromium"
