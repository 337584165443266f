"""What every benchmark shares: runs taken in turn, medians, and the files that results are kept in."""

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import imageio_ffmpeg

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
T = TypeVar("T")
_load_before = os.getloadavg()[0]  # jobs that wanted a core in the minute before we began


@dataclass(frozen=True)
class Cost:
    """What a command used: CPU seconds of it and of all it started and waited for, user and system."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True)
class Figure:
    """Something measured several times. `values` in the order of the runs."""

    what: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True)
class Goal:
    what: str
    value: float
    limit: float
    unit: str = ""
    at_least: bool = False  # else at most

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True)
class Result:
    """A benchmark's outcome. `name` is that of its files."""

    name: str
    title: str
    figures: tuple[Figure, ...]
    goals: tuple[Goal, ...]
    notes: tuple[str, ...] = ()
    measured_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def cost(command: Sequence[str], *, folder: Path = ROOT) -> Cost:
    """Runs a command to its end. Its output is shown only when it fails, and then ends the benchmark."""
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        # Not Popen.wait: only wait4 tells what this one child, and those it waited for, have used.
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            tail = said.read().decode(errors="replace")[-4_000:]
            raise SystemExit(f"{' '.join(command[:6])} ... ended with {process.returncode}:\n{tail}")
    return Cost(used.ru_utime + used.ru_stime, wall_s)


def environment() -> dict[str, str]:
    """Ours without the product's settings: what is measured are its defaults."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PASSITON_")}


def in_turn(tasks: Mapping[str, Callable[[], T]], runs: int) -> dict[str, list[T]]:
    """Each task `runs` times, one after the other, another first in each round: a slow minute hits all."""
    found: dict[str, list[T]] = {name: [] for name in tasks}
    names = list(tasks)
    for run in range(runs):
        for name in names[run % len(names) :] + names[: run % len(names)]:
            began = time.monotonic()
            found[name].append(tasks[name]())
            print(f"  run {run + 1} of {runs}: {name}, {time.monotonic() - began:.1f} s", flush=True)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all are not above (nearest rank)."""
    ordered = sorted(values)
    rank = -(-len(ordered) * round(share * 1000) // 1000)
    return ordered[max(0, rank - 1)]


def keep(result: Result) -> None:
    """Writes results/<name>.json and <name>.md, and prints the latter."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    document = {
        "name": result.name,
        "title": result.title,
        "measured_at": result.measured_at,
        "machine": machine(),
        "load_before": round(_load_before, 2),
        "goals": [{**asdict(g), "met": g.met} for g in result.goals],
        "figures": [{**asdict(f), "median": f.median} for f in result.figures],
        "notes": list(result.notes),
    }
    text = table(result)
    (RESULTS / f"{result.name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (RESULTS / f"{result.name}.md").write_text(text, encoding="utf-8")
    print(text)


def table(result: Result) -> str:
    """A result as Markdown."""
    lines = [f"# {result.title}", "", "| goal | measured | limit | |", "|---|---:|---:|---|"]
    for goal in result.goals:
        met = "met" if goal.met else "**missed**"
        lines.append(f"| {goal.what} | {_short(goal.value)} {goal.unit} | {_short(goal.limit)} {goal.unit} | {met} |")
    lines += ["", "| figure | median | lowest | highest | runs |", "|---|---:|---:|---:|---:|"]
    for f in result.figures:
        median, low, high = (_short(v) for v in (f.median, min(f.values), max(f.values)))
        lines.append(f"| {f.what} ({f.unit}) | {median} | {low} | {high} | {len(f.values)} |")
    notes = list(result.notes)
    if _load_before > (os.cpu_count() or 1) / 2:
        notes.append(f"**The machine was busy before this began (load {_load_before:.1f}): measure again.**")
    lines += ["", *(f"- {note}" for note in notes)]
    where = ", ".join(f"{name} {value}" for name, value in machine().items())
    return "\n".join([*lines, "", f"Measured {result.measured_at} on: {where}.", ""])


def machine() -> dict[str, str]:
    """What the numbers hold for."""
    model = "unknown"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = named[0].split(":", 1)[1].strip() if named else platform.machine()
    return {
        "cpu": model,
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "ffmpeg": imageio_ffmpeg.get_ffmpeg_version(),
    }


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
