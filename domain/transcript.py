"""What was said, and when nothing was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.span import Span


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


def said_in(words: Iterable[Word], span: Span) -> str:
    """The words whose middle lies in a span, as text."""
    return " ".join(w.text for w in words if span.covers(w.middle_ms))


def until_next(sentences: Sequence[Sentence], end_ms: int) -> Iterator[tuple[Sentence, int]]:
    """Each sentence with where it gives way: the beginning of the next one, `end_ms` for the last."""
    return zip(sentences, [*(sentence.start_ms for sentence in sentences[1:]), end_ms], strict=False)
