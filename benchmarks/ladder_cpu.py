"""CPU of making all renditions against others' ways of doing it: python -m benchmarks.ladder_cpu [--runs 5]

Four renditions, storyboard, poster and sound of one recording at 1080p30. The goals: 1.10 x one ffmpeg command
typed by hand that decodes once, 0.55 x PeerTube's sequence of runs, 0.40 x four runs of moviepy. CPU seconds
are user and system, of the whole process tree.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks import by_hand, media, peers
from benchmarks.measure import Cost, Figure, Goal, Result, cost, in_turn, keep
from benchmarks.process_cpu import check_same_settings

OURS = "benchmarks.by_us"
LIMITS = {"one ffmpeg command by hand": 1.10, "PeerTube's runs": 0.55, "moviepy, a run a size": 0.40}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.ladder_cpu", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=60, help="length of the recording")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.seconds))


def measure(runs: int, seconds: int) -> Result:
    check_same_settings()
    source = media.recording(seconds)
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    said: list[dict[str, float]] = []

    def ours() -> Cost:
        with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder:
            used = cost([sys.executable, "-m", OURS, str(source), folder])
            said.append(json.loads((Path(folder) / "cpu.json").read_text()))
        return used

    def theirs(runs_of: Callable[[Path], list[list[str]]]) -> Callable[[], Cost]:
        def run() -> Cost:
            with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder:
                used = [cost(command) for command in runs_of(Path(folder))]
            return Cost(sum(c.cpu_s for c in used), sum(c.wall_s for c in used))

        return run

    hand, peertube, moviepy = LIMITS
    found = in_turn(
        {
            "look, listen and render": ours,
            hand: theirs(lambda folder: [by_hand.ladder_command(source, folder, seconds)]),
            peertube: theirs(lambda folder: peers.peertube(source, folder, seconds)),
        },
        runs,
    ) | in_turn({moviepy: theirs(lambda folder: peers.moviepy(source, folder))}, 1)
    render = median(each["look"] + each["render"] for each in said)
    return Result(
        name="ladder_cpu",
        title=f"CPU of four renditions, storyboard, poster and sound, {seconds} s of 1080p30 H.264",
        goals=tuple(
            Goal(f"look and render against {name}", render / median(c.cpu_s for c in found[name]), limit, "x")
            for name, limit in LIMITS.items()
        ),
        figures=(
            *(Figure(f"{name}: CPU", "s", tuple(c.cpu_s for c in costs)) for name, costs in found.items()),
            *(Figure(f"{name}: wall", "s", tuple(c.wall_s for c in costs)) for name, costs in found.items()),
            *(Figure(f"of ours, {step}: CPU", "s", tuple(each[step] for each in said)) for step in said[0]),
        ),
        notes=(
            "Of ours, `listen` finds the pauses and the loudness: clips and words need it, none of the others does "
            "the like, and it is left out of the ratios; starting Python is, too. Both are in the first figure.",
            "PeerTube: its default profile, HLS at the same four sizes, one thread a run, then storyboard and "
            "thumbnail. moviepy: VideoFileClip.resized().write_videofile() a size, with our own x264 settings, "
            "without storyboard and poster; once, since it takes longer than all the others.",
        ),
    )


if __name__ == "__main__":
    main()
