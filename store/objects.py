"""The port to where bytes are kept: originals, and objects of fragments.

Two homes: `store.folder.Folder` and `store.s3.S3`; tests/contracts/test_objects.py holds for both.

The caller's duties: a key is made in `store.keys` (never of a stranger's text), is `[a-z0-9/._-]+` as `check_key`
says, and is written once: what is written a second time under the same key are the same bytes, by a
step that ran twice.

The home's duties: an object is there whole or not at all, whoever is killed when; what a finished put
has written survives a power cut; a short read or a short write raises Unavailable and never passes.
Safe to call from several threads.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from domain.errors import Invalid, Unavailable

_PART = re.compile(r"[a-z0-9_-][a-z0-9._-]*\Z")
MAX_KEY = 200  # bytes; S3 allows 1024, some file systems 255 a name


@dataclass(frozen=True)
class Hashed:
    """A file's SHA-256, and by what to tell that it still is the file that was read.

    Gigabytes are read once for it: what has the same inode, length and time of change has not been
    written to since.
    """

    sha256: bytes
    _seen: tuple[int, ...]

    @classmethod
    def of(cls, path: Path) -> "Hashed":
        """Reads the whole file. Raises Unavailable (`bytes_differ`) when somebody writes to it meanwhile."""
        with path.open("rb") as file:
            before = _seen(os.fstat(file.fileno()))
            digest = hashlib.file_digest(file, "sha256").digest()
            if _seen(os.fstat(file.fileno())) != before:
                raise bytes_differ()
        return cls(digest, before)

    def check(self, opened: int) -> None:
        """That an open file holds the bytes that were hashed; one that may be another is read. Raises Unavailable."""
        if _seen(os.fstat(opened)) == self._seen:
            return
        with os.fdopen(os.dup(opened), "rb") as file:
            if hashlib.file_digest(file, "sha256").digest() != self.sha256:
                raise bytes_differ()


class Objects(Protocol):
    def put_file(self, key: str, path: Path, *, hashed: Hashed | None = None) -> None:
        """Keeps a file's bytes. `hashed`, where given, says which those have to be, else Unavailable.

        The caller deletes the file afterwards and never writes to it again: a home may keep the very
        same bytes on the disk.
        """

    def put_bytes(self, key: str, data: bytes) -> None: ...

    def get_range(self, key: str, offset: int, size: int) -> bytes:
        """Exactly `size` bytes. Raises NotFound without the object, Unavailable when it is shorter."""

    def fetch(self, key: str, path: Path) -> None:
        """A copy in a local file, which is there whole or not at all. Raises NotFound."""

    def size(self, key: str) -> int:
        """In bytes. Raises NotFound."""

    def local_path(self, key: str) -> Path | None:
        """Where the object can be read as a file of this machine, never written; None when it is elsewhere."""

    def delete(self, keys: Iterable[str]) -> None:
        """Missing ones are fine."""

    def delete_prefix(self, prefix: str) -> None:
        """Every object under a prefix of one or more whole path elements: of `a/b`, `a/b/c` and `a/b/c/d`, and neither
        `a/b` itself nor `a/bc`. None is fine. What is put meanwhile may stay. Raises Invalid on what is no such prefix.
        """


def bytes_differ() -> Unavailable:
    return Unavailable("The file changed while it was being kept. Try again.", code="bytes_differ")


def check_key(key: str) -> str:
    """Raises Invalid on a key that is not one of ours: it could leave the folder, or mean two things on S3."""
    if len(key) > MAX_KEY or not all(_PART.match(part) for part in key.split("/")):
        raise Invalid("That is not the name of an object.", code="bad_key")
    return key


def _seen(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
