"""The recording that is measured on, made once and kept under build/bench/.

1920 x 1080 at 30 frames a second, H.264 at about the bit rate of a phone; a moving test picture with
noise over it, because nothing that a camera sees is as still as a drawing; the sample's speech, again
and again.
"""

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg

from benchmarks.measure import ROOT

FOLDER = ROOT / "build" / "bench"
SAMPLE = ROOT / "pipeline" / "sample" / "sample.mp4"


def recording(seconds: int) -> Path:
    """An MP4 of so many seconds."""
    picture = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30"]
    speech = ["-stream_loop", "-1", "-i", str(SAMPLE)]
    encoded = [
        "-vf",
        "noise=alls=6:allf=t",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-g",
        "30",
        "-pix_fmt",
        "yuv420p",
    ]
    rate = ["-b:v", "8M", "-maxrate", "12M", "-bufsize", "16M", "-c:a", "aac", "-b:a", "96k", "-ar", "48000"]
    return _made(
        f"recording-{seconds}s.mp4",
        [*picture, *speech, "-map", "0:v", "-map", "1:a", *encoded, *rate, "-t", str(seconds), "-map_metadata", "-1"],
    )


def sound_of(path: Path) -> Path:
    """A recording's sound alone, its packets as they are."""
    return _made(f"{path.stem}-sound.m4a", ["-i", str(path), "-map", "0:a:0", "-c", "copy"])


def beginning(seconds: int) -> Path:
    """The sample's first seconds: enough to walk every step once, so that all is loaded."""
    return _made(f"beginning-{seconds}s.mp4", ["-i", str(SAMPLE), "-t", str(seconds), "-c", "copy"])


def noise(size: int) -> Path:
    """A file of so many bytes, of which no two places are alike."""
    path = FOLDER / f"noise-{size}"
    if not path.exists():
        print(f"Making build/bench/{path.name} ...", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"part-{path.name}")
        with aside.open("wb") as file:
            for at in range(0, size, 1 << 20):
                file.write(os.urandom(min(1 << 20, size - at)))
        aside.rename(path)
    return path


def _made(name: str, arguments: list[str]) -> Path:
    path = FOLDER / name
    if not path.exists():
        print(f"Making build/bench/{name} ...", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"part-{name}")
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([ffmpeg, "-v", "error", "-nostdin", "-y", *arguments, str(aside)], check=True)
        aside.rename(path)
    return path
