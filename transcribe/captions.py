"""Words and sentences -> caption cues -> WebVTT.

A cue is what is shown at once: at most two lines of 42 characters for at most 7 seconds, at least
0.8 s where the next cue leaves room (the figures broadcasters agree on). A sentence begins its own
cue. Where one has to be broken, it is at a clause or a pause rather than behind "the".

A clip shows only what is said in its parts, to the word: whoever may see a clip has no right to the
sentence around it. A word belongs to the span that its middle lies in.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from domain.span import Span
from domain.transcript import UNSPACED, Sentence, Word

MOST_COLUMNS = 42
MOST_LINES = 2
LEAST_MS = 800
MOST_MS = 7_000
LINGER_MS = 1_000  # a cue stays so long after its last word when nothing follows
JOIN_MS = 250  # a gap that would only flicker: the cue before stays until the next one

_CLAUSE = (",", ";", ":", "،", "、", "，", "；", "：", "–", "—", ".", "!", "?", "…", "。", "！", "？")
# Words that belong to what follows them: a line or a cue does not end with one. English and German,
# the articles and prepositions that are said most.
_CLINGING = (
    "a an the and or but of to in on at by for from with as is are was were be been has have had will would can "
    "could that which who if than not no very my your his her its our their this these those into over under "
    "der die das den dem des ein eine einen einem einer und oder aber von zu im in am an auf mit für bei aus nach "
    "über unter vor dass wenn nicht kein keine sehr mein dein sein ihr unser ist sind war hat haben wird kann"
)
_CLINGS = frozenset(_CLINGING.split())
_LONG_GAP_MS = 1_500  # nothing is said for so long: another cue
_BREAK_COST = 10.0  # of one cue more, against the roughness of where it is broken
_ROUGH_COST = 6.0  # of breaking where no clause ends
_CLING_COST = 24.0  # and of tearing a word from the one it belongs to
_LONELY_COST = 24.0  # of a single word in a cue of its own


@dataclass(frozen=True)
class Cue:
    """Shown from `start_ms` to `end_ms`. `words` are what it says, `lines` how it is set.

    `spaced` is False in languages that are written without spaces.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    words: tuple[Word, ...]
    spaced: bool = True


def cues(words: Sequence[Word], sentences: Sequence[Sentence], language: str = "en") -> tuple[Cue, ...]:
    """All words as cues, in order, none before the one before it has gone.

    `sentences` as made from these words; `language` ISO 639-1.
    """
    spaced = language not in UNSPACED
    found = [
        _cue(group, spaced)
        for sentence in _by_sentence(words, sentences)
        for group in _broken([piece for word in sentence for piece in _short(word)], spaced)
    ]
    return tuple(_held(found))


def webvtt(parts: Sequence[tuple[Sequence[Cue], Span]], *, hls: bool = False) -> str:
    """A WebVTT file in clip time: part after part, each with its recording's cues and its span.

    For a whole recording give one part that spans it; clip time is then recording time. `hls` adds
    the header that ties time 0 to time stamp 0 of the media, which segments of a playlist need.
    """
    blocks = ["WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000" if hls else "WEBVTT"]
    for start, end, lines in _in_clip_time(parts):
        text = "\n".join(_escaped(line) for line in lines)
        blocks.append(f"{_clock(start)} --> {_clock(end)}\n{text}")
    return "\n\n".join(blocks) + "\n"


def srt(parts: Sequence[tuple[Sequence[Cue], Span]]) -> str:
    """The same as a SubRip file, which is numbered and knows no markup that every player would take."""
    return "\n".join(
        f"{number}\n{_clock(start)} --> {_clock(end)}\n".replace(".", ",")
        + "\n".join(line.replace("-->", "→").strip() or "\N{NO-BREAK SPACE}" for line in lines)
        + "\n"
        for number, (start, end, lines) in enumerate(_in_clip_time(parts), 1)
    )


def _in_clip_time(parts: Sequence[tuple[Sequence[Cue], Span]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, end, lines) of each cue."""
    before = 0
    for part, span in parts:
        for cue in within(part, span):
            yield before + cue.start_ms - span.start_ms, before + cue.end_ms - span.start_ms, cue.lines
        before += span.length_ms


def within(cues: Iterable[Cue], span: Span) -> tuple[Cue, ...]:
    """The cues of a span, in recording time, each with the words that are said in it and no others."""
    found = []
    for cue in cues:
        words = tuple(w for w in cue.words if span.covers(w.middle_ms))
        if not words:
            continue
        whole = cue if words == cue.words else _cue(words, cue.spaced)
        start = max(span.start_ms, cue.start_ms if words[0] is cue.words[0] else whole.start_ms)
        end = min(span.end_ms, cue.end_ms if words[-1] is cue.words[-1] else whole.end_ms)
        if end > start:
            found.append(replace(whole, start_ms=start, end_ms=end))
    return tuple(found)


def _by_sentence(words: Sequence[Word], sentences: Sequence[Sentence]) -> list[list[Word]]:
    """The words of each sentence: those that start before the next sentence does."""
    groups: list[list[Word]] = [[] for _ in range(max(1, len(sentences)))]
    at = 0
    for word in words:
        while at + 1 < len(sentences) and word.start_ms >= sentences[at + 1].start_ms:
            at += 1
        groups[at].append(word)
    return [group for group in groups if group]


def _short(word: Word) -> list[Word]:
    """A word too long for a line (an address, say), in pieces that fit, its time shared among them."""
    chunks = _chunks(" ".join(word.text.split()))
    step = (word.end_ms - word.start_ms) / len(chunks)
    times = [word.start_ms + round(i * step) for i in range(len(chunks) + 1)]
    return [Word(text, times[i], times[i + 1], word.probability) for i, text in enumerate(chunks)]


def _chunks(text: str) -> list[str]:
    found, line = [], ""
    for character in text:
        if line and _width(line + character) > MOST_COLUMNS:
            found.append(line)
            line = ""
        line += character
    return [*found, line]


def _broken(words: Sequence[Word], spaced: bool) -> list[tuple[Word, ...]]:
    """A sentence's words in cues: the cheapest of all ways that fit (dynamic programming)."""
    columns = _columns(words, spaced)
    rough = [_roughness(words, at) for at in range(len(words))]
    cheapest = [0.0]
    came_from = [0]
    for end in range(1, len(words) + 1):
        best, best_start = float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            long = words[end - 1].end_ms - words[start].start_ms > MOST_MS
            set_in = _best_setting(columns, rough, start, end, spaced)
            if set_in is None or (long and end - start > 1):
                break
            # A word or two of a longer sentence should not stand in a cue of their own.
            lonely = 0.0 if end - start == len(words) else _LONELY_COST / (end - start)
            cost = cheapest[start] + _BREAK_COST + set_in[0] + lonely + (rough[end] if end < len(words) else 0.0)
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


def _columns(words: Sequence[Word], spaced: bool) -> list[int]:
    """The columns before each word, were they all in one line, and a space after the last."""
    return list(accumulate((_width(w.text) + spaced for w in words), initial=0))


def _best_setting(
    columns: Sequence[int], rough: Sequence[float], start: int, end: int, spaced: bool
) -> tuple[float, int] | None:
    """(cost, the word that begins the second line or `end`) of the words [start, end); None: they do not fit."""
    line = MOST_COLUMNS + spaced
    if columns[end] - columns[start] <= line:
        return 0.0, end
    first = bisect_left(columns, columns[end] - line, start + 1, end)  # the second line fits from here on
    last = bisect_right(columns, columns[start] + line, start + 1, end) - 1  # and the first one up to here
    options = []
    for at in range(first, last + 1):
        upper, lower = columns[at] - columns[start], columns[end] - columns[at]
        # Balanced; at a clause; rather a longer lower line, which hides less of the picture.
        options.append((abs(upper - lower) / 2 + rough[at] + (upper > lower), at))
    return min(options, default=None)


def _roughness(words: Sequence[Word], at: int) -> float:
    """What it costs to break before word `at`."""
    if at == 0:
        return 0.0
    before = words[at - 1].text
    gap = words[at].start_ms - words[at - 1].end_ms
    if gap >= _LONG_GAP_MS:
        return -2 * _BREAK_COST
    cost = 0.0 if before.endswith(_CLAUSE) else _ROUGH_COST
    if before.lower() in _CLINGS:
        cost += _CLING_COST
    return cost - min(gap, 500) / 100


def _cue(words: Sequence[Word], spaced: bool) -> Cue:
    join = (" " if spaced else "").join
    rough = [_roughness(words, at) for at in range(len(words))]
    set_in = _best_setting(_columns(words, spaced), rough, 0, len(words), spaced)
    assert set_in, "a cue holds no more than two lines"
    text = [w.text for w in words]
    parts = (text[: set_in[1]], text[set_in[1] :])
    lines = tuple(join(part) for part in parts if part)
    return Cue(words[0].start_ms, max(w.end_ms for w in words), lines, tuple(words), spaced)


def _held(found: Sequence[Cue]) -> Iterable[Cue]:
    """Cues held long enough to be read where there is room, none shown together with the next."""
    at = 0
    for i, cue in enumerate(found):
        start = max(at, cue.start_ms)
        room = found[i + 1].start_ms if i + 1 < len(found) else None
        wanted = max(cue.end_ms + LINGER_MS, start + LEAST_MS) if room is None else max(cue.end_ms, start + LEAST_MS)
        end = wanted if room is None else min(max(wanted, start + 1), max(room, start + 1))
        if room is not None and 0 < room - end <= JOIN_MS:
            end = room
        end = max(start + 1, min(end, start + MOST_MS))
        yield replace(cue, start_ms=start, end_ms=end)
        at = end


def _width(text: str) -> int:
    """Columns: an East Asian wide character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _escaped(line: str) -> str:
    """Text as WebVTT takes it. With > escaped no line can hold the arrow that begins a cue."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") or "&nbsp;"


def _clock(ms: int) -> str:
    minutes, ms = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"
