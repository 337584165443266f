"""What keyframes at pauses cost in bits, at equal VMAF: python -m benchmarks.bits FOLDER

FOLDER holds filmed pictures (`phone/`) and speech (`speech/`). The films, one after the other and again, are put
under the speech, and encoded with our settings three times over a range of CRFs: with the keyframes of our plan,
and with a group of pictures of 4 s and of 2 s. The curves of bits over VMAF are compared as Bjøntegaard does
(VCEG-M33, with straight lines between the points in the logarithm of the rate): the mean difference in bits over
the qualities that both reach. The goals: at most 5 % more than 4 s, no more than 2 s.
"""

import argparse
import json
import math
import re
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

from benchmarks import media
from benchmarks.by_hand import PRESET
from benchmarks.measure import Figure, Goal, Result, keep
from pipeline.steps import listening
from transcode.jail import Jail
from transcode.probe import probe
from transcode.sound import hear

FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
HEIGHT, FPS = 720, 30
CRFS = (20, 23, 26, 29)
LIMITS = {4: 5.0, 2: 0.0}  # seconds of a fixed group: most percent of bits that ours may be above
_FILMS = ("h264_rotated_270.mp4", "iphone_hevc_dv84_rotated_editlist.mp4", "rotated_and_mirrored.mp4")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bits", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=40)
    given = parser.parse_args(arguments)
    keep(measure(given.folder, given.seconds))


def measure(folder: Path, seconds: int) -> Result:
    films = [folder / "phone" / name for name in _FILMS]
    speech = sorted((folder / "speech").glob("synth*_clean.flac"))[:3]
    film = media.film(films, speech, seconds=seconds, height=HEIGHT, fps=FPS)
    jail = Jail()
    found = probe(film, jail)
    plan = listening(hear(film, found, jail), film, found, jail).plan
    # As transcode/command.py does: a quarter of a frame early, or a rounded time would take the next frame.
    ours = ",".join(f"{max(0.0, float((key - 0.25) / plan.fps)):.4f}" for key in plan.keys)
    ways = {
        "keyframes at pauses": ["-g", "99999", "-sc_threshold", "0", "-force_key_frames", ours],
        **{
            f"a keyframe every {s} s": ["-g", str(s * FPS), "-keyint_min", str(s * FPS), "-sc_threshold", "0"]
            for s in LIMITS
        },
    }
    curves = {name: [_point(film, keyframes, crf) for crf in CRFS] for name, keyframes in ways.items()}
    at_pauses = curves["keyframes at pauses"]
    return Result(
        name="bits",
        title=f"Bits at equal VMAF, {seconds} s of filmed pictures at {HEIGHT} lines",
        goals=tuple(
            Goal(
                f"bits of keyframes at pauses against one every {s} s",
                difference(curves[f"a keyframe every {s} s"], at_pauses),
                limit,
                "%",
            )
            for s, limit in LIMITS.items()
        ),
        figures=(
            *(Figure(f"{name}: bit rate by CRF", "kbit/s", tuple(p[0] for p in c)) for name, c in curves.items()),
            *(Figure(f"{name}: VMAF by CRF", "", tuple(p[1] for p in c)) for name, c in curves.items()),
        ),
        notes=(
            f"{len(plan.keys)} keyframes in {seconds} s by our plan; 4 s make {seconds // 4}, 2 s {seconds // 2}.",
            f"CRF {', '.join(str(crf) for crf in CRFS)}; x264 {PRESET}; VMAF v0.6.1 at {HEIGHT} lines.",
        ),
    )


def difference(other: Sequence[tuple[float, float]], ours: Sequence[tuple[float, float]]) -> float:
    """Percent of bits that `ours` needs more than `other`, on average over the qualities that both reach.

    Points are (bits, quality).
    """
    low = max(min(q for _, q in curve) for curve in (other, ours))
    high = min(max(q for _, q in curve) for curve in (other, ours))
    steps = 200
    qualities = [low + (high - low) * i / steps for i in range(steps + 1)]
    logs = [_log_bits(ours, q) - _log_bits(other, q) for q in qualities]
    return (math.exp(sum(logs) / len(logs)) - 1) * 100


def _log_bits(curve: Sequence[tuple[float, float]], quality: float) -> float:
    points = sorted((q, math.log(bits)) for bits, q in curve)
    for (q0, b0), (q1, b1) in pairwise(points):
        if quality <= q1 + 1e-9:
            return b0 + (b1 - b0) * (quality - q0) / (q1 - q0)
    return points[-1][1]


def _point(film: Path, keyframes: list[str], crf: int) -> tuple[float, float]:
    """(kbit/s, mean VMAF) of the film encoded at this CRF."""
    with tempfile.TemporaryDirectory(dir=media.FOLDER, prefix="run-") as folder:
        made, log = Path(folder) / "made.mp4", Path(folder) / "vmaf.json"
        encode = ["-i", str(film), "-an", "-c:v", "libx264", "-preset", PRESET, "-crf", str(crf), *keyframes, str(made)]
        subprocess.run([*FFMPEG, *encode], check=True)
        same_zero = "[0:v]settb=AVTB,setpts=PTS-STARTPTS[a];[1:v]settb=AVTB,setpts=PTS-STARTPTS[b]"
        compare = f"{same_zero};[a][b]libvmaf=log_fmt=json:log_path={log}:n_threads=2:n_subsample=3"
        subprocess.run([*FFMPEG, "-i", str(made), "-i", str(film), "-lavfi", compare, "-f", "null", "-"], check=True)
        score = json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"]
        said = subprocess.run([*FFMPEG[:1], "-hide_banner", "-i", str(made)], capture_output=True, text=True).stderr
        clock = re.search(r"Duration: (\d+):(\d+):([\d.]+)", said)
        assert clock is not None
        length = int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
        return made.stat().st_size * 8 / length / 1000, float(score)


if __name__ == "__main__":
    main()
