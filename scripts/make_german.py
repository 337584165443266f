"""Speaks the sentences of tests/contracts/german.json, for the tests of what is translated.

Needs eSpeak NG's library, in an environment of its own:

    python3 -m venv /tmp/espeak && /tmp/espeak/bin/pip install espeakng-loader
    .venv/bin/python -m scripts.make_german --voice /tmp/espeak/bin/python

Writes german.opus beside the sentences. Its voice is plain, and says these so that the base model understands them.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

from scripts.make_sample import ROOT

SAID = ROOT / "tests" / "contracts" / "german.json"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Speaks tests/contracts/german.json.")
    arguments.add_argument("--voice", required=True, metavar="PYTHON", help="a Python with espeakng-loader")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wav = str(Path(folder) / "german.wav")
        script = ROOT / "scripts" / "sample" / "espeak.py"
        sentences = json.loads(SAID.read_text(encoding="utf-8"))
        subprocess.run([given.voice, str(script), "de", wav], input=json.dumps(sentences), text=True, check=True)
        encode = ["-ar", "16000", "-c:a", "libopus", "-b:a", "24k", "-fflags", "+bitexact", "-map_metadata", "-1"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", wav, *encode]
        subprocess.run([*command, str(SAID.with_suffix(".opus"))], check=True)


if __name__ == "__main__":
    main()
