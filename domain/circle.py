"""Drafts that are shown to some before they are published to all; and experts who publish first, and are read after."""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import Invalid
from domain.person import Person
from domain.space import Space

MAX_SHARES = 50  # people and spaces that one draft is shared with
MAX_WORD = 500  # characters that go with a clip that was pulled back


@dataclass(frozen=True)
class Share:
    """A draft is shared with a person, or with the people of a space. `by`: a name; None: somebody who has left."""

    person: Person | None
    space: Space | None
    by: str | None
    at: datetime

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.space.name if self.space else ""


@dataclass(frozen=True)
class Circle:
    """Who sees drafts. `sees`: how many people in all, with who made the recording and who reviews it."""

    shares: tuple[Share, ...] = ()
    sees: int = 0


@dataclass(frozen=True)
class Trust:
    """Whose own clips people of a space see before a curator does. `by`: a name; None: somebody who has left."""

    person: Person
    by: str | None
    at: datetime


@dataclass(frozen=True)
class PulledBack:
    """By a curator. `by`: a name; None: somebody who has left."""

    by: str | None
    at: datetime
    why: str  # a word to the expert; empty: none


def checked_word(text: str) -> str:
    """What goes with a clip that is pulled back, in one line. Raises Invalid (`empty_word`, `word_too_long`)."""
    if not text:
        raise Invalid("Say in a few words why: whoever speaks in it reads that.", code="empty_word")
    if len(text) > MAX_WORD:
        raise Invalid(f"That is longer than {MAX_WORD} characters. A sentence is enough.", code="word_too_long")
    return text
