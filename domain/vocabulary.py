"""The vocabulary: the tags that L&D keeps, each with its other names and at most one term above it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.clip import MAX_TAG
from domain.errors import Invalid

MAX_TERMS = 2000  # in the vocabulary of a house
MAX_ALIASES = 20

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NOT_IN_TERMS = re.compile(r"[,;|]|^[=+@-]")  # parts names in lists; what spreadsheets take for a formula
_HEADER = ("term", "aliases", "parent", "language")


@dataclass(frozen=True)
class Term:
    """`parent` is the label of the term above it, "" for none; `aliases` are other names of the same thing.

    `language` (ISO 639) says which clips it is suggested for; None: all.
    """

    label: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    language: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.aliases)

    def checked(self) -> "Term":
        """As kept: each alias once, none that is the label. All is in one line already. Raises Invalid (`bad_term`)."""
        for name in self.names:
            if not is_name(slug(name)) or len(name) > MAX_TAG or _NOT_IN_TERMS.search(name):
                raise Invalid(
                    f"“{name[: MAX_TAG + 1]}” cannot be in the vocabulary: a term has 1 to {MAX_TAG} characters, not"
                    " dots alone, no comma, semicolon or |, and does not begin with = + - or @.",
                    code="bad_term",
                )
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise Invalid(
                f"“{self.language[:20]}” is no language code: write two or three small letters, like en.",
                code="bad_term",
            )
        aliases = {slug(name): name for name in reversed(self.aliases) if slug(name) != slug(self.label)}
        if len(aliases) > MAX_ALIASES:
            raise Invalid(f"“{self.label}” has more than {MAX_ALIASES} other names. Keep the usual.", code="bad_term")
        return Term(self.label, tuple(reversed(aliases.values())), self.parent, self.language)


def slug(label: str) -> str:
    """The same for every spelling: "Öl wechseln", "ÖL  Wechseln" and "öl-wechseln" are one."""
    return "-".join(unicodedata.normalize("NFKC", label).casefold().replace("-", " ").split())


def is_name(slug: str) -> bool:
    """Whether it can name a tag: there is more to it than dots, which no address ends in."""
    return bool(slug.strip("."))


def above(term: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """What stands above a term, the nearest first, each once: also where somebody has made a circle."""
    found: list[str] = []
    at = parents.get(term)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return tuple(found)


def demand_no_circle(term: str, parent: str, parents: Mapping[str, str | None]) -> None:
    """Raises Invalid (`circle`) where `term` would stand above itself below `parent`."""
    if parent == term or term in above(parent, parents):
        raise Invalid(
            "A term cannot stand below itself, or below one that stands below it. Choose another parent.",
            code="circle",
        )


def as_tree(terms: Sequence[Term]) -> tuple[tuple[int, Term], ...]:
    """(how deep, term): each behind what stands above it, beside each other by the alphabet."""
    known = {term.label for term in terms}
    below: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda each: (slug(each.label), each.label)):
        below.setdefault(term.parent if term.parent in known else "", []).append(term)
    found: list[tuple[int, Term]] = []
    open_: list[tuple[int, Term]] = [(0, term) for term in reversed(below.get("", ()))]
    while open_:
        depth, term = open_.pop()
        found.append((depth, term))
        open_ += [(depth + 1, each) for each in reversed(below.get(term.label, ()))]
    return tuple(found)


def read_terms(text: str) -> tuple[Term, ...]:
    """Terms as people write them down, or a spreadsheet saves them (CSV): one a line, then, with commas, its other
    names (parted by |), the term above it, its language.

    "Crane, hoist | lifting gear, Lifting, en". A line may end anywhere; the header that `write_terms` writes, and
    empty lines, are passed over. Semicolons do for commas where there is no comma. Raises Invalid (`bad_term`).
    """
    lines = text.removeprefix("\ufeff").splitlines()
    found = []
    try:
        cells = [row for line in lines for row in csv.reader([line], delimiter=_between(line), skipinitialspace=True)]
    except csv.Error:
        raise Invalid("This is no list of terms: write one a line.", code="bad_term") from None
    for row in cells:
        label, aliases, parent, language, *more = (*(" ".join(cell.split()) for cell in row), "", "", "", "")
        if (label, aliases, parent, language) == _HEADER or not (label or aliases or parent or language):
            continue
        if any(more):
            raise Invalid(f"The line of “{label[:MAX_TAG]}” has more than four fields.", code="bad_term")
        names = tuple(name for each in aliases.split("|") if (name := each.strip()))
        found.append(Term(label, names, parent, language.lower() or None).checked())
    return tuple(found)


def write_terms(terms: Iterable[Term]) -> str:
    """What `read_terms` reads, as CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for term in terms:
        writer.writerow([term.label, " | ".join(term.aliases), term.parent, term.language or ""])
    return out.getvalue()


def _between(line: str) -> str:
    return ";" if ";" in line and "," not in line else ","
