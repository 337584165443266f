"""What upload tests say: requests as a client makes them, and servers in processes of their own."""

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port

UPLOADS = "/api/v1/uploads"
EVA = {"Authorization": "Bearer eva", "Tus-Resumable": "1.0.0"}
CARL = {**EVA, "Authorization": "Bearer carl"}
LEA = {**EVA, "Authorization": "Bearer lea"}
BYTES = {"Content-Type": "application/offset+octet-stream"}
ROOT = Path(__file__).resolve().parents[3]


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def staged(folder: Path) -> dict[str, bytes]:
    """What lies in a server's staging folder."""
    return {path.name: path.read_bytes() for path in (folder / "staging").iterdir() if path.name != ".creating"}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def node() -> str | None:
    """Node: the machine's own, else the one that pip has brought."""
    return shutil.which("node", path=os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)]))


@dataclass
class Server:
    """uvicorn with the upload routes, in a process of its own on a free port, on a folder that outlives it."""

    folder: Path
    stall_s: float | None = None
    most_open: int = 1000
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def start(self) -> None:
        self.port = self.port or free_port()
        env = {
            **os.environ,
            "UPLOAD_TEST_FOLDER": str(self.folder),
            "UPLOAD_TEST_MOST_OPEN": str(self.most_open),
        }
        if self.stall_s is not None:
            env["UPLOAD_TEST_STALL_S"] = str(self.stall_s)
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"]
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "tests.publish_api.uploads.server_app:create",
            *options,
        ]
        self.process = subprocess.Popen(command, env=env, cwd=ROOT)
        until(lambda: _answers(f"{self.url}/ping"), "the server is up", 60)

    def kill(self) -> None:
        """SIGKILL: nothing gets to clean up."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        self.client.close()
        self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def staging(self) -> Path:
        return self.folder / "staging"

    def create(self, length: int, **headers: str) -> str:
        """The new upload's path."""
        answer = self.client.post(self.url + UPLOADS, headers={**EVA, "Upload-Length": str(length), **headers})
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def head(self, path: str) -> httpx.Response:
        return self.client.head(self.url + path, headers=EVA)

    def offset(self, path: str) -> int:
        return int(self.head(path).headers["Upload-Offset"])

    def patch(self, path: str, offset: int, data: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
        return self.client.patch(
            self.url + path, headers={**EVA, **BYTES, "Upload-Offset": str(offset), **headers}, content=data
        )

    def part(self, path: str) -> Path:
        return self.staging / f"{path.rsplit('/', 1)[1]}.part"

    def connect(self, request: str, body: bytes = b"") -> socket.socket:
        """A request of which this much is sent, and nothing more."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(request.replace("\n", "\r\n").encode() + body)
        return connection

    def half_patch(self, path: str, offset: int, length: int, body: bytes) -> socket.socket:
        return self.connect(
            f"PATCH {path} HTTP/1.1\nHost: x\nAuthorization: Bearer eva\nTus-Resumable: 1.0.0\n"
            f"Upload-Offset: {offset}\nContent-Type: application/offset+octet-stream\nContent-Length: {length}\n\n",
            body,
        )


def until(holds: Callable[[], object], what: str, within_s: float = 10) -> None:
    """Waits for something that another process does."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, f"not within {within_s} s: {what}"
        time.sleep(0.01)


def answered(connection: socket.socket) -> str:
    """The head of the answer to what was sent."""
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
        data += more
    return data.decode()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
