"""How loud a recording is when, for whoever cuts it: a few kilobytes, made of the sound that is heard anyway. Pure."""

import numpy as np
from numpy.typing import NDArray

from domain.media import PEAK_MS
from transcode.command import HEARD_HZ

_QUIETEST_DB = 60.0  # below full scale: all that is quieter is drawn as nothing


def peaks(samples: NDArray[np.float32]) -> bytes:
    """Of each tenth of a second its loudest sample, as a byte: 255 at full scale, 0 from 60 dB below it.

    `samples`: mono, 16 kHz, -1 to 1. Empty when there is no sound.
    """
    step = HEARD_HZ * PEAK_MS // 1000
    if not len(samples):
        return b""
    loudest = np.maximum.reduceat(np.abs(samples), np.arange(0, len(samples), step))
    decibels = 20 * np.log10(np.maximum(loudest, 1e-6))
    return bytes(np.clip(np.round(255 * (1 + decibels / _QUIETEST_DB)), 0, 255).astype(np.uint8))
