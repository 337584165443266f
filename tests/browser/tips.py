"""What the tests of the record page share: picking, holding requests back, looking at what has come."""

import hashlib
import shutil
from pathlib import Path

from playwright.sync_api import Page, Route

from domain.media import Probe
from domain.recording import Recording
from store import recordings
from tests.browser.conftest import House
from transcode.jail import Jail
from transcode.probe import probe


def pick(page: Page, *files: Path) -> None:
    page.locator("input[type=file][multiple]").set_input_files(files)


def send(page: Page, *files: Path) -> None:
    pick(page, *files)
    page.get_by_role("button", name="Send").click()


def hold_pieces_after(page: Page, offset: int) -> list[Route]:
    """Lets what begins at or before `offset` through, and nothing after that."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PATCH" and int(route.request.headers["upload-offset"]) > offset:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", hold)
    return held


def let_go(page: Page) -> None:
    """Also of what was held: that goes on at once."""
    page.unroute("**/api/v1/uploads/*")


def copied(page: Page, tips: int = 1) -> None:
    """Waits until the browser has its own copy of so many files."""
    page.evaluate(
        """async (wanted) => {
            const root = await navigator.storage.getDirectory();
            const there = async () => {
                let found = 0;
                for await (const [name, person] of root.entries())
                    if (name.startsWith("tips-"))
                        for await (const tip of person.values())
                            if (await tip.getFileHandle("about.json").catch(() => null)) found += 1;
                return found;
            };
            while ((await there()) !== wanted) await new Promise((done) => setTimeout(done, 20));
        }""",
        tips,
    )


def until_noted(page: Page, offset: int) -> None:
    """Waits until the browser has it in writing that the server has so many bytes of the one tip that lies here."""
    page.evaluate(
        """async (offset) => {
            const noted = async () => {
                for await (const [name, person] of (await navigator.storage.getDirectory()).entries())
                    if (name.startsWith("tips-"))
                        for await (const tip of person.values()) {
                            const note = await (await tip.getFileHandle("upload.json")).getFile();
                            return JSON.parse(await note.text()).sent;
                        }
            };
            while ((await noted().catch(() => null)) !== offset) await new Promise((done) => setTimeout(done, 20));
        }""",
        offset,
    )


def own(house: House) -> tuple[Recording, ...]:
    """The expert's recordings, the oldest first."""
    with house.services.store.transaction() as tx:
        return tuple(reversed(recordings.own_recordings(tx, house.people.expert.id).items))


def sha256(house: House, recording: Recording) -> str:
    return hashlib.sha256(house.services.intake.path(recording.upload_id).read_bytes()).hexdigest()


def probed(house: House, recording: Recording, folder: Path) -> Probe:
    """What the pipeline would find in what has come."""
    folder.chmod(0o755)  # the jail's user reads it
    copy = folder / recording.public_id
    shutil.copyfile(house.services.intake.path(recording.upload_id), copy)
    copy.chmod(0o644)
    return probe(copy, Jail())
