"""Talks to a Pass It On from Python. One file, to be copied beside your program; it needs httpx and nothing else.

    from passiton_client import PassItOn

    house = PassItOn("https://tips.example.com", token="...")      # Your account, Tokens; or `passiton token LOGIN`
    recording = house.upload("brakes.mp4", title="How to bleed the brakes")
    for clip in house.items("clips", q="brakes"):
        print(clip["title"])
    house.post(f"clips/{clip['id']}/comments", {"text": "Which valve first?", "kind": "question", "clip_at_ms": 12_000})

What is asked for, and what is answered, is JSON as `/openapi.json` of your server describes it: paths are those below
`/api/v1/`, answers are dicts. What the server refuses is raised as `Refused`, with its code and its sentence.
"""

import base64
import hashlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

Answer = dict[str, Any]
PIECE = 8 * 1024 * 1024  # bytes of a file that are sent in one request
TRIES = 8  # of what makes nothing twice, with longer waits between them: a minute in all
_PASSING = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """The server said no. `code` never changes, and is what programs compare; `message` is for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Seen:
    """Something as it was read. `etag` goes back as If-Match with a change, and as If-None-Match to read it again."""

    value: Answer
    etag: str


class PassItOn:
    """A server, as somebody with a token. Safe to use from several threads."""

    def __init__(
        self,
        server: str,
        token: str,
        *,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`http`: another client than one of our own, for proxies, certificates and tests."""
        self._url = f"{server.rstrip('/')}/api/v1/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = http or httpx.Client(timeout=60)
        self._sleep = sleep

    # Read.

    def get(self, path: str, **query: Any) -> Answer:
        """One thing, or one page of a list."""
        return self.see(path, **query).value

    def see(self, path: str, *, known: Seen | None = None, **query: Any) -> Seen:
        """The same with its ETag. With what is `known`, nothing is sent again that has not changed since."""
        headers = {"If-None-Match": known.etag} if known else {}
        answer = self._asked("GET", path, params=query, headers=headers)
        if known is not None and answer.status_code == 304:
            return known
        return Seen(answer.json(), answer.headers.get("ETag", ""))

    def items(self, path: str, **query: Any) -> Iterator[Answer]:
        """Everything of a list, however many pages it has. What comes or goes meanwhile hides or repeats nothing."""
        cursor: str | None = None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    # Change.

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Makes something: once, also where the answer was lost and it is sent again."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return _value(self._asked("POST", path, json=body or {}, headers=headers))

    def say(self, clip: str, sound: str | Path, **said: Any) -> Answer:
        """Says something aloud in the thread of `clip`, which is a path: `said` as a comment's body has it, without the
        text, which follows when it is written down.
        """
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/octet-stream"}
        data = Path(sound).read_bytes()
        return _value(self._asked("POST", f"{clip}/voices", params=said, content=data, headers=headers))

    def change(self, path: str, body: Mapping[str, Any], seen: Seen | None = None) -> Seen:
        """Changes what was `seen`; without it, what is there now.

        Raises Refused (412, `stale_version`) where somebody changed it meanwhile: look again, and decide.
        """
        seen = seen or self.see(path)
        answer = self._asked("PATCH", path, json=dict(body), headers={"If-Match": seen.etag})
        return Seen(_value(answer), answer.headers.get("ETag", ""))

    def put(self, path: str, body: Mapping[str, Any] | None = None, seen: Seen | None = None) -> Answer:
        return _value(self._asked("PUT", path, json=body or {}, headers={"If-Match": seen.etag} if seen else {}))

    def delete(self, path: str, seen: Seen | None = None) -> None:
        self._asked("DELETE", path, headers={"If-Match": seen.etag} if seen else {})

    # Send a recording.

    def upload(self, path: str | Path, **said: str) -> str:
        """Sends a file and gives the id of the recording that it becomes; a connection that breaks is no matter.

        `said`: title, language, space, brief ... as `Upload-Metadata` in the description has them.
        """
        file = Path(path)
        size = file.stat().st_size
        pairs = {"filename": file.name, **said}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        begun = self._tus("POST", "uploads", {"Upload-Length": str(size), "Upload-Metadata": metadata})
        where = f"uploads/{urlsplit(begun.headers['Location']).path.rpartition('/')[2]}"
        answer = begun
        with file.open("rb") as opened:
            at = 0
            while at < size or "Recording-Id" not in answer.headers:
                try:
                    opened.seek(at)
                    answer = self._piece(where, at, opened.read(PIECE))
                except httpx.TransportError:
                    answer = self._tus("HEAD", where, {})  # how far it came
                at = int(answer.headers["Upload-Offset"])
        return str(answer.headers["Recording-Id"])

    def until_ready(self, recording: str, *, every_s: float = 2.0, patience_s: float = 3600.0) -> Answer:
        """Waits until a recording can be looked at, or is refused: its `status` says which. Raises TimeoutError."""
        deadline = time.monotonic() + patience_s
        while True:
            found = self.get(f"recordings/{recording}")
            if found["status"] in {"ready", "refused", "failed"}:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"Recording {recording} is {found['status']} after {patience_s:.0f} s.")
            self._sleep(every_s)

    def _piece(self, where: str, at: int, data: bytes) -> httpx.Response:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        headers = {
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": f"sha256 {digest}",
        }
        return self._tus("PATCH", where, headers, content=data)

    def _tus(self, method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> httpx.Response:
        return self._asked(method, path, headers={"Tus-Resumable": "1.0.0", **headers}, content=content)

    def _asked(self, method: str, path: str, *, headers: Mapping[str, str], **request: Any) -> httpx.Response:
        """Asks; again where that makes nothing twice, and the server, or the way to it, may be well in a moment."""
        again = method in {"GET", "HEAD", "PUT", "DELETE"} or "Idempotency-Key" in headers
        wait_s = 0.5
        for left in range(TRIES if again else 1, 0, -1):
            try:
                answer = self._http.request(method, self._url + path, headers={**self._headers, **headers}, **request)
                if answer.status_code not in _PASSING or left == 1:
                    return _good(answer)
                wait_s = max(wait_s, float(answer.headers.get("Retry-After", 0)))
            except httpx.TransportError:
                if left == 1:
                    raise
            self._sleep(wait_s)
            wait_s *= 2
        raise AssertionError("the last try returns or raises")


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success or answer.status_code == 304:
        return answer
    try:
        error = answer.json()["error"]
        raise Refused(answer.status_code, error["code"], error["message"])
    except (ValueError, KeyError, TypeError):
        raise Refused(answer.status_code, "unknown", f"The server answered with {answer.status_code}.") from None


def _value(answer: httpx.Response) -> Answer:
    return dict(answer.json()) if answer.content else {}
