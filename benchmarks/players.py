"""Media out of the folder, to many: python -m benchmarks.players [--runs 5]

The goal: at least 0.8 of what Starlette's FileResponse does with the same files, which knows no rights. Then 200
players at once, each at the pace of its clip: how long they wait, 99 of 100 times.
"""

import argparse
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import httpx

from benchmarks import media, playlists
from benchmarks.asking import Asked, at_once, players
from benchmarks.house import served
from benchmarks.measure import ROOT, Figure, Goal, Result, environment, in_turn, keep, percentile
from benchmarks.watched import cpu_s
from domain.media import Kind, Rendition
from domain.person import Role

LIMIT = 1 / 0.8
PLAYERS = 200
_PICTURE = "480"
_CLIPS = 4
_ASKED = {"audio": "sound", _PICTURE: "480 lines", "1080": "1080 lines"}
_CONNECTIONS = 8
_LONGEST_S = 5  # of a fragment of these recordings, whose pauses lie so far apart: two fragments each
_SHARE = 0.7  # of the most that a rendition may have: what fragments hold
_SOUND_KBIT = 96
_PATIENCE_S = 20.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.players", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement of throughput")
    parser.add_argument("--for", type=float, default=60.0, dest="lasts", help="seconds that the players play")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.seconds, given.lasts))


def measure(runs: int, seconds: float, lasts: float) -> Result:
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        house = stack.enter_context(served("--no-worker"))
        curator, client = house.person("curator", Role.CURATOR)
        stack.enter_context(client)
        clips, _ = playlists.furnish(house, curator, number=_CLIPS, bytes_of=_size)
        for clip in clips:
            client.put(f"/api/v1/clips/{clip}/publication").raise_for_status()
        _, token = house.somebody("learner", Role.LEARNER)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-")))
        ours = {name: _pieces(client, clips, name) for name in _ASKED}
        theirs = {name: list(_files(client, folder, name, paths)) for name, paths in ours.items()}
        port, pid = stack.enter_context(_file_server(folder))

        def asked(whose: int, paths: Sequence[str], of: int) -> tuple[Asked, float]:
            """What was answered, and the CPU seconds that the server took for each answer."""
            before = cpu_s(of)
            answered = at_once(whose, paths, connections=_CONNECTIONS, seconds=seconds)
            return answered, (cpu_s(of) - before) / answered.answers

        tasks = {}
        for name in _ASKED:
            tasks[f"ours {name}"] = partial(asked, house.server.port, ours[name], house.server.pid)
            tasks[f"FileResponse {name}"] = partial(asked, port, theirs[name], pid)
        for once in tasks.values():
            once()
        taken = in_turn(tasks, runs)
        before = cpu_s(house.server.pid)
        crowd = players(house.server.port, token, clips, players=PLAYERS, seconds=lasts, picture=_PICTURE)
        busy = (cpu_s(house.server.pid) - before) / crowd.seconds
    return _result(taken, crowd, busy)


def _result(taken: Mapping[str, Sequence[tuple[Asked, float]]], crowd: Asked, busy: float) -> Result:
    goals, figures = [], []
    for name, words in _ASKED.items():
        both = {whose: taken[f"{whose} {name}"] for whose in ("ours", "FileResponse")}
        rates = {whose: [each.answers / each.seconds for each, _ in runs] for whose, runs in both.items()}
        costs = {whose: [1000 * cpu for _, cpu in runs] for whose, runs in both.items()}
        first = taken[f"ours {name}"][0][0]
        what = f"{words}, {first.size / first.answers / 1000:.0f} kB"
        goals.append(
            Goal(
                f"{what}: FileResponse's answers a second against ours (ratio of medians)",
                median(rates["FileResponse"]) / median(rates["ours"]),
                LIMIT,
                "x",
            )
        )
        for whose in rates:
            figures.append(Figure(f"{what}: {whose}", "answers/s", tuple(rates[whose])))
            figures.append(Figure(f"{what}: {whose}, CPU of the server", "ms an answer", tuple(costs[whose])))
    asking = max(each[0].cpu for runs in taken.values() for each in runs)
    mbit = 8 * crowd.size / crowd.seconds / 1e6
    return Result(
        name="players",
        title=f"Media out of the folder, and {PLAYERS} players at once",
        goals=tuple(goals),
        figures=(
            *figures,
            Figure(f"{PLAYERS} players: a fragment, p99", "ms", (1000 * percentile(crowd.pieces_s, 0.99),)),
            Figure(f"{PLAYERS} players: a fragment, median", "ms", (1000 * median(crowd.pieces_s),)),
            Figure(f"{PLAYERS} players: a playlist, p99", "ms", (1000 * percentile(crowd.playlists_s, 0.99),)),
            Figure(f"{PLAYERS} players: fragments that came too late to be played at once", "", (float(crowd.late),)),
            Figure(f"{PLAYERS} players: sent", "Mbit/s", (mbit,)),
            Figure(f"{PLAYERS} players: the server, of a core", "%", (100 * busy,)),
            Figure(f"{PLAYERS} players: those who asked, of a core", "%", (100 * crowd.cpu,)),
        ),
        notes=(
            f"Answers a second: {_CONNECTIONS} connections that are kept, one process of uvicorn each, the same bytes: "
            "fragments of ours, and the same ones as files of their own.",
            f"The asker is a process of its own, with plain sockets; it took {100 * asking:.0f} % of a core at most"
            + (", which is too much: the servers could do more." if asking > 0.9 else "."),
            f"{PLAYERS} players begin within four seconds, each with a connection of its own: playlists as a learner, "
            f"then {len(crowd.pieces_s)} fragments of {_PICTURE} lines and of the sound, eight seconds ahead at most.",
        ),
    )


def _size(rendition: Rendition) -> int:
    """Bytes of a fragment, half as long as pauses lie apart."""
    if rendition.kind is Kind.STILLS:
        return 20_000
    kbit = rendition.max_kbit * _SHARE if rendition.kind is Kind.VIDEO else _SOUND_KBIT
    return round(kbit * 1000 / 8 * _LONGEST_S / 2)


def _pieces(client: httpx.Client, clips: Sequence[str], name: str) -> list[str]:
    """The addresses of every fragment of a rendition that the clips show."""
    found: list[str] = []
    for clip in clips:
        address = f"/api/v1/clips/{clip}/play/{name}.m3u8"
        found += re.findall(r"^/m/\S+$", client.get(address).raise_for_status().text, re.MULTILINE)
    return found


def _files(client: httpx.Client, folder: Path, name: str, paths: Sequence[str]) -> Iterator[str]:
    for number, path in enumerate(paths):
        file = folder / f"{name}-{number}"
        file.write_bytes(client.get(path).raise_for_status().content)
        yield f"/{file.name}"


@contextmanager
def _file_server(folder: Path) -> Iterator[tuple[int, int]]:
    """(port, pid) of Starlette on a folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.by_starlette", str(folder), str(port)]
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"The file server did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
