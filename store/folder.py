"""Objects in a folder: the home of a machine that stands alone."""

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from domain.errors import NotFound, Unavailable
from store.objects import Hashed, check_key

_CHUNK = 1 << 20  # bytes


class Folder:
    """Implements `store.objects.Objects`. An object is a file of mode 0400 under `root`, named by its key.

    Written aside in `root/.aside` and renamed. What a killed process left there is cleared by `sweep`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._aside = self.root / ".aside"  # no key begins with a dot
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._aside.mkdir(exist_ok=True, mode=0o700)

    def put_file(self, key: str, path: Path, *, hashed: Hashed | None = None) -> None:
        target = self._path(key)
        with self._beside(target) as aside:
            _link_or_copy(path, aside)
            with aside.open("rb") as file:
                if hashed is not None:
                    hashed.check(file.fileno())  # a link is the file that was read, a copy is read again
                os.fsync(file.fileno())

    def put_bytes(self, key: str, data: bytes) -> None:
        with self._beside(self._path(key)) as aside, aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def get_range(self, key: str, offset: int, size: int) -> bytes:
        with self._opened(key) as fd:
            data = os.pread(fd, size, offset)
            while 0 < len(data) < size and (more := os.pread(fd, size - len(data), offset + len(data))):
                data += more  # hardly ever: a read of a file is short where a signal came
        if len(data) != size:
            raise Unavailable("A stored object is shorter than it should be.", code="short_object")
        return data

    def fetch(self, key: str, path: Path) -> None:
        # Copied, never linked: who reads it must not be able to alter the object.
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with self._opened(key) as fd, aside.open("xb") as file, os.fdopen(os.dup(fd), "rb") as source:
                shutil.copyfileobj(source, file, _CHUNK)
                file.flush()
                if file.tell() != os.fstat(fd).st_size:
                    raise Unavailable("A stored object could not be read to its end. Try again.", code="short_object")
            aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)

    def size(self, key: str) -> int:
        with self._opened(key) as fd:
            return os.fstat(fd).st_size

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    def delete(self, keys: Iterable[str]) -> None:
        folders: dict[Path, list[str]] = {}
        for key in keys:
            path = self._path(key)
            folders.setdefault(path.parent, []).append(path.name)
        for folder, names in folders.items():
            self._delete(folder, names)

    def delete_prefix(self, prefix: str) -> None:
        for folder, _, names in os.walk(self._path(prefix), topdown=False):
            self._delete(Path(folder), names)

    def sweep(self, *, before_s: float) -> int:
        """Removes what killed processes left half-written before a time (Unix seconds); how many files."""
        removed = 0
        for path in self._aside.iterdir():
            with contextlib.suppress(FileNotFoundError):
                # When it was put here: a linked file brings its own, older time of change of contents.
                if path.stat().st_ctime < before_s:
                    path.unlink()
                    removed += 1
        return removed

    def _delete(self, folder: Path, names: Iterable[str]) -> None:
        with contextlib.suppress(FileNotFoundError):  # the folder is gone too, or somebody else deletes the same
            for name in names:
                (folder / name).unlink(missing_ok=True)
            _sync(folder)
        # Empty folders go with their last object; rmdir leaves the others alone.
        with contextlib.suppress(OSError):
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    @contextlib.contextmanager
    def _opened(self, key: str) -> Iterator[int]:
        try:
            fd = os.open(self._path(key), os.O_RDONLY)
        except FileNotFoundError as cause:
            raise NotFound("That object is not there.", code="no_object") from cause
        try:
            yield fd
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def _beside(self, target: Path) -> Iterator[Path]:
        """A path to write to; what lies there when the block ends becomes the object, whole and on the disk."""
        aside = self._aside / secrets.token_hex(8)
        try:
            yield aside
            aside.chmod(0o400)
            self._rename(aside, target)
        except OSError as cause:
            raise Unavailable(f"We cannot write to {self.root} at the moment: {cause.strerror}.") from cause
        finally:
            aside.unlink(missing_ok=True)

    def _rename(self, aside: Path, target: Path) -> None:
        for _ in range(100):
            _make_folders(target.parent)
            try:
                aside.rename(target)
            except FileNotFoundError:
                continue  # a delete removed the empty folder in between
            _sync(target.parent)
            return
        raise Unavailable(f"We cannot write to {self.root} at the moment. Try again.")


def _link_or_copy(source: Path, target: Path) -> None:
    """A hard link costs nothing, for gigabytes. Not of another user's file: that user could still write to it."""
    found = source.lstat()
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
        with contextlib.suppress(OSError):  # another file system, or a mount that refuses it
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _make_folders(folder: Path) -> None:
    """Each new name is put on the disk, or the whole branch could be gone after a power cut."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    with contextlib.suppress(FileNotFoundError):  # a delete removed the parent in between: the caller looks again
        folder.mkdir(exist_ok=True, mode=0o700)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
