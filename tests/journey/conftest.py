import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.journey.running import SAMPLE, Running
from tests.transcode.media import ffmpeg


@pytest.fixture(scope="session")
def tip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first of the sample's three topics, half a minute: what a third of the sample is enough for."""
    path = tmp_path_factory.mktemp("journey") / "tip.mp4"
    ffmpeg("-i", SAMPLE, "-t", 31.8, "-c", "copy", path)
    return path


@pytest.fixture
def running(database_dsn: str) -> Iterator[Callable[..., Running]]:
    """Starts servers on a fresh database; ends them, and shows nothing unless a test fails."""
    folder = Path(tempfile.mkdtemp(prefix="passiton-journey-"))
    folder.chmod(0o711)
    started: list[Running] = []

    def start(*arguments: str, extra: Mapping[str, str] | None = None) -> Running:
        server = Running(folder / "data", database_dsn, extra or {})
        started.append(server)
        server.start(*arguments)
        return server

    yield start
    for server in started:
        server.stop()
    shutil.rmtree(folder, ignore_errors=True)
