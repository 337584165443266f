"""Sentences, as JSON on stdin, spoken by eSpeak NG: python espeak.py LANGUAGE WAV

0.5 s of silence before the first, 0.8 s behind each. Needs the package espeakng-loader.
"""

import ctypes
import json
import sys
import wave
from typing import Any

import espeakng_loader

SYNCHRONOUS, UTF_8, SPEED, WORDS_A_MINUTE = 2, 1, 1, 140


def speak(language: str, sentences: list[str], path: str) -> None:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    spoken = bytearray(bytes(2 * (rate // 2)))

    def take(samples: Any, count: int, _: Any) -> int:
        if samples and count > 0:
            spoken.extend(ctypes.string_at(samples, 2 * count))
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    taken = kind(take)  # kept: the library does not
    library.espeak_SetSynthCallback(taken)
    library.espeak_SetVoiceByName(language.encode())
    library.espeak_SetParameter(SPEED, WORDS_A_MINUTE, 0)
    for sentence in sentences:
        text = sentence.encode()
        library.espeak_Synth(text, len(text) + 1, 0, 1, 0, UTF_8, None, None)
        library.espeak_Synchronize()
        spoken.extend(bytes(2 * (rate * 8 // 10)))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(spoken))


if __name__ == "__main__":
    speak(sys.argv[1], json.load(sys.stdin), sys.argv[2])
