"""What `passiton upload` remembers of files that have arrived, so that a second run passes them over.

A line of JSON a file, under the user's state folder, one such ledger for each server and account. A
line that a kill has cut off is as good as none: the file is read and asked for again.
"""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path


class Sent:
    """The ledger of one account on one server. Where it cannot be written, the next run has more to read."""

    def __init__(self, folder: Path, endpoint: str, token: str) -> None:
        # The token is a secret: only what cannot be turned back into it becomes a name.
        account = hashlib.sha256(f"{endpoint}\n{token}".encode()).hexdigest()[:32]
        self._path = folder / f"sent-{account}.jsonl"
        self._recordings: dict[str, str] = {}  # by SHA-256
        self._digests: dict[tuple[str, int, int], str] = {}  # by what the file was
        with suppress(OSError), self._path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with suppress(ValueError, KeyError, TypeError):
                    self._take(json.loads(line))

    def digest(self, path: Path) -> str:
        """A file's SHA-256 in hexadecimal; read again only when the file has changed. Raises OSError."""
        which = _which(path)
        if which not in self._digests:
            with path.open("rb") as file:
                self._digests[which] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[which]

    def recording(self, digest: str) -> str | None:
        """Public id of what these bytes have become, as far as this machine knows."""
        return self._recordings.get(digest)

    def add(self, path: Path, digest: str, recording: str) -> None:
        """Remembered for good once this returns, unless the file is no longer what was read."""
        with suppress(OSError):
            name, size, changed_ns = which = _which(path)
            if self._digests.get(which) != digest:
                return
            line = {"path": name, "size": size, "mtime_ns": changed_ns, "sha256": digest, "recording": recording}
            self._take(line)
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # A line of its own also after one that a kill has cut off.
                file.write(("" if _ends_with_a_line(self._path) else "\n") + json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def _take(self, line: dict[str, object]) -> None:
        which = (str(line["path"]), int(str(line["size"])), int(str(line["mtime_ns"])))
        self._digests[which] = str(line["sha256"])
        self._recordings[str(line["sha256"])] = str(line["recording"])


def _which(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return str(path.resolve()), status.st_size, status.st_mtime_ns


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
