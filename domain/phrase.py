"""A word or a few, wherever they are said: found as whole words, and replaced in each place as it is written there."""

import re
from collections.abc import Sequence

from domain.correction import Asked
from domain.errors import Invalid
from domain.transcript import UNSPACED, Transcript, parted, sentence_starts

MAX_PHRASE = 200  # characters

_GENITIVE = re.compile(r"(?<=.)['’][sS]$")


def checked_phrase(typed: str) -> str:
    """Raises Invalid (`bad_phrase`)."""
    if not typed.strip() or len(typed) > MAX_PHRASE:
        raise Invalid(f"Say which words are meant, in 1 to {MAX_PHRASE} characters.", code="bad_phrase")
    return typed


def places(transcript: Transcript, phrase: str) -> tuple[tuple[int, int], ...]:
    """(first, count) of the words that say it, in order, none of them twice: inside of one sentence, in any case."""
    meant = _pieces(phrase, transcript.language)
    starts = sentence_starts(transcript)
    said = [_core(word.text) for word in transcript.words]
    found: list[tuple[int, int]] = []
    at = 0
    while meant and at + len(meant) <= len(said):
        if said[at : at + len(meant)] == meant and not any(i in starts for i in range(at + 1, at + len(meant))):
            found.append((at, len(meant)))
            at += len(meant)
        else:
            at += 1
    return tuple(found)


def everywhere(transcript: Transcript, phrase: str, instead: str) -> tuple[Asked, ...]:
    """What it takes to say `instead` wherever the phrase is said, with the marks around it, and in capitals where it
    stands in capitals.
    """
    return tuple(
        Asked(first, count, _as_there([word.text for word in transcript.words[first : first + count]], phrase, instead))
        for first, count in places(transcript, phrase)
    )


def _pieces(phrase: str, language: str) -> list[str]:
    words = [*phrase] if language in UNSPACED else phrase.split()
    return [_core(word) for word in words if word.strip()]


def _core(text: str) -> str:
    return _around(text)[1].casefold()


def _around(text: str) -> tuple[str, str, str]:
    """(marks before, the word, a genitive and marks behind)."""
    before, word, after = parted(text)
    bare = _GENITIVE.sub("", word)
    return before, bare, word[len(bare) :] + after


def _as_there(there: Sequence[str], phrase: str, instead: str) -> str:
    before, first, _ = _around(there[0])
    after, instead = _around(there[-1])[2], instead.strip()
    if len(first) > 1 and all(_around(text)[1].isupper() for text in there) and not phrase.isupper():
        instead = instead.upper()
    elif first[:1].isupper() and phrase.lstrip()[:1].islower():
        instead = instead[:1].upper() + instead[1:]
    return before + instead + after if instead else ""
