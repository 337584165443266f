"""Strangers' text as Postgres can keep it, and as it does nobody any harm who reads it."""

import re
import unicodedata

# What turns the direction of all text after it, across the end of a name: "tip\u202egpj.exe" reads as "tipexe.jpg".
# Right-to-left names need none of it; the marks beside single letters (U+200E, U+200F) stay.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = "".join(chr(n) for n in range(0xA0) if unicodedata.category(chr(n)) == "Cc" and not chr(n).isspace())
# What has no width at all: two names that read the same, a word that no search finds, a message inside a message.
# Zero-width space and no-break space, invisible operators, Mongolian vowel separator, soft hyphen, interlinear
# annotations, fillers that count as letters, and the tag characters that spell a second text.
_OPERATORS = "".join(map(chr, (*range(0x2060, 0x2065), *range(0x206A, 0x2070))))
_NO_WIDTH = "\u200b\ufeff\u180e\u00ad\ufff9\ufffa\ufffb" + _OPERATORS
_FILLERS = "\u115f\u1160\u3164\uffa0"
_TAGS = "".join(map(chr, range(0xE0000, 0xE0080)))
_UNSEEN = str.maketrans("", "", _TURNS + _CONTROLS + _NO_WIDTH + _FILLERS + _TAGS)
# Joiners shape letters of many scripts and make one picture of several; between Latin letters they hide.
_IDLE_JOINERS = re.compile(r"(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_JOINERS = re.compile(r"([\u200c\u200d])[\u200c\u200d]+")
# Marks above marks, over the lines of others: no language needs more than four of these on one letter.
_PILES = re.compile(r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip


def storable(text: str) -> str:
    """Without NUL, which Postgres refuses, and without lone surrogates, which are no characters.

    Both arrive in JSON as escapes (backslash u0000, backslash ud800).
    """
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def clean(text: str) -> str:
    """Storable, and without what is not seen: turns of direction, controls, what has no width, piles of marks."""
    if text.isascii():
        return storable(text).translate(_UNSEEN)
    seen = _JOINERS.sub(r"\1", storable(text).translate(_UNSEEN))
    return _PILES.sub(r"\1", _IDLE_JOINERS.sub("", seen))


def one_line(text: str) -> str:
    """Names, titles, tags: cleaned, trimmed, every run of white space a single space."""
    return " ".join(clean(text).split())
