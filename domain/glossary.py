"""The glossary: a company's own words, as they are written. Speech engines cannot know them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import Invalid

MAX_TERM = 60  # characters
MAX_WORDS = 5  # a term is a name, not a sentence
MAX_HEARD = 8  # other ways in which a term is heard
MAX_TERMS = 2000  # in a space

_FOLDS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"})
_BETWEEN = re.compile(r"[,;]")


@dataclass(frozen=True)
class Term:
    """`text` as it has to be written; `heard`: what engines are known to write instead.

    A single everyday word in `heard` is of little use: it is left as it is wherever the engine was sure of it.
    """

    text: str
    heard: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for every way of writing it: "X 200", "X-200" and "x200" are one."""
        return letters(self.text)

    def checked(self) -> "Term":
        """As kept; what is `heard` twice, or is the term itself, is left out. Raises Invalid (`bad_term`)."""
        for text in (self.text, *self.heard):
            if not letters(text) or len(text) > MAX_TERM or len(text.split()) > MAX_WORDS:
                raise Invalid(
                    f"“{text[: MAX_TERM + 1]}” cannot be in the glossary: a term is at most {MAX_WORDS} words and "
                    f"{MAX_TERM} characters long, and has a letter or a digit.",
                    code="bad_term",
                )
        heard = {letters(text): text for text in reversed(self.heard) if letters(text) != self.key}
        if len(heard) > MAX_HEARD:
            raise Invalid(f"“{self.text}” is heard in more than {MAX_HEARD} ways: keep the usual.", code="bad_term")
        return Term(self.text, tuple(reversed(heard.values())))


def letters(text: str) -> str:
    """Only letters and digits, small, without accents: what stays the same however a word is written."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDS))
    return "".join(c for c in plain if c.isalnum())


def read_terms(text: str) -> tuple[Term, ...]:
    """Terms as people write them down: one a line, behind a colon what is heard instead, with commas.

    "X200: ex 200, X two hundred". Empty lines are passed over. Raises Invalid (`bad_term`).
    """
    found = []
    for line in text.splitlines():
        term, _, heard = (" ".join(part.split()) for part in line.partition(":"))
        if term or heard:
            ways = tuple(way for each in _BETWEEN.split(heard) if (way := each.strip()))
            found.append(Term(term, ways).checked())
    return tuple(found)


def likely_first(terms: Iterable[Term], about: str) -> tuple[Term, ...]:
    """The same terms, those first that are named in what is known `about` a recording; else in their order."""
    known = letters(about)
    return tuple(sorted(terms, key=lambda term: term.key not in known))


def once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each term once, the first of those that are written alike."""
    first: dict[str, Term] = {}
    for term in terms:
        first.setdefault(term.key, term)
    return tuple(first.values())
