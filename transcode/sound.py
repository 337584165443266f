"""A recording's sound as machines listen to it, and how loud it is: one decode, in the jail."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from domain.media import Loudness, Probe
from transcode.command import HEARD_HZ, hearing_arguments
from transcode.jail import Jail, Limits

_SLOWEST = 4  # times real time that listening may take; usual is a hundredth
_QUIETEST = -120.0  # dB that stand for "nothing at all": minus infinity has no place in JSON
_SUMMARY = re.compile(
    r"Integrated loudness:\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.S
)


@dataclass(frozen=True)
class Sound:
    """`samples`: mono, 16 kHz, -1 to 1, the first at recording time 0; empty when there is no sound."""

    samples: NDArray[np.float32]
    loudness: Loudness | None

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // HEARD_HZ


def hear(path: Path, probe: Probe, jail: Jail) -> Sound:
    """Decodes the sound once. Takes 230 MB of memory an hour. Raises Unavailable when it cannot be decoded."""
    if not probe.has_audio:
        return Sound(np.zeros(0, np.float32), None)
    limits = Limits(wall_s=60 + _SLOWEST * probe.duration_ms / 1000, memory_bytes=jail.limits.memory_bytes)
    heard = bytearray()
    with jail.start(hearing_arguments(probe), path, limits=limits) as run:
        for piece in run.output():
            heard += piece
        said = run.finish()
    samples = np.frombuffer(heard, "<i2", count=len(heard) // 2).astype(np.float32)
    samples /= 32_768
    return Sound(samples, _loudness(said))


def _loudness(said: str) -> Loudness:
    """From ebur128's summary, the last one among ffmpeg's messages."""
    measured = _SUMMARY.findall(said)
    if not measured:
        raise Unavailable("This recording's loudness could not be measured; try again.", code="media_failed")
    integrated, peak = (float(value) for value in measured[-1])
    return Loudness(_at_least(integrated), _at_least(peak))


def _at_least(decibels: float) -> float:
    return decibels if decibels >= _QUIETEST else _QUIETEST  # nan is not, either
