"""The server killed in the middle of an upload, again and again: python -m soak.kills [--rounds 100] [--mb 200]

Each round: tus-js-client in Node sends a file in chunks of 8 MiB; at a random moment the server gets
SIGKILL, and is started again a little later; the client goes on by itself. Every time the bytes that
arrived have to be those that were sent, and at most one chunk may have been sent twice.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import media
from benchmarks.house import House, served
from benchmarks.measure import ROOT, Figure, Goal, Result, environment, keep
from domain.person import Role

CHUNK = 8 << 20
_SCRIPT = Path(__file__).with_name("send.cjs")
_PATIENCE_S = 300.0
_LOOK_EVERY_S = 0.001
_LONGEST_REST_S = 1.0


@dataclass(frozen=True)
class Round:
    """`aimed`: how far the upload was to be when the server died; `resent`: bytes sent more than once."""

    aimed: int
    reached: int
    equal: bool
    resent: int
    retries: int
    away_s: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.kills", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--seed", type=int, help="of the random moments; another one each time when left out")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background without
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    keep(prove(given.rounds, given.mb * 1_000_000, seed))


def prove(rounds: int, size: int, seed: int) -> Result:
    moments = random.Random(seed)
    source = media.noise(size)
    digest = _sha256(source)
    done: list[Round] = []
    too_late = 0
    with served("--no-worker") as house:
        _, token = house.somebody("expert", Role.EXPERT)
        with suppress(KeyboardInterrupt):  # what was proved until then counts
            while len(done) < rounds:
                one = _round(house, token, source, digest, moments)
                if one.equal and one.retries == 0:  # it hit nothing: the client had its last answer already
                    too_late += 1
                    continue
                done.append(one)
                print(
                    f"  {len(done)} of {rounds}: killed at {one.reached / 1e6:.0f} MB, away {one.away_s:.1f} s,"
                    f" {one.resent / CHUNK:.2f} chunks sent twice, {'equal' if one.equal else 'DIFFERENT'}",
                    flush=True,
                )
    if not done:
        raise SystemExit("No round came to its end; nothing was proved.")
    return Result(
        name="soak_kills",
        title=f"{len(done)} x kill -9 in the middle of an upload of {size / 1e6:.0f} MB",
        goals=(
            Goal(f"uploads whose SHA-256 was another, of {len(done)}", sum(not one.equal for one in done), 0),
            Goal("sent twice, most of all rounds", max(one.resent for one in done) / CHUNK, 1, "chunks of 8 MiB"),
        ),
        figures=(
            Figure("how far the upload was at the kill", "MB", tuple(one.reached / 1e6 for one in done)),
            Figure("sent twice", "chunks", tuple(one.resent / CHUNK for one in done)),
            Figure("from the kill until the server answered again", "s", tuple(one.away_s for one in done)),
            Figure("requests that the client tried again", "", tuple(float(one.retries) for one in done)),
        ),
        notes=(
            "tus-js-client in Node, chunks of 8 MiB, over loopback; `passiton serve --no-worker` on embedded "
            "defaults; the moment is a random number of bytes that have reached the server's disk, and up to 20 ms.",
            "Bytes sent: what was handed to connections, less the requests' heads; sent twice is what exceeds the "
            f"file. {too_late} rounds more whose kill came after the last answer are not counted. Seed {seed}.",
        ),
    )


def _round(house: House, token: str, source: Path, digest: str, moments: random.Random) -> Round:
    size = source.stat().st_size
    aimed, more_s = moments.randrange(size), moments.uniform(0, 0.02)
    command = [_node(), str(_SCRIPT), f"{house.url}/api/v1/uploads", token, str(source), str(CHUNK)]
    client = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        reached = _wait(house, client, aimed)
        time.sleep(more_s)
        house.server.kill()
        began = time.monotonic()
        time.sleep(moments.uniform(0, _LONGEST_REST_S))
        house.server.start()
        away_s = time.monotonic() - began
        said, _ = client.communicate(timeout=_PATIENCE_S)
    finally:
        client.kill()
        client.wait()
    told: dict[str, Any] = json.loads(said.splitlines()[-1]) if said.strip() else {"error": "the client said nothing"}
    if "error" in told or not told["recording"]:
        raise SystemExit(f"The upload was given up: {told}")
    part = house.data / "staging" / f"{told['url'].rsplit('/', 1)[1]}.part"
    equal = _sha256(part) == digest
    part.unlink()
    return Round(aimed, reached, equal, told["sent"] - size, told["retries"], away_s)


def _wait(house: House, client: "subprocess.Popen[str]", aimed: int) -> int:
    """Until so many bytes lie on the server's disk, at least one; how many there are then."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        parts = (house.data / "staging").glob("*.part")
        reached = max((path.stat().st_size for path in parts), default=0)
        if reached > aimed:
            return reached
        if client.poll() is not None:
            raise SystemExit("The client ended before the server was killed; nothing was proved.")
        time.sleep(_LOOK_EVERY_S)
    raise SystemExit("The upload did not get on; nothing was proved.")


def _node() -> str:
    """The machine's own, else the one that pip has brought."""
    folders = [os.environ.get("PATH", ""), str(Path(sys.executable).parent)]
    found = shutil.which("node", path=os.pathsep.join(folders))
    if found is None:
        raise SystemExit("There is no Node on this machine: make test brings it.")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
