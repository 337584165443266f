"""Originals near at hand: where the object store keeps files here, the file itself; else a bounded cache.

And their end, where a server is set to keep them for some days only (`let_go`).
"""

import contextlib
import fcntl
import tempfile
from collections.abc import Callable, Container, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from domain.errors import Gone
from domain.recording import Recording
from store import originals, recordings
from store.objects import Objects
from store.postgres import Store

MAX_BYTES = 20 << 30
UNUSED_S = 24 * 3600.0  # after which a cached copy goes, also where no database could be asked meanwhile


class Elsewhere(Exception):
    """An original that is not kept yet lies on the machine that it was sent to."""


class Originals:
    """Reads originals as local files. The cache under `folder` forgets the longest unused first.

    `staging` says where an upload lies that is not kept yet, if on this machine.
    """

    def __init__(
        self,
        objects: Objects,
        folder: Path,
        max_bytes: int = MAX_BYTES,
        staging: Callable[[str], Path] | None = None,
    ) -> None:
        self._objects = objects
        self._folder = folder
        self._max_bytes = max_bytes
        self._staging = staging

    @contextlib.contextmanager
    def staged(self, recording: Recording) -> Iterator[Path]:
        """The file as it was sent, kept or not. Raises Elsewhere, and what `local` raises."""
        if recording.original_key is not None or recording.original_gone_at is not None:
            with self.local(recording) as path:
                yield path
            return
        try:
            file = (self._staging or _nowhere)(recording.upload_id).open("rb")
        except OSError as error:
            raise Elsewhere from error
        with file:
            # By its descriptor: its name goes while it is read, once the original is kept.
            yield Path(f"/proc/self/fd/{file.fileno()}")

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
        with _lock(path).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one fetch at a time
            if not path.exists():
                self._make_room(recording.byte_size)
                self._objects.fetch(recording.original_key, path)
            path.touch()
            fcntl.flock(lock, fcntl.LOCK_SH)  # many readers; while one reads it is not evicted
            yield path

    @contextlib.contextmanager
    def remade(self, recording: Recording, make: Callable[[Path, BinaryIO], None]) -> Iterator[Path]:
        """What `make(original, file)` writes of an original, kept beside the copies and as long as they.

        Raises what `local` and `make` raise.
        """
        assert recording.sha256 is not None, "keep comes first"
        digest = recording.sha256.hex()
        path = self._folder / f"{digest}.remade"
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{digest}.making.lock").open("a") as making, _lock(path).open("a") as lock:
            fcntl.flock(making, fcntl.LOCK_EX)  # one makes it
            fcntl.flock(lock, fcntl.LOCK_SH)  # while one reads it is not evicted
            if not path.exists():
                fcntl.flock(lock, fcntl.LOCK_UN)  # what fetches the original wants it alone
                with self.local(recording) as original:
                    fcntl.flock(lock, fcntl.LOCK_SH)
                    self._make_room(recording.byte_size)
                    with tempfile.NamedTemporaryFile(dir=self._folder, prefix=f".{digest}.", delete=False) as file:
                        try:
                            make(original, cast(BinaryIO, file))
                            file.flush()
                            Path(file.name).rename(path)
                        except BaseException:
                            Path(file.name).unlink(missing_ok=True)
                            raise
            path.touch()
            fcntl.flock(making, fcntl.LOCK_UN)
            yield path

    def drop_unused(self, before_s: float) -> None:
        """Removes copies that nobody has read since a time (Unix seconds)."""
        for path in self._copies():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    self._drop(path)

    def held(self) -> frozenset[bytes]:
        """The SHA-256 of originals of which there is a copy, or what a kill left of one."""
        return frozenset(_digest(path) for path in self._copies())

    def drop_but(self, wanted: Container[bytes]) -> None:
        """Removes copies of all other originals, unless they are being read."""
        for path in self._copies():
            if _digest(path) not in wanted:
                self._drop(path)

    def drop(self, recording: Recording) -> None:
        """Removes the copies of a recording's original, unless they are being read."""
        for path in self._copies():
            if _digest(path) == recording.sha256:
                self._drop(path)

    def _make_room(self, wanted: int) -> None:
        cached = sorted(self._copies(), key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in cached) + wanted
        for path in cached:
            if total <= self._max_bytes:
                return
            total -= self._drop(path)

    def _copies(self) -> list[Path]:
        """Also what is being fetched, or was when a kill came: `.<SHA-256>.<chance>`."""
        return [p for p in self._folder.iterdir() if p.suffix != ".lock"] if self._folder.exists() else []

    def _drop(self, path: Path) -> int:
        """The bytes that became free: none while somebody fetches or reads it."""
        with _lock(path).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                size = path.stat().st_size
                path.unlink()
            except (BlockingIOError, FileNotFoundError):
                return 0
            return size


def _lock(copy: Path) -> Path:
    return copy.with_name(f"{_digest(copy).hex()}.lock")


def _digest(copy: Path) -> bytes:
    return bytes.fromhex(copy.name.lstrip(".").partition(".")[0])


def clear_copies(store: Store, copies: Originals, *, now_s: float) -> None:
    """Removes copies of originals that no recording has any more, and those unused for `UNUSED_S` (Unix seconds).

    Called every minute, it keeps what was deleted from living on here: what is read at that moment goes when
    its step has ended.
    """
    copies.drop_unused(now_s - UNUSED_S)  # first: it needs no database
    if held := copies.held():
        with store.transaction() as tx:
            wanted = originals.living(tx, held)
        copies.drop_but(wanted)


def _nowhere(upload_id: str) -> Path:
    raise FileNotFoundError(upload_id)


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
