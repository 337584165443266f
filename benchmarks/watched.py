"""A server while it is busy: its memory, its CPU time, and how long others wait for it.

`Others` asks from a process of its own, which is this file when it is run:
python -m benchmarks.watched URL TOKEN EVERY_S, until its standard input ends.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from benchmarks.measure import ROOT, environment

ASKED = ("/healthz", "/api/v1/clips")
_LOOK_EVERY_S = 0.02
_PATIENCE_S = 60.0


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, of a living process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_bytes(pid: int) -> int:
    """What a living process has in memory (RSS)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Memory:
    """Watches a process while the context lasts. `before` and `most` in bytes."""

    def __init__(self, pid: int) -> None:
        self.before = self.most = memory_bytes(pid)
        self._pid = pid
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            self.most = max(self.most, memory_bytes(self._pid))


@dataclass
class Others:
    """Asks for small things, one after the other on one connection, while the context lasts.

    `waits_ms` has the waits afterwards, by what was asked for.
    """

    url: str
    token: str
    waits_ms: dict[str, list[float]]
    every_s: float = 0.02  # after the answer before
    _asking: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.watched", self.url, self.token, str(self.every_s)]
        self._asking = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._asking.stdout is not None
        self._asking.stdout.readline()  # it has begun
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._asking is not None
        said, _ = self._asking.communicate(b"", timeout=_PATIENCE_S)
        if self._asking.returncode:
            raise SystemExit("Another request was not answered; nothing was measured.")
        for path, waits in json.loads(said).items():
            self.waits_ms.setdefault(path, []).extend(waits)


def ask(url: str, token: str, every_s: float) -> dict[str, list[float]]:
    """Milliseconds from each request to the last byte of its answer, until standard input ends."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=_PATIENCE_S)
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    waits: dict[str, list[float]] = {path: [] for path in ASKED}

    def one(path: str) -> float:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was answered with {answer.status}.")
        return (time.perf_counter() - began) * 1000

    for path in ASKED:
        one(path)
    print("asking", flush=True)
    while not ended.is_set():
        for path in ASKED:
            waits[path].append(one(path))
            ended.wait(every_s)
    return waits


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1], sys.argv[2], float(sys.argv[3]))))
