"""What experts are asked to talk about, and what they say of it before they begin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.clip import MAX_ANSWER, Expertise, Level, checked_answer
from domain.errors import Invalid
from domain.title import checked_title

__all__ = ["DEFAULT_QUESTIONS", "MAX_ANSWER", "MAX_QUESTION", "MAX_QUESTIONS", "MAX_WANTED", "Answers", "Brief",
           "Expertise", "Wish"]  # fmt: skip

MAX_WANTED = 2000  # characters
MAX_QUESTION = 300  # characters: it has to fit on a phone, large
MAX_QUESTIONS = 12

# Said as a colleague would ask across the table, one a screen, in the order in which one tells it.
DEFAULT_QUESTIONS = (
    "What is it that you know how to do? Say it in a sentence.",
    "Why should colleagues know this? What goes wrong, or takes longer, when they do not?",
    "When would somebody use it? Think of the last time you did.",
    "Who is it for?",
    "What should they know or be able to do before they try?",
    "Is it done with the hands, is it something to understand, or a way to decide? Show it, or say how it goes.",
    "What does a beginner do first? What comes with practice, and what do only old hands know?",
)


@dataclass(frozen=True)
class Answers:
    """What is said of a recording beside its title: for whom, after what, and what sort of thing it is."""

    audience: str = ""
    prerequisites: str = ""
    kind: Expertise | None = None
    level: Level | None = None

    @classmethod
    def said(cls, values: Mapping[str, str], asked: "Answers | None" = None) -> "Answers":
        """From a stranger's strings, each in one line already; what they say nothing of is as in `asked`, the brief.

        An empty string says that there is none, whatever the brief says. A tip is worth more than its labels: what is
        too long is cut, and a kind or level that does not exist says nothing.
        """
        asked = asked or cls()
        return cls(
            audience=values.get("audience", asked.audience)[:MAX_ANSWER],
            prerequisites=values.get("prerequisites", asked.prerequisites)[:MAX_ANSWER],
            kind=_one_of(Expertise, values.get("kind"), asked.kind),
            level=_one_of(Level, values.get("level"), asked.level),
        )

    def checked(self) -> "Answers":
        """As kept. Raises Invalid (`answer_too_long`)."""
        return replace(self, audience=checked_answer(self.audience), prerequisites=checked_answer(self.prerequisites))


_Choice = TypeVar("_Choice", Expertise, Level)


def _one_of(choices: type[_Choice], value: str | None, asked: _Choice | None) -> _Choice | None:
    if value == "":
        return None
    return choices(value) if value in set(choices) else asked


@dataclass(frozen=True)
class Wish:
    """What a brief says: all that whoever writes it can change. `answers` are what is known without asking.

    All but `wanted` is in one line.
    """

    title: str
    wanted: str = ""
    questions: tuple[str, ...] = DEFAULT_QUESTIONS
    answers: Answers = Answers()

    def checked(self) -> "Wish":
        """As kept: empty questions are left out. Raises Invalid (`bad_title`, `bad_brief`, `answer_too_long`)."""
        if len(self.wanted) > MAX_WANTED:
            raise Invalid(f"What is wanted is longer than {MAX_WANTED} characters. Say it shorter.", code="bad_brief")
        questions = _checked_questions(self.questions)
        return Wish(checked_title(self.title), self.wanted, questions, self.answers.checked())


@dataclass(frozen=True)
class Brief:
    id: UUID
    public_id: str
    space_id: UUID
    author_id: UUID
    author: str  # name
    title: str
    wanted: str
    questions: tuple[str, ...]
    audience: str
    prerequisites: str
    kind: Expertise | None
    level: Level | None
    version: int
    created_at: datetime
    closed_at: datetime | None
    recordings: int  # that answer it and can be used, or may turn out to be: without deleted ones
    refused: int  # besides: what could not be used, or was here already

    @property
    def wish(self) -> Wish:
        return Wish(self.title, self.wanted, self.questions, self.answers)

    @property
    def answers(self) -> Answers:
        return Answers(self.audience, self.prerequisites, self.kind, self.level)


def _checked_questions(questions: Iterable[str]) -> tuple[str, ...]:
    kept = tuple(question for question in questions if question)
    if len(kept) > MAX_QUESTIONS:
        raise Invalid(f"A brief has at most {MAX_QUESTIONS} questions: an expert has two minutes.", code="bad_brief")
    if any(len(question) > MAX_QUESTION for question in kept):
        raise Invalid(f"A question is at most {MAX_QUESTION} characters long. Make two of it.", code="bad_brief")
    return kept
