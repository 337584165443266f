"""How far apart two texts are, in their letters and in how they roughly sound.

Both are Levenshtein's distance over the length of the longer, and what counts is their mean. Sounds are
those of English and its neighbours: a sign for each kind of consonant, of vowels only that a word begins
with one, after the habit of phonetic codes (Soundex, 1918; Metaphone, Philips 1990).
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from domain.glossary import letters

# How the letters of a code are called.
_NAMES = {
    "a": "ei", "b": "bi", "c": "si", "d": "di", "e": "i", "f": "ef", "g": "dji", "h": "eitsh", "i": "ai", "j": "djei",
    "k": "kei", "l": "el", "m": "em", "n": "en", "o": "ou", "p": "pi", "q": "kju", "r": "ar", "s": "es", "t": "ti",
    "u": "ju", "v": "vi", "w": "dablju", "x": "eks", "y": "uai", "z": "zed",
}  # fmt: skip
_CODE = re.compile(r"(?<![^\W\d_])(?:[A-Z]{1,3}|[B-DF-HJ-NP-TV-Z]{4,})(?![^\W\d_])")

# What is written in several ways and sounds alike, from the longest to the shortest.
_ALIKE = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"tsch|tch|sch|sh|ch|cz|tion|sion", "S"), (r"ph", "f"),
        (r"th", "t"), (r"gh(?![aeiouy])", ""), (r"dg(?=[eiy])|dj", "j"), (r"ck|cq|q", "k"), (r"c(?=[eiy])", "s"),
        (r"g(?=[eiy])", "j"), (r"c", "k"), (r"x", "ks"), (r"ts|z", "s"), (r"v|w", "f"), (r"d", "t"), (r"b", "p"),
        (r"g", "k"), (r"(?<!^)h", ""), (r"^[aeiouy]+", "A"), (r"[aeiouy]+", ""), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """Some text, as it is compared."""

    text: str

    @cached_property
    def letters(self) -> str:
        return letters(self.text)

    @cached_property
    def digits(self) -> str:
        return "".join(c for c in self.letters if c.isdigit())

    @cached_property
    def sounds(self) -> str:
        return _sounds(self.text)

    @cached_property
    def signs(self) -> tuple[int, int]:
        """Which letters and which sounds there are, as bits."""
        return _bits(self.letters), _bits(self.sounds)


def apart(a: Said, b: Said, limit: float) -> float | None:
    """0 for the same, 1 for nothing in common; None when it is not under `limit`, or numbers disagree."""
    if a.digits != b.digits:
        return None
    lengths = max(len(a.letters), len(b.letters), 1), max(len(a.sounds), len(b.sounds), 1)
    # A letter that only one of them has is an edit: most pairs need no closer look.
    least = sum(_only(x, y) / length for x, y, length in zip(a.signs, b.signs, lengths, strict=True)) / 2
    if least >= limit:
        return None
    off = (_edits(a.letters, b.letters) / lengths[0] + _edits(a.sounds, b.sounds) / lengths[1]) / 2
    return off if off < limit else None


def _only(x: int, y: int) -> int:
    return max((x & ~y).bit_count(), (y & ~x).bit_count())


def _bits(text: str) -> int:
    bits = 0
    for c in text:
        bits |= 1 << (ord(c) & 63)
    return bits


@cache
def _sounds(text: str) -> str:
    said = letters(_CODE.sub(lambda code: "".join(_NAMES[c.lower()] for c in code.group()), text))
    for pattern, sound in _ALIKE:
        said = pattern.sub(sound, said)
    return said


def _edits(a: str, b: str) -> int:
    """Levenshtein's distance: letters put in, left out, or changed."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
