"""Every slow proof, one after the other: what `make soak` runs. One alone: python -m soak.kills --rounds 5"""

import subprocess
import sys

from benchmarks.measure import ROOT, environment

PROVED = ("kills", "crowd", "takeover", "recorder", "tips", "sound_first")


def main() -> None:
    failed = [name for name in PROVED if not _run(name)]
    if failed:
        raise SystemExit(f"Not proved: {', '.join(failed)}.")


def _run(name: str) -> bool:
    print(f"== {name}", flush=True)
    return (
        subprocess.run([sys.executable, "-m", f"soak.{name}"], cwd=ROOT, env=environment(), check=False).returncode == 0
    )


if __name__ == "__main__":
    main()
