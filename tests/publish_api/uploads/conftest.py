"""Clients of the upload routes, within this process and on real servers."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.publish_api.uploads.server_app import app_on
from tests.publish_api.uploads.uploading import EVA, UPLOADS, Server


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(app_on(tmp_path, max_bytes=1_000_000), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def create(client: TestClient) -> Callable[..., str]:
    """A new upload's path."""

    def create(length: int = 10, **headers: str) -> str:
        answer = client.post(UPLOADS, headers={**EVA, "Upload-Length": str(length), **headers})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])

    return create


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("uploads"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server of this test alone, to be killed."""
    server = Server(tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def tip(tmp_path: Path) -> Path:
    """A file of 20 MB in which no two places look alike."""
    path = tmp_path / "Öl wechseln.mp4"
    path.write_bytes(random.Random(3).randbytes(20_000_000))
    return path
