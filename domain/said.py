"""What a comment's text points at: colleagues (@login) and times of the clip (1:23). Pure."""

import re

MAX_TIMES = 50  # of one text that lead somewhere

# Not in the middle of a word: ada@example.com names nobody. A login as domain/person.py lets it be; the full stop that
# ends a sentence is not part of it.
MENTION = r"(?<![\w@.+-])@(?P<login>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9_-])?)"
TIME = r"(?<![\w:.,/-])(?P<time>(?:\d{1,2}:)?[0-5]?\d:[0-5]\d)(?![\w:])"
_MENTION, _TIME = re.compile(MENTION), re.compile(TIME)


def logins(text: str) -> tuple[str, ...]:
    """Who is named, each once, in lower case, in order."""
    return tuple(dict.fromkeys(found["login"].lower() for found in _MENTION.finditer(text)))


def times(text: str) -> tuple[int, ...]:
    """The times that are written in it, in milliseconds, each once, in order: the first MAX_TIMES."""
    return tuple(dict.fromkeys(milliseconds(found["time"]) for found in _TIME.finditer(text)))[:MAX_TIMES]


def milliseconds(clock: str) -> int:
    """1:23 or 1:02:03."""
    seconds = 0
    for piece in clock.split(":"):
        seconds = seconds * 60 + int(piece)
    return seconds * 1000
