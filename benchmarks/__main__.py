"""Every benchmark, one after the other: what `make bench` runs. Arguments go to each: python -m benchmarks --runs 3"""

import subprocess
import sys

from benchmarks.measure import ROOT, environment

MEASURED = (
    "playlists",
    "uploads",
    "first_fragment",
    "workers",
    "edges",
    "reels",
    "first_frame",
    "players",
    "open_player",
    "exactness",
    "process_cpu",
    "speech",
    "captions",
    "searching",
    "reviewing",
)
ON_TALKS = ("segmentation", "tagging")
TALKS = ROOT.parent / "shared" / "media" / "talks"  # too large to be part of the tree


def main() -> None:
    failed = [name for name in MEASURED if not run(name, *sys.argv[1:])]
    if TALKS.is_dir():
        failed += [name for name in ON_TALKS if not run(name, str(TALKS))]
    else:
        print(f"{', '.join(ON_TALKS)} are left out: there is no folder {TALKS.name} with talks to measure on.")
    if failed:
        raise SystemExit(f"Not measured: {', '.join(failed)}.")


def run(name: str, *arguments: str) -> bool:
    """A process each: none measures what another has loaded or left behind."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 0


if __name__ == "__main__":
    main()
