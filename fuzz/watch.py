"""Eyes on one case: who opens what, who connects, how much memory, and what stays behind."""

import contextlib
import ctypes
import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_OPENED, _READ = 0x20, 0x01  # IN_OPEN, IN_ACCESS (inotify(7))
_EVENT = struct.Struct("iIII")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Ear:
    """Listens where hostile files point to, TCP and UDP on one port, and answers nobody."""

    def __init__(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))

    def heard(self) -> bool:
        """Whether somebody called since the last time."""
        called = False
        while select.select([self._tcp, self._udp], [], [], 0)[0]:
            called = True
            for ready in select.select([self._tcp, self._udp], [], [], 0)[0]:
                if ready is self._tcp:
                    self._tcp.accept()[0].close()
                else:
                    self._udp.recv(1)
        return called


class Bait:
    """Files that nobody has to open. inotify tells of whoever does, in whatever namespace."""

    def __init__(self, *files: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify is not to be had")
        for file in files:
            if libc.inotify_add_watch(self._fd, os.fsencode(file), _OPENED | _READ) < 0:
                raise OSError(ctypes.get_errno(), "a file cannot be watched")

    def taken(self) -> bool:
        try:
            return len(os.read(self._fd, 4096)) >= _EVENT.size
        except BlockingIOError:
            return False


@dataclass
class Family:
    """A process and all that come of it. `look` often."""

    pid: int
    peak_bytes: int = 0
    sockets: set[str] = field(default_factory=set)
    _ours: set[str] = field(default_factory=lambda: set(_sockets(os.getpid())))  # a fork has them, until it execs
    _seen: dict[int, str] = field(default_factory=dict)  # when each of them began: a number may be used again

    def look(self) -> None:
        total = 0
        for pid in _with_descendants(self.pid):
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += _own_bytes(pid, forked=pid == self.pid) or int(stat[21]) * _PAGE
                if pid != self.pid:
                    self._seen[pid] = stat[19]
                    self.sockets |= set(_sockets(pid)) - self._ours
            except (OSError, IndexError):
                continue  # it ended meanwhile
        self.peak_bytes = max(self.peak_bytes, total)

    def left_behind(self, *, patience_s: float) -> list[int]:
        """Those of the descendants that still run: the kernel takes a while to end one that holds much memory."""
        deadline = time.monotonic() + patience_s
        while True:
            left = [pid for pid, began in self._seen.items() if _began(pid) == began]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.02)


def _own_bytes(pid: int, *, forked: bool) -> int:
    """Resident memory, of pages that are shared its share; 0 where that is not told.

    One that was `forked` from us has all of our pages, too, which the case has not taken: of it those that are its own.
    """
    counted = ("Private_Clean:", "Private_Dirty:") if forked else ("Pss:",)
    try:
        lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    except OSError:
        return 0
    return sum(int(line[1]) for line in lines if line[0] in counted) * 1024


def resident_bytes() -> int:
    """Our own, now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _sockets(pid: int) -> Iterator[str]:
    """Those that a process has open, by the kernel's number."""
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(fd.readlink())
            if target.startswith("socket:"):
                yield target


def _with_descendants(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _with_descendants(int(child))


def _began(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
