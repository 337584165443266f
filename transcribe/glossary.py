"""A company's own words in what an engine heard: told to it before, and mended in what it wrote.

An engine that has never seen "Loctite" writes "lock tight" or "Octite". Terms are put before what it
decodes (`hint`). Where there are more than it takes, it listens twice, the second time told those that
come nearest to what it wrote (`likeliest`). What it still writes nearly right is mended (`mended`), and
three things keep that from changing what was right: how sure the engine was, whether it wrote everyday
words, and numbers, which have to agree.

A word is an everyday one when it is a single token to the engine: tokens are made of what is frequent
(byte-pair encoding, Sennrich et al. 2016). That is so for English, and for the commonest words of others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from domain.glossary import Term
from domain.transcript import UNSPACED, Word
from transcribe.sounding import Said, apart

Tokens = Callable[[str], int]
"""How many tokens some text is to the engine, a space before it."""

HINT_TOKENS = 200  # of the 223 that Whisper leaves for what came before: about 55 terms

SURE = 0.8  # probability from which an everyday word is what was said
NEAR = 0.2  # how far off what is mended may be where the engine was sure
NEAR_ELSEWHERE = 0.1  # and in languages whose everyday words we do not know: "etiqueta" is no "Etikett"
FAR = 0.3  # and where it was not sure at all
MAYBE = 0.5  # and how far what is worth to be listened for
_SHORTEST = 4  # letters of a term that may be heard nearly so; what is shorter is like too much else
_SPLIT = 2  # words more than a term has, that it may be heard as
_BREATH_MS = 1_000  # a longer silence is in no term

_OPENING = re.compile(r"^\W*")
_CLOSING = re.compile(r"(?:['’]s)?\W*$")
_ENDS = re.compile(r"[.!?…。！？]\W*$")
_SHORTENED = re.compile(r"['’]\w+$")  # "don't", "we're"
_ENDINGS = frozenset({"s", "es", "e", "n", "en", "er", "ed", "ing", "ly"})  # of a term that is bent: "Torxes"


def hint(terms: Sequence[Term], tokens: Tokens, most: int = HINT_TOKENS) -> tuple[str, bool]:
    """What an engine is told, "" for nothing, and whether that is all: the first terms, as `most` tokens hold."""
    told = ""
    for term in terms:
        longer = f"{told[:-1]}, {term.text}." if told else f"Glossary: {term.text}."
        if tokens(longer) > most:
            return told, False
        told = longer
    return told, True


def likeliest(words: Sequence[Word], terms: Sequence[Term], language: str) -> tuple[Term, ...]:
    """The terms that something heard comes near to, the nearest first; then the others, in their order."""
    forms = {term: list(_forms(term)) for term in terms}
    heard = {(run.words, run.said) for run in _runs(words, _longest(forms.values()), language)}

    def off(term: Term) -> float:
        nearest = MAYBE
        for form in forms[term]:
            for count, said in heard:
                if count <= form.most_words and (found := apart(said, form.said, nearest)) is not None:
                    nearest = found
        return nearest

    return tuple(sorted(terms, key=off))


def mended(words: Sequence[Word], terms: Sequence[Term], tokens: Tokens, language: str) -> tuple[Word, ...]:
    """The words, with every near miss of a term as the term is written.

    What becomes a term keeps its place in time, the marks around it and its lowest probability. Of
    terms that are as near the first is taken.
    """
    forms = [form for term in terms for form in _forms(term)]
    misses = sorted(_misses(words, forms, tokens, language), key=lambda miss: (miss.off, miss.end - miss.start))
    taken: set[int] = set()
    instead: dict[int, _Miss] = {}
    for miss in misses:
        if taken.isdisjoint(range(miss.start, miss.end)):
            taken.update(range(miss.start, miss.end))
            instead[miss.start] = miss
    found: list[Word] = []
    at = 0
    while at < len(words):
        if at in instead:
            miss = instead[at]
            found += _as_written(words[at : miss.end], miss.term)
            at = miss.end
        else:
            found.append(words[at])
            at += 1
    return tuple(found)


@dataclass(frozen=True)
class _Form:
    """A way in which a term is heard; `near`: also when it is heard nearly so."""

    term: str
    said: Said
    near: bool

    @property
    def most_words(self) -> int:
        return max(len(self.said.text.split()) + _SPLIT, 0 if self.near else len(self.said.letters))


@dataclass(frozen=True)
class _Run:
    """Words [start, end) that may be one term."""

    start: int
    end: int
    said: Said

    @property
    def words(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class _Miss:
    """Words [start, end) that stand where a term was said. `off`: how far from it, less than 0 for exactly."""

    start: int
    end: int
    term: str
    off: float


def _forms(term: Term) -> Iterator[_Form]:
    yield _Form(term.text, Said(term.text), near=len(term.key) >= _SHORTEST)
    yield from (_Form(term.text, Said(heard), near=False) for heard in term.heard)


def _misses(words: Sequence[Word], forms: Sequence[_Form], tokens: Tokens, language: str) -> Iterator[_Miss]:
    exact = {form.said.letters: form for form in reversed(forms)}
    near = [form for form in forms if form.near and language not in UNSPACED]
    nearest = NEAR if language == "en" else NEAR_ELSEWHERE

    @cache
    def everyday(text: str) -> bool:
        return tokens(_SHORTENED.sub("", _bare([text])).casefold()) <= 1

    for run in _runs(words, _longest([forms]), language):
        those = words[run.start : run.end]
        sure = min(w.probability for w in those)
        plain = all(everyday(w.text) for w in those)
        if form := exact.get(run.said.letters):
            if run.words > 1 or not plain or sure < SURE:
                yield _Miss(run.start, run.end, form.term, -len(run.said.letters))
        elif not plain:
            limit = nearest + (FAR - nearest) * (1 - sure)
            for form in near:
                if run.words <= form.most_words and not _bent(run.said.letters, form.said.letters):
                    off = apart(run.said, form.said, limit)
                    if off is not None:
                        yield _Miss(run.start, run.end, form.term, off)


def _longest(forms: Iterable[Sequence[_Form]]) -> tuple[int, int]:
    """Words and letters that a term is heard as at most."""
    each = [form for those in forms for form in those]
    return max((f.most_words for f in each), default=0), max((2 * len(f.said.letters) for f in each), default=0)


def _runs(words: Sequence[Word], most: tuple[int, int], language: str) -> Iterator[_Run]:
    """All words in a row that are said in one breath and one sentence, and are not longer than a term."""
    most_words, most_letters = most
    most_words = len(words) if language in UNSPACED else most_words
    for start in range(len(words)):
        for end in range(start + 1, min(start + most_words, len(words)) + 1):
            if end - start > 1 and not _goes_on(words[end - 2], words[end - 1]):
                break
            said = Said(_bare([w.text for w in words[start:end]]))
            if len(said.letters) > most_letters:
                break
            if said.letters:
                yield _Run(start, end, said)


def _bent(written: str, term: str) -> bool:
    return written.startswith(term) and written[len(term) :] in _ENDINGS


def _as_written(heard: Sequence[Word], term: str) -> Sequence[Word]:
    """A term in the place of the words that it was heard as."""
    texts = [w.text for w in heard]
    bare = _bare(texts)
    if bare == term:
        return heard
    if term.islower() and bare[:1].isupper():
        term = term[:1].upper() + term[1:]
    before, after = _around(texts)
    parts = f"{before}{term}{after}".split()
    probability = min(w.probability for w in heard)
    if len(parts) == len(heard):
        return [Word(part, w.start_ms, w.end_ms, probability) for part, w in zip(parts, heard, strict=True)]
    start, length = heard[0].start_ms, heard[-1].end_ms - heard[0].start_ms
    share = [len("".join(parts[:n])) / len("".join(parts)) for n in range(len(parts) + 1)]
    times = [start + round(length * each) for each in share]
    return [Word(part, times[n], times[n + 1], probability) for n, part in enumerate(parts)]


def _goes_on(before: Word, after: Word) -> bool:
    return after.start_ms - before.end_ms <= _BREATH_MS and not _ENDS.search(before.text)


def _bare(texts: Sequence[str]) -> str:
    before, after = _around(texts)
    text = " ".join(texts)
    return text[len(before) : len(text) - len(after)]


def _around(texts: Sequence[str]) -> tuple[str, str]:
    """The marks before the first of some words, and behind the last, a genitive among them."""
    opening, closing = _OPENING.match(texts[0]), _CLOSING.search(texts[-1])
    if not opening or not closing or not any(c.isalnum() for c in texts[0] + texts[-1]):
        return "", ""
    return opening.group(), closing.group()
