"""What people look at most, among 100,000 clips, 300,000 comments and 10,000 people: python -m benchmarks.pages

1. **Soon.** Over HTTP on loopback, the real server in a process of its own on its embedded Postgres: home, search, the
   data of a clip, and a page of 50 comments of a thread of 500, each at 20 requests a second, whether or not those
   before were answered. A wait counts from when its request was due. p95 of each run by nearest rank; the goal is on
   the median of the runs.
2. **How much.** Four connections that are kept, as many answers as come, against a bare route on the same server
   program and database: the same rows by one query, without asking who it is (by_rows.py), in turn. Of a search
   both find what is found in the same way.

The rows are made once and kept under build/.
"""

import argparse
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx

from benchmarks.asking import Asked, at_once, paced
from benchmarks.house import Server
from benchmarks.many_clips import CLIPS, HOUSE, Filled, filled
from benchmarks.measure import ROOT, Figure, Goal, Result, environment, in_turn, keep, percentile
from store import credentials, embedded_postgres
from store.postgres import Store

SOON_LIMIT_MS = 60.0
SHARE_LIMIT = 0.5
PER_SECOND = 20.0
_CONNECTIONS = 4
_MANY = 400  # addresses of a kind, so that hardly anything is asked for twice
_PATIENCE_S = 30.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each page in a run")
    parser.add_argument("--clips", type=int, default=CLIPS)
    given = parser.parse_args(arguments)
    try:
        made = filled(given.clips)
        keep(measure(made, given.clips, given.runs, given.seconds))
    finally:
        embedded_postgres.stop(HOUSE / "postgres")


def measure(made: Filled, clips: int, runs: int, seconds: float) -> Result:
    ours, theirs = _addresses(made)
    with ExitStack() as stack:
        server, token = stack.enter_context(the_server(made))
        port = server.port
        bare = stack.enter_context(_rows_server(made))
        soon = {
            f"soon {name}": partial(paced, port, paths, per_second=PER_SECOND, seconds=seconds, token=token)
            for name, paths in ours.items()
        }
        much = {
            f"ours {name}": partial(at_once, port, paths, connections=_CONNECTIONS, seconds=seconds / 3, token=token)
            for name, paths in ours.items()
        } | {
            f"rows {name}": partial(at_once, bare, paths, connections=_CONNECTIONS, seconds=seconds / 3)
            for name, paths in theirs.items()
        }
        for once in much.values():  # what is read for the first time is read from the disk
            once()
        taken = in_turn({**soon, **much}, runs)
    return _result(taken, list(ours), list(theirs), clips)


def _addresses(made: Filled) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Of our pages, and of the bare routes with the same rows."""
    dice = random.Random(5)
    store = Store(made.dsn)
    with store.transaction() as tx:
        found = tx.execute(
            "select public_id from clip where space_id = (select id from space where everyone) and published_at"
            " is not null order by md5(public_id) limit %s", [_MANY],
        ).fetchall()  # fmt: skip
    store.close()
    ids = [each[0] for each in found]
    said = [
        quote(" ".join(made.words[i] for i in dice.sample(list(made.subjects[dice.randrange(len(made.subjects))]), 3)))
        for _ in range(_MANY)
    ]
    ours = {
        "home, the page": ["/"],
        "the newest clips": ["/api/v1/clips"],
        "search": [f"/api/v1/search?q={q}" for q in said],
        "a clip": [f"/api/v1/clips/{each}" for each in ids],
        "50 comments of 500": [f"/api/v1/clips/{made.thread}/comments?limit=50"],
    }
    theirs = {
        "the newest clips": ["/clips"],
        "search": [f"/search?q={q}" for q in said],
        "a clip": [f"/clips/{each}" for each in ids],
        "50 comments of 500": [f"/clips/{made.thread}/comments"],
    }
    return ours, theirs


def _result(taken: dict[str, list[Asked]], ours: Sequence[str], theirs: Sequence[str], clips: int) -> Result:
    goals, figures = [], []
    for name in ours:
        waits = [[1000 * each for each in run.pieces_s] for run in taken[f"soon {name}"]]
        p95 = tuple(percentile(run, 0.95) for run in waits)
        goals.append(Goal(f"{name}: p95 at {PER_SECOND:.0f} a second", statistics.median(p95), SOON_LIMIT_MS, "ms"))
        figures.append(Figure(f"{name}: p95", "ms", p95))
        figures.append(Figure(f"{name}: median", "ms", tuple(map(statistics.median, waits))))
        figures.append(Figure(f"{name}", "answers/s", _rates(taken[f"ours {name}"])))
    for name in theirs:
        bare = _rates(taken[f"rows {name}"])
        share = statistics.median(_rates(taken[f"ours {name}"])) / statistics.median(bare)
        goals.append(Goal(f"{name}: answers a second against bare rows", share, SHARE_LIMIT, "x", at_least=True))
        figures.append(Figure(f"{name}: bare rows", "answers/s", bare))
    return Result(
        "pages",
        f"What people look at most, among {clips:,} clips",
        tuple(figures),
        tuple(goals),
        (
            "The server, its Postgres, and whoever asks share the machine's cores.",
            "A learner asks, who is in three of the spaces, with an API token. Searches are all different.",
        ),
    )


def _rates(runs: Sequence[Asked]) -> tuple[float, ...]:
    return tuple(each.answers / each.seconds for each in runs)


@contextmanager
def the_server(made: Filled) -> Iterator[tuple[Server, str]]:
    """`passiton serve` on these rows, and an API token of the learner."""
    store = Store(made.dsn)
    with store.transaction() as tx:
        token = credentials.new_api_token(tx, made.viewer, label="benchmark")
    store.close()
    with tempfile.TemporaryDirectory(prefix="passiton-bench-") as folder:
        settings = {"PASSITON_DATABASE_URL": made.dsn}
        server = Server(_free_port(), Path(folder) / "data", Path(folder) / "log", ("--no-worker",), settings)
        try:
            server.start()
            yield server, token
        finally:
            server.stop()


@contextmanager
def _rows_server(made: Filled) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.by_rows", made.dsn, str(made.viewer), str(port)],
        cwd=ROOT,
        env=environment(),
    )
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/clips", timeout=_PATIENCE_S).raise_for_status()
                break
            except httpx.TransportError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit("The server of bare rows did not come up.") from None
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
