"""Sentences, as JSON on stdin, spoken by SVOX Pico into FOLDER/000.wav, 001.wav, ...: python pico.py LANGUAGE FOLDER

LANGUAGE as de-DE. Run by a Python of its own, which has the package ttspico (Apache-2.0; scripts/make_languages.py).
"""

import json
import sys
import wave
from pathlib import Path

from ttspico import TtsEngine

RATE = 16_000  # Hz, what Pico always makes: one channel of 16 bits


def speak(language: str, folder: Path) -> None:
    engine = TtsEngine(language)
    for number, sentence in enumerate(json.load(sys.stdin)):
        with wave.open(str(folder / f"{number:03}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(engine.speak(sentence))


if __name__ == "__main__":
    speak(sys.argv[1], Path(sys.argv[2]))
