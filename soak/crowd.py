"""Fifty phones at once on bad lines: python -m soak.crowd [--phones 50] [--mb 15]

Each uploads a file of its own, throttled to 1 Mbit/s by the client. Half of them are cut off at random
moments: some connections end, others go silent and stay open, as when a phone leaves one network for
another. All have to arrive, byte for byte, while somebody else's requests are answered.
"""

import argparse
import asyncio
import base64
import hashlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.house import House, served
from benchmarks.measure import Figure, Goal, Result, keep, percentile
from benchmarks.watched import ASKED, Memory, Others, cpu_s
from domain.person import Role

LINE_BYTES_S = 125_000  # 1 Mbit/s
WAIT_LIMIT_MS = 100.0
CHUNK = 8 << 20
_QUIET_S = 10.0
_PATIENCE = 4  # times what an unbroken line takes; who has not arrived then is lost
_SLICE_S = 0.1  # a line's bytes come in slices of so long
_TUS = {"Tus-Resumable": "1.0.0"}
_BYTES = {"Content-Type": "application/offset+octet-stream"}
_AGAIN = frozenset({409, 423, 500, 502, 503, 504})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.crowd", description=__doc__)
    parser.add_argument("--phones", type=int, default=50)
    parser.add_argument("--mb", type=int, default=15)
    parser.add_argument("--seed", type=int, help="of the random moments; another one each time when left out")
    given = parser.parse_args(arguments)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    keep(prove(given.phones, given.mb * 1_000_000, seed))


def prove(phones: int, size: int, seed: int) -> Result:
    moments = random.Random(seed)
    with served("--no-worker") as house:
        _, watcher = house.somebody("watcher", Role.EXPERT)
        crowd = [_phone(house, number, size, cut=number % 2 == 1, moments=moments) for number in range(phones)]
        others = Others(house.url, watcher, {})
        pid = house.server.pid
        quiet = Others(house.url, watcher, {})
        with quiet:
            time.sleep(_QUIET_S)
        with others, Memory(pid) as memory:
            used_s, began = cpu_s(pid), time.monotonic()
            asyncio.run(_all(crowd))
            took_s, used_s = time.monotonic() - began, cpu_s(pid) - used_s
        lost = sum(not phone.recording for phone in crowd)
        damaged = sum(_sha256(phone.part(house)) != phone.digest for phone in crowd if phone.recording)

    whole = [phone for phone in crowd if phone.recording and not phone.is_cut]
    broken = [phone for phone in crowd if phone.recording and phone.is_cut]
    if not whole or not all(phone.breaks for phone in broken) or not broken:
        raise SystemExit(f"Of {phones} uploads {lost} were lost, and of the others too few were cut off: no proof.")
    return Result(
        name="soak_crowd",
        title=f"{phones} uploads of {size / 1e6:.0f} MB at once, 1 Mbit/s each, half of them cut off",
        goals=(
            Goal(f"uploads that did not arrive, of {phones}", lost, 0),
            Goal(f"uploads whose SHA-256 was another, of {phones - lost} that did", damaged, 0),
            *(
                Goal(
                    f"somebody else's GET {path} meanwhile, p99",
                    percentile(others.waits_ms[path], 0.99),
                    WAIT_LIMIT_MS,
                    "ms",
                )
                for path in ASKED
            ),
        ),
        figures=(
            Figure("all of it", "s", (took_s,)),
            Figure("an upload on an unbroken line", "s", tuple(phone.took_s for phone in whole)),
            Figure("an upload that was cut off", "s", tuple(phone.took_s for phone in broken)),
            Figure(
                "times that each of those had to ask where it was", "", tuple(float(phone.breaks) for phone in broken)
            ),
            Figure("bytes that each of those sent twice", "MB", tuple(phone.resent / 1e6 for phone in broken)),
            Figure("the server's CPU", "s", (used_s,)),
            Figure("memory that the server gained", "MB", ((memory.most - memory.before) / 1e6,)),
            *(Figure(f"GET {path} meanwhile", "ms", tuple(others.waits_ms[path])) for path in ASKED),
            *(Figure(f"GET {path} before, p99", "ms", (percentile(quiet.waits_ms[path], 0.99),)) for path in ASKED),
        ),
        notes=(
            f"{size / 1e6:.0f} MB at 1 Mbit/s are {size / LINE_BYTES_S:.0f} s. The throttle is the client's: slices of "
            f"{_SLICE_S} s. Cut: the connection ends, or goes silent and stays open; 0.2 to 2 s later the phone asks "
            "with HEAD and goes on.",
            "Somebody else: by turns on one connection, 20 ms after the answer before. `passiton serve --no-worker` "
            f"on embedded defaults. Seed {seed}.",
        ),
    )


class _CutError(Exception):
    """The line is gone."""


@dataclass
class _Phone:
    url: str
    token: str
    data: bytes
    cuts: list[int]  # bytes sent in all at which the line goes, the next one last
    moments: random.Random
    digest: str
    is_cut: bool
    sent: int = 0
    breaks: int = 0
    took_s: float = 0.0
    path: str = ""
    recording: str = ""
    left: list["asyncio.Task[httpx.Response]"] = field(default_factory=list)  # connections that went silent

    @property
    def resent(self) -> int:
        return self.sent - len(self.data)

    def part(self, house: House) -> Path:
        return house.data / "staging" / f"{self.path.rsplit('/', 1)[1]}.part"

    async def upload(self) -> None:
        began = time.monotonic()
        headers = {**_TUS, "Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=120) as client:
            await self._create(client)
            while not self.recording:
                offset = await self._ask(client) if self.breaks else 0
                while offset is not None and not self.recording:
                    offset = await self._patch(client, offset)
            self.took_s = time.monotonic() - began
            for silent in self.left:
                silent.cancel()
            await asyncio.gather(*self.left, return_exceptions=True)

    async def _create(self, client: httpx.AsyncClient) -> None:
        name = base64.b64encode(b"tip.mp4").decode()
        headers = {"Upload-Length": str(len(self.data)), "Upload-Metadata": f"filename {name}"}
        answer = await client.post("/api/v1/uploads", headers=headers)
        self.path = answer.raise_for_status().headers["Location"]

    async def _ask(self, client: httpx.AsyncClient) -> int | None:
        answer = await client.head(self.path)
        if answer.status_code in _AGAIN:
            await asyncio.sleep(0.5)
            return None
        self.recording = answer.raise_for_status().headers.get("Recording-Id", "")
        return int(answer.headers["Upload-Offset"])

    async def _patch(self, client: httpx.AsyncClient, offset: int) -> int | None:
        """The next chunk; the offset after it, None when the line went and the server has to be asked."""
        length = min(CHUNK, len(self.data) - offset)
        headers = {**_BYTES, "Upload-Offset": str(offset), "Content-Length": str(length)}
        gone = asyncio.Event()
        silent = self.moments.random() < 0.5
        body = self._slices(offset, length, gone, silent=silent)
        asking = asyncio.create_task(client.patch(self.path, headers=headers, content=body))
        watching = asyncio.create_task(gone.wait())
        await asyncio.wait({asking, watching}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        if gone.is_set():
            self.breaks += 1
            self.left.append(asking)
            if not silent:
                await asyncio.wait({asking})
            await asyncio.sleep(self.moments.uniform(0.2, 2))
            return None
        try:
            answer = asking.result()
        except httpx.TransportError:
            answer = None
        if answer is None or answer.status_code in _AGAIN:
            await asyncio.sleep(0.5)
            self.breaks += 1
            return None
        self.recording = answer.raise_for_status().headers.get("Recording-Id", "")
        return int(answer.headers["Upload-Offset"])

    async def _slices(self, offset: int, length: int, gone: asyncio.Event, *, silent: bool) -> AsyncIterator[bytes]:
        end, at, due = offset + length, offset, time.monotonic()
        while at < end:
            size = min(round(LINE_BYTES_S * _SLICE_S), end - at)
            if self.cuts and self.sent >= self.cuts[-1]:
                self.cuts.pop()
                gone.set()
                if silent:
                    await asyncio.Event().wait()  # until the phone has arrived elsewhere
                raise _CutError
            yield self.data[at : at + size]
            at, self.sent = at + size, self.sent + size
            due += _SLICE_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def _phone(house: House, number: int, size: int, *, cut: bool, moments: random.Random) -> _Phone:
    _, token = house.somebody(f"phone{number}", Role.EXPERT)
    moments = random.Random(moments.getrandbits(64))  # of its own: phones take turns in no certain order
    data = moments.randbytes(size)
    cuts = sorted((moments.randrange(size) for _ in range(moments.randint(1, 3))), reverse=True) if cut else []
    return _Phone(house.url, token, data, cuts, moments, hashlib.sha256(data).hexdigest(), cut)


async def _all(crowd: Sequence[_Phone]) -> None:
    """Returns when all have arrived, or are given up."""
    until_s = _PATIENCE * max(len(phone.data) for phone in crowd) / LINE_BYTES_S + 60
    ends = [asyncio.wait_for(phone.upload(), until_s) for phone in crowd]
    for end in await asyncio.gather(*ends, return_exceptions=True):
        if end is not None:
            print(f"  lost: {end!r}", flush=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
