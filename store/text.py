"""Strangers' text as Postgres can keep it."""

import unicodedata

# What turns the direction of all text after it, across the end of a name: "tip\u202egpj.exe" reads as "tipexe.jpg".
# Right-to-left names need none of it; the marks beside single letters (U+200E, U+200F) stay.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = "".join(chr(n) for n in range(0xA0) if unicodedata.category(chr(n)) == "Cc" and not chr(n).isspace())
_UNSEEN = str.maketrans("", "", _TURNS + _CONTROLS)


def clean(text: str) -> str:
    """Without NUL, which Postgres refuses, and without lone surrogates, which are no characters.

    Both arrive in JSON as escapes (backslash u0000, backslash ud800).
    """
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def one_line(text: str) -> str:
    """Names, titles, tags: cleaned, trimmed, every run of white space a single space, nothing that is not seen."""
    return " ".join(clean(text).translate(_UNSEEN).split())
