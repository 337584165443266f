"""For whom a clip is, and what sort of know-how, drafted from what the brief and whoever speaks say of it.

What was answered is taken as it is. Where nothing was, the words in which a brief says for whom it is, what to know
before and what it wants tell, in English and German; where they do not, nothing is drafted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.clip import Expertise, Level
from domain.phrases import Say, english

_Value = TypeVar("_Value", Level, Expertise)


@dataclass(frozen=True)
class Draft(Generic[_Value]):
    value: _Value
    why: str  # a sentence


@dataclass(frozen=True)
class Asked:
    """What is known without listening: of the brief, and what whoever spoke answered."""

    title: str = ""
    wanted: str = ""
    audience: str = ""
    prerequisites: str = ""
    level: Level | None = None
    kind: Expertise | None = None


_LEVELS: Mapping[Level, str] = {
    Level.BEGINNER: r"new(?:comers?|bies?)?|beginners?|apprentices?|trainees?|starters?|interns?|first (?:day|week)s?|"
    r"anfänger\w*|einsteiger\w*|azubis?|auszubildende\w*|neue\w*|lehrlinge?|praktikant\w*",
    Level.ADVANCED: r"experienced|experts?|advanced|seniors?|old hands?|specialists?|professionals?|"
    r"erfahrene\w*|fortgeschrittene\w*|profis?|spezialist\w*|experten",
}
_NOTHING = re.compile(r"(?:none|nothing|no|nichts|keine?s?|nix|n/?a|-+)(?:\W.*)?", re.I | re.S)
_KINDS: Mapping[Expertise, str] = {
    Expertise.STRATEGY: r"decid\w+|decisions?|choos\w+|when to|which|prioriti[sz]\w+|judge\w*|weigh\w*|"
    r"entscheid\w+|wähl\w+|abwäg\w+|wann",
    Expertise.THEORY: r"why|understand\w*|what (?:is|are)|how (?:does|do) \w+ work|background|theory|"
    r"warum|wieso|verstehen|was (?:ist|sind)|hintergr\w+|theorie",
    Expertise.SKILL: r"how to|how (?:do )?(?:you|i|we)|show|steps?|by hand|hands?|demonstrat\w+|"
    r"zeig\w*|schritte?|handgriffe?|wie (?:man|du|ich|wir)|anleitung",
}


def level(asked: Asked, say: Say = english) -> Draft[Level] | None:
    """`say`: the language of whoever reads why."""
    if asked.level is not None:
        return Draft(asked.level, say("As was said when it was asked for, or sent."))
    for value, words in _LEVELS.items():
        if re.search(rf"\b(?:{words})\b", asked.audience, re.I):
            return Draft(value, say("It is for “%(audience)s”.", audience=asked.audience))
    if not asked.prerequisites:
        return None
    if _NOTHING.fullmatch(asked.prerequisites.strip()):
        return Draft(Level.BEGINNER, say("Nothing has to be known before."))
    return Draft(Level.INTERMEDIATE, say("To know before: “%(known)s”.", known=asked.prerequisites))


def kind(asked: Asked, say: Say = english) -> Draft[Expertise] | None:
    """By the first words that tell: of the brief's title, then of what it wants."""
    if asked.kind is not None:
        return Draft(asked.kind, say("As was said when it was asked for, or sent."))
    for text in (asked.title, asked.wanted):
        found = [
            (match.start(), value, match.group())
            for value, words in _KINDS.items()
            if (match := re.search(rf"\b(?:{words})\b", text, re.I))
        ]
        if found:
            _, value, words_said = min(found, key=lambda each: each[0])
            return Draft(value, say("The brief says “%(words)s”.", words=words_said))
    return None
