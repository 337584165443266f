"""The port of the speech engines, and which of them answers to a name.

An engine hears speech in one language and says which words were said when. Both of ours are Whisper;
what they share (only speech is heard, in half minutes; words are placed in recording time; words that
were not said are dropped) is here and in windows.py, so that they differ in nothing but the decoder.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.errors import Misconfigured
from domain.glossary import Term, letters
from domain.languages import HEARD
from domain.track import ENGLISH
from domain.transcript import UNSPACED, Pause, Word
from transcribe.pauses import find_pauses
from transcribe.windows import Window, windows

BASE = "base"  # the model that comes with the product
UNKNOWN_LANGUAGE = "und"  # BCP 47: nobody spoke, so it was not heard
DEFAULT_CACHE = Path.home() / ".cache" / "passiton"

Progress = Callable[[float], None]  # told how much has been done, 0 to 1, rising


@dataclass(frozen=True)
class Heard:
    """What an engine understood. `language`: ISO 639-1, or "und" when nobody spoke. `certainty`: 0 to 1, of that
    language; 1 where it was told.
    """

    language: str
    words: tuple[Word, ...]
    certainty: float = 1.0


class Engine(Protocol):
    """Turns sound into words.

    The caller hands over 16 kHz mono sound, at best a few minutes of it, and its pauses if it knows
    them (else they are looked for). The engine promises words in order, in whole milliseconds from
    the first sample, none of them in silence, and no word at all where nobody speaks. `language` is
    an ISO 639-1 code, or None to find out from the first half minute of speech; an engine raises
    Invalid (`unknown_language`) for one it does not know. `terms` are words that may be said, the
    likeliest first, and how they are written. The same sound gives the same words.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def transcribe(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        terms: Sequence[Term] = (),
        progress: Progress = ...,
    ) -> Heard: ...

    def translate(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        progress: Progress = ...,
    ) -> Heard:
        """As `transcribe`, but the words are English; `Heard.language` is what was spoken. When a word is said is
        only roughly known, since its sentence was built otherwise. Raises Misconfigured (`cannot_translate`) where
        the model was not made for it.
        """
        ...


def engine(name: str, model: str = BASE, *, threads: int = 1, cache: Path = DEFAULT_CACHE) -> Engine:
    """The engine of that name, its model loaded: half a second to a few seconds.

    `model` is "base", which comes with the product, the path of a model, or the name of one that has
    been fetched before. `cache` is where the base model is put together once. Raises Misconfigured,
    saying what to install or set; never downloads.
    """
    if name == "faster-whisper":
        from transcribe.faster_whisper import FasterWhisper

        return FasterWhisper(model, threads=threads, cache=cache)
    if name == "openai-whisper":
        from transcribe.openai_whisper import OpenAIWhisper

        return OpenAIWhisper(model, threads=threads, cache=cache)
    raise Misconfigured(
        f"There is no speech engine called {name!r}. Set PASSITON_WHISPER_ENGINE to faster-whisper or openai-whisper.",
        code="unknown_engine",
    )


@dataclass(frozen=True)
class Decoded:
    """What a decoder made of one window, in the window's own time, with its own doubts.

    `logprob` is the mean log-probability of its tokens, `no_speech` the probability it gave to there
    being no speech at all.
    """

    words: tuple[Word, ...]
    logprob: float
    no_speech: float

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def loops(self) -> bool:
        """Whether it says the same again and again: text that shrinks to less than 1/2.4 by deflate."""
        text = self.text.encode()
        return len(text) > _COMPRESSION * len(zlib.compress(text))

    @property
    def unsure(self) -> bool:
        return self.logprob < _LOGPROB

    def echoes(self, told: str) -> bool:
        """Whether it says what the engine was told before it listened, and nothing else."""
        return len(self.words) > _FEW and letters(self.text) in letters(told)


def hears(model: str, language: str) -> bool:
    """Whether a model, by its name, knows a language: English-only ones no other, none before large-v3 Cantonese."""
    if model.lower().endswith(_ENGLISH_ONLY):
        return language == ENGLISH
    return language in HEARD and not (language == "yue" and model.lower() in _WITHOUT_CANTONESE)


def demand_translates(model: str, *, encoder_layers: int = 0, decoder_layers: int = 0) -> None:
    """Whether a model, by its name and the layers it has, was made to translate. Raises Misconfigured.

    Turbo and distilled models were trained on, or cut down with, transcription alone: asked to translate, they write
    down what was said in the language it was said in. They are known by their decoder, which is far smaller than their
    encoder: 4 or 2 layers to 32, where every other Whisper has as many in both. English-only models know nothing else.
    """
    name = model.lower()
    cut_down = decoder_layers < encoder_layers or any(word in name for word in ("turbo", "distil"))
    if cut_down or name.endswith(_ENGLISH_ONLY):
        raise Misconfigured(
            f"The speech model {Path(model).name} cannot translate: turbo, distilled and English-only models were not"
            " made for it. Set PASSITON_WHISPER_MODEL to base, small, medium or large-v3.",
            code="cannot_translate",
        )


_ENGLISH_ONLY = (".en", "-en")
_WITHOUT_CANTONESE = {"tiny", "base", "small", "medium", "large-v1", "large-v2"}

# The thresholds of Whisper's own decoder (Radford et al. 2022, section 4.5).
_COMPRESSION = 2.4
_LOGPROB = -1.0
_NO_SPEECH = 0.6

_FEW = 2  # words: so many terms in a row somebody may say

# Nobody says more than this in a second of speech; more was invented. Auctioneers reach 7 words.
_MOST_WORDS_PER_S = 12


def spoken_windows(samples: NDArray[np.float32], pauses: Sequence[Pause] | None) -> tuple[Window, ...]:
    return windows(samples, find_pauses(samples) if pauses is None else pauses)


def believable(decoded: Decoded, window: Window) -> bool:
    """Whether what was decoded was said: not for breath, noise or music that passed for speech."""
    silent = decoded.no_speech > _NO_SPEECH and decoded.unsure
    crowded = len(decoded.words) > _MOST_WORDS_PER_S * (window.spoken_ms / 1000 + 0.5)
    return not silent and not crowded


def whole_words(pieces: Sequence[Word], language: str) -> tuple[Word, ...]:
    """Whisper's own words, as ours: what it wrote without a space before it belongs to the word before.

    Whisper parts "3.5" into " 3" and ".5", "50%" into " 50" and "%"; between two sentences it leaves the space out
    now and then ("States.To"). In languages written without spaces every piece stays a word. Empty pieces are dropped.
    """
    found: list[Word] = []
    for piece in pieces:
        if not piece.text.strip():
            continue
        if language in UNSPACED:
            found.append(_timed(piece, piece.text.strip(), piece.start_ms, piece.end_ms))
            continue
        glued = bool(found) and not piece.text.startswith(" ")
        first, *others = _by_sentence(found[-1].text if glued else "", piece)
        if not glued:
            found.append(first)
        elif first.text:
            before = found[-1]
            probability = min(before.probability, piece.probability)
            found[-1] = Word(before.text + first.text, before.start_ms, max(before.end_ms, first.end_ms), probability)
        found += others
    return tuple(found)


# Two letters, what ends a sentence, and a letter.
_RUN_ON = re.compile(r"(?<=[^\W\d_]{2})[.!?…]+[\"'”’»«)]*(?=[^\W\d_])")


def _by_sentence(before: str, piece: Word) -> list[Word]:
    """A piece, parted where a sentence begins in it without a space; `before`: what it goes on from. The first may be
    empty.
    """
    text = piece.text.strip()
    whole = before + text
    at = [end.end() - len(before) for end in _RUN_ON.finditer(whole) if _begins(whole, end)]
    texts = [text[start:end] for start, end in pairwise([0, *(cut for cut in at if cut >= 0), len(text)])]
    letters_each = [sum(map(str.isalnum, each)) for each in texts]
    ms_each = (piece.end_ms - piece.start_ms) / max(1, sum(letters_each))
    ends = [piece.start_ms + round(ms_each * heard) for heard in accumulate(letters_each)]
    starts = [piece.start_ms, *ends[:-1]]
    return [_timed(piece, *each) for each in zip(texts, starts, [*ends[:-1], piece.end_ms], strict=True)]


def _begins(whole: str, end: re.Match[str]) -> bool:
    """Whether a sentence begins there: not in "Ph.D", "ASP.NET", "Console.WriteLine"."""
    word = re.match(r"[^\W\d_]+", whole[end.end() :])
    assert word, "a letter follows"
    lone = len(word[0]) == 1 and re.search(r"[^\W\d_]{3}\Z", whole[: end.start()]) is None
    name = any(map(str.isupper, word[0][1:]))
    return whole[end.start() - 1].islower() and word[0][0].isupper() and not lone and not name


def _timed(piece: Word, text: str, start_ms: int, end_ms: int) -> Word:
    return Word(text, start_ms, max(start_ms, end_ms), piece.probability)


def ignore(_: float) -> None:
    """For callers who do not want to know how far it is."""
