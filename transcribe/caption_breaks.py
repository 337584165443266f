"""Where what is said is broken into cues, and cues into lines: of all ways the cheapest (dynamic programming).

Limits of lines and of time (caption_rules.py) are always kept; the rest weighs, as the costs below say.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from domain.transcript import UNSPACED, Word
from transcribe.caption_rules import (
    CHARACTERS_A_S,
    CLAUSE_MARKS,
    CLINGING,
    FLICKER_MS,
    GAP_MS,
    HANGS_MS,
    LEAST_MS,
    MOST_COLUMNS,
    MOST_MS,
)

_LONG_GAP_MS = 1_500  # nothing is said for so long: another cue
_BREAK_COST = 10.0  # of one cue more, against the roughness of where it is broken
_SENTENCE_COST = 25.0  # of a cue that goes on with another sentence
_ROUGH_COST = 6.0  # of breaking where no clause ends
_CLING_COST = 24.0  # and of tearing a word from the one it belongs to
_LONELY_COST = 24.0  # of a word of a longer sentence in a cue of its own
_WIDOW_COST = 6.0  # or in a line
_SHORT_COST = 30.0  # of a cue that cannot be shown for LEAST_MS, and as much again as that comes to nothing
_FAST_COST = 30.0  # of one that is said twice as fast as it can be read, and a fifth of it of any faster than that
_FLICKER_COST = 30.0  # of one that has to go a moment before the next one comes


@dataclass(frozen=True)
class Script:
    """Words to be broken, each no wider than a line. `begins`: the numbers of those with which a sentence begins."""

    words: Sequence[Word]
    begins: Collection[int]
    spaced: bool
    columns: Sequence[int]  # before each word, were they all in one line, and behind the last
    rough: Sequence[float]  # what it costs to break before each word

    @classmethod
    def of(cls, words: Sequence[Word], language: str, begins: Collection[int] = ()) -> "Script":
        spaced = language not in UNSPACED
        columns = list(accumulate((width(word.text) + spaced for word in words), initial=0))
        clinging = CLINGING.get(language, frozenset())
        rough = [_roughness(words, at, clinging) for at in range(len(words))]
        return cls(words, begins, spaced, columns, rough)


def in_cues(script: Script) -> list[tuple[Word, ...]]:
    """The words of each cue."""
    words = script.words
    cheapest = [0.0]
    came_from = [0]
    for end in range(1, len(words) + 1):
        behind = _behind(script, end)
        best, best_start = float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            if end - start > 1 and words[end - 1].end_ms - words[start].start_ms > MOST_MS:
                break
            setting = _setting(script, start, end)
            if setting is None:
                break
            cost = cheapest[start] + _BREAK_COST + setting[0] + behind + _hurry(script, start, end)
            cost += _lonely(script, start, end)
            if cost < best:
                best, best_start = cost, start
        cheapest.append(best)
        came_from.append(best_start)
    found = []
    end = len(words)
    while end:
        found.append(tuple(words[came_from[end] : end]))
        end = came_from[end]
    return found[::-1]


def in_lines(script: Script) -> tuple[str, ...]:
    """A cue's words as they are set: in one line, or in two."""
    setting = _setting(script, 0, len(script.words))
    assert setting, "a cue holds no more than two lines"
    text = [word.text for word in script.words]
    join = (" " if script.spaced else "").join
    return tuple(join(line) for line in (text[: setting[1]], text[setting[1] :]) if line)


def fitting(word: Word) -> list[Word]:
    """A word too long for a line (an address, say), in pieces that fit, its time shared among them."""
    chunks = _chunks(" ".join(word.text.split()))
    step = (word.end_ms - word.start_ms) / len(chunks)
    times = [word.start_ms + round(i * step) for i in range(len(chunks) + 1)]
    return [Word(text, times[i], times[i + 1], word.probability) for i, text in enumerate(chunks)]


def width(text: str) -> int:
    """Columns: an East Asian wide character takes two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def reading_ms(columns: int) -> int:
    """How long it takes to read so much."""
    return columns * 1000 // CHARACTERS_A_S


def _chunks(text: str) -> list[str]:
    found, line = [], ""
    for character in text:
        if line and width(line + character) > MOST_COLUMNS:
            found.append(line)
            line = ""
        line += character
    return [*found, line]


def _roughness(words: Sequence[Word], at: int, clinging: Collection[str]) -> float:
    """What it costs to break before word `at`."""
    if at == 0:
        return 0.0
    before = words[at - 1].text
    gap = words[at].start_ms - words[at - 1].end_ms
    if gap >= _LONG_GAP_MS:
        return -2 * _BREAK_COST
    cost = 0.0 if before.endswith(CLAUSE_MARKS) else _ROUGH_COST
    if before.lower() in clinging:
        cost += _CLING_COST
    return cost - min(gap, 500) / 100


def _behind(script: Script, end: int) -> float:
    """What it costs that a cue ends before word `end`."""
    if end == len(script.words):
        return 0.0
    return script.rough[end] - (_SENTENCE_COST if end in script.begins else 0.0)


def _setting(script: Script, start: int, end: int) -> tuple[float, int] | None:
    """(cost, the word that begins the second line or `end`) of the words [start, end); None: they do not fit."""
    columns, line = script.columns, MOST_COLUMNS + script.spaced
    if columns[end] - columns[start] <= line:
        return 0.0, end
    first = bisect_left(columns, columns[end] - line, start + 1, end)  # the second line fits from here on
    last = bisect_right(columns, columns[start] + line, start + 1, end) - 1  # and the first one up to here
    options = []
    for at in range(first, last + 1):
        upper, lower = columns[at] - columns[start], columns[end] - columns[at]
        # Balanced; at a clause; rather a longer lower line, which hides less of the picture.
        cost = abs(upper - lower) / 2 + script.rough[at] + (upper > lower)
        if script.spaced and (at == start + 1 or at == end - 1):
            cost += _WIDOW_COST
        options.append((cost, at))
    return min(options, default=None)


def _hurry(script: Script, start: int, end: int) -> float:
    """What it costs that a cue cannot be shown for as long as it should be."""
    words = script.words
    begins = words[start].start_ms
    until = words[end - 1].end_ms + HANGS_MS
    cost = 0.0
    if end < len(words):
        room = words[end].start_ms - GAP_MS
        until = min(until, room)
        if begins + MOST_MS < room < begins + MOST_MS + FLICKER_MS:
            cost += _FLICKER_COST
    shown = max(min(until - begins, MOST_MS), 1)
    if shown < LEAST_MS:
        cost += _SHORT_COST * (2 - shown / LEAST_MS)
    read = reading_ms(script.columns[end] - script.columns[start] - script.spaced)
    if read > shown:
        cost += _FAST_COST * min(read / shown - 0.8, 1.0)
    return cost


def _lonely(script: Script, start: int, end: int) -> float:
    """A word or two of a longer sentence should not stand in a cue of their own."""
    if end - start > 2 or not script.spaced:
        return 0.0
    whole = start in script.begins and (end == len(script.words) or end in script.begins)
    return 0.0 if whole else _LONELY_COST / (end - start) ** 2
