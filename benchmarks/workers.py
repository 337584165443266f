"""One recording on four workers, one of them killed, against one worker: python -m benchmarks.workers [--runs 3]

The goal: the same fragments, and at most 8 % more CPU in all. CPU seconds are user and system of the media
workers, from when they are up, and of all they started; of the one that is killed, until then.
"""

import argparse
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psycopg
from psycopg.rows import dict_row

from benchmarks import media, watched
from benchmarks.first_fragment import Watch
from benchmarks.house import House, served, worker
from benchmarks.measure import Figure, Goal, Result, keep
from domain.person import Role

LIMIT = 1.08
WORKERS = 4
_KILL_AT = 0.3  # of all fragments
_PATIENCE_S = 3600.0
_STILL_CPU_S = 0.05  # in a second, of a worker that waits for its first job
_LISTED = (
    "select n.name, sum(cardinality(f.sizes))::int as there, array_agg(f.first order by f.first) as firsts"
    " from recording r join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
    " join fragment_run f on f.rendition_id = n.id where r.public_id = %s group by n.name"
)
_TABLE = (
    "select n.name, f.first + i as number, f.starts[i + 1] as start, f.ticks[i + 1] as ticks"
    " from recording r join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
    " join fragment_run f on f.rendition_id = n.id, generate_series(0, cardinality(f.sizes) - 1) i"
    " where r.public_id = %s order by 1, 2"
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.workers", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=300, help="length of the recording")
    parser.add_argument("--source", type=Path, help="another recording, of three minutes at least")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.source or media.recording(given.seconds)))


def measure(runs: int, source: Path) -> Result:
    used: dict[int, list[float]] = {1: [], WORKERS: []}
    took: dict[int, list[float]] = {1: [], WORKERS: []}
    tables = []
    with served("--no-worker") as house, psycopg.connect(house.dsn, autocommit=True, row_factory=dict_row) as database:
        _, client = house.person("expert", Role.EXPERT)
        watch = Watch(house, client, database)
        machine = (house.data / "machine").read_text().strip()
        with worker(house, f"keep.{machine}", "light", "speech"):
            for _ in range(runs):
                for workers in used:
                    cpu_s, wall_s = _rendered(house, watch, database, source, workers)
                    used[workers].append(cpu_s)
                    took[workers].append(wall_s)
                    tables.append(database.execute(_TABLE.encode(), [watch.recording]).fetchall())
                    # No media worker is left that would find out that there is nothing to help with.
                    database.execute("delete from procrastinate_jobs where status = 'todo' and queue_name = 'media'")
                    watch.forget()
        client.close()
    same = sum(table != tables[0] for table in tables)
    ratio = median(used[WORKERS]) / median(used[1])
    return Result(
        name="workers",
        title=f"One recording on {WORKERS} workers, one of them killed",
        goals=(
            Goal("CPU of all media workers against one worker alone (ratio of medians)", ratio, LIMIT, "x"),
            Goal("results that differ in a fragment's start or length", same, 0),
        ),
        figures=(
            *(Figure(f"{n} media worker{'s' * (n > 1)}: CPU", "s", tuple(used[n])) for n in used),
            *(Figure(f"{n} media worker{'s' * (n > 1)}: from upload to complete", "s", tuple(took[n])) for n in used),
        ),
        notes=(
            f"{source.name}; the killed worker is one that helps, with SIGKILL when {_KILL_AT:.0%} of all fragments "
            "are listed. What it had rendered and not listed is rendered again by another.",
            "More workers than cores share those: the time says nothing of what four machines would take.",
        ),
    )


def _rendered(
    house: House, watch: Watch, database: "psycopg.Connection[dict[str, object]]", source: Path, workers: int
) -> tuple[float, float]:
    """CPU seconds that so many workers together use for a recording, and how long they take."""
    with ExitStack() as stack:
        crew = [stack.enter_context(worker(house, "media")) for _ in range(workers)]
        total = -sum(_idle_cpu_s(worker) for worker in crew)
        began = time.monotonic()
        watch.upload(source)
        killed = workers == 1
        while not _complete(database, watch.recording):
            if not killed and _share(database, watch.recording) > _KILL_AT:
                doomed = _helper(crew)
                total += tree_cpu_s(doomed.pid)
                doomed.send_signal(signal.SIGKILL)
                crew.remove(doomed)
                killed = True
            if time.monotonic() - began > _PATIENCE_S:
                raise SystemExit("The recording was not rendered; nothing was measured.")
            time.sleep(0.1)
        took = time.monotonic() - began
        return total + sum(_ended_cpu_s(worker) for worker in crew), took


def _idle_cpu_s(worker: "subprocess.Popen[bytes]") -> float:
    """What it took to start: a worker is started once, and not for each recording."""
    before, now = -1.0, 0.0
    while now - before > _STILL_CPU_S:
        time.sleep(1.0)
        before, now = now, tree_cpu_s(worker.pid)
    return now


def _complete(database: "psycopg.Connection[dict[str, object]]", recording: str) -> bool:
    query = (
        "select from rendering g join recording r on r.id = g.recording_id where r.public_id = %s"
        " and g.state = 'complete'"
    )
    return database.execute(query, [recording]).fetchone() is not None


def _share(database: "psycopg.Connection[dict[str, object]]", recording: str) -> float:
    found = database.execute(
        "select coalesce(sum(there), 0)::float8 / max(keys) as share from ("
        "   select count(*) over () * cardinality(l.keyframes) as keys,"
        "     (select sum(cardinality(sizes)) from fragment_run f where f.rendition_id = n.id) as there"
        "   from recording r join listening l on l.recording_id = r.id and not l.head"
        "   join rendering g on g.recording_id = r.id join rendition n on n.rendering_id = g.id"
        "   where r.public_id = %s and n.kind = 'video') each",
        [recording],
    ).fetchone()
    return float(str(found["share"])) if found and found["share"] is not None else 0.0


def _helper(crew: "list[subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes]":
    """The worker that has used least so far, of those that have begun: never the one that came first."""
    busy = sorted(crew, key=lambda worker: tree_cpu_s(worker.pid), reverse=True)
    return busy[1]


def _ended_cpu_s(worker: "subprocess.Popen[bytes]") -> float:
    """Lets a worker end; CPU seconds of it and of all it started and waited for."""
    worker.terminate()
    _, status, used = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of a living process, of those it waited for, and of the living ones that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    waited = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += [child for child in (task / "children").read_text().split() if child not in children]
    return watched.cpu_s(pid) + waited + sum(watched.cpu_s(int(child)) for child in children)


if __name__ == "__main__":
    main()
