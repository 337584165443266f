"""What a two-minute tip weighs, and how long it takes at 1 Mbit/s: python -m soak.tips [--seconds 120]

Two files are rendered by our own ffmpeg, at the bit rate of a phone's camera and at the one the page
records with on a poor network; the minutes are their bytes over the line's rate.
"""

import argparse
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from benchmarks import media
from benchmarks.measure import Figure, Result, keep

LINE_BIT_S = 1_000_000


@dataclass(frozen=True)
class Quality:
    what: str
    size: str
    kbit_s: int  # of the pictures
    sound_kbit_s: int


PHONE = Quality("a phone's camera, 1080p at 17 Mbit/s", "1920x1080", 17_000, 128)
PAGE = Quality("recorded in the page, 720p at 2 Mbit/s", "1280x720", 2_000, 64)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="soak.tips", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    keep(weigh(parser.parse_args(arguments).seconds))


def weigh(seconds: int) -> Result:
    figures: list[Figure] = []
    for quality in (PHONE, PAGE):
        size = _film(quality, seconds).stat().st_size
        figures.append(Figure(quality.what, "MB", (size / 1e6,)))
        minutes = size * 8 / LINE_BIT_S / 60
        figures.append(Figure(f"{quality.what}: at 1 Mbit/s", "minutes", (minutes,)))
        if quality is PAGE:
            left = max(0.0, minutes - seconds / 60)
            figures.append(Figure("of these, after pressing stop: it is sent while it is recorded", "minutes", (left,)))
    return Result(
        name="soak_tips",
        title=f"A tip of {seconds} s at 1 Mbit/s",
        goals=(),
        figures=tuple(figures),
        notes=(
            "Arithmetic, not a measured upload: files of that length rendered by our ffmpeg (H.264 at a constant "
            "rate, AAC), their bytes times 8 over 1,000,000 bit/s. soak_crowd measures that uploads keep up with "
            "such a line. What a phone writes differs by model and by what is in the picture.",
        ),
    )


def _film(quality: Quality, seconds: int) -> Path:
    path = media.FOLDER / f"tip-{quality.size}-{quality.kbit_s}-{quality.sound_kbit_s}-{seconds}s.mp4"
    if not path.exists():
        print(f"Making build/bench/{path.name} ...", flush=True)
        media.FOLDER.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"part-{path.name}")
        rate = f"{quality.kbit_s}k"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
        command += ["-f", "lavfi", "-i", f"testsrc2=size={quality.size}:rate=30", "-f", "lavfi", "-i", "sine=330"]
        command += ["-vf", "noise=alls=12:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        command += ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-x264-params", "nal-hrd=cbr"]
        command += ["-c:a", "aac", "-b:a", f"{quality.sound_kbit_s}k", "-t", str(seconds), "-f", "mp4", str(aside)]
        subprocess.run(command, check=True)
        aside.rename(path)
    return path


if __name__ == "__main__":
    main()
