"""The real app on a real store, served to a real Chromium."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, expect

from capture.intake import FinishedUpload, Intake
from domain.person import Person
from publish_api.services import Services
from store import credentials, recordings, spaces
from store.folder import Folder
from store.postgres import Store
from tests.browser import film
from tests.conftest import People
from tests.publish_api.material import STEPS
from tests.publish_api.served import served
from transcode.jail import Jail
from transcode.voice import remade

expect.set_options(timeout=15_000)  # patience costs nothing where all is well, and machines are busy
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class House:
    """A running server, and what is kept behind it."""

    url: str
    services: Services
    people: People


@dataclass(frozen=True)
class _Arrivals:
    store: Store

    def arrive(self, upload: FinishedUpload) -> str:
        with self.store.transaction() as tx:
            made, _ = recordings.arrive(
                tx,
                upload_id=upload.upload_id,
                space_id=spaces.everyone_space(tx).id,
                uploader_id=upload.owner,
                speaker_id=upload.owner,
                title=upload.metadata.get("title", ""),
                filename=upload.filename,
                media_type=upload.media_type,
                byte_size=upload.byte_size,
                step_names=STEPS,
                terms=int(upload.metadata.get("terms", 0)),
            )
            return made.public_id


@pytest.fixture
def house(store: Store, people: People, objects: Folder, tmp_path: Path) -> Iterator[House]:
    def now() -> datetime:
        return datetime.now(UTC)

    services = Services(
        store=store,
        objects=objects,
        intake=Intake(tmp_path / "staging", max_bytes=40_000_000, arrivals=_Arrivals(store), now=now),
        try_again=lambda tx, recording_id: recordings.clear_refusal(tx, recording_id),
        public_url="http://127.0.0.1",
        max_upload_bytes=40_000_000,
        max_duration_ms=7_200_000,
        now=now,
        sends_mail=True,
        mail_secret=b"a secret of tests",
        remake_voice=partial(remade, jail=Jail()),
    )
    server = uvicorn.Server(uvicorn.Config(served(services), host="127.0.0.1", port=0, log_level="warning"))
    socket = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield House(f"http://127.0.0.1:{socket.getsockname()[1]}", services, people)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def tip(tmp_path_factory: pytest.TempPathFactory) -> film.Film:
    folder = tmp_path_factory.mktemp("film")
    folder.chmod(0o755)  # the jail's user reads it
    return film.shoot(folder)


@pytest.fixture
def shown(house: House, tip: film.Film) -> film.Shown:
    """One recording that has come all the way; its first clip is published."""
    made = film.put_in(house.services, tip, house.people.expert)
    film.publish(house.services, made.clips[0], house.people.curator)
    return made


def until(page: Page, expression: str) -> None:
    """Waits until an expression is true. Playwright's own way needs eval, which our pages forbid."""
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
            const patience = setTimeout(() => fail(new Error("waited in vain")), 15000);
            const look = () => {{
                if ({expression}) (clearTimeout(patience), done());
                else setTimeout(look, 20);
            }};
            look();
        }})"""
    )


Visit = Callable[..., Page]


@pytest.fixture
def visit(house: House, new_context: Callable[..., BrowserContext]) -> Iterator[Visit]:
    """`visit(person, path)` opens a page as somebody, in a browser of their own. No script may fail meanwhile."""
    failures: list[str] = []

    def open_page(person: Person | None, path: str, *, size: dict[str, int] = DESK, **options: Any) -> Page:
        context = new_context(
            base_url=house.url, viewport=size, has_touch=size is PHONE, **{"service_workers": "block", **options}
        )
        if person is not None:
            with house.services.store.transaction() as tx:
                session = credentials.new_session(tx, person.id, now=house.services.now())
            context.add_cookies([{"name": "passiton_session", "value": session, "url": house.url}])
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    assert failures == []
