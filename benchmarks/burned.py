"""Recordings that say in each picture which one it is, and in the sound when: made once, read back from either.

The upper half of a picture is twenty bars, black or white: two bits name the recording, fourteen the frame, four check
them, so that no picture torn between two passes for one. Below it something moves. In the sound there is speech, and
at each full second a beep of 30 ms, its middle exactly there; eight pitches in turn, so that no beep passes for its
neighbour.
"""

import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from benchmarks import media

NAME_BITS, FRAME_BITS, CHECK_BITS = 2, 14, 4
BARS = NAME_BITS + FRAME_BITS + CHECK_BITS
RATE = 48_000
_BEEP_S = 0.03
_PITCHES = tuple(4000 + 400 * i for i in range(8))  # Hz: above most of what speech has
_LOUD, _SPEECH = 0.4, 0.5
_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()

Samples = NDArray[np.float32]


def recording(name: int, seconds: int, *, fps: int, size: tuple[int, int]) -> Path:
    """An MP4 of H.264 and AAC, as long as that; its frames say `name`, 0 to 3, and their number."""
    width, height = size
    path = media.FOLDER / f"burned-{name}-{seconds}s-{fps}-{width}x{height}.mp4"
    if path.exists():
        return path
    print(f"Making build/bench/{path.name} ...", flush=True)
    media.FOLDER.mkdir(parents=True, exist_ok=True)
    sound, aside = path.with_suffix(".wav"), path.with_name(f"part-{path.name}")
    _write(sound, seconds)
    graph = (
        f"[0:v]scale={width}:{height // 2}:flags=neighbor,format=yuv420p[bars];"
        f"testsrc2=size={width}x{height - height // 2}:rate={fps},format=yuv420p[below];[bars][below]vstack=shortest=1"
    )
    raw = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{BARS}x2", "-r", str(fps), "-i", "pipe:0")
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-g", str(fps), "-c:a", "aac", "-b:a", "128k")
    command = [_FFMPEG, "-v", "error", "-y", *raw, "-i", str(sound), "-filter_complex", graph, *coded, str(aside)]
    frames = b"".join(np.tile(_bars(name, n), (2, 1)).tobytes() for n in range(seconds * fps))
    subprocess.run(command, input=frames, check=True)
    sound.unlink()
    aside.rename(path)
    return path


def code(name: int, frame: int) -> int:
    """What the bars of a frame say as a number, the leftmost bar its highest bit."""
    said = name << FRAME_BITS | frame
    return said << CHECK_BITS | check(said)


def check(said: int) -> int:
    """Inverted, so that neither all black nor all white is a frame. chromium.py reads the same way."""
    return ~(said ^ said >> 4 ^ said >> 8 ^ said >> 12) & 0xF


def beep_at(sound: Samples, near_s: float, second: int, *, within_s: float = 0.2) -> float:
    """Where in a sound (mono, RATE) the middle of a second's beep is, in seconds; looked for around `near_s`.

    The place where the sound, brought down by the beep's pitch, agrees best with its envelope: to a tenth of a
    millisecond, also after lossy coding. Raises ValueError where none stands out.
    """
    first, end = round((near_s - within_s) * RATE), round((near_s + within_s) * RATE)
    if first < 0 or end > len(sound):
        raise ValueError("the sound does not reach so far")
    down = sound[first:end] * np.exp(-2j * np.pi * _pitch(second) / RATE * np.arange(end - first))
    agrees = np.abs(np.convolve(down, _envelope(), mode="same"))
    best = int(agrees.argmax())
    if agrees[best] < 6 * np.median(agrees):
        raise ValueError(f"there is no beep of second {second} near {near_s:.2f} s")
    return (first + best) / RATE


def decoded(data: bytes) -> Samples:
    """The sound of an MP4, one channel, sample after sample as the decoder gives them: no gap filled, none cut."""
    command = [_FFMPEG, "-v", "error", "-i", "pipe:0", "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    raw = subprocess.run(command, input=data, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32)


def _bars(name: int, frame: int) -> NDArray[np.uint8]:
    said = code(name, frame)
    return np.array([255 if said >> bit & 1 else 0 for bit in reversed(range(BARS))], np.uint8)


def _write(path: Path, seconds: int) -> None:
    speech = decoded(media.SAMPLE.read_bytes())
    sound = np.resize(speech, seconds * RATE).astype(np.float32) * _SPEECH
    envelope = _envelope() * _LOUD
    for second in range(1, seconds):
        first = second * RATE - len(envelope) // 2
        at = np.arange(first, first + len(envelope)) - second * RATE
        sound[first : first + len(envelope)] += envelope * np.cos(2 * np.pi * _pitch(second) / RATE * at)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def _pitch(second: int) -> int:
    return _PITCHES[second % len(_PITCHES)]


def _envelope() -> Samples:
    return np.hanning(round(_BEEP_S * RATE) | 1).astype(np.float32)


class Fed:
    """What a browser was fed of sound: fragments at the times where it was told to play them."""

    def __init__(self, appended: Sequence[tuple[float, bytes]]) -> None:
        """(`timestampOffset` in seconds, bytes), in the order in which they were appended."""
        self._runs: list[tuple[float, bytes]] = []  # when it begins, an MP4 of fragments end to end
        init, found = b"", {}
        for offset, data in appended:
            begins, media_bytes = _split(data)
            init = begins or init
            for start, ticks, fragment in _fragments(media_bytes):
                found[round(start + offset * RATE)] = (ticks, init, fragment)
        end, current = None, b""
        for start, (ticks, begins, fragment) in sorted(found.items()):
            if end is None or abs(start - end) > 1 or begins != current:
                self._runs.append((start / RATE, begins))
            self._runs[-1] = (self._runs[-1][0], self._runs[-1][1] + fragment)
            end, current = start + ticks, begins
        self.sounds = [(start, decoded(run)) for start, run in self._runs]

    @property
    def first_run(self) -> bytes:
        return self._runs[0][1]

    def beep_at(self, near_s: float, second: int) -> float:
        """When the beep of a second plays. Raises ValueError where it was not fed."""
        for start, sound in self.sounds:
            if start + 0.25 < near_s < start + len(sound) / RATE - 0.25:
                return start + beep_at(sound, near_s - start, second)
        raise ValueError("no sound was fed for that moment")


def _boxes(data: bytes, at: int = 0, end: int | None = None) -> list[tuple[str, int, int]]:
    """(name, first byte of its contents, end) of the boxes that follow each other (ISO/IEC 14496-12, 4.2)."""
    found, end = [], len(data) if end is None else end
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        found.append((data[at + 4 : at + 8].decode("latin-1"), at + head, at + size))
        at += max(size, 8)
    return found


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What initialises, and what is to be played."""
    first = next((at - 8 for name, at, _ in _boxes(data) if name in {"styp", "moof"}), len(data))
    return data[:first], data[first:]


def _fragments(data: bytes) -> list[tuple[int, int, bytes]]:
    """(start, length, bytes) of each movie fragment of AAC, in samples: 1024 a frame."""
    found = []
    boxes = _boxes(data)
    for i, (name, at, end) in enumerate(boxes):
        if name != "moof":
            continue
        [traf] = [box for box in _boxes(data, at, end) if box[0] == "traf"]
        inside = {box: place for box, place, _ in _boxes(data, traf[1], traf[2])}
        wide = data[inside["tfdt"]] == 1
        start = int.from_bytes(data[inside["tfdt"] + 4 : inside["tfdt"] + (12 if wide else 8)], "big")
        frames = int.from_bytes(data[inside["trun"] + 4 : inside["trun"] + 8], "big")
        found.append((start, frames * 1024, data[at - 8 : boxes[i + 1][2]]))
    return found
