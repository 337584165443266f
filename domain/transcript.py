"""What was said, and when nothing was."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.span import Span

# Languages written without spaces, which Whisper parts into characters rather than words. ISO 639-1, else 639-3.
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my"})
UNSURE = 0.5  # words with a lower probability are marked for people to look at
_WRITTEN_WITH = "#%&@*/"  # marks that are part of a word: "C#" is not "C"


@dataclass(frozen=True)
class Pause:
    """A stretch without speech, as voice activity found it."""

    start_ms: int
    end_ms: int

    @property
    def middle_ms(self) -> int:
        return (self.start_ms + self.end_ms) // 2


@dataclass(frozen=True)
class Word:
    """`text` without the space before it, with its punctuation; `probability` 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    probability: float

    @property
    def middle_ms(self) -> int:
        return (self.start_ms + self.end_ms) // 2

    def later(self, ms: int) -> "Word":
        """The same word, `ms` milliseconds later."""
        return Word(self.text, self.start_ms + ms, self.end_ms + ms, self.probability)


@dataclass(frozen=True)
class Sentence:
    text: str
    start_ms: int
    end_ms: int

    @property
    def middle_ms(self) -> int:
        return (self.start_ms + self.end_ms) // 2


@dataclass(frozen=True)
class Transcript:
    """One engine's run over a recording: never changed. `language` is an ISO 639-1 code.

    Without speech `words` and `sentences` are empty.
    """

    language: str
    engine: str
    model: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]


def words_in(words: Iterable[Word], span: Span) -> tuple[Word, ...]:
    """The words that are said in a span: those whose middle lies in it, for engines are 0.2 s wrong about ends."""
    start, end = span.start_ms, span.end_ms
    return tuple(w for w in words if start <= (w.start_ms + w.end_ms) // 2 < end)  # written out: an hour has 9000


def joined(words: Iterable[str], language: str) -> str:
    """Words as text: with spaces, except in languages that are written without."""
    return ("" if language in UNSPACED else " ").join(words)


def said_in(words: Iterable[Word], span: Span, language: str) -> str:
    """What is said in a span, as text."""
    return joined((w.text for w in words_in(words, span)), language)


def until_next(sentences: Sequence[Sentence], end_ms: int) -> Iterator[tuple[Sentence, int]]:
    """Each sentence with where it gives way: the beginning of the next one, `end_ms` for the last."""
    return zip(sentences, [*(sentence.start_ms for sentence in sentences[1:]), end_ms], strict=False)


def parted(text: str) -> tuple[str, str, str]:
    """(marks before, the word, marks behind). What is nothing but marks is a word."""
    inside = [at for at, character in enumerate(text) if not _is_mark(character)]
    return (text[: inside[0]], text[inside[0] : inside[-1] + 1], text[inside[-1] + 1 :]) if inside else ("", text, "")


def core(text: str) -> str:
    """A word as it is compared: without the marks around it, in any case."""
    return parted(text)[1].casefold()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "P" and character not in _WRITTEN_WITH


def sentence_starts(transcript: Transcript) -> dict[int, int]:
    """Numbers of the words that begin a sentence, each with its sentence's: a word is of the last that has begun."""
    found: dict[int, int] = {}
    number = 0
    for at, word in enumerate(transcript.words):
        before = number
        while number + 1 < len(transcript.sentences) and transcript.sentences[number + 1].start_ms <= word.start_ms:
            number += 1
        if number != before or at == 0:
            found[at] = number
    return found
