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
    "ladder_cpu",
    "speech",
    "languages",
    "captions",
    "searching",
    "pages",
    "live",
    "reviewing",
)
MEDIA = ROOT.parent / "shared" / "media"  # too large to be part of the tree
TALKS = MEDIA / "talks"
ON_FOLDERS = {
    "segmentation": TALKS,
    "tagging": TALKS,
    "bits": MEDIA,
    "ranges": MEDIA / "phone",
}


def main() -> None:
    failed = [name for name in MEASURED if not run(name, *sys.argv[1:])]
    for name, folder in ON_FOLDERS.items():
        if not folder.is_dir():
            print(f"{name} is left out: the folder {folder.relative_to(ROOT.parent)} that it measures is not there.")
        elif not run(name, str(folder)):
            failed.append(name)
    if failed:
        raise SystemExit(f"Not measured: {', '.join(failed)}.")


def run(name: str, *arguments: str) -> bool:
    """A process each: none measures what another has loaded or left behind."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 0


if __name__ == "__main__":
    main()
