"""Words and sentences -> caption cues -> WebVTT, SubRip.

A cue is what is shown at once. What it may be: caption_rules.py; where it is broken: caption_breaks.py. Nobody is made
to speak slower: what is said faster than it can be read is shown for as long as there is room.

A clip shows only what is said in its parts, to the word: whoever may see a clip has no right to the sentence around it.
A word belongs to the span that its middle lies in. What a caption track shows of a clip: domain/track.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

from domain.span import Span
from domain.transcript import Sentence, Word
from transcribe.caption_breaks import Script, fitting, in_cues, in_lines, reading_ms, width
from transcribe.caption_rules import GAP_MS, HANGS_MS, JOIN_MS, LEAST_MS, MOST_MS

LINGER_MS = 1_000  # a cue stays so long after its last word when nothing follows


class Captioned(Protocol):
    """What is shown from `start_ms` to `end_ms`; `within`: what of it may be shown of a span, if any."""

    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...
    @property
    def lines(self) -> tuple[str, ...]: ...

    def within(self, span: Span) -> Self | None: ...


Part = tuple[Sequence[Captioned], Span]
"""What is to be read of a recording, and the span of it that is shown."""

Note = tuple[Span, str]
"""What is written beside what is said, and when, in clip time."""

_C = TypeVar("_C", bound=Captioned)


@dataclass(frozen=True)
class Cue:
    """`words` are what it says, `lines` how it is set in their `language` (ISO 639-1)."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    words: tuple[Word, ...]
    language: str = "en"

    def within(self, span: Span) -> "Cue | None":
        """With the words that are said in the span, and no others."""
        words = tuple(word for word in self.words if span.covers(word.middle_ms))
        if not words:
            return None
        whole = self if words == self.words else _cue(words, self.language)
        start = max(span.start_ms, self.start_ms if words[0] is self.words[0] else whole.start_ms)
        end = self.end_ms if words[-1] is self.words[-1] else max(whole.end_ms + LINGER_MS, start + LEAST_MS)
        end = min(span.end_ms, end)
        return replace(whole, start_ms=start, end_ms=end) if end > start else None


def cues(words: Sequence[Word], sentences: Sequence[Sentence], language: str = "en") -> tuple[Cue, ...]:
    """All words as cues, in order, none before the one before it has gone.

    `sentences` as made from these words; `language` ISO 639-1.
    """
    pieces: list[Word] = []
    begins = set()
    for sentence in by_sentence(words, sentences):
        begins.add(len(pieces))
        pieces += [piece for word in sentence for piece in fitting(word)]
    found = [_cue(group, language) for group in in_cues(Script.of(pieces, language, begins))]
    return tuple(_held(found))


def within(cues: Iterable[_C], span: Span) -> tuple[_C, ...]:
    """What of these may be shown of a span, in recording time."""
    found = (cue.within(span) for cue in cues)
    return tuple(cue for cue in found if cue is not None)


def webvtt(parts: Sequence[Part], *, hls: bool = False, notes: Sequence[Note] = ()) -> str:
    """A WebVTT file in clip time: part after part, each with its recording's cues and its span.

    For a whole recording give one part that spans it; clip time is then recording time. `hls` adds
    the header that ties time 0 to time stamp 0 of the media, which segments of a playlist need.
    """
    blocks = ["WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000" if hls else "WEBVTT"]
    for start, end, lines in _in_order(parts, notes):
        text = "\n".join(_escaped(line) for line in lines)
        blocks.append(f"{_clock(start)} --> {_clock(end)}\n{text}")
    return "\n\n".join(blocks) + "\n"


def srt(parts: Sequence[Part], *, notes: Sequence[Note] = ()) -> str:
    """The same as a SubRip file, which is numbered and knows no markup that every player would take."""
    return "\n".join(
        f"{number}\n{_clock(start)} --> {_clock(end)}\n".replace(".", ",")
        + "\n".join(line.replace("-->", "→").strip() or "\N{NO-BREAK SPACE}" for line in lines)
        + "\n"
        for number, (start, end, lines) in enumerate(_in_order(parts, notes), 1)
    )


def _in_order(parts: Sequence[Part], notes: Sequence[Note]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Cues and notes by when they begin; a note is shown with the cues of its time."""
    noted = [(span.start_ms, span.end_ms, (words,)) for span, words in notes]
    return sorted([*noted, *_in_clip_time(parts)], key=lambda each: each[0])


def _in_clip_time(parts: Sequence[Part]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, end, lines) of each cue."""
    before = 0
    for part, span in parts:
        for cue in within(part, span):
            yield before + cue.start_ms - span.start_ms, before + cue.end_ms - span.start_ms, cue.lines
        before += span.length_ms


def by_sentence(words: Sequence[Word], sentences: Sequence[Sentence]) -> list[list[Word]]:
    """The words of each sentence: those that start before the next sentence does."""
    groups: list[list[Word]] = [[] for _ in range(max(1, len(sentences)))]
    at = 0
    for word in words:
        while at + 1 < len(sentences) and word.start_ms >= sentences[at + 1].start_ms:
            at += 1
        groups[at].append(word)
    return [group for group in groups if group]


def _cue(words: Sequence[Word], language: str) -> Cue:
    lines = in_lines(Script.of(words, language))
    return Cue(words[0].start_ms, max(word.end_ms for word in words), lines, tuple(words), language)


def _held(found: Sequence[Cue]) -> Iterable[Cue]:
    """Cues held long enough to be read where there is room, none shown together with the next."""
    at = 0
    for i, cue in enumerate(found):
        start = max(at, cue.start_ms)
        read = start + reading_ms(sum(map(width, cue.lines)))
        end = max(cue.end_ms + LINGER_MS, min(read, cue.end_ms + HANGS_MS), start + LEAST_MS)
        if i + 1 < len(found):
            following = max(found[i + 1].start_ms, start + 1)
            if following - end < JOIN_MS:
                end = max(following - GAP_MS, start + 1)
        end = min(end, start + MOST_MS)
        yield replace(cue, start_ms=start, end_ms=end)
        at = end


def _escaped(line: str) -> str:
    """Text as WebVTT takes it. With > escaped no line can hold the arrow that begins a cue."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") or "&nbsp;"


def _clock(ms: int) -> str:
    minutes, ms = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"
