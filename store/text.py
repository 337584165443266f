"""Strangers' text as Postgres can keep it."""


def clean(text: str) -> str:
    """Without NUL, which Postgres refuses, and without lone surrogates, which are no characters.

    Both arrive in JSON as escapes (backslash u0000, backslash ud800).
    """
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def one_line(text: str) -> str:
    """Cleaned, trimmed, every run of white space a single space: names, titles, tags."""
    return " ".join(clean(text).split())
