"""Whoever comes back is let in at once: python -m soak.takeover [--rounds 40] [--mb 40]

Each round: a client begins to send over a raw socket and falls silent in the middle, its connection open,
as when a phone goes into a tunnel. A newcomer comes to the same upload with HEAD, PATCH or DELETE, in turn.
Then rivals: twenty at once send to one upload, each with a mark of its own on every byte, until it is whole.
Somebody else asks for small things all the while.
"""

import argparse
import hashlib
import http.client
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import httpx

from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, keep, percentile
from benchmarks.watched import ASKED, Others
from domain.person import Role

NEWCOMERS = ("HEAD", "PATCH", "DELETE")
ANSWER_LIMIT_S = 1.0
WAIT_LIMIT_MS = 100.0
RIVALS = 20
MATCHES = 5  # uploads that rivals fight for
_PIECE = 64 << 10  # bytes that a newcomer's PATCH brings
_RIVALS_PIECE = 4 << 20  # of which the server writes 1 MiB before it looks whether another is waiting
_WAKING = 1 << 20  # bytes that the first sends when it has come out of the tunnel
_ASK_EVERY_S = 0.005
_QUIET_S = 10.0
_PATIENCE_S = 120.0
_TUS = {"Tus-Resumable": "1.0.0"}
_BYTES = {"Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True)
class Round:
    """What became of a newcomer, of the first writer and of the upload; `waits_ms`: somebody else's meanwhile.

    `right`: the newcomer got what it asked for. `told`: the first was, that another goes on. `whole`: the bytes
    are those that were sent, or gone after a DELETE.
    """

    newcomer: str
    took_s: float
    right: bool
    told: bool
    whole: bool
    waits_ms: dict[str, list[float]]

    @property
    def longest_ms(self) -> float:
        return max(max(waits) for waits in self.waits_ms.values())


@dataclass(frozen=True)
class Patch:
    """A rival's that was let in. `told`: the offset after it; None: it was ended for another, what it brought stays."""

    rival: int
    start: int
    told: int | None


@dataclass
class Match:
    """Rivals at one upload: what they were answered, which all of them add to, and what became of it.

    `recordings`: what the upload has become, as they were told. `whole`: with the marks taken off the bytes are those
    that were sent. `cut_short`: PATCHes whose bytes, said to be kept, were not left alone.
    """

    patches: list[Patch] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    recordings: set[str] = field(default_factory=set)
    took_s: float = 0.0
    whole: bool = False
    cut_short: int = 0
    waits_ms: dict[str, list[float]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.takeover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--mb", type=int, default=40)
    parser.add_argument("--seed", type=int, help="of the random moments; another one each time when left out")
    given = parser.parse_args(arguments)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    keep(prove(given.rounds, given.mb * 1_000_000, seed))


def prove(rounds: int, size: int, seed: int) -> Result:
    moments = random.Random(seed)
    data = moments.randbytes(size)
    with served("--no-worker") as house:
        _, token = house.somebody("expert", Role.EXPERT)
        _, watcher = house.somebody("watcher", Role.EXPERT)
        others = partial(Others, house.url, watcher, every_s=_ASK_EVERY_S)
        upload = Uploading(house, token, data)
        with others({}) as quiet:
            time.sleep(_QUIET_S)
        done: list[Round] = []
        for number in range(rounds):
            one = _round(upload, NEWCOMERS[number % len(NEWCOMERS)], others, moments)
            done.append(one)
            said = f"{one.newcomer} answered after {one.took_s:.2f} s, somebody else within {one.longest_ms:.0f} ms"
            print(f"  {number + 1} of {rounds}: {said}", flush=True)
        matches = [_match(upload, others) for _ in range(MATCHES)]

    took_s = [one.took_s for one in done]
    codes = Counter(code for match in matches for code in match.codes)
    patches = sum(len(match.patches) for match in matches)
    beside = {path: [wait for one in done for wait in one.waits_ms[path]] for path in ASKED}
    beside_rivals = {path: [wait for match in matches for wait in match.waits_ms[path]] for path in ASKED}
    return Result(
        name="soak_takeover",
        title=f"{rounds} x a newcomer at an upload whose first writer went silent, and {RIVALS} rivals at once",
        goals=(
            Goal("until the newcomer was answered, p95", percentile(took_s, 0.95), ANSWER_LIMIT_S, "s"),
            Goal(f"newcomers answered otherwise than they asked, of {rounds}", sum(not one.right for one in done), 0),
            Goal(f"first writers not told that another goes on, of {rounds}", sum(not one.told for one in done), 0),
            Goal(f"uploads damaged, or still there after a DELETE, of {rounds}", sum(not one.whole for one in done), 0),
            *(
                Goal(f"somebody else's GET {path} meanwhile, p99", percentile(beside[path], 0.99), WAIT_LIMIT_MS, "ms")
                for path in ASKED
            ),
            Goal("requests of rivals that were not answered", sum(len(match.unanswered) for match in matches), 0),
            Goal(f"rivals' uploads whose SHA-256 was another, of {MATCHES}", sum(not one.whole for one in matches), 0),
            Goal(f"rivals' PATCHes that another wrote into, of {patches}", sum(one.cut_short for one in matches), 0),
            Goal("rivals' uploads that became several recordings", sum(len(one.recordings) > 1 for one in matches), 0),
        ),
        figures=(
            *(
                Figure(f"until a newcomer's {name} was answered", "s", values)
                for name in NEWCOMERS
                if (values := tuple(one.took_s for one in done if one.newcomer == name))
            ),
            *(Figure(f"GET {path} meanwhile", "ms", tuple(beside[path])) for path in ASKED),
            Figure("somebody else's longest wait of each round", "ms", tuple(one.longest_ms for one in done)),
            Figure(f"until {RIVALS} rivals had made an upload whole", "s", tuple(match.took_s for match in matches)),
            Figure("a rival's request", "s", tuple(wait for match in matches for wait in match.answered_s)),
            *(Figure(f"GET {path} beside rivals", "ms", tuple(beside_rivals[path])) for path in ASKED),
            *(
                Figure(f"GET {path} beside rivals, p99", "ms", (percentile(beside_rivals[path], 0.99),))
                for path in ASKED
            ),
            *(Figure(f"GET {path} before, p99", "ms", (percentile(quiet.waits_ms[path], 0.99),)) for path in ASKED),
        ),
        notes=(
            f"The first says {size / 1e6:.0f} MB, sends a random part of it and no more; when that is on the server's "
            "disk, a random while of up to a second passes. A newcomer's time: from connecting to the last byte of the "
            f"answer; its PATCH brings {_PIECE >> 10} KiB. Then the first wakes up and sends more, which has to go "
            "nowhere, and after a HEAD or a PATCH the rest is sent and the whole compared.",
            f"Rivals: each asks with HEAD, sends up to {_RIVALS_PIECE >> 20} MiB, and asks again at once. PATCHes were "
            f"answered: {', '.join(f'{code} {number}' for code, number in codes.most_common())}.",
            f"Somebody else: by turns on one connection, {_ASK_EVERY_S * 1000:.0f} ms after the answer before, from "
            "before a newcomer comes until it is answered. `passiton serve --no-worker` on embedded defaults, over "
            f"loopback. Seed {seed}.",
        ),
    )


@dataclass(frozen=True)
class Uploading:
    """One person's uploads of the same bytes."""

    house: House
    token: str
    data: bytes

    def line(self) -> httpx.Client:
        """A connection of its own, which begins with its first request."""
        headers = {**_TUS, "Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.house.url, headers=headers, timeout=_PATIENCE_S)

    def create(self) -> str:
        with self.line() as line:
            answer = line.post("/api/v1/uploads", headers={"Upload-Length": str(len(self.data))})
        return str(answer.raise_for_status().headers["Location"])

    def part(self, path: str) -> Path:
        return self.house.data / "staging" / f"{path.rsplit('/', 1)[1]}.part"

    def stall(self, path: str, reached: int) -> socket.socket:
        """A PATCH of everything of which only so much is sent; returns when that has arrived."""
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\nTus-Resumable: 1.0.0\r\n"
            f"Upload-Offset: 0\r\nContent-Type: {_BYTES['Content-Type']}\r\nContent-Length: {len(self.data)}\r\n\r\n"
        )
        first = socket.create_connection(("127.0.0.1", self.house.server.port), timeout=_PATIENCE_S)
        first.sendall(head.encode() + self.data[:reached])
        deadline = time.monotonic() + _PATIENCE_S
        while self.part(path).stat().st_size < reached:
            if time.monotonic() > deadline:
                raise SystemExit("What the first writer sent did not arrive; nothing was proved.")
            time.sleep(0.005)
        return first

    def finish(self, path: str) -> bytes:
        """All the bytes of an upload, once its rest has been sent from where the server says that it is."""
        with self.line() as line:
            offset = int(line.head(path).raise_for_status().headers["Upload-Offset"])
            headers = {**_BYTES, "Upload-Offset": str(offset)}
            line.patch(path, headers=headers, content=self.data[offset:]).raise_for_status()
        return self.taken(path)

    def taken(self, path: str) -> bytes:
        """All the bytes of an upload that is whole; they go."""
        kept = self.part(path).read_bytes()
        self.part(path).unlink()
        return kept

    def is_gone(self, path: str) -> bool:
        with self.line() as line:
            return line.head(path).status_code == 404 and not self.part(path).exists()


def _round(
    upload: Uploading, newcomer: str, others: Callable[[dict[str, list[float]]], Others], moments: random.Random
) -> Round:
    size = len(upload.data)
    reached = moments.randrange(size // 4, size * 3 // 4)
    path = upload.create()
    first = upload.stall(path, reached)
    with first:
        time.sleep(moments.uniform(0, 1))
        with others({}) as somebody:
            took_s, right = _come(upload, path, newcomer, reached)
        told = _told(first)
        with suppress(OSError):  # the server has closed it, or throws this away
            first.sendall(b"X" * _WAKING)
    whole = upload.is_gone(path) if newcomer == "DELETE" else _sha256(upload.finish(path)) == _sha256(upload.data)
    return Round(newcomer, took_s, right, told, whole, somebody.waits_ms)


def _come(upload: Uploading, path: str, method: str, reached: int) -> tuple[float, bool]:
    """Seconds until the newcomer was answered, and whether it was with what it asked for."""
    piece = upload.data[reached : reached + _PIECE]
    asked = {
        "HEAD": (200, str(reached), {}, None),
        "PATCH": (204, str(reached + len(piece)), {**_BYTES, "Upload-Offset": str(reached)}, piece),
        "DELETE": (204, None, {}, None),
    }
    status, offset, headers, content = asked[method]
    with upload.line() as line:
        began = time.perf_counter()
        answer = line.request(method, path, headers=headers, content=content)
        took_s = time.perf_counter() - began
    return took_s, (answer.status_code, answer.headers.get("Upload-Offset")) == (status, offset)


def _told(first: socket.socket) -> bool:
    """The first writer was told that another goes on, on the connection where it stalls."""
    answer = http.client.HTTPResponse(first, method="PATCH")
    answer.begin()
    said = answer.read()
    return answer.status == 423 and json.loads(said)["error"]["code"] == "upload_taken_over"


def _match(upload: Uploading, others: Callable[[dict[str, list[float]]], Others]) -> Match:
    path, match, together = upload.create(), Match(), threading.Barrier(RIVALS)
    with others(match.waits_ms), ThreadPoolExecutor(RIVALS) as pool:
        began = time.monotonic()
        for end in [pool.submit(_fight, upload, path, rival, match, together) for rival in range(RIVALS)]:
            end.result()
        match.took_s = time.monotonic() - began
    starts = sorted({patch.start for patch in match.patches} | {len(upload.data)})
    ends = dict(pairwise(starts))
    match.cut_short = sum(patch.told is not None and ends[patch.start] != patch.told for patch in match.patches)
    plain = _unmarked(upload.taken(path), upload.data, match.patches, starts)
    match.whole = _sha256(plain) == _sha256(upload.data)
    print(f"  {RIVALS} rivals, {len(match.patches)} turns, {match.took_s:.1f} s", flush=True)
    return match


def _fight(upload: Uploading, path: str, rival: int, match: Match, together: threading.Barrier) -> None:
    """One rival: until it learns that the upload is whole."""
    deadline = time.monotonic() + _PATIENCE_S
    with upload.line() as line:
        together.wait()
        while time.monotonic() < deadline:
            answer = _ask(match, lambda: line.head(path))
            if answer is None or answer.status_code == 423:
                continue
            if recording := answer.raise_for_status().headers.get("Recording-Id"):
                match.recordings.add(recording)
                return
            _send(upload, line, path, rival, int(answer.headers["Upload-Offset"]), match)
    raise SystemExit("The rivals did not make the upload whole; nothing was proved.")


def _send(upload: Uploading, line: httpx.Client, path: str, rival: int, start: int, match: Match) -> None:
    """A rival's PATCH from there."""
    piece = upload.data[start : start + _RIVALS_PIECE].translate(_MARKS[rival])
    headers = {**_BYTES, "Upload-Offset": str(start)}
    answer = _ask(match, lambda: line.patch(path, headers=headers, content=piece))
    if answer is None:
        return
    code = "kept" if answer.status_code == 204 else str(answer.json()["error"]["code"])
    match.codes.append(code)
    if code == "kept":
        match.patches.append(Patch(rival, start, int(answer.headers["Upload-Offset"])))
    elif code == "upload_taken_over":
        match.patches.append(Patch(rival, start, None))
    elif code not in ("wrong_offset", "upload_busy"):
        raise SystemExit(f"A rival was told {code}; nothing was proved.")


def _ask(match: Match, request: Callable[[], httpx.Response]) -> httpx.Response | None:
    began = time.perf_counter()
    try:
        answer = request()
    except httpx.TransportError as error:
        match.unanswered.append(repr(error))
        return None
    match.answered_s.append(time.perf_counter() - began)
    return answer


def _unmarked(kept: bytes, data: bytes, patches: Sequence[Patch], starts: Sequence[int]) -> bytes:
    """The marks taken off: from one beginning to the next those of a rival that began there, and of no other.

    So this is `data` when each stretch was written by one rival alone, who was let in where it begins.
    """
    began = {(patch.rival, patch.start) for patch in patches}
    plain = bytearray()
    for start, end in pairwise(starts):
        rival = kept[start] ^ data[start]
        if (rival, start) not in began:
            return b""
        plain += kept[start:end].translate(_MARKS[rival])
    return bytes(plain)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# A rival's mark on a byte, which put on twice is taken off: no two rivals send the same byte to the same place.
_MARKS = [bytes(byte ^ rival for byte in range(256)) for rival in range(RIVALS)]


if __name__ == "__main__":
    main()
