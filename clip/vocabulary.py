"""Which terms of the vocabulary fit a clip, and which of its key phrases might become terms: each with why.

Four things speak for a term, and are added up: that one of its names is said, as a whole or in part (each word
weighing by how few other terms have it); that it means what the clip means, as a whole and in its closest sentence
(embed.py, where a model knows the language); that it does so more than it means the recording's other clips, for some
terms are a little like everything (the correction for hubs of Conneau et al., "Word translation without parallel
data", ICLR 2018); and that the brief asks for it. Weights and thresholds were found in talks with human titles:
benchmarks/tagging.py.
"""

import functools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip import embed
from clip.tag import tags
from clip.terms import spoken, stem, stems
from domain.phrases import Say, english
from domain.vocabulary import Term, slug

MOST_TERMS = 5
MOST_PHRASES = 3

SAID = 0.35  # what it is worth that all words of a name are said; part of them, part of it
AGAIN = 0.1  # and for each doubling of how often the whole name is
SENTENCE = 0.3  # of the meaning's weight, the share of the closest sentence
HUB = 0.4  # how much of what a term means in other clips is taken off
ASKED = 0.15
LIKE_AT_LEAST = 0.27  # less, and what is like it is chance
FITS_AT_LEAST = 0.2  # of all together
SAME_AT_LEAST = 0.8  # a phrase that is so near a name is that term

_QUOTED = 90  # characters of a sentence that are shown

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """What is known of a clip: its sentences, what is said in the recording's other clips, what the brief asks for."""

    sentences: tuple[str, ...]
    others: tuple[str, ...] = ()
    asked: str = ""
    language: str = "en"

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True)
class Suggestion:
    """A tag, by the name that it has, or a phrase that is none yet (`new`). `why`: sentences, the strongest first."""

    label: str
    why: tuple[str, ...]
    new: bool = False


def suggest(
    said: Said, terms: Sequence[Term], *, has: Iterable[str] = (), say: Say = english
) -> tuple[Suggestion, ...]:
    """Terms that fit, the best first, then phrases that are no terms yet. None of what the clip `has` already.

    Where a narrower term is said, or fits better, the one above it is left out. Deterministic; raises as embed.vectors.
    `say`: the language of whoever reads why.
    """
    if not said.text.strip():
        return ()
    held = {slug(label) for label in has}
    open_ = [t for t in terms if t.language in (None, said.language) and not held & {slug(n) for n in t.names}]
    found = Fit.of(said, open_)
    best = [i for i in found.ranked() if found.fits(i)][:MOST_TERMS]
    chosen = [
        i
        for rank, i in enumerate(best)
        if not any(
            (other < rank or found.spoken[j][1]) and _stands_above(open_[i], open_[j], terms)
            for other, j in enumerate(best)
        )
    ]
    reasons = {open_[i].label: found.why(i, say) for i in chosen}
    named = {slug(name) for term in terms for name in term.names} | held
    phrases = []
    for phrase in tags(said.text, said.others, said.language, most=MOST_TERMS):
        near = found.same_as(phrase)
        if near is not None and len(reasons) < MOST_TERMS and not any(open_[near].label == each for each in reasons):
            reasons[open_[near].label] = (say("Nearly the same is said: “%(phrase)s”.", phrase=phrase),)
        elif near is None and slug(phrase) not in named and not found.names_all_of(phrase):
            phrases.append(phrase)
    return (
        *(Suggestion(label, why) for label, why in reasons.items()),
        *(Suggestion(phrase, (_said(phrase, said, say),), new=True) for phrase in phrases[:MOST_PHRASES]),
    )


@dataclass(frozen=True)
class Fit:
    """How well each of some terms fits a clip; everything by the number of the term."""

    said: Said
    terms: tuple[Term, ...]
    spoken: tuple[tuple[str, int], ...]  # the name that is said most, and how often as a whole
    part: tuple[float, ...]  # of a name's words, each by its weight, that is said: 0 to 1
    like: NDArray[np.float64]  # cosine, 0 where there is no model
    closest: tuple[int, ...]  # number of the sentence
    hub: NDArray[np.float64]  # cosine to the other clips, on average
    asked: tuple[bool, ...]

    @classmethod
    def of(cls, said: Said, terms: Sequence[Term]) -> "Fit":
        heard = _stemmed(said.text, said.language)
        whole = [max(((name, _times(name, heard, said.language)) for name in t.names), key=_often) for t in terms]
        asked = _stemmed(said.asked, said.language)
        like, closest, hub = _meaning(said, terms)
        return cls(
            said,
            tuple(terms),
            tuple(whole),
            tuple(_parts(terms, set(heard), said.language)),
            like,
            closest,
            hub,
            tuple(any(_times(name, asked, said.language) for name in t.names) for t in terms),
        )

    def score(self, i: int) -> float:
        times = self.spoken[i][1]
        worth = SAID * self.part[i] + (AGAIN * math.log2(1 + times) if times else 0.0)
        return float(worth + self.like[i] - HUB * self.hub[i] + ASKED * self.asked[i])

    def ranked(self) -> list[int]:
        return sorted(range(len(self.terms)), key=lambda i: (-self.score(i), slug(self.terms[i].label)))

    def fits(self, i: int) -> bool:
        like = self.like[i] >= LIKE_AT_LEAST and self.score(i) >= FITS_AT_LEAST
        return self.spoken[i][1] > 0 or self.asked[i] or like

    def why(self, i: int, say: Say) -> tuple[str, ...]:
        name, times = self.spoken[i]
        found = [_said_times(name, times, say)] if times else []
        found += [say("The brief asks for it.")] if self.asked[i] else []
        if self.like[i] >= LIKE_AT_LEAST:
            sentence = _short(self.said.sentences[self.closest[i]])
            found.append(say("Like what is said: “%(sentence)s”", sentence=sentence))
        return tuple(found)

    def same_as(self, phrase: str) -> int | None:
        """The term that a phrase is another name of, as far as meaning tells."""
        known = _places(tuple(t.label for t in self.terms), self.said.language)
        at = embed.vectors([phrase], self.said.language) if known is not None and len(known) else None
        if at is None or known is None:
            return None
        near = known @ at[0]
        return int(near.argmax()) if near.max() >= SAME_AT_LEAST else None

    def names_all_of(self, phrase: str) -> bool:
        """Whether a term says it already: "print head" where there is "Print heads"."""
        words = _stemmed(phrase, self.said.language)
        return any(_stemmed(n, t.language or self.said.language) == words for t in self.terms for n in t.names)


def _often(each: tuple[str, int]) -> int:
    return each[1]


def _meaning(said: Said, terms: Sequence[Term]) -> tuple[NDArray[np.float64], tuple[int, ...], NDArray[np.float64]]:
    """Of each term: cosine to the clip, its closest sentence, cosine to the recording's other clips."""
    nothing = np.zeros(len(terms))
    names = tuple(dict.fromkeys(name for t in terms for name in t.names))
    sentences = embed.vectors(said.sentences, said.language) if terms else None
    known = _places(names, said.language) if sentences is not None else None
    if sentences is None or known is None:
        return nothing, (0,) * len(terms), nothing
    whole = _middle(said.sentences, sentences, said.language)
    at = {name: i for i, name in enumerate(names)}
    by_name = sentences @ known.T
    of_clip = (1 - SENTENCE) * (known @ whole) + SENTENCE * by_name.max(axis=0)
    best = [max((at[name] for name in t.names), key=lambda i: of_clip[i]) for t in terms]
    hub = nothing
    if others := [text for text in said.others if text.strip() and text != said.text]:
        far = embed.vectors(others, said.language)
        assert far is not None, "the model knows the language"
        hub = (known[best] @ far.T).mean(axis=1).astype(float)
    return of_clip[best].astype(float), tuple(int(by_name[:, i].argmax()) for i in best), hub


def _middle(texts: Sequence[str], places: Vectors, language: str) -> Vectors:
    """Where a clip lies: between its text as a whole, of which a model reads the beginning, and its sentences."""
    weights = np.array([max(1, len(spoken(text))) for text in texts], np.float32)
    mean = _unit((places * weights[:, None]).sum(axis=0))
    whole = embed.vectors([" ".join(texts)], language)
    assert whole is not None, "the model knows the language"
    return _unit(mean + whole[0])


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


@functools.lru_cache(maxsize=4)  # the vocabulary is the same from clip to clip
def _places(names: tuple[str, ...], language: str) -> Vectors | None:
    return embed.vectors(names, language)


def _parts(terms: Sequence[Term], heard: set[str], language: str) -> list[float]:
    """Of each term, how much of its best name is said: a word that many terms share tells little."""
    names = [[set(words) or set(_stemmed(n, language)) for n, words in _telling(t, language)] for t in terms]
    shared = Counter(word for each in names for word in set().union(*each))
    weight = {word: math.log((1 + len(terms)) / (0.5 + n)) for word, n in shared.items()}
    return [
        max(
            (sum(weight[w] for w in name & heard) / max(sum(weight[w] for w in name), 1e-9) for name in each), default=0
        )
        for each in names
    ]


def _telling(term: Term, language: str) -> list[tuple[str, list[str]]]:
    return list(zip(term.names, stems(term.names, term.language or language), strict=True))


@functools.lru_cache(maxsize=8192)
def _stemmed(text: str, language: str) -> tuple[str, ...]:
    """Every word, also those of grammar: "Lock out" is said as it stands."""
    return tuple(stem(word, language) for word in spoken(text))


def _times(name: str, heard: Sequence[str], language: str) -> int:
    words = _stemmed(name, language)
    n = len(words)
    if not words or any(word not in heard for word in words):
        return 0
    return sum(tuple(heard[i : i + n]) == words for i in range(len(heard) - n + 1))


def _stands_above(term: Term, narrower: Term, terms: Sequence[Term]) -> bool:
    parents = {each.label: each.parent for each in terms}
    at, seen = narrower.parent, set[str]()
    while at and at not in seen:
        if at == term.label:
            return True
        seen.add(at)
        at = parents.get(at, "")
    return False


def _said(phrase: str, said: Said, say: Say) -> str:
    return _said_times(phrase, max(1, _times(phrase, _stemmed(said.text, said.language), said.language)), say)


def _said_times(name: str, times: int, say: Say) -> str:
    if times == 1:
        return say("Said: “%(name)s”.", name=name)
    if times == 2:
        return say("Said twice: “%(name)s”.", name=name)
    return say("Said %(times)s times: “%(name)s”.", times=times, name=name)


def _short(sentence: str) -> str:
    if len(sentence) <= _QUOTED:
        return sentence
    return sentence[:_QUOTED].rpartition(" ")[0].rstrip(" ,;:.") + " …"
