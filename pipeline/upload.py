"""`passiton upload`: files from this machine to a server, resumed where an earlier try has stopped.

A small tus 1.0 client. Where an upload lies on the server is noted under the user's state folder,
by a fingerprint of server and file, so that the same command goes on after a reboot. What has arrived
is remembered there too (pipeline/sent.py).
"""

import base64
import hashlib
import mimetypes
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from domain import errors
from domain.ids import is_public_id
from pipeline.sent import Sent

CHUNK = 8 << 20  # bytes of one request
_READ = 256 << 10  # bytes between two reports
_ENDS = 64 << 10  # bytes at either end of a file that go into its fingerprint
_SETTLED_S = 1.0  # for which nobody wrote to a file whose last bytes are sent: what copies it writes more often
_TIMEOUT = httpx.Timeout(30, read=120)  # s; the last answer waits for the server's disk and database
_TRIES_UNMET = 3  # for a server that has never answered: the address is wrong more often than the network
_AGAIN = frozenset({409, 423, 460})  # and 5xx: ask for the offset and go on
_GONE = frozenset({404, 410})
_ERRORS: dict[int, type[errors.PassItOnError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    413: errors.TooLarge,
    422: errors.Refused,
    429: errors.TooMany,
}
_FOR_ALL = (errors.Unauthenticated, errors.Forbidden, errors.TooMany, errors.Unavailable)

Report = Callable[[Path, int, int], None]  # (file, bytes sent so far, bytes of the file)


@dataclass(frozen=True)
class Uploaded:
    """What became of a file: a recording's public id, or the reason why not.

    `already`: nothing was sent, its bytes are on the server; with an error when they were refused there.
    """

    path: Path
    recording: str | None
    error: errors.PassItOnError | None = None
    already: bool = False


def upload(
    paths: Sequence[Path],
    server: str,
    token: str,
    *,
    report: Report = lambda path, sent, size: None,
    ended: Callable[[Uploaded], None] = lambda result: None,
    metadata: Mapping[str, str] | None = None,
    state: Path | None = None,
    skip_known: bool = False,
    tries: int = 10,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Uploaded]:
    """Uploads the files one after the other; one result a file, in their order.

    `metadata` may have brief, language, speaker, terms, title and space. `state` is the folder where unfinished
    uploads, and what has arrived, are noted (None: the user's). With `skip_known`, a file whose bytes
    the server has already, by their SHA-256, is not sent. `ended` hears of each file when it is done
    with. A file is given up after `tries` in a row that brought no byte, with waits of 0.5 s to 30 s
    between them; what the server has stays there for the next call. Raises nothing: errors are in the
    results. After one that holds for all files (no valid token, no server), those that are left have
    it too, untried.
    """
    results: list[Uploaded] = []
    for_all: errors.PassItOnError | None = None
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    with httpx.Client(headers=headers, timeout=_TIMEOUT) as client:
        sent = Sent(state or state_folder(), server.rstrip("/"), token) if skip_known else None
        for path in paths:
            try:
                if for_all is not None:
                    raise for_all
                transfer = _Transfer(path, server, client, report, metadata or {}, state or state_folder())
                digest = sent.digest(path) if sent else ""
                known = _known(digest, server, client, sent) if sent else None
                recording = known or transfer.run(tries, sleep)
                if sent:
                    sent.add(path, digest, recording)
                results.append(Uploaded(path, recording, already=known is not None))
            except _RefusedBefore as before:
                results.append(Uploaded(path, before.recording, before.refusal, already=True))
            except OSError as cause:
                results.append(Uploaded(path, None, _unreadable(path, cause)))
            except errors.PassItOnError as error:
                results.append(Uploaded(path, None, error))
                for_all = error if isinstance(error, _FOR_ALL) else None
            ended(results[-1])
    return results


def state_folder() -> Path:
    """Under $XDG_STATE_HOME, which counts only when absolute (XDG Base Directory Specification 0.8)."""
    home = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".local" / "state") / "passiton" / "uploads"


class _RefusedBefore(Exception):
    """The server had these bytes, and could not use them."""

    def __init__(self, recording: str, refusal: errors.Refused) -> None:
        super().__init__(refusal.message)
        self.recording = recording
        self.refusal = refusal


def _known(digest: str, server: str, client: httpx.Client, sent: Sent) -> str | None:
    """The recording that has a file's bytes on the server; None where it does not say so. Raises _RefusedBefore."""
    here = f"{server.rstrip('/')}/api/v1/recordings"
    found: dict[str, Any] | None = None
    # What has just arrived is not hashed there yet: the recording that we remember is asked for first.
    if (noted := sent.recording(digest)) and is_public_id(noted):
        found = _asked(client, f"{here}/{noted}")
    if found is None:
        listed = _asked(client, here, {"sha256": digest, "limit": "1"}) or {}
        # An older server does not know this question, and lists all there are.
        found = next((each for each in listed.get("items", ()) if each.get("sha256") == digest), None)
    if found is None:
        return None
    refusal = found.get("refusal")
    if refusal and refusal["code"] != "already_here":
        raise _RefusedBefore(found["id"], errors.Refused(refusal["message"], code=refusal["code"]))
    return str(found["id"])


def _asked(client: httpx.Client, url: str, wanted: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    """An answer in JSON; None for any other: then the file is sent, and that tells what is wrong."""
    with suppress(httpx.TransportError, ValueError):
        answer = client.get(url, params=wanted)
        if answer.status_code == 200 and isinstance(found := answer.json(), dict):
            return found
    return None


class _ChangedError(errors.Invalid):
    """Somebody writes to a file that is being sent."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} was changed while it was sent, and nothing of it was kept on the server. "
            "Give the same command again once nothing writes to it any more.",
            code="file_changed",
        )


class _PassingError(Exception):
    """What may pass by itself: ask the server how far it is, and go on from there."""


class _Transfer:
    """One file on its way. Raises PassItOnError where only a person can help."""

    def __init__(
        self, path: Path, server: str, client: httpx.Client, report: Report, metadata: Mapping[str, str], state: Path
    ) -> None:
        self._path = path
        self._client = client
        self._report = report
        self._endpoint = _endpoint(server)
        self._file, fingerprint = _measured(path, self._endpoint)
        self._size = self._file.st_size
        self._note = state / fingerprint
        guessed = {"filename": path.name, "filetype": mimetypes.guess_type(path.name)[0] or ""}
        self._metadata = {**guessed, **metadata}
        self._address = ""  # of the upload on the server
        self._met = False  # the server has answered
        self._reached = 0  # bytes that it has
        self._moved = False  # they have become more since the last try

    def run(self, tries: int, sleep: Callable[[float], None]) -> str:
        """Sends what the server does not have. Returns the recording's public id."""
        failed = 0
        while True:
            try:
                return self._try(sleep)
            except _ChangedError:
                self._take_back()
                raise
            except _PassingError as cause:
                failed = 1 if self._moved else failed + 1
                self._moved = False
                if failed >= (tries if self._met else min(tries, _TRIES_UNMET)):
                    raise errors.Unavailable(
                        f"The server cannot be reached, or cannot take this file now ({cause}). "
                        "What it has is kept there: give the same command again later to go on."
                    ) from cause
                sleep(min(0.25 * 2**failed, 30))

    def _try(self, sleep: Callable[[float], None]) -> str:
        offset, recording = self._resume() or self._create()
        with self._path.open("rb") as file:
            while recording is None:
                if offset == self._size:
                    raise _PassingError("all bytes are there, and the recording is not made yet")
                offset, recording = self._send(file, offset, sleep)
        self._report(self._path, self._size, self._size)
        self._drop_note()
        return recording

    def _resume(self) -> tuple[int, str | None] | None:
        """(offset, recording) of an upload that was begun earlier and still is there."""
        self._address = self._address or self._noted()
        if not self._address:
            return None
        answer = self._request("HEAD", self._address)
        if answer.status_code in _GONE:
            self._begin_again()
            return None
        return self._progress(answer)

    def _create(self) -> tuple[int, str | None]:
        pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in self._metadata.items() if value)
        answer = self._request(
            "POST", self._endpoint, headers={"Upload-Length": str(self._size), "Upload-Metadata": ",".join(pairs)}
        )
        address = urljoin(self._endpoint, answer.headers.get("Location", self._endpoint))
        if answer.status_code != 201 or not self._is_ours(address):
            raise _problem(answer)
        self._address = address
        # Without a note this upload works all the same, only its resumption does not.
        with suppress(OSError):
            self._note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._note.write_text(address, encoding="utf-8")
        return 0, None

    def _send(self, file: BinaryIO, offset: int, sleep: Callable[[float], None]) -> tuple[int, str | None]:
        size = min(CHUNK, self._size - offset)
        self._demand_same(file)
        answer = self._request(
            "PATCH",
            self._address,
            headers={
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
                "Content-Length": str(size),
            },
            content=self._read(file, offset, size, sleep),
        )
        if answer.status_code in _GONE:
            self._begin_again()
            raise _PassingError("the server has lost the upload; it begins again")
        return self._progress(answer)

    def _read(self, file: BinaryIO, offset: int, size: int, sleep: Callable[[float], None]) -> Iterator[bytes]:
        file.seek(offset)
        sent = 0
        while sent < size:
            self._report(self._path, offset + sent, self._size)
            data = file.read(min(_READ, size - sent))
            if not data:
                raise _ChangedError(self._path)
            sent += len(data)
            if offset + sent == self._size:  # with these it becomes a recording
                self._settle(sleep)
                self._demand_same(file)
            yield data

    def _settle(self, sleep: Callable[[float], None]) -> None:
        """Waits for whoever may still be writing to it, so that it shows."""
        written_s = time.time() - self._file.st_mtime
        if 0 <= written_s < _SETTLED_S:
            sleep(_SETTLED_S - written_s)

    def _demand_same(self, file: BinaryIO) -> None:
        """Raises _ChangedError where it is not what was measured, and noted, any more: half of each would arrive."""
        status = os.fstat(file.fileno())
        if (status.st_size, status.st_mtime_ns) != (self._file.st_size, self._file.st_mtime_ns):
            raise _ChangedError(self._path)

    def _take_back(self) -> None:
        """What the server has of it goes; where that cannot be said, it is cleared away there in time."""
        if self._address:
            with suppress(httpx.HTTPError):
                self._client.delete(self._address)
        self._begin_again()

    def _begin_again(self) -> None:
        self._address, self._reached = "", 0
        self._drop_note()

    def _drop_note(self) -> None:
        with suppress(OSError):
            self._note.unlink()

    def _noted(self) -> str:
        """The address of an upload begun earlier. Only on this server: others may have changed the note."""
        try:
            address = self._note.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""
        return address if self._is_ours(address) else ""

    def _is_ours(self, address: str) -> bool:
        """The token goes to no other server, and the address is not that of all uploads."""
        return address != self._endpoint and urlsplit(address)[:2] == urlsplit(self._endpoint)[:2]

    def _request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: Iterator[bytes] | None = None
    ) -> httpx.Response:
        """The answer. Raises _PassingError for what may pass, and what a person has to hear."""
        try:
            answer = self._client.request(method, url, headers=headers, content=content)
        except httpx.TransportError as cause:
            raise _PassingError(str(cause) or type(cause).__name__) from cause
        self._met = True
        if answer.status_code in _AGAIN or answer.status_code >= 500:
            raise _PassingError(_problem(answer).message)
        if not answer.is_success and (answer.status_code not in _GONE or method == "POST"):
            raise _problem(answer)
        return answer

    def _progress(self, answer: httpx.Response) -> tuple[int, str | None]:
        offset = answer.headers.get("Upload-Offset", "")
        if not (offset.isascii() and offset.isdigit() and int(offset) <= self._size):
            raise _PassingError("the server's answer makes no sense")
        # Also what a request that broke had brought: a network that drops every one of them still moves on.
        self._moved = self._moved or int(offset) > self._reached
        self._reached = int(offset)
        return self._reached, answer.headers.get("Recording-Id")


def _endpoint(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise errors.Invalid("Give the server's address as in https://passiton.example.com.", code="bad_server")
    return f"{server.rstrip('/')}/api/v1/uploads"


def _measured(path: Path, endpoint: str) -> tuple[os.stat_result, str]:
    """What a file is, and its fingerprint: where it goes, how long it is, when it changed, how it begins and ends."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            ends = [file.read(_ENDS)]
            file.seek(max(0, status.st_size - _ENDS))
            ends.append(file.read(_ENDS))
    except OSError as cause:
        raise _unreadable(path, cause) from cause
    if status.st_size == 0:
        raise errors.Refused("This file is empty. Record it again, or pick another file.", code="empty_file")
    told = hashlib.sha256(f"{endpoint}\n{status.st_size}\n{status.st_mtime_ns}\n".encode())
    for end in ends:
        told.update(end)
    return status, told.hexdigest()


def _unreadable(path: Path, cause: OSError) -> errors.Invalid:
    return errors.Invalid(f"{path} cannot be read: {cause.strerror}.", code="unreadable_file")


def _problem(answer: httpx.Response) -> errors.PassItOnError:
    """What the server says against it, in its own words where it gives any."""
    kind = _ERRORS.get(answer.status_code, errors.Invalid)
    with suppress(ValueError, KeyError, TypeError):
        said = answer.json()["error"]
        return kind(str(said["message"]), code=str(said["code"]))
    if kind is errors.Unauthenticated:
        return kind("The server does not know this token. Make a new one there: passiton token LOGIN.")
    return kind(f"{answer.url.host} answered {answer.status_code}, as no Pass It On server does. Check the address.")
