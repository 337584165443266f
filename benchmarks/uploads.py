"""Two gigabytes by tus against cp and fsync on the same disk: python -m benchmarks.uploads [--runs 5] [--gib 2]

The goals: at most twice the time of `cp` + fsync; the server's memory stays within 30 MB; and somebody
else's request, asked for all the while, waits less than 100 ms 99 of 100 times.
"""

import argparse
import http.client
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import BinaryIO

from benchmarks import media
from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, in_turn, keep, percentile
from benchmarks.watched import ASKED, Memory, Others, cpu_s
from domain.person import Role

TIMES_LIMIT = 2.0
MEMORY_LIMIT_MB = 30.0
WAIT_LIMIT_MS = 100.0
GIB = 1 << 30
PAGE_CHUNK = 8 << 20  # bytes that the page and the command line send in a request
_WARM = 64 << 20
_IDLE_S = 4.0
_TUS = {"Tus-Resumable": "1.0.0"}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.uploads", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--gib", type=float, default=2)
    given = parser.parse_args(arguments)
    keep(measure(given.runs, round(given.gib * GIB)))


def measure(runs: int, size: int) -> Result:
    source = media.noise(size)
    with served("--no-worker") as house:
        _, token = house.somebody("expert", Role.EXPERT)
        one, pieces = _Sender(house, token, source, size), _Sender(house, token, source, PAGE_CHUNK)
        _Sender(house, token, source, PAGE_CHUNK).send(_WARM)  # so that all it keeps loaded is loaded
        quiet, beside_cp = Others(house.url, token, {}), Others(house.url, token, {})
        tasks = {
            "nothing": lambda: _idle(quiet),
            "cp": lambda: _copy(source, house.data / "copy", beside_cp),
            "one request": lambda: one.send(size),
            "8 MiB requests": lambda: pieces.send(size),
        }
        taken = in_turn(tasks, runs)

    def ratios(name: str) -> tuple[float, ...]:
        return tuple(ours / cp for ours, cp in zip(taken[name], taken["cp"], strict=True))

    def waits(path: str) -> list[float]:
        return [*one.others.waits_ms[path], *pieces.others.waits_ms[path]]

    def rates(name: str) -> tuple[float, ...]:
        return tuple(size / 1e6 / seconds for seconds in taken[name])

    asked = sum(len(waits(path)) for path in ASKED)
    return Result(
        name="uploads",
        title=f"An upload of {size / GIB:g} GiB",
        goals=(
            Goal("one request: its time against cp + fsync (median of pairs)", median(ratios("one request")),
                 TIMES_LIMIT, "x"),
            Goal("8 MiB requests: their time against cp + fsync (median of pairs)", median(ratios("8 MiB requests")),
                 TIMES_LIMIT, "x"),
            Goal("memory that the server gains meanwhile, most of all runs", max(one.gained_mb + pieces.gained_mb),
                 MEMORY_LIMIT_MB, "MB"),
            *(Goal(f"somebody else's GET {path} meanwhile, p99", percentile(waits(path), 0.99), WAIT_LIMIT_MS, "ms")
              for path in ASKED),
        ),
        figures=(
            Figure("cp + fsync", "MB/s", rates("cp")),
            Figure("one request", "MB/s", rates("one request")),
            Figure("8 MiB requests", "MB/s", rates("8 MiB requests")),
            Figure("time against cp + fsync: one request", "x", ratios("one request")),
            Figure("time against cp + fsync: 8 MiB requests", "x", ratios("8 MiB requests")),
            Figure("the server's CPU: one request", "s/GiB", tuple(one.cpu_s_gib)),
            Figure("the server's CPU: 8 MiB requests", "s/GiB", tuple(pieces.cpu_s_gib)),
            Figure("memory gained: one request", "MB", tuple(one.gained_mb)),
            Figure("memory gained: 8 MiB requests", "MB", tuple(pieces.gained_mb)),
            *(Figure(f"GET {path} meanwhile, longest", "ms", (max(waits(path)),)) for path in ASKED),
            *(Figure(f"GET {path} with no upload, p99", "ms", (percentile(quiet.waits_ms[path], 0.99),))
              for path in ASKED),
        ),
        notes=(
            "An upload: from the creation until the last answer, when all bytes and the recording's row are on the "
            "disk; over loopback, `passiton serve --no-worker` on embedded defaults. Every request ends with an fsync.",
            "cp: `cp --reflink=never`, then fsync of the copy and of its folder; source and copies on one disk, the "
            "source in memory, all else written out before each run.",
            "The server's CPU includes what somebody else's requests cost it.",
            f"Somebody else: {asked} requests on one connection, by turns, 20 ms after the answer before; while cp "
            "copies they ask as well, so that both have as much of the machine.",
        ),
    )  # fmt: skip


class _Sender:
    """Sends the source to the server again and again, each time as another upload."""

    def __init__(self, house: House, token: str, source: Path, chunk: int) -> None:
        self._house = house
        self._token = token
        self._source = source
        self._chunk = chunk
        self.others = Others(house.url, token, {})
        self.gained_mb: list[float] = []
        self.cpu_s_gib: list[float] = []

    def send(self, size: int) -> float:
        """Seconds for the first `size` bytes."""
        pid = self._house.server.pid
        os.sync()
        with self.others, Memory(pid) as memory:
            used_s = cpu_s(pid)
            path, took_s = self._send(size)
            used_s = cpu_s(pid) - used_s
        self.gained_mb.append((memory.most - memory.before) / 1e6)
        self.cpu_s_gib.append(used_s / (size / GIB))
        part = self._house.data / "staging" / f"{path.rsplit('/', 1)[1]}.part"
        if part.stat().st_size != size:
            raise SystemExit("The upload is not whole; nothing was measured.")
        part.unlink()
        return took_s

    def _send(self, size: int) -> tuple[str, float]:
        connection = http.client.HTTPConnection("127.0.0.1", self._house.server.port, timeout=600)
        began = time.perf_counter()
        path, _ = self._ask(connection, "POST", "/api/v1/uploads", {"Upload-Length": str(size)})
        with self._source.open("rb") as source:
            for offset in range(0, size, self._chunk):
                length = min(self._chunk, size - offset)
                headers = {"Upload-Offset": str(offset), "Content-Length": str(length)}
                headers["Content-Type"] = "application/offset+octet-stream"
                _, recording = self._ask(connection, "PATCH", path, headers, (source, offset, length))
        took_s = time.perf_counter() - began
        connection.close()
        if not recording:
            raise SystemExit("The upload became no recording; nothing was measured.")
        return path, took_s

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: dict[str, str],
        body: tuple[BinaryIO, int, int] | None = None,
    ) -> tuple[str, str]:
        """Where the upload is, and what it has become. The body goes from file to socket within the kernel."""
        connection.putrequest(method, path)
        for name, value in {**_TUS, "Authorization": f"Bearer {self._token}", **headers}.items():
            connection.putheader(name, value)
        if body is None:
            connection.putheader("Content-Length", "0")
        connection.endheaders()
        if body is not None:
            source, offset, length = body
            connection.sock.sendfile(source, offset, length)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (201, 204):
            raise SystemExit(f"{method} was answered with {answer.status}: {said.decode(errors='replace')}")
        return answer.headers["Location"] or path, answer.headers["Recording-Id"] or ""


def _idle(others: Others) -> float:
    """A while without any upload: what others wait for even then."""
    with others:
        time.sleep(_IDLE_S)
    return _IDLE_S


def _copy(source: Path, target: Path, others: Others) -> float:
    """Seconds for a copy that is on the disk for good."""
    os.sync()
    with others:
        began = time.perf_counter()
        subprocess.run(["cp", "--reflink=never", source, target], check=True)
        for path in (target, target.parent):
            opened = os.open(path, os.O_RDONLY)
            os.fsync(opened)
            os.close(opened)
        took_s = time.perf_counter() - began
    target.unlink()
    return took_s


if __name__ == "__main__":
    main()
