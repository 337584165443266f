"""Sound to hear: files as samples, and what is nobody's speech, made from a seed. 16 kHz mono, -1 to 1."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
LOUD = 0.1  # RMS of what is made, -20 dB of full scale: as loud as somebody who speaks

Samples = NDArray[np.float32]


def read(path: Path) -> Samples:
    """A file's first sound track, from its first sample to its last."""
    with av.open(str(path)) as media:
        resampler = av.AudioResampler("flt", "mono", RATE)
        parts = [out.to_ndarray()[0] for frame in [*media.decode(audio=0), None] for out in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


def with_machine(speech: Samples, snr_db: float, seed: int) -> Samples:
    """Speech beside a machine that runs, so many decibels quieter than the speech where somebody speaks."""
    blocks = speech[: len(speech) // 320 * 320].reshape(-1, 320)
    power = (blocks**2).mean(axis=1)
    spoken = power[power > power.max() / 1000].mean()  # within 30 dB of the loudest 20 ms
    both = speech + machine(len(speech), seed) * np.float32(np.sqrt(spoken) / 10 ** (snr_db / 20))
    return (both / max(1.0, float(np.abs(both).max()))).astype(np.float32)


def machine(length: int, seed: int) -> Samples:
    """A motor with its hum and whine, a fan, and something that strikes twice a second. RMS 1."""
    rng = np.random.default_rng(seed)
    at = np.arange(length) / RATE
    turns = 2 * np.pi * np.cumsum(50 + 0.5 * np.sin(2 * np.pi * 0.3 * at)) / RATE
    hum = sum(np.sin(k * turns + rng.uniform(0, 6)) / k for k in range(1, 25))
    whine = np.sin(23.7 * turns + 2 * np.sin(turns)) * 0.3
    strikes = np.zeros(length)
    for second in np.arange(0.2, length / RATE, 0.53):
        begin = int((second + rng.uniform(-0.02, 0.02)) * RATE)
        ring = np.arange(min(3_000, length - begin)) / RATE
        strikes[begin : begin + len(ring)] = sum(
            np.sin(2 * np.pi * f * ring) * np.exp(-30 * ring) for f in (410, 1130, 2870)
        )
    return _loud(hum + whine + 1.5 * strikes + 3 * _coloured(length, rng, 0.5), 1.0)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def white(seconds: float) -> Samples:
    return _loud(_coloured(round(seconds * RATE), np.random.default_rng(1), 0.0))


def pink(seconds: float) -> Samples:
    return _loud(_coloured(round(seconds * RATE), np.random.default_rng(2), 0.5))


def tone(seconds: float) -> Samples:
    return _loud(np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE))


def music(seconds: float) -> Samples:
    """A band: chords held, a bass, a tune with vibrato that rises and falls as a voice would, and drums."""
    rng = np.random.default_rng(3)
    length = round(seconds * RATE)
    at = np.arange(length) / RATE
    beat, bar = at % 0.5, (at // 2).astype(int) % 4
    chords = np.array([(220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (130.8, 164.8, 196.0), (196.0, 246.9, 293.7)])
    held = sum(_string(chords[bar, n], at, 6) for n in range(3)) * 0.4
    bass = _string(chords[bar, 0] / 2, at, 3) * np.exp(-3 * beat)
    steps = rng.choice([0, 2, 4, 5, 7, 9, 12], size=length // (RATE // 4) + 1)
    notes = 330 * 2 ** (steps[(at * 4).astype(int)] / 12)
    tune = _string(notes * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * at)), at, 8) * (0.4 + 0.6 * np.exp(-4 * (at % 0.25)))
    kick = np.sin(2 * np.pi * 55 * beat) * np.exp(-12 * beat)
    hat = rng.standard_normal(length) * np.exp(-60 * (at % 0.25)) * 0.3
    return _loud(held + bass + tune + kick + hat)


def _string(hertz: NDArray[np.float64], at: NDArray[np.float64], partials: int) -> NDArray[np.float64]:
    turns = 2 * np.pi * np.cumsum(hertz) / RATE
    return np.asarray(sum(np.sin(k * turns) / k for k in range(1, partials + 1)))


def _coloured(length: int, rng: np.random.Generator, slope: float) -> NDArray[np.float64]:
    """Noise whose power falls with the frequency to the power of twice the slope: 0 white, 0.5 pink."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** slope
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / noise.std())


def _loud(sound: NDArray[np.float64], rms: float = LOUD) -> Samples:
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * rms, np.float32)
