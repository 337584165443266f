"""Work that takes a core for seconds, in the threads that answer: so many at once, so many who wait, and no more."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.errors import Unavailable

_PATIENCE_S = 20.0


class Turns:
    """`at_once`: who works. `in_line`: who waits for that, each keeping a thread that others need."""

    def __init__(self, at_once: int, in_line: int, busy: Callable[[], Unavailable]) -> None:
        self._at_once = threading.BoundedSemaphore(at_once)
        self._in_line = threading.BoundedSemaphore(in_line)
        self._busy = busy

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Raises what `busy` makes where too many wait already, or it takes too long."""
        if not self._in_line.acquire(blocking=False):
            raise self._busy()
        try:
            mine = self._at_once.acquire(timeout=_PATIENCE_S)
        finally:
            self._in_line.release()
        if not mine:
            raise self._busy()
        try:
            yield
        finally:
            self._at_once.release()
