"""Sound to try the ears on: the sample recording, and what is nobody's speech."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "pipeline" / "sample"
SHARED = ROOT.parent / "shared" / "media"  # real media, there on some machines only
RATE = 16_000

Samples = NDArray[np.float32]


@cache
def sample() -> Samples:
    """What is said in the sample recording."""
    return read(SAMPLE / "sample.mp4")


@cache
def sample_facts() -> dict[str, Any]:
    """What was written into it: sentences and pauses with their times."""
    facts: dict[str, Any] = json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))
    return facts


def read(path: Path) -> Samples:
    """A file's first audio track, 16 kHz mono, every packet where its timestamp says."""
    with av.open(str(path)) as media:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [out for frame in [*media.decode(audio=0), None] for out in resampler.resample(frame)]
    heard = [(round((frame.time or 0) * RATE), frame.to_ndarray()[0]) for frame in frames]
    samples = np.zeros(max(at + len(part) for at, part in heard), np.float32)
    for at, part in heard:
        samples[max(at, 0) : at + len(part)] = part[max(-at, 0) :]
    return samples


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float) -> Samples:
    rng = np.random.default_rng(7)
    return (rng.standard_normal(round(seconds * RATE)) * 0.1).astype(np.float32)


def chords(seconds: float) -> Samples:
    """A slow tune of four chords, each struck once a second and dying away."""
    at = np.arange(round(seconds * RATE)) / RATE
    tune = np.zeros(len(at))
    for second, roots in enumerate([(220, 277, 330), (196, 247, 294), (262, 330, 392), (247, 311, 370)]):
        struck = (at.astype(int) % 4 == second) * np.exp(-2 * (at % 1))
        tune += struck * sum(np.sin(2 * np.pi * f * k * at) / k for f in roots for k in range(1, 6))
    return (tune / np.abs(tune).max() / 2).astype(np.float32)
