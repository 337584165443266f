"""CPU of `passiton process` against the same work by hand: python -m benchmarks.process_cpu [--runs 5]

The goal is 1.20 x (one ffmpeg command + faster-whisper alone). CPU seconds are user and system, of the
whole process tree.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import by_hand, media
from benchmarks.measure import Cost, Figure, Goal, Result, cost, in_turn, keep
from transcode import encoders
from transcode.ladder import HEIGHTS, quality
from transcribe.weights import base_model
from transcribe.whisper import DEFAULT_CACHE

LIMIT = 1.20


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.process_cpu", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=180, help="length of the recording")
    given = parser.parse_args(arguments)
    keep(measure(given.runs, given.seconds))


def measure(runs: int, seconds: int) -> Result:
    check_same_settings()
    source = media.recording(seconds)
    sound = media.sound_of(source)
    model = base_model(DEFAULT_CACHE)
    sizes: dict[str, int] = {}
    playable: list[float] = []

    def product() -> Cost:
        with _scratch() as folder:
            rungs = ",".join(str(height) for height in by_hand.RUNGS)
            process = [sys.executable, "-m", "pipeline.cli", "process"]
            used = cost([*process, str(source), "--out", folder, "--ladder", rungs])
            made = Path(folder) / source.stem
            sizes["product"] = _bytes([made / "renditions" / str(height) for height in by_hand.RUNGS])
            playable.append(json.loads((made / "manifest.json").read_text())["first_playable_s"])
        return used

    def ffmpeg() -> Cost:
        with _scratch() as folder:
            used = cost(by_hand.ladder_command(source, Path(folder), seconds))
            sizes["ffmpeg"] = _bytes([Path(folder) / name for name in by_hand.VIDEO_FILES])
        return used

    def whisper() -> Cost:
        return cost([sys.executable, "-m", "benchmarks.by_hand", str(sound), str(model)])

    found = in_turn({"passiton process": product, "ffmpeg by hand": ffmpeg, "faster-whisper alone": whisper}, runs)
    ours, theirs, words = (found[n] for n in ("passiton process", "ffmpeg by hand", "faster-whisper alone"))
    ratio = median(c.cpu_s for c in ours) / (median(c.cpu_s for c in theirs) + median(c.cpu_s for c in words))
    each = tuple(a.cpu_s / (b.cpu_s + c.cpu_s) for a, b, c in zip(ours, theirs, words, strict=True))
    return Result(
        name="process_cpu",
        title=f"CPU of `passiton process`, {seconds} s of 1080p30 H.264 with speech",
        goals=(Goal("CPU against ffmpeg by hand + faster-whisper alone (ratio of medians)", ratio, LIMIT, "x"),),
        figures=(
            *(Figure(f"{name}: CPU", "s", tuple(c.cpu_s for c in costs)) for name, costs in found.items()),
            *(Figure(f"{name}: wall", "s", tuple(c.wall_s for c in costs)) for name, costs in found.items()),
            Figure("ratio of CPU, run by run", "x", each),
            Figure("passiton process: first fragment of every rendition", "s", tuple(playable)),
        ),
        notes=(
            f"Video renditions made: {sizes['product'] / 1e6:.1f} MB by the product, "
            f"{sizes['ffmpeg'] / 1e6:.1f} MB by hand.",
            "By hand: four renditions, sound and stills from one decode with the same x264 settings; "
            "faster-whisper base, int8, batches of 8, its voice activity, words with times, one thread.",
            "The product's share also holds the probe, loudness, pauses, clips, playlists and a page, "
            "and what the jail costs.",
        ),
    )


def check_same_settings() -> None:
    """Against a comparison that has gone stale."""
    if {height: quality(height) for height in HEIGHTS} != by_hand.RUNGS:
        raise SystemExit("The ladder's numbers have changed: change RUNGS in benchmarks/by_hand.py too.")
    if encoders.X264_PRESET != by_hand.PRESET:
        raise SystemExit("The x264 preset has changed: change PRESET in benchmarks/by_hand.py too.")


def _scratch() -> "tempfile.TemporaryDirectory[str]":
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-")


def _bytes(paths: Sequence[Path]) -> int:
    files = [f for path in paths for f in (path.rglob("*") if path.is_dir() else [path])]
    return sum(f.stat().st_size for f in files if f.is_file())


if __name__ == "__main__":
    main()
