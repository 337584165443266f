"""Whoever asks a server for media, in a process of their own: python -m benchmarks.asking, told what by its input.

Plain sockets and a thread for each connection: nothing is made of an answer but its length. What this costs is told
with what was measured, so that nobody takes a slow asker for a slow server.
"""

import json
import random
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urljoin

from benchmarks.measure import ROOT, environment

_ROOM = 1 << 18  # bytes taken at a time
_AHEAD_S = 8.0  # that a player has in hand: two fragments, the longest
_BEGIN_WITHIN_S = 4.0
_PATIENCE_S = 60.0
_PACERS = 16  # connections, of which most wait for their turn


@dataclass
class Asked:
    """`cpu`: how much of a core the asking took. Waits in seconds, from the request to the answer's last byte."""

    seconds: float = 0.0
    answers: int = 0
    size: int = 0
    cpu: float = 0.0
    pieces_s: list[float] = field(default_factory=list)
    playlists_s: list[float] = field(default_factory=list)
    late: int = 0  # pieces that came after they should have been shown


def at_once(port: int, paths: Sequence[str], *, connections: int, seconds: float, token: str = "") -> Asked:
    """As many answers as come: each connection asks for one path after the other, round and round."""
    what = {"port": port, "paths": paths, "connections": connections, "seconds": seconds, "token": token}
    return _run({"act": "at_once", **what})


def paced(port: int, paths: Sequence[str], *, per_second: float, seconds: float, token: str = "") -> Asked:
    """So many requests a second, whether or not those before were answered. `pieces_s` is counted from when each was
    due: what waits behind a slow answer is slow itself.
    """
    what = {"port": port, "paths": paths, "per_second": per_second, "seconds": seconds, "token": token}
    return _run({"act": "paced", **what})


def players(port: int, token: str, clips: Sequence[str], *, players: int, seconds: float, picture: str) -> Asked:
    """So many players: playlists, then the fragments of a picture and the sound as they are played."""
    return _run(
        {
            "act": "players", "port": port, "token": token, "clips": clips, "players": players, "seconds": seconds,
            "picture": picture,
        }
    )  # fmt: skip


def _run(what: dict[str, Any]) -> Asked:
    command = [sys.executable, "-m", "benchmarks.asking"]
    done = subprocess.run(
        command, input=json.dumps(what).encode(), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit("Somebody who asked was not answered; nothing was measured.")
    return Asked(**json.loads(done.stdout))


class _Connection:
    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._socket = self._opened()
        self._more = f"Authorization: Bearer {token}\r\n" if token else ""
        self._room = memoryview(bytearray(_ROOM))

    def get(self, path: str, *, keep: bool = False) -> tuple[int, bytes]:
        """(length, body if it is to be kept). Ends the process on anything but 200."""
        begun = self._asked(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._more}\r\n".encode())
        while (end := begun.find(b"\r\n\r\n")) < 0:
            begun += self._some()
        head = begun[:end].lower()
        length = re.search(rb"content-length: (\d+)", head)
        if not head.startswith(b"http/1.1 200") or length is None:
            raise SystemExit(f"{path} was answered with {head[:200]!r}.")
        size, kept = int(length[1]), [begun[end + 4 :]]
        there = len(kept[0])
        while there < size:
            got = self._socket.recv_into(self._room)
            if not got:
                raise SystemExit(f"The answer to {path} broke off.")
            there += got
            if keep:
                kept.append(bytes(self._room[:got]))
        return size, b"".join(kept) if keep else b""

    def _opened(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self._port), timeout=_PATIENCE_S)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def _asked(self, request: bytes) -> bytes:
        """The answer's beginning. The server may let go of a silent connection: then over another, as browsers do."""
        try:
            self._socket.sendall(request)
            if begun := self._socket.recv(_ROOM):
                return begun
        except ConnectionError:
            pass
        self._socket.close()
        self._socket = self._opened()
        self._socket.sendall(request)
        return self._some()

    def _some(self) -> bytes:
        got = self._socket.recv_into(self._room)
        if not got:
            raise SystemExit("A connection was closed.")
        return bytes(self._room[:got])


def _ask_at_once(port: int, paths: Sequence[str], connections: int, seconds: float, token: str) -> Asked:
    asked, lock = Asked(), threading.Lock()
    end = time.monotonic() + seconds

    def one(number: int) -> None:
        connection = _Connection(port, token)
        answers = size = 0
        at = number * len(paths) // connections
        while time.monotonic() < end:
            size += connection.get(paths[at % len(paths)])[0]
            answers += 1
            at += 1
        with lock:
            asked.answers += answers
            asked.size += size

    _all(one, connections)
    return asked


def _ask_paced(port: int, paths: Sequence[str], per_second: float, seconds: float, token: str) -> Asked:
    asked, lock = Asked(), threading.Lock()
    due = iter([(n / per_second, paths[n % len(paths)]) for n in range(round(per_second * seconds))])
    began = time.monotonic() + 0.1

    def one(_: int) -> None:
        connection = _Connection(port, token)
        while True:
            with lock:
                at, path = next(due, (0.0, ""))
            if not path:
                return
            _until(began + at)
            size = connection.get(path)[0]
            with lock:
                asked.answers += 1
                asked.size += size
                asked.pieces_s.append(time.monotonic() - began - at)

    _all(one, _PACERS)
    return asked


def _play(port: int, token: str, clips: Sequence[str], count: int, seconds: float, picture: str) -> Asked:
    asked, lock = Asked(), threading.Lock()
    began = time.monotonic()
    end = began + seconds
    chance = random.Random(1)
    beginnings = [began + chance.random() * _BEGIN_WITHIN_S for _ in range(count)]

    def one(number: int) -> None:
        _until(beginnings[number])
        connection = _Connection(port, token)
        mine = Asked()
        turn = number
        while time.monotonic() < end:
            _one_clip(connection, clips[turn % len(clips)], picture, end, mine)
            turn += 1
        with lock:
            asked.pieces_s += mine.pieces_s
            asked.playlists_s += mine.playlists_s
            asked.late += mine.late
            asked.size += mine.size

    _all(one, count)
    return asked


def _one_clip(connection: _Connection, clip: str, picture: str, end: float, asked: Asked) -> None:
    def timed(path: str, waits: list[float], *, keep: bool = False) -> bytes:
        began = time.monotonic()
        size, body = connection.get(path, keep=keep)
        waits.append(time.monotonic() - began)
        asked.size += size
        return body

    address = f"/api/v1/clips/{clip}/play.m3u8"
    timed(address, asked.playlists_s, keep=True)
    listed = [
        timed(urljoin(address, f"play/{name}.m3u8"), asked.playlists_s, keep=True).decode()
        for name in (picture, "audio")
    ]
    for text in listed:
        timed(re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)[0], asked.pieces_s)
    due: list[tuple[float, str]] = []
    for text in listed:
        at = 0.0
        for length, path in re.findall(r"#EXTINF:([\d.]+),\n(\S+)", text):
            due.append((at, path))
            at += float(length)
    plays = None  # when it began
    for at, path in sorted(due):
        if plays is not None:
            _until(plays + at - _AHEAD_S)
        if time.monotonic() > end:
            return
        timed(path, asked.pieces_s)
        if plays is None and at > 0:
            plays = time.monotonic()  # a fragment of both is there
        elif plays is not None and time.monotonic() > plays + at:
            asked.late += 1
            plays = time.monotonic() - at  # it stood still
    if plays is not None:
        _until(min(end, plays + at))


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _all(one: Any, count: int) -> None:
    failed: list[BaseException] = []

    def safely(number: int) -> None:
        try:
            one(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=safely, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def main() -> None:
    what = json.load(sys.stdin)
    act = what.pop("act")
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    if act == "at_once":
        asked = _ask_at_once(**what)
    elif act == "paced":
        asked = _ask_paced(**what)
    else:
        asked = _play(what["port"], what["token"], what["clips"], what["players"], what["seconds"], what["picture"])
    asked.seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    asked.cpu = (used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime) / asked.seconds
    print(json.dumps(asdict(asked)))


if __name__ == "__main__":
    main()
