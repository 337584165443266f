"""A word or a few, wherever they are said: found as whole words, and replaced in each place as it is written there."""

import re
from collections.abc import Collection, Iterable, Sequence

from domain.correction import Asked
from domain.errors import Invalid
from domain.transcript import UNSPACED, Transcript, Word, joined, parted, sentence_starts

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


def swaps(before: Transcript, after: Transcript) -> tuple[tuple[str, str], ...]:
    """What is read otherwise: (words, those that stand in their place now), without the marks around them. Where as
    many came as went, it is each for one.
    """
    same = {*before.words} & {*after.words}
    gone, come = _others(before.words, same), _others(after.words, same)
    found: list[tuple[str, str]] = []
    for at, old in gone.items():
        new = come.get(at, [])
        if len(old) != len(new):
            old, new = [joined(old, before.language)], [joined(new, before.language)]
        found += [(_around(was)[1], _around(now)[1]) for was, now in zip(old, new, strict=True)]
    # Marks alone tell nothing of what they stood for, as those for what was muted, unless it was the same everywhere.
    blank = {new for old, new in found if not any(map(str.isalnum, old))}
    known = (each for each in found if len(blank) == 1 or any(map(str.isalnum, each[0])))
    return tuple(dict.fromkeys((old, new) for old, new in known if new and old != new))


def says(text: str, phrase: str, language: str) -> bool:
    return bool(places(_read(text, language), phrase))


def reworded(text: str, swapped: Iterable[tuple[str, str]], language: str) -> str:
    """A title or a tag with other words in the place of these, in capitals or not as they stand in it."""
    for old, new in swapped:
        words = [word.text for word in _read(text, language).words]
        for first, count in reversed(places(_read(text, language), old)):
            there = words[first : first + count]
            low = _around(there[0])[1][:1].islower() and old[:1].isupper()
            words[first : first + count] = [_as_there(there, old, new[:1].lower() + new[1:] if low else new)]
        text = joined(words, language)
    return text


def _others(words: Sequence[Word], same: Collection[Word]) -> dict[Word | None, list[str]]:
    """Those that are not the same, by the one that is before them."""
    found: dict[Word | None, list[str]] = {}
    at = None
    for word in words:
        if word in same:
            at = word
        else:
            found.setdefault(at, []).append(word.text)
    return found


def _read(text: str, language: str) -> Transcript:
    words = [*text] if language in UNSPACED else text.split()
    return Transcript(language, "", "", tuple(Word(each, at, at + 1, 1.0) for at, each in enumerate(words)), ())


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
