"""Where nobody speaks: voice activity by Silero (v6), the model file that faster-whisper carries.

Silero hears 32 ms at a time and says how likely it is that somebody speaks. Speech begins at a
probability of 0.5 and ends when it stays under 0.35 for 160 ms: the hysteresis of Silero's own
reference code, which asks for another 32 ms. The times found are right to about 30 ms; the middle
of a pause is what can be relied on, and is where clips are cut.
"""

import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import Misconfigured
from domain.transcript import Pause
from transcribe import SAMPLE_RATE

ONSET = 0.5  # probability at which speech begins
OFFSET = 0.35  # probability under which it may have ended
SHORTEST_PAUSE_MS = 160  # speech has ended when it stays away for so long
SHORTEST_SPEECH_MS = 100  # shorter bursts are clicks, coughs, a cup set down

_WINDOW = 512  # samples that the model hears at a time, 32 ms
_CONTEXT = 64  # samples of the window before it that it wants to hear again
_BLOCK = 1024  # windows a run, 33 s: memory stays the same however long the recording is
_STATE = (1, 1, 128)  # the model's memory from one window to the next
_QUIET = 0.1  # peak under which a recording is made louder before it is heard
_MOST_GAIN = 30.0  # or silence would be blown up into noise

_Run = tuple[int, int]  # samples [start, end)


def find_pauses(samples: NDArray[np.float32]) -> tuple[Pause, ...]:
    """All pauses of at least 160 ms, in order, silence at both ends included.

    `samples`: 16 kHz mono; a memory-mapped array is read block by block. Without any speech the
    answer is one pause over everything, without any sound (no samples) none.
    """
    duration_ms = len(samples) * 1000 // SAMPLE_RATE
    pauses = []
    silent_from = 0
    for start, end in (*_speech(_probabilities(samples), len(samples)), (len(samples), len(samples))):
        pause_start, pause_end = _ms(silent_from), min(_ms(start), duration_ms)
        if pause_end - pause_start >= SHORTEST_PAUSE_MS or (silent_from == 0 and start == len(samples)):
            pauses.append(Pause(pause_start, pause_end))
        silent_from = end
    return tuple(p for p in pauses if p.end_ms > p.start_ms)


def _speech(probabilities: Iterator[float], length: int) -> list[_Run]:
    """Runs of speech, in samples, from the probability of each window."""
    shortest_silence = SHORTEST_PAUSE_MS * SAMPLE_RATE // 1000
    shortest_speech = SHORTEST_SPEECH_MS * SAMPLE_RATE // 1000
    runs: list[_Run] = []
    start = maybe_end = None
    for number, probability in enumerate(probabilities):
        at = number * _WINDOW
        if probability >= ONSET:
            maybe_end = None
            start = at if start is None else start
        elif start is not None and probability < OFFSET:
            maybe_end = at if maybe_end is None else maybe_end
            if at + _WINDOW - maybe_end >= shortest_silence:
                runs.append((start, maybe_end))
                start = maybe_end = None
    if start is not None:
        runs.append((start, length))
    return [(start, end) for start, end in runs if end - start > shortest_speech]


def _probabilities(samples: NDArray[np.float32]) -> Iterator[float]:
    """How likely it is that somebody speaks, for each 32 ms."""
    session = _session()
    gain = _gain(samples)
    h = np.zeros(_STATE, np.float32)
    c = np.zeros(_STATE, np.float32)
    tail = np.zeros(_CONTEXT, np.float32)
    for begin in range(0, len(samples), _BLOCK * _WINDOW):
        block = np.nan_to_num(np.asarray(samples[begin : begin + _BLOCK * _WINDOW], np.float32)) * gain
        windows = np.pad(block, (0, -len(block) % _WINDOW)).reshape(-1, _WINDOW)
        before = np.vstack([tail, windows[:-1, -_CONTEXT:]])
        tail = windows[-1, -_CONTEXT:]
        output, h, c = session.run(None, {"input": np.hstack([before, windows]), "h": h, "c": c})
        yield from output.ravel().tolist()


def _gain(samples: NDArray[np.float32]) -> np.float32:
    """What brings a quiet recording's peak up to a tenth of full scale; 1 for all others."""
    step = _BLOCK * _WINDOW
    peaks = (np.abs(np.nan_to_num(samples[at : at + step])).max() for at in range(0, len(samples), step))
    peak = float(max(peaks, default=0.0))
    return np.float32(min(_MOST_GAIN, _QUIET / peak) if 0 < peak < _QUIET else 1.0)


def _ms(sample: int) -> int:
    return sample * 1000 // SAMPLE_RATE


@functools.cache
def _session() -> Any:
    """The model, on one thread: a worker is a process a core.

    Only the file is taken from faster-whisper's package: importing the package would bring the
    whole of CTranslate2 into processes that only listen.
    """
    import onnxruntime

    spec = importlib.util.find_spec("faster_whisper")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    model = folder / "assets" / "silero_vad_v6.onnx"
    if not model.is_file():
        raise Misconfigured(
            "The voice activity model is missing. Install faster-whisper 1.2 or a later 1.x, which carries it.",
            code="voice_activity_missing",
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # or the memory of the largest block is kept for good
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
