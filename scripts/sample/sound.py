"""Spoken sentences, trimmed and joined with known pauses: the sound, and when each thing is said."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.sample.words import AFTER_MS, BEFORE_MS, BETWEEN_SENTENCES_MS, BETWEEN_TOPICS_MS, TOPICS

RATE = 48_000  # Hz, as phones record: 48 samples a millisecond
FRAME_MS = 100  # the length is a whole number of these: three frames at 30 a second
PEAK = 0.5  # of every sentence: -6 dBFS
ROOM_DB = -60.0  # RMS of the room's noise against full scale
_PER_MS = RATE // 1000
_HUSH = 0.0015  # of a sentence's peak (-56 dB): quieter than this at its edges is silence; a final "k" is -46
_EDGE_MS = 8  # faded in and out, so that nothing clicks


@dataclass(frozen=True)
class Said:
    topic: int
    line: int  # of the topic
    text: str
    start_ms: int
    end_ms: int


def read(ffmpeg: str, path: Path) -> NDArray[np.float32]:
    """A sound file as mono samples at RATE."""
    command = [ffmpeg, "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def trimmed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The speech alone, PEAK loud, a whole number of milliseconds long."""
    samples = samples / np.abs(samples).max()
    blocks = len(samples) // (5 * _PER_MS)
    loud = np.sqrt(np.mean(samples[: blocks * 5 * _PER_MS].reshape(blocks, -1) ** 2, axis=1)) > _HUSH
    first, last = np.flatnonzero(loud)[[0, -1]]
    speech = samples[first * 5 * _PER_MS : (last + 1) * 5 * _PER_MS] * PEAK
    fade = np.linspace(0, 1, _EDGE_MS * _PER_MS, dtype=np.float32)
    speech[: len(fade)] *= fade
    speech[-len(fade) :] *= fade[::-1]
    return speech


def pause_after(topic: int, line: int) -> int:
    """Milliseconds of silence after a line."""
    if line < len(TOPICS[topic].lines) - 1:
        return BETWEEN_SENTENCES_MS[line]
    return BETWEEN_TOPICS_MS[topic] if topic < len(TOPICS) - 1 else AFTER_MS


def joined(spoken: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], tuple[Said, ...]]:
    """The whole sound, and when each line is said. `spoken` are the trimmed lines in order."""
    lines = [(t, n, line.said) for t, topic in enumerate(TOPICS) for n, line in enumerate(topic.lines)]
    pieces = [_silence(BEFORE_MS)]
    said: list[Said] = []
    now_ms = BEFORE_MS
    for (topic, number, text), speech in zip(lines, spoken, strict=True):
        length_ms = len(speech) // _PER_MS
        said.append(Said(topic, number, text, now_ms, now_ms + length_ms))
        rest_ms = pause_after(topic, number)
        pieces += [speech, _silence(rest_ms)]
        now_ms += length_ms + rest_ms
    pieces.append(_silence(-now_ms % FRAME_MS))
    sound = np.concatenate(pieces)
    return (sound + _room(len(sound))).astype(np.float32), tuple(said)


def _silence(length_ms: int) -> NDArray[np.float32]:
    return np.zeros(length_ms * _PER_MS, np.float32)


def _room(length: int) -> NDArray[np.float32]:
    """Quiet noise that falls with frequency, as a room's does: no digital zero anywhere."""
    white = np.random.default_rng(20).standard_normal(length)
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(1 + (np.fft.rfftfreq(length, 1 / RATE) / 300) ** 2)
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / noise.std() * 10 ** (ROOM_DB / 20), np.float32)
