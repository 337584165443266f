"""A server that stands alone: its own Postgres, its first look, and its end."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from store import embedded_postgres
from tests.journey.running import until
from tests.ports import free_port


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="passiton-alone-") as name:
        Path(name).chmod(0o711)  # started as root the database has another user, who has to pass through
        yield Path(name)
        embedded_postgres.stop(Path(name) / "data" / "postgres")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_command_serves_prints_a_link_that_signs_in_and_ends_with_everything_it_started(
    number: signal.Signals, folder: Path
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PASSITON_")}
    port, log = free_port(), folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "pipeline.cli", "serve", "--welcome", "--no-worker"),
                *("--port", str(port), "--data", str(folder / "data")),
            ],
            env=environment | {"PASSITON_DATA_DIR": str(folder / "data")},
            stdout=out,
            stderr=out,
        )
    try:
        link = until(lambda: re.search(r"Sign in: (\S+)", log.read_text()), "the link is printed", 180).group(1)
        page = httpx.get(link)
        until(lambda: '"PATCH /api/v1/uploads/' in log.read_text(), "the sample has been sent", 120)
        printed = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "people", "add", "sam", "--name", "Sam", "--json"],
            env=environment | {"PASSITON_DATA_DIR": str(folder / "data")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    finally:
        server.send_signal(number)
        server.wait(90)

    assert page.status_code == 200
    assert f"http://127.0.0.1:{port}/sign-in/" in printed
    assert link.rsplit("/", 1)[1] not in log.read_text().replace(link, "")  # no token in the access log
    with subprocess.Popen(["ps", "-eo", "args"], stdout=subprocess.PIPE, text=True) as ps:
        assert str(folder) not in ps.communicate()[0]
