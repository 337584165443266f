"""Pieces of a reel and the sound of its clips -> one MP4. The pictures are not encoded again.

The sound is decoded, and encoded once from the reel's first second to its last: pieces with AAC of their own would
have a gap at every seam, since each begins with the encoder's priming. What is read are our own files: no jail.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from domain.media import AUDIO_TIMESCALE

_SOUND_BITS = 96_000  # a second, stereo: as our renditions have it
_BLOCK = AUDIO_TIMESCALE  # samples of silence that are made at once


@dataclass(frozen=True)
class Piece:
    """A run of `frames` pictures in a file of its own, and the film that is heard with it, if any."""

    pictures: Path
    frames: int
    film: Path | None = None


def join(pieces: Sequence[Piece], into: Path, *, fps: int, looked: Callable[[], None]) -> None:
    """Writes the pieces one behind the other, the index in front. `looked` is called now and then; it may raise.

    Raises OSError when a piece has not all of its frames (moviepy does not look at how its ffmpeg ended), or was
    encoded otherwise than the first.
    """
    with av.open(str(into), "w", format="mp4", options={"movflags": "faststart"}) as made:
        with av.open(str(pieces[0].pictures)) as first:
            pictures = made.add_stream_from_template(first.streams.video[0])
        sound = made.add_stream("aac", rate=AUDIO_TIMESCALE, layout="stereo", bit_rate=_SOUND_BITS)
        tracks = _seen(pieces, pictures, fps), _heard(pieces, sound, fps, looked)
        for packet in heapq.merge(*tracks, key=lambda packet: packet.dts * packet.time_base):
            made.mux(packet)


def _seen(pieces: Sequence[Piece], stream: Any, fps: int) -> Iterator[Any]:
    before, settings = 0, None
    for piece in pieces:
        source: Any
        with av.open(str(piece.pictures)) as source:
            track = source.streams.video[0]
            settings = settings or track.codec_context.extradata
            if track.frames != piece.frames or track.codec_context.extradata != settings:
                raise OSError(f"{track.frames} frames of {piece.frames}, or other settings than the first piece has")
            offset = round(Fraction(before, fps) / track.time_base)
            for packet in source.demux(track):
                if packet.dts is None:  # the last is empty
                    continue
                packet.pts += offset
                packet.dts += offset
                packet.stream = stream
                yield packet
        before += piece.frames


def _heard(pieces: Sequence[Piece], stream: Any, fps: int, looked: Callable[[], None]) -> Iterator[Any]:
    at = 0
    fifo = av.AudioFifo()
    for piece in pieces:
        looked()
        samples = piece.frames * AUDIO_TIMESCALE // fps
        for block in _blocks(piece.film, samples):
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = AUDIO_TIMESCALE, at, Fraction(1, AUDIO_TIMESCALE)
            at += frame.samples
            fifo.write(frame)
            for full in fifo.read_many(stream.codec_context.frame_size):
                yield from stream.encode(full)
    if (rest := fifo.read()) is not None:
        yield from stream.encode(rest)
    yield from stream.encode(None)


def _blocks(film: Path | None, samples: int) -> Iterator[Any]:
    """Exactly so many samples, (2, n) in float: what a film brings at its time, silence where it brings nothing."""
    at = 0
    if film is not None:
        with av.open(str(film)) as source:
            for block, start in _decoded(source):
                yield from _silence(min(start, samples) - at)
                block = block[:, max(0, at - start) : max(0, samples - start)]
                at = max(at, min(start, samples)) + block.shape[1]
                if block.size:
                    yield np.ascontiguousarray(block)
                if at >= samples:
                    return
    yield from _silence(samples - at)


def _decoded(source: Any) -> Iterator[tuple[Any, int]]:
    """(samples, the number of the first) of a file's sound."""
    if not source.streams.audio:
        return
    resampler: Any = av.AudioResampler(format="fltp", layout="stereo", rate=AUDIO_TIMESCALE)
    for frame in source.decode(source.streams.audio[0]):
        for even in resampler.resample(frame):
            yield even.to_ndarray(), round(even.pts * even.time_base * AUDIO_TIMESCALE)


def _silence(samples: int) -> Iterator[Any]:
    while samples > 0:
        yield np.zeros((2, min(samples, _BLOCK)), np.float32)
        samples -= _BLOCK
