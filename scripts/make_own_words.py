"""Speaks the sentences of benchmarks/own_words/words.json, which holds words that no speech engine knows.

Needs the voice that scripts/make_sample.py tells how to get, whose recordings its speaker gave to the public domain:

    .venv/bin/python -m scripts.make_own_words --voice /tmp/voice/bin/python

Writes an .opus file for each half of the set: the sentences in their order, 0.6 s of a quiet room between them.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from scripts.make_sample import ROOT, save_wav
from scripts.sample import sound

WORDS = ROOT / "benchmarks" / "own_words"
BETWEEN_S = 0.6
HUSH = 10 ** (sound.ROOM_DB / 20)


def main() -> None:
    arguments = argparse.ArgumentParser(description="Speaks benchmarks/own_words/words.json.")
    arguments.add_argument("--voice", required=True, metavar="PYTHON", help="a Python with piper-tts and the voice")
    given = arguments.parse_args()
    for half, facts in json.loads((WORDS / "words.json").read_text(encoding="utf-8")).items():
        speak(given.voice, facts["sentences"], WORDS / f"{half.replace(' ', '_')}.opus")


def speak(python: str, sentences: Sequence[str], path: Path) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "scripts" / "sample" / "voice.py"
        subprocess.run([python, str(script), folder], input=json.dumps(sentences), text=True, check=True)
        opus([sound.trimmed(sound.read(ffmpeg, wav)) for wav in sorted(Path(folder).glob("*.wav"))], path)


def opus(spoken: Sequence[NDArray[np.float32]], path: Path) -> None:
    """One file of sentences, in a quiet room."""
    encode = ["-ar", "16000", "-c:a", "libopus", "-b:a", "24k", "-fflags", "+bitexact", "-map_metadata", "-1"]
    with tempfile.TemporaryDirectory() as folder:
        save_wav(Path(folder) / "all.wav", in_a_room(spoken))
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", f"{folder}/all.wav", *encode]
        subprocess.run([*command, str(path)], check=True)


def in_a_room(spoken: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    silence = np.zeros(round(BETWEEN_S * sound.RATE), np.float32)
    whole = np.concatenate([silence, *(part for each in spoken for part in (each, silence))])
    return (whole + np.random.default_rng(0).standard_normal(len(whole)) * HUSH).astype(np.float32)


if __name__ == "__main__":
    main()
