"""Sound with spans of silence: AAC frames that sound within a span are encoded again, all others stay as they are.

What enters: fragments of a recording's sound, one behind the other. What leaves: those that were asked for, of as
many frames at the same times. A frame sounds over the half of the one before it (ISO 14496-3, 4.6.18.3.4), so two
encodings fit where both have shaped their windows alike: there one gives way to the other, and nothing is heard of it.

Fragments of our own, not strangers' files: so this runs here, and not in the jail.
"""

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import av
import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from domain.media import AUDIO_TIMESCALE
from domain.span import Span
from transcode.command import SOUND_BITS
from transcode.fragments import GrowingFile
from transcode.repack import AAC_FRAME, pack

FADE_S = 0.01  # before a span and after it: a cut is heard as a click
_BEFORE = 16  # AAC frames that the encoder hears first: then it does as it did

_Samples = NDArray[np.float32]


@dataclass(frozen=True)
class _Fragment:
    number: int
    time: int  # of its first AAC frame, in samples
    durations: tuple[int, ...]
    frames: tuple[bytes, ...]

    @property
    def first(self) -> int:
        """The number of its first AAC frame: all but the recording's last are of one length."""
        return self.time // AAC_FRAME


def muted(
    spans: Sequence[Span], init: bytes, fragments: Mapping[int, bytes], wanted: Iterable[int], *, work: Path
) -> dict[int, bytes]:
    """The `wanted` ones of these fragments, by number, with silence within the spans. Their neighbours should be among
    them, where there are any. `work` is a folder for files that may vanish.

    Raises Unavailable (`media_failed`).
    """
    read = _read(init, fragments, work)
    first = read[0].first
    frames = [frame for fragment in read for frame in fragment.frames]
    samples = _decoded(init, [fragments[fragment.number] for fragment in read], len(frames))
    wanted = set(wanted)
    made = dict(enumerate(frames, first))
    for stretch in _stretches(spans, first, len(frames), [fragment for fragment in read if fragment.number in wanted]):
        made |= _encoded(stretch, spans, samples, first, made)
    found = {}
    for fragment in read:
        if fragment.number in wanted:
            now = [made[fragment.first + at] for at in range(len(fragment.frames))]
            sizes = [len(frame) for frame in now]
            packed = pack(init, fragment.number + 1, fragment.time, sizes, list(fragment.durations), b"".join(now))
            found[fragment.number] = packed.data
    return found


def _read(init: bytes, fragments: Mapping[int, bytes], work: Path) -> list[_Fragment]:
    numbers = sorted(fragments)
    found = []
    with tempfile.TemporaryFile(dir=work) as file:
        file.write(init + b"".join(fragments[number] for number in numbers))
        file.flush()
        growing = GrowingFile(cast(BinaryIO, file))
        for number, written in zip(numbers, growing.new(), strict=True):
            frames, at = [], written.payload
            for size in written.sample_sizes:
                frames.append(growing.read(at, size))
                at += size
            found.append(_Fragment(number, written.start, tuple(written.durations), tuple(frames)))
    return found


def _decoded(init: bytes, fragments: Sequence[bytes], frames: int) -> _Samples:
    """Both channels, from the first frame on, which is not whole: half of it belongs to the one before."""
    with av.open(io.BytesIO(init + b"".join(fragments)), "r", format="mp4") as source:
        heard = [frame.to_ndarray() for packet in source.demux(audio=0) for frame in packet.decode()]
    samples = np.concatenate(heard, axis=1) if heard else np.zeros((2, 0), np.float32)
    if samples.shape[1] < frames * AAC_FRAME:  # the last frame of all may have been cut to its length
        samples = np.pad(samples, ((0, 0), (0, frames * AAC_FRAME - samples.shape[1])))
    return cast(_Samples, samples.astype(np.float32, copy=False))


@dataclass(frozen=True)
class _Stretch:
    """AAC frames that have to be encoded again, `first` to `last`, and how far others may be on either side."""

    first: int
    last: int
    least: int
    most: int


def _stretches(spans: Sequence[Span], begins: int, frames: int, wanted: Sequence[_Fragment]) -> list[_Stretch]:
    """What of the wanted fragments sounds within a span; spans that are near each other are one."""
    found: list[_Stretch] = []
    if not wanted:
        return found
    least = wanted[0].first
    most = wanted[-1].first + len(wanted[-1].frames) - 1
    for span in sorted(spans):
        start, end = _faded(span)
        # A frame sounds over its own length and the next one's.
        first = max(start // AAC_FRAME - 1, least, begins)
        last = min(-(-end // AAC_FRAME) - 1, most, begins + frames - 1)
        if first > last:
            continue
        if found and first <= found[-1].last + 2 * _BEFORE:
            before = found.pop()
            found.append(_Stretch(before.first, max(before.last, last), least, most))
        else:
            found.append(_Stretch(first, last, least, most))
    return found


def _encoded(
    stretch: _Stretch, spans: Sequence[Span], samples: _Samples, begins: int, before: Mapping[int, bytes]
) -> dict[int, bytes]:
    """The frames of a stretch, and as many more on either side as it takes until both encodings fit."""
    # Of the very first frame that is there half is missing, but of a recording's.
    start = max(stretch.first - _BEFORE, begins + 1 if begins else 0)
    end = min(stretch.last + _BEFORE, max(before))
    heard = _silenced(samples[:, (start - begins) * AAC_FRAME : (end + 1 - begins) * AAC_FRAME], start, spans)
    made = dict(enumerate(_by_aac(heard), start - 1))
    first, last = stretch.first, stretch.last
    while first > max(stretch.least, start + 1) and _window(made[first - 1]) != _window(before[first - 1]):
        first -= 1
    while last < min(stretch.most, end) and _window(made[last]) != _window(before[last]):
        last += 1
    return {number: made[number] for number in range(first, last + 1)}


def _by_aac(samples: _Samples) -> list[bytes]:
    """AAC frames: the first one holds half of nothing, and is as much too early."""
    encoder = cast(Any, av.CodecContext.create("aac", "w"))
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_TIMESCALE, "stereo", "fltp"
    encoder.bit_rate = SOUND_BITS
    packets = []
    for at in range(0, samples.shape[1], AAC_FRAME):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, at : at + AAC_FRAME]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = AUDIO_TIMESCALE, at
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    if len(packets) < samples.shape[1] // AAC_FRAME:
        raise Unavailable("The sound could not be made again without what is muted.", code="media_failed")
    return [bytes(packet) for packet in packets]


def _silenced(samples: _Samples, first: int, spans: Iterable[Span]) -> _Samples:
    """These, of which the first is that of AAC frame `first`, without what is within the spans."""
    gain = np.ones(samples.shape[1], np.float32)
    at = np.arange(samples.shape[1]) + first * AAC_FRAME
    for span in spans:
        start, end = _in_samples(span)
        beside = np.maximum(start - at, at - (end - 1))  # 0 and less within
        gain = np.minimum(gain, np.clip(beside / (FADE_S * AUDIO_TIMESCALE), 0, 1).astype(np.float32))
    return samples * gain


def _window(frame: bytes) -> tuple[int, int]:
    """How the window over a frame is shaped: its sequence and its shape (ISO 14496-3, table 4.6), and whether it is
    the same over both channels (table 4.4). Where it is not, the first one's.
    """
    common = frame[0] & 1
    return (common, frame[1] >> 4 & 7) if common else (common, frame[2] >> 4 & 7)


def _faded(span: Span) -> tuple[int, int]:
    start, end = _in_samples(span)
    return max(0, start - round(FADE_S * AUDIO_TIMESCALE)), end + round(FADE_S * AUDIO_TIMESCALE)


def _in_samples(span: Span) -> tuple[int, int]:
    return span.start_ms * AUDIO_TIMESCALE // 1000, span.end_ms * AUDIO_TIMESCALE // 1000
