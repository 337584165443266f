"""Originals near at hand: where the object store keeps files here, the file itself; else a bounded cache."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from domain.recording import Recording
from store.objects import Objects

MAX_BYTES = 20 << 30


class Originals:
    """Reads originals as local files. The cache under `folder` forgets the longest unused first."""

    def __init__(self, objects: Objects, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._objects = objects
        self._folder = folder
        self._max_bytes = max_bytes

    @contextlib.contextmanager
    def local(self, recording: Recording) -> Iterator[Path]:
        """The original as a file to be read, not written, while the context lasts.

        Raises NotFound when the store has lost it, Unavailable when it cannot be reached.
        """
        assert recording.original_key is not None, "keep comes first"
        assert recording.sha256 is not None, "keep comes first"
        here = self._objects.local_path(recording.original_key)
        if here is not None:
            yield here
            return
        path = self._folder / recording.sha256.hex()
        self._folder.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one fetch at a time
            if not path.exists():
                self._make_room(recording.byte_size)
                self._objects.fetch(recording.original_key, path)
            path.touch()
            fcntl.flock(lock, fcntl.LOCK_SH)  # many readers; while one reads it is not evicted
            yield path

    def _make_room(self, wanted: int) -> None:
        cached = sorted(
            (path for path in self._folder.iterdir() if not path.suffix), key=lambda path: path.stat().st_mtime
        )
        total = sum(path.stat().st_size for path in cached) + wanted
        for path in cached:
            if total <= self._max_bytes:
                return
            with path.with_suffix(".lock").open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                total -= path.stat().st_size
                path.unlink()
