"""A whole Pass It On in processes of its own, as `passiton serve` starts it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from domain.person import Role
from store import credentials, people
from store.postgres import Store
from tests.ports import free_port

T = TypeVar("T")
SMALL = {"PASSITON_LADDER": "480,270"}  # two renditions have seams as four do, at a third of the cost
SAMPLE = Path(__file__).resolve().parents[2] / "pipeline" / "sample" / "sample.mp4"


@dataclass
class Running:
    """One server with its workers. Everything it prints is kept in `log`."""

    data: Path
    dsn: str
    extra: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PASSITON_DATABASE_URL": self.dsn,
            "PASSITON_DATA_DIR": str(self.data),
            "PASSITON_PUBLIC_URL": self.url,
            "XDG_STATE_HOME": str(self.data / "state"),  # `passiton upload` remembers there what it has sent
            **self.extra,
        }

    @property
    def log(self) -> str:
        return (self.data / "serve.log").read_text(errors="replace")

    def start(self, *arguments: str) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "serve", "--port", str(self.port), *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.until(self._ready, "the server is up", 120)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def kill(self) -> None:
        """SIGKILL to the server alone: its workers have to notice by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def cli(self, *arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def person(self, login: str, role: str) -> httpx.Client:
        """Somebody new, and a client that speaks for them."""
        store = Store(self.dsn)
        with store.transaction() as tx:
            person = people.add_person(tx, login=login, name=login.title(), role=Role(role))
            token = credentials.new_api_token(tx, person.id)
        store.close()
        return self.client(token)

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def upload(self, file: Path, client: httpx.Client) -> str:
        """Sends a file with the product's own client; returns the recording's id."""
        token = client.headers["authorization"].removeprefix("Bearer ")
        printed = self.cli("upload", str(file), "--server", self.url, "--token", token, "--i-speak")
        return printed.split()[0].rsplit("/", 1)[1]

    def workers(self, queue: str) -> list[int]:
        """Process ids of the workers that take jobs of a queue."""
        assert self.process is not None
        listed = subprocess.run(
            # -ww: or a long path to Python would leave no room for what we look for
            ["ps", "-ww", "--ppid", str(self.process.pid), "-o", "pid=,args="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = [line.split(maxsplit=1) for line in listed.splitlines()]
        return [int(pid) for pid, args in found if f"--queues {queue} " in f"{args} "]

    def kill_worker(self, queue: str) -> None:
        pids = self.workers(queue)
        assert pids, f"nobody works on {queue}"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def step(self, recording: str, name: str) -> dict[str, Any]:
        """A step's row, straight from the table."""
        with psycopg.connect(self.dsn, row_factory=psycopg.rows.dict_row) as connection:
            row = connection.execute(
                "select s.* from step s join recording r on r.id = s.recording_id where r.public_id = %s and name = %s",
                [recording, name],
            ).fetchone()
        assert row is not None
        return row

    def until(self, look: Callable[[], T | None], what: str, patience_s: float) -> T:
        """As `until`, and fails at once when the server has ended."""

        def alive() -> T | None:
            assert self.process is None or self.process.poll() is None, f"the server ended:\n{self.log[-4000:]}"
            return look()

        try:
            return until(alive, what, patience_s)
        except AssertionError as error:
            error.add_note(self.log[-4000:])
            raise

    def ready(self, recording: str, client: httpx.Client, patience_s: float = 480) -> dict[str, Any]:
        """The recording once every step is done."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = client.get(f"/api/v1/recordings/{recording}").raise_for_status().json()
            assert found["status"] not in {"failed", "refused"}, found
            return found if found["status"] == "ready" else None

        return self.until(look, "the recording is ready", patience_s)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def until(look: Callable[[], T | None], what: str, patience_s: float) -> T:
    """Looks again and again until something is there."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {patience_s} s in vain until {what}")
