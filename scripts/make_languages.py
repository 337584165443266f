"""Speaks the sentences of benchmarks/other_languages/sentences.json: a sound of each language that is not English.

Needs a voice in an environment of its own, and a C compiler for it:

    python3 -m venv /tmp/pico && /tmp/pico/bin/pip install ttspico==0.3.2
    .venv/bin/python -m scripts.make_languages --voice /tmp/pico/bin/python

Writes de.opus, es.opus and fr.opus beside the sentences, in their order, 0.6 s of a quiet room between them.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from scripts.make_own_words import opus
from scripts.make_sample import ROOT
from scripts.sample import sound

SAID = ROOT / "benchmarks" / "other_languages" / "sentences.json"
VOICES = {"de": "de-DE", "es": "es-ES", "fr": "fr-FR"}


def main() -> None:
    arguments = argparse.ArgumentParser(description="Speaks benchmarks/other_languages/sentences.json.")
    arguments.add_argument("--voice", required=True, metavar="PYTHON", help="a Python with ttspico")
    given = arguments.parse_args()
    said = json.loads(SAID.read_text(encoding="utf-8"))
    for language, voice in VOICES.items():
        speak(given.voice, voice, said[language], SAID.with_name(f"{language}.opus"))


def speak(python: str, voice: str, sentences: Sequence[str], path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "scripts" / "sample" / "pico.py"
        subprocess.run([python, str(script), voice, folder], input=json.dumps(sentences), text=True, check=True)
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        opus([sound.trimmed(sound.read(ffmpeg, wav)) for wav in sorted(Path(folder).glob("*.wav"))], path)


if __name__ == "__main__":
    main()
