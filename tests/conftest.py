"""Real parts for every room's tests: a Postgres, a fresh database a test, people, a folder of objects.

`PASSITON_TEST_DATABASE_URL` names a server to use instead of one of our own; its user must be allowed
to create databases.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

from domain.person import Person, Role
from store import embedded_postgres, people, spaces
from store.folder import Folder
from store.postgres import Store, migrate
from store.s3 import S3
from tests.databases import Databases, with_database

hypothesis.settings.register_profile("patient", deadline=None)  # how long an example took says how busy we are
hypothesis.settings.load_profile("patient")
# Nothing here outlives its test: no power cut is feared, no replica listens.
_QUICK = {
    **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"), "off"),
    **{"wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": "64MB"},
}
# Debian's Chromium; of the two the one without windows, which opens a page at a quarter of the cost.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.hookimpl(trylast=True)  # after the folders have marked what is theirs
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # First those that take half a minute each, so that no process is left with one when the others have ended.
    items.sort(key=lambda item: "journey" not in item.path.parts)
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM is not None or not browser_tests:
        return
    if "PASSITON_TEST_NEEDS_CHROMIUM" in os.environ:
        raise pytest.UsageError("The browser tests need Chromium (Debian: chromium-headless-shell), which is missing.")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason="Chromium is not installed (Debian: chromium-headless-shell)"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What pytest-playwright starts: Debian's Chromium, alone with our own server, its camera and microphone false."""
    quiet = ("quic", "gpu", "background-networking", "component-update", "sync")
    return {
        "executable_path": CHROMIUM,
        "args": [
            *("--no-sandbox", "--no-first-run", "--autoplay-policy=no-user-gesture-required"),
            *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
            *(f"--disable-{what}" for what in quiet),
        ],
    }


@dataclass(frozen=True)
class People:
    """One of each role, all in the space of everybody; the curator curates every space."""

    learner: Person
    expert: Person
    curator: Person
    admin: Person


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """A server's DSN; its database is nobody's: make your own, or use `database_dsn`."""
    given = os.environ.get("PASSITON_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="passiton-test-"))
    folder.chmod(0o711)  # started as root the server has another user, who has to pass through
    try:
        yield embedded_postgres.ensure(folder / "postgres", settings=_QUICK).dsn
    finally:
        embedded_postgres.stop(folder / "postgres")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def databases(postgres_dsn: str) -> Iterator[Databases]:
    """Migrated databases without a row."""
    name = f"passiton_test_{os.getpid()}"
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')
    migrate(with_database(postgres_dsn, name))
    databases = Databases(postgres_dsn, name)
    yield databases
    databases.close()
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def database_dsn(postgres_dsn: str, databases: Databases) -> Iterator[str]:
    """A migrated database of this test alone, without a row."""
    name = databases.take()
    yield with_database(postgres_dsn, name)
    databases.give_back(name)


@pytest.fixture
def store(database_dsn: str) -> Iterator[Store]:
    store = Store(database_dsn)
    yield store
    store.close()


@pytest.fixture(name="people")
def people_fixture(store: Store) -> People:
    with store.transaction() as tx:
        spaces.everyone_space(tx)
        return People(
            learner=people.add_person(tx, login="lea", name="Lea Learner", role=Role.LEARNER),
            expert=people.add_person(tx, login="eva", name="Eva Expert", role=Role.EXPERT),
            curator=people.add_person(tx, login="carl", name="Carl Curator", role=Role.CURATOR),
            admin=people.add_person(tx, login="ada", name="Ada Admin", role=Role.ADMIN),
        )


@pytest.fixture
def objects(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "objects")


@dataclass(frozen=True)
class S3Server:
    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret_key: str
    folder: Path  # where it keeps its buckets

    def home(self) -> S3:
        return S3(self.endpoint, self.bucket, self.region, self.access_key, self.secret_key)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server process (`rclone serve s3`) with one empty bucket."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "clips").mkdir()
    command = [
        *(Path(sys.executable).with_name("rclone"), "serve", "s3", folder, "--config", os.devnull),
        *("--addr", "127.0.0.1:0", "--auth-key", "passiton01,passitonsecret"),
    ]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        endpoint = next(found[1] for line in lines if (found := re.search(r"server on \[(http://[^/]+)/\]", line)))
        # Read on, or the server stands still when the pipe is full.
        threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()
        yield S3Server(endpoint, "clips", "us-east-1", "passiton01", "passitonsecret", folder)
    finally:
        server.terminate()
        server.wait()
