"""The folder where uploads lie until they are kept elsewhere: what is on disk, and who may write it.

    <id>.part    the bytes; its size is the offset, its lock (flock) is the right to write
    <id>.json    the Note: whose it is, how long, what it became; replaced as a whole
    <id>.side    bytes that wait for their checksum to be verified
    <id>.wanted  somebody else wants the lock; its holder looks for it and lets go

Locks and marks are files, so they hold among processes as among threads, and the kernel lets go of
the lock of a process that dies. Whoever forks without exec while holding one passes it on.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.ids import is_public_id

_BESIDE = (".part", ".side", ".wanted")


@dataclass(frozen=True)
class Note:
    """What is known of an upload beside its bytes.

    `recording` is the public id of what it has become. `kept` says that its bytes are elsewhere, so
    that this note alone is left, until `expires_at`, for a client that asks again.
    """

    upload_id: str
    owner: UUID
    length: int | None
    raw_metadata: str
    metadata: Mapping[str, str]
    expires_at: datetime
    recording: str | None = None
    kept: bool = False

    @property
    def over(self) -> bool:
        """It has become a recording: there is nothing to write any more."""
        return self.kept or self.recording is not None


class Staging:
    """All that touches the folder. Upload ids are our own (domain.ids.public_id); others name nothing."""

    def __init__(self, folder: Path) -> None:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for made in missing:  # or a power cut could take the folder, and every upload in it
            _sync(made.parent)
        self.folder = folder
        self._read: dict[str, tuple[tuple[int, int], Note]] = {}  # by name: which file it was, what it said

    def path(self, upload_id: str, suffix: str = ".part") -> Path:
        assert is_public_id(upload_id), "an upload id becomes a path only after it was checked"
        return self.folder / f"{upload_id}{suffix}"

    def add(self, note: Note) -> None:
        """A new upload without bytes; it survives a power cut once this returns. The note comes last: it counts."""
        with FileIO(self.path(note.upload_id), "x") as part:
            os.fsync(part.fileno())
        self.save(note)

    def save(self, note: Note) -> None:
        """Replaces the note; whoever reads, and whatever happens, finds the old or the new one, whole."""
        new = self.folder / f"{note.upload_id}.{secrets.token_hex(4)}.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(_written(note), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path(note.upload_id, ".json"))
        _sync(self.folder)

    def note(self, upload_id: str) -> Note | None:
        if not is_public_id(upload_id):
            return None
        try:
            return _read(upload_id, json.loads(self.path(upload_id, ".json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            # Damaged on the disk. One such file must not stop everybody else's uploads; it and its
            # bytes stay where they are, for whoever can repair them.
            return None

    def notes(self) -> list[Note]:
        """All that can be read, in no order that means anything. Only what has changed is read again."""
        known = self._read
        found: dict[str, tuple[tuple[int, int], Note]] = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                upload_id, dot, suffix = entry.name.partition(".")
                if dot + suffix != ".json":
                    continue
                with suppress(OSError):  # gone meanwhile, or not to be read: the others are
                    status = entry.stat()
                    which = (status.st_ino, status.st_mtime_ns)  # a note is replaced, never written to
                    before = known.get(upload_id)
                    note = before[1] if before and before[0] == which else self.note(upload_id)
                    if note is not None:
                        found[upload_id] = (which, note)
        self._read = found
        return [note for _, note in found.values()]

    def size(self, upload_id: str) -> int | None:
        """Bytes in the part; None when there is none."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return None

    def lock(self, upload_id: str) -> FileIO | None:
        """The part, open and locked for this caller alone, or None when somebody else has it.

        Closing the file lets go of the lock. Raises FileNotFoundError when there is no part.
        """
        path = self.path(upload_id)
        try:
            part = FileIO(path, "r+")
        except PermissionError:
            # The object store keeps this very file (a hard link) and has made it one that is only read:
            # the upload is over, and what is left to do with it is to forget it.
            part = FileIO(path, "r")
        try:
            fcntl.flock(part.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            there = path.stat()  # a lock on a file that was deleted meanwhile keeps nobody out
        except BlockingIOError:
            part.close()
            return None
        except BaseException:
            part.close()
            raise
        if not os.path.samestat(os.fstat(part.fileno()), there):
            part.close()
            raise FileNotFoundError(path)
        return part

    def want(self, upload_id: str) -> None:
        self.path(upload_id, ".wanted").touch()

    def is_wanted(self, upload_id: str) -> bool:
        return self.path(upload_id, ".wanted").exists()

    def tidy(self, upload_id: str) -> None:
        """For a new holder of the lock: forgets who wanted it, and bytes aside that a kill has left."""
        for suffix in (".wanted", ".side"):
            self.path(upload_id, suffix).unlink(missing_ok=True)

    def drop_bytes(self, upload_id: str) -> None:
        for suffix in _BESIDE:
            self.path(upload_id, suffix).unlink(missing_ok=True)

    def drop(self, upload_id: str) -> None:
        """Removes an upload. The note goes first: without one nothing is promised."""
        self.path(upload_id, ".json").unlink(missing_ok=True)
        self.drop_bytes(upload_id)

    def drop_orphans(self, before: datetime) -> None:
        """Removes files without a note, last changed before that time: what a kill in `add` or `drop` has left."""
        for path in list(self.folder.iterdir()):
            if path.suffix in (*_BESIDE, ".new") and not path.with_suffix(".json").exists():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before.timestamp():
                        path.unlink()

    def free_bytes(self) -> int:
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Waits until nobody else is here: for counting before adding."""
        with FileIO(self.folder / ".creating", "a") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
            yield


def _sync(folder: Path) -> None:
    """Returns when the names in a folder are on the disk for good."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _written(note: Note) -> dict[str, object]:
    return {
        "owner": str(note.owner),
        "length": note.length,
        "raw_metadata": note.raw_metadata,
        "metadata": dict(note.metadata),
        "expires_at": note.expires_at.isoformat(),
        "recording": note.recording,
        "kept": note.kept,
    }


def _read(upload_id: str, written: Any) -> Note:
    return Note(
        upload_id,
        owner=UUID(str(written["owner"])),
        length=written["length"],
        raw_metadata=written["raw_metadata"],
        metadata=written["metadata"],
        expires_at=datetime.fromisoformat(written["expires_at"]),
        recording=written["recording"],
        kept=written["kept"],
    )
