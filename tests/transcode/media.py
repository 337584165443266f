"""Small recordings made with ffmpeg, and ways to look at what became of them.

A *numbered* video carries each frame's number in it as twelve bars, black or white, so that a test
can say which frame it sees, after any scaling and encoding.
"""

import subprocess
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from domain.media import KeyframePlan, Kind, Rendition
from transcode.render import Landed

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PATIENCE_S = 180
BITS = 12
WIDTH, HEIGHT = 192, 108
SHARED_MEDIA = Path(__file__).resolve().parents[2].parent / "shared" / "media"

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
SINE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000")
AAC = ("-c:a", "aac")


def ffmpeg(*arguments: object, stdin: bytes | None = None) -> bytes:
    command = [FFMPEG, "-hide_banner", "-v", "error", "-y", *(str(a) for a in arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


def ffmpeg_says(*arguments: object, stdin: bytes | None = None) -> str:
    """Its messages, the measurements among them."""
    command = [FFMPEG, "-hide_banner", "-nostats", *(str(a) for a in arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stderr.decode()


def numbered(
    path: Path,
    frames: int,
    *,
    fps: Fraction | int = 30,
    sound: bool = True,
    video_filter: str = "null",
    before: Sequence[object] = (),
    after: Sequence[object] = (),
    codec: Sequence[object] = H264,
    audio: Sequence[object] = (),
) -> Path:
    """A video whose frame n shows the number n. `before` and `after` are ffmpeg's options around it."""
    pictures = b"".join(_bars(n).tobytes() for n in range(frames))
    raw = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", fps, "-i", "pipe:0")
    as_long = () if audio else ("-t", float(frames / Fraction(fps)))  # of what is read: where `-t` ends what is written
    ffmpeg(  # while pictures and sound lie apart, ffmpeg was seen to wait for itself for ever
        *before,
        *raw,
        *((*as_long, *SINE) if sound else ()),
        *("-vf", video_filter, "-fps_mode", "passthrough"),
        *codec,
        *("-g", 12, *((audio or AAC) if sound else ())),
        *after,
        path,
        stdin=pictures,
    )
    return path


def numbers(path_or_data: Path | bytes) -> list[int]:
    """The number that each frame shows, in the order of presentation."""
    source, data = ("pipe:0", path_or_data) if isinstance(path_or_data, bytes) else (path_or_data, None)
    scale = f"scale={WIDTH}:{HEIGHT}:flags=area"
    raw = ffmpeg(
        "-i", source, "-vf", scale, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-", stdin=data
    )
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)
    middles = [int((i + 0.5) * WIDTH / BITS) for i in range(BITS)]
    bits = pictures[:, HEIGHT // 2 - 8 : HEIGHT // 2 + 8, middles].mean(axis=1) > 128
    return [int(n) for n in bits @ (1 << np.arange(BITS)[::-1])]


def pictures(path_or_data: Path | bytes, width: int, height: int) -> np.ndarray:
    """The brightness of every pixel of every frame."""
    source, data = ("pipe:0", path_or_data) if isinstance(path_or_data, bytes) else (path_or_data, None)
    raw = ffmpeg("-i", source, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-", stdin=data)
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


def pcm(data: bytes) -> np.ndarray:
    """The sound of an MP4 as players hear it: mono, 48 kHz, float."""
    at_its_time = "aresample=48000:async=1:first_pts=0"
    raw = ffmpeg("-i", "pipe:0", "-af", at_its_time, "-ac", 1, "-f", "f32le", "-", stdin=data)
    return np.frombuffer(raw, np.float32)


class Joined:
    """Batches put end to end, as a store would keep them."""

    def __init__(self, *batches: Iterable[Landed]) -> None:
        self.batches = [landed for some in batches for landed in some]
        self.inits: dict[str, tuple[str, bytes]] = {}
        self.data: dict[str, bytes] = {}
        self.starts: dict[str, list[int]] = {}
        self.ticks: dict[str, list[int]] = {}
        for landed in self.batches:
            for name, init in landed.inits.items():
                assert self.inits.setdefault(name, init) == init
            for name, landed_run in landed.runs.items():
                assert landed_run.run.first == len(self.starts.get(name, [])), "a fragment is missing, or there twice"
                assert sum(landed_run.run.sizes) == len(landed_run.data)
                self.data[name] = self.data.get(name, b"") + landed_run.data
                self.starts.setdefault(name, []).extend(landed_run.run.starts)
                self.ticks.setdefault(name, []).extend(landed_run.run.ticks)

    @property
    def listed(self) -> dict[str, int]:
        return {name: len(starts) for name, starts in self.starts.items()}

    def file(self, name: str) -> bytes:
        return self.inits[name][1] + self.data[name]


def small(*sides: int, sound: bool = True, stills: bool = True, crf: int = 26) -> tuple[Rendition, ...]:
    """A ladder of small landscape pictures; with `crf` 0 they are lossless."""
    made = [Rendition(str(s), Kind.VIDEO, s * 16 // 9 // 2 * 2, s, crf, 400) for s in sides]
    made += [Rendition("audio", Kind.AUDIO)] if sound else []
    made += [Rendition("stills", Kind.STILLS, 64, 36)] if stills else []
    return tuple(made)


def every(frames: int, fps: Fraction | int, length: int) -> KeyframePlan:
    return KeyframePlan(Fraction(fps), frames, tuple(range(0, frames, length)))


def _bars(number: int) -> np.ndarray:
    bits = [255 if number >> (BITS - 1 - i) & 1 else 0 for i in range(BITS)]
    return np.tile(np.repeat(np.array(bits, np.uint8), WIDTH // BITS), (HEIGHT, 1))
