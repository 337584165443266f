"""A recording's sound as machines listen to it, and how loud it is: one decode, in the jail."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from domain.media import Loudness, Probe
from transcode.command import HEARD_HZ, hearing_arguments
from transcode.damage import refusal
from transcode.jail import Jail, Limits, is_the_files_fault

_WALL_S, _CPU_S = 60.0, 10.0  # seconds to begin with, and ...
_SLOWEST, _DEAREST = 4.0, 0.2  # ... times real time that listening may take and cost; usual is a hundredth
_MEMORY_BYTES = 512 << 20  # a decoder of 16 channels takes 60 MB
_BYTES_PER_MS = HEARD_HZ * 2 // 1000
_LONGER_MS = 10_000  # what a decoder may bring beyond the length that was found
_QUIETEST = -120.0  # dB that stand for "nothing at all": minus infinity has no place in JSON
_SUMMARY = re.compile(
    r"Integrated loudness:\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.S
)


@dataclass(frozen=True)
class Sound:
    """`samples`: mono, 16 kHz, -1 to 1, the first at recording time 0; empty when there is no sound.

    `loudness` is None without sound, and where it was not asked for.
    """

    samples: NDArray[np.float32]
    loudness: Loudness | None

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // HEARD_HZ


def hear(path: Path, probe: Probe, jail: Jail, *, measured: bool = True, after_ms: int = 0) -> Sound:
    """Decodes the sound once. Takes 230 MB of memory an hour. Raises Refused (`damaged`), Unavailable.

    Without `measured` the loudness is left out: measuring it costs more than all the rest. It is measured
    `after_ms`. Only so much is read as `probe` says is there.
    """
    if not probe.has_audio:
        return Sound(np.zeros(0, np.float32), None)
    length_s = probe.duration_ms / 1000
    limits = Limits(
        wall_s=_WALL_S + _SLOWEST * length_s, cpu_s=_CPU_S + _DEAREST * length_s, memory_bytes=_MEMORY_BYTES
    )
    most = (probe.duration_ms + _LONGER_MS) * _BYTES_PER_MS
    heard = bytearray()
    try:
        with jail.start(hearing_arguments(probe, measured=measured, after_ms=after_ms), path, limits=limits) as run:
            for piece in run.output():
                heard += piece
                if len(heard) > most:  # a file whose times were one thing to the probe and are another here
                    raise refusal("sound")
            said = run.finish()
        loudness = _loudness(said) if measured else None
    except Unavailable as error:
        if is_the_files_fault(error):
            raise refusal("sound", error) from error
        raise
    samples = np.frombuffer(heard, "<i2", count=len(heard) // 2).astype(np.float32)
    samples /= 32_768
    return Sound(samples, loudness)


def _loudness(said: str) -> Loudness:
    """From ebur128's summary, the last one among ffmpeg's messages."""
    measured = _SUMMARY.findall(said)
    if not measured:
        raise Unavailable("This recording's loudness could not be measured; try again.", code="media_failed")
    integrated, peak = (float(value) for value in measured[-1])
    return Loudness(_at_least(integrated), _at_least(peak))


def _at_least(decibels: float) -> float:
    return decibels if decibels >= _QUIETEST else _QUIETEST  # nan is not, either
