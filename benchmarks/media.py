"""The recording that is measured on, made once and kept under build/bench/.

1920 x 1080 at 30 frames a second, H.264 at about the bit rate of a phone; a moving test picture with
noise over it, because nothing that a camera sees is as still as a drawing; the sample's speech, again
and again.
"""

import os
import subprocess
from collections.abc import Sequence
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


def film(pictures: Sequence[Path], speech: Sequence[Path], *, seconds: int, height: int, fps: int) -> Path:
    """Filmed pictures one after the other, again and again, with speech under them; next to no loss."""
    size = f"{2 * round(height * 8 / 9)}:{height}"
    inputs = [part for path in (*pictures, *speech) for part in ("-i", str(path))]
    shown = [
        f"[{i}:v:0]scale={size}:force_original_aspect_ratio=increase,crop={size},fps={fps},setsar=1,format=yuv420p[v{i}]"
        for i in range(len(pictures))
    ]
    heard = [
        f"[{i}:a:0]aresample=48000,aformat=channel_layouts=mono[a{i}]"
        for i in range(len(pictures), len(pictures) + len(speech))
    ]
    joined = [
        "".join(f"[v{i}]" for i in range(len(pictures)))
        + f"concat=n={len(pictures)},loop=loop=-1:size={60 * fps},setpts=N/({fps}*TB)[v]",
        "".join(f"[a{len(pictures) + i}]" for i in range(len(speech))) + f"concat=n={len(speech)}:v=0:a=1[a]",
    ]
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "6", "-c:a", "aac", "-t", str(seconds)]
    graph = ["-filter_complex", ";".join([*shown, *heard, *joined]), "-map", "[v]", "-map", "[a]"]
    return _made(f"film-{height}-{seconds}s.mp4", [*inputs, *graph, *encoded])


def hdr(seconds: int) -> Path:
    """The same as a phone films it in HEVC with HLG: 10 bits, BT.2020. Half a minute of it, again and again."""
    source, hlg = recording(180), "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
    colours = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc", "-tag:v", "hvc1"]
    encoded = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params"]
    short = _made(
        "hdr-30s.mp4",
        [
            *("-i", str(source), "-t", "30", *encoded, f"log-level=error:keyint=30:bitrate=7000:{hlg}"),
            *("-vf", "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc", *colours),
            *("-c:a", "copy", "-map_metadata", "-1"),
        ],
    )
    return longer(short, seconds)


def longer(path: Path, seconds: int) -> Path:
    """A recording again and again, its packets as they are."""
    loop = ["-stream_loop", "-1", "-i", str(path), "-t", str(seconds), "-c", "copy", "-map_metadata", "-1"]
    return _made(f"{path.stem}-for-{seconds}s.mp4", loop)


def sound_of(path: Path) -> Path:
    """A recording's sound alone, its packets as they are."""
    return _made(f"{path.stem}-sound.m4a", ["-i", str(path), "-map", "0:a:0", "-c", "copy"])


def talk(seconds: int) -> Path:
    """The sample's speech, again and again, as a microphone would hear it: WAV, one channel of 48 kHz."""
    loop = ["-stream_loop", "-1", "-i", str(SAMPLE), "-vn", "-ac", "1", "-ar", "48000", "-t", str(seconds)]
    return _made(f"talk-{seconds}s.wav", loop)


def hands(seconds: int) -> Path:
    """What a false camera sees that is as hard to compress as hands at work: MJPEG, 1280 x 720, 30 frames a second.

    All of it moves: Chromium's encoder, asked for 2 Mbit/s, makes 1.8 of it. The same picture at rest takes 1.1.
    """
    picture = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30", "-t", str(seconds)]
    moving = "scroll=h=0.004:v=0.002,noise=alls=6:allf=t,format=yuvj420p"
    return _made(f"hands-{seconds}s.mjpeg", [*picture, "-vf", moving, "-c:v", "mjpeg", "-q:v", "3"])


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
