import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.journey.running import Running


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
