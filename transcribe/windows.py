"""The half minutes that Whisper listens to, and the words it hears placed in recording time.

Whisper hears 30 s at a time, and each such window costs the same however little is said in it. So
speech is laid end to end, with at most 0.8 s of every silence left, in as few windows as can be,
parted at the longest pauses that allow it. What lies in silence is never heard, and so cannot be
invented there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.transcript import Pause, Word
from transcribe import SAMPLE_RATE

WINDOW_MS = 30_000  # Whisper's, fixed by its training
AIR_MS = 400  # of silence kept on either side of speech: consonants begin before voice activity does
_LONGEST_PART_MS = 400  # a pause that counts fully when windows are parted; longer ones are no better
_SAMPLES_PER_MS = SAMPLE_RATE // 1000
_HOP = 20 * _SAMPLES_PER_MS  # for finding the quietest moment of speech without a pause

# Whisper ends the last word before a pause 150-180 ms early. It is drawn out to where voice activity
# heard the speech end when that is no farther than this; farther, it was something else.
_DRAWN_OUT_MS = 400
_SHORTEST_WORD_MS = 20  # one step of Whisper's time grid


@dataclass(frozen=True)
class Piece:
    """A run of speech with its air: [start_ms, end_ms), of which [first_ms, last_ms) is spoken."""

    start_ms: int
    first_ms: int
    last_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Window:
    """Pieces laid end to end, at most 30 s of them."""

    pieces: tuple[Piece, ...]

    @property
    def length_ms(self) -> int:
        return sum(p.length_ms for p in self.pieces)

    @property
    def end_ms(self) -> int:
        """Where in the recording it ends."""
        return self.pieces[-1].end_ms

    @property
    def spoken_ms(self) -> int:
        return sum(p.last_ms - p.first_ms for p in self.pieces)

    def sound(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        cuts = [samples[p.start_ms * _SAMPLES_PER_MS : p.end_ms * _SAMPLES_PER_MS] for p in self.pieces]
        return np.nan_to_num(np.concatenate(cuts).astype(np.float32, copy=False))

    def placed(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Words in the window's own time, put where they were said in the recording.

        Each is kept within one piece, the one its middle lies in, and within the speech that voice
        activity heard there where it touches it. They come in order.
        """
        homes = self._homes(words)
        found: list[Word] = []
        earliest = self.pieces[0].start_ms
        for i, (word, (piece, shift)) in enumerate(zip(words, homes, strict=True)):
            start, end = word.start_ms + shift, word.end_ms + shift
            if start < piece.last_ms and end > piece.first_ms:
                start, end = max(start, piece.first_ms), min(end, piece.last_ms)
            is_last = i + 1 == len(words) or homes[i + 1][0] is not piece
            if is_last and 0 < piece.last_ms - end <= _DRAWN_OUT_MS:
                end = piece.last_ms
            start = min(max(start, piece.start_ms, earliest), piece.end_ms - _SHORTEST_WORD_MS)
            end = max(min(end, piece.end_ms), start + _SHORTEST_WORD_MS)
            found.append(Word(word.text, start, end, word.probability))
            earliest = end
        return tuple(found)

    def _homes(self, words: Sequence[Word]) -> list[tuple[Piece, int]]:
        """For each word the piece it lies in, never one before the last word's, and what to add to its times."""
        homes = []
        at, before = 0, 0
        for word in words:
            while at + 1 < len(self.pieces) and word.middle_ms >= before + self.pieces[at].length_ms:
                before += self.pieces[at].length_ms
                at += 1
            homes.append((self.pieces[at], self.pieces[at].start_ms - before))
        return homes


def windows(samples: NDArray[np.float32], pauses: Sequence[Pause]) -> tuple[Window, ...]:
    """All speech of a recording in as few windows as can be; none when there is no speech."""
    duration_ms = len(samples) // _SAMPLES_PER_MS
    pieces = [part for piece in _pieces(pauses, duration_ms) for part in _shortened(piece, samples)]
    if not pieces:
        return ()
    # best[i], for the pieces before i: the fewest windows; of those the ones with the most silence at
    # the partings; of those the most even ones.
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    came_from = [0]
    for end in range(1, len(pieces) + 1):
        options = []
        length = 0
        for start in range(end - 1, -1, -1):
            length += pieces[start].length_ms
            if length > WINDOW_MS:
                break
            silence = pieces[start].first_ms - pieces[start - 1].last_ms if start else 0
            count, parted, squares = best[start]
            options.append((count + 1, parted - min(silence, _LONGEST_PART_MS), squares + length**2, start))
        *cost, start = min(options)
        best.append((cost[0], cost[1], cost[2]))
        came_from.append(start)
    found = []
    end = len(pieces)
    while end:
        found.append(Window(tuple(pieces[came_from[end] : end])))
        end = came_from[end]
    return tuple(reversed(found))


def _pieces(pauses: Sequence[Pause], duration_ms: int) -> list[Piece]:
    """What lies between the pauses, with air taken from half of each pause at the most."""
    inside = (Pause(p.start_ms, min(p.end_ms, duration_ms)) for p in pauses if p.start_ms < duration_ms)
    edges = [Pause(0, 0), *inside, Pause(duration_ms, duration_ms)]
    pieces = []
    for before, after in pairwise(edges):
        first, last = before.end_ms, after.start_ms
        if last <= first:
            continue
        lead = first if before.start_ms == 0 else (before.end_ms - before.start_ms) // 2
        trail = after.end_ms - after.start_ms
        trail = trail if after.end_ms == duration_ms else trail - trail // 2
        pieces.append(Piece(max(0, first - min(AIR_MS, lead)), first, last, last + min(AIR_MS, trail)))
    return pieces


def _shortened(piece: Piece, samples: NDArray[np.float32]) -> list[Piece]:
    """A piece as pieces that fit a window: speech without a pause is parted where it is quietest."""
    parts = []
    while piece.length_ms > WINDOW_MS:
        cut = _quietest(samples, piece.start_ms + WINDOW_MS // 2, piece.start_ms + WINDOW_MS)
        parts.append(Piece(piece.start_ms, min(piece.first_ms, cut), cut, cut))
        piece = Piece(cut, cut, max(cut, piece.last_ms), piece.end_ms)
    return [*parts, piece]


def _quietest(samples: NDArray[np.float32], first_ms: int, last_ms: int) -> int:
    sound = np.asarray(samples[first_ms * _SAMPLES_PER_MS : last_ms * _SAMPLES_PER_MS], np.float32)
    hops = sound[: len(sound) // _HOP * _HOP].reshape(-1, _HOP)
    energy = np.convolve((hops**2).mean(axis=1), np.ones(5) / 5, mode="same")  # over 100 ms
    return first_ms + int(energy.argmin()) * (_HOP // _SAMPLES_PER_MS)
