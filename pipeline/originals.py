"""Originals near at hand: where the object store keeps files here, the file itself; else a bounded cache.

And their end, where a server is set to keep them for some days only (`let_go`).
"""

import contextlib
import fcntl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import Gone
from domain.recording import Recording
from store import originals, recordings
from store.objects import Objects
from store.postgres import Store

MAX_BYTES = 20 << 30
UNUSED_S = 24 * 3600.0  # after which a cached copy goes: an original that was deleted must not live on here


class Originals:
    """Reads originals as local files. The cache under `folder` forgets the longest unused first."""

    def __init__(self, objects: Objects, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._objects = objects
        self._folder = folder
        self._max_bytes = max_bytes

    @contextlib.contextmanager
    def local(self, recording: Recording) -> Iterator[Path]:
        """The original as a file to be read, not written, while the context lasts.

        Raises Gone (`original_gone`) when it was not to be kept any longer, NotFound when the store has
        lost it, Unavailable when it cannot be reached.
        """
        if recording.original_gone_at is not None:
            raise original_gone(recording.original_gone_at)
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

    def drop_unused(self, before_s: float) -> None:
        """Removes copies that nobody has read since a time (Unix seconds)."""
        for path in self._copies():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    self._drop(path)

    def drop(self, recording: Recording) -> None:
        """Removes the copy of a recording's original, unless it is being read."""
        if recording.sha256 is not None and (path := self._folder / recording.sha256.hex()).exists():
            self._drop(path)

    def _make_room(self, wanted: int) -> None:
        cached = sorted(self._copies(), key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in cached) + wanted
        for path in cached:
            if total <= self._max_bytes:
                return
            total -= self._drop(path)

    def _copies(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if not path.suffix] if self._folder.exists() else []

    def _drop(self, path: Path) -> int:
        """The bytes that became free: none while somebody reads it."""
        with path.with_suffix(".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            size = path.stat().st_size
            path.unlink()
            return size


def let_go(store: Store, objects: Objects, copies: Originals, *, days: int, now: datetime) -> int:
    """Deletes the originals of recordings that have been ready for so many days; how many. `days` 0: none.

    What was marked and not deleted yet is deleted in any case. The order: see `store.originals`.
    """
    if days:
        before = now - timedelta(days=days)
        with store.transaction() as tx:
            due = originals.due(tx, before)
        for recording_id in due:
            with contextlib.suppress(Gone), store.transaction() as tx:  # deleted meanwhile: its objects went with it
                originals.mark(tx, recording_id, before=before, now=now)
    with store.transaction() as tx:
        marked = originals.marked(tx)
    for recording_id, key in marked:
        objects.delete([key])
        with store.transaction() as tx:
            copies.drop(recordings.load(tx, recording_id))
            originals.forget(tx, recording_id)
    return len(marked)


def original_gone(since: datetime) -> Gone:
    return Gone(
        f"The original of this recording was deleted on {since:%d %B %Y}, as this server is set to do. "
        "What was made of it stays; to make it anew, send the file again.",
        code="original_gone",
    )
