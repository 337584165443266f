"""A whole Pass It On in processes of its own, on embedded defaults, in a folder that goes afterwards."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.measure import ROOT, environment
from domain.person import Person, Role
from store import credentials, embedded_postgres, people
from store.postgres import Store

_PATIENCE_S = 120.0


@dataclass
class Server:
    """`passiton serve` in a process of its own, on a port and a folder that outlive it."""

    port: int
    data: Path
    log: Path
    arguments: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)  # besides the defaults
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None, "it runs"
        return self.process.pid

    def start(self) -> None:
        """Returns once it answers."""
        command = [sys.executable, "-m", "pipeline.cli", "serve", "--port", str(self.port), "--data", str(self.data)]
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [*command, *self.arguments], cwd=ROOT, env={**environment(), **self.settings}, stdout=said, stderr=said
            )
        _until_ready(self.process, self.url, self.log)

    def kill(self) -> None:
        """SIGKILL: nothing gets to clean up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None


@dataclass(frozen=True)
class House:
    url: str
    data: Path
    dsn: str
    store: Store
    server: Server

    def person(self, login: str, role: Role) -> tuple[Person, httpx.Client]:
        """Somebody new, and a client that speaks for them over one connection."""
        person, token = self.somebody(login, role)
        headers = {"Authorization": f"Bearer {token}"}
        return person, httpx.Client(base_url=self.url, headers=headers, timeout=_PATIENCE_S)

    def somebody(self, login: str, role: Role) -> tuple[Person, str]:
        """Somebody new, and an API token of theirs."""
        with self.store.transaction() as tx:
            person = people.add_person(tx, login=login, name=login.title(), role=role)
            return person, credentials.new_api_token(tx, person.id, label="benchmark")


@contextmanager
def served(*arguments: str) -> Iterator[House]:
    """`passiton serve` with these arguments, once it answers."""
    folder = Path(tempfile.mkdtemp(prefix="passiton-bench-"))
    folder.chmod(0o711)  # started as root the database has another user, who has to pass through
    data = folder / "data"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Server(port, data, folder / "serve.log", arguments)
    try:
        server.start()
        dsn = embedded_postgres.ensure(data / "postgres").dsn
        store = Store(dsn)
        try:
            yield House(server.url, data, dsn, store, server)
        finally:
            store.close()
    finally:
        server.stop()
        embedded_postgres.stop(data / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def worker(house: House, *queues: str) -> "Iterator[subprocess.Popen[bytes]]":
    """One of the house's workers, for these queues; killed at the end, unless somebody has ended it."""
    settings = {"PASSITON_DATABASE_URL": house.dsn, "PASSITON_DATA_DIR": str(house.data)}
    command = [sys.executable, "-m", "pipeline.cli", "work", "--queues", ",".join(queues)]
    with (house.data / "work.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment() | settings, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def _until_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"The server did not come up:\n{log.read_text(errors='replace')[-4_000:]}")
