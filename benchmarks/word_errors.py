"""Word error rate: (substitutions + deletions + insertions) / words that were said (Levenshtein over words).

Both sides are written alike before: small letters, no punctuation but apostrophes inside words, hyphens as
spaces, numbers up to a hundred and their compounds as digits.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jiwer
import numpy as np

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_HUNDRED = re.compile(r"\b(\d) hundred(?: and)?(?: (\d{1,2}))?\b")
_BOTH = re.compile(r"\b([2-9]0) ([1-9])\b")


def plain(text: str) -> str:
    """How both sides are written before they are compared."""
    kept = re.sub(r"[^\w']+", " ", text.lower().replace("’", "'").replace("_", " "))
    said = " ".join(str(_NUMBERS.get(word, word)) for word in kept.split())
    said = _BOTH.sub(lambda both: str(int(both[1]) + int(both[2])), said)
    return _HUNDRED.sub(lambda found: str(int(found[1]) * 100 + int(found[2] or 0)), said)


@dataclass(frozen=True)
class Errors:
    wrong: int
    words: int

    @property
    def rate(self) -> float:
        return 100 * self.wrong / self.words


def errors(said: str, heard: str) -> Errors:
    found = jiwer.process_words(plain(said), plain(heard))
    return Errors(found.substitutions + found.deletions + found.insertions, len(plain(said).split()))


def total(each: Iterable[Errors]) -> Errors:
    """Of all of them together: every word weighs the same."""
    found = list(each)
    return Errors(sum(e.wrong for e in found), sum(e.words for e in found))


def difference(ours: Sequence[Errors], theirs: Sequence[Errors], draws: int = 10_000) -> tuple[float, float]:
    """The 95 % interval of the difference of two rates on the same sounds, in percentage points.

    By paired bootstrap over sounds (Bisani and Ney 2004); a fixed seed.
    """
    wrong = np.array([a.wrong - b.wrong for a, b in zip(ours, theirs, strict=True)])
    words = np.array([a.words for a in ours])
    drawn = np.random.default_rng(0).integers(0, len(wrong), (draws, len(wrong)))
    low, high = np.percentile(100 * wrong[drawn].sum(axis=1) / words[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def own_words(terms: Iterable[str], said: str, heard: str) -> tuple[int, int, int]:
    """(said, missed, invented) of terms, written as they have to be but for capitals."""
    counts = [(_count(term, said), _count(term, heard)) for term in terms]
    missed = sum(max(0, a - b) for a, b in counts)
    return sum(a for a, _ in counts), missed, sum(max(0, b - a) for a, b in counts)


def _count(term: str, text: str) -> int:
    return len(re.findall(rf"(?<![\w-]){re.escape(term.lower())}(?![\w])", text.lower().replace("’", "'")))
