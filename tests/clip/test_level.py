"""Level and sort, drafted from what was asked for."""

import pytest

from clip.level import Asked, kind, level
from domain.clip import Expertise, Level


def test_what_was_answered_is_taken_as_it_is() -> None:
    asked = Asked("Why brakes fail", audience="beginners", level=Level.ADVANCED, kind=Expertise.SKILL)

    drafted, sort = level(asked), kind(asked)

    assert drafted is not None
    assert sort is not None
    assert (drafted.value, sort.value) == (Level.ADVANCED, Expertise.SKILL)
    assert drafted.why == sort.why == "As was said when it was asked for, or sent."


@pytest.mark.parametrize(
    ("audience", "before", "value", "why"),
    [
        ("new colleagues on the ward", "how to wash", Level.BEGINNER, "It is for “new colleagues on the ward”."),
        ("Azubis im ersten Jahr", "", Level.BEGINNER, "It is for “Azubis im ersten Jahr”."),
        ("experienced technicians", "", Level.ADVANCED, "It is for “experienced technicians”."),
        ("the night shift", "Nothing.", Level.BEGINNER, "Nothing has to be known before."),
        ("the night shift", "nichts", Level.BEGINNER, "Nothing has to be known before."),
        ("", "how to jack a car up", Level.INTERMEDIATE, "To know before: “how to jack a car up”."),
    ],
)
def test_a_level_is_drafted_from_for_whom_and_what_to_know_before(
    audience: str, before: str, value: Level, why: str
) -> None:
    drafted = level(Asked(audience=audience, prerequisites=before))

    assert drafted is not None
    assert (drafted.value, drafted.why) == (value, why)


@pytest.mark.parametrize(
    ("title", "wanted", "value", "words"),
    [
        ("How to bleed the brakes", "", Expertise.SKILL, "How to"),
        ("Why brakes fail", "Show it.", Expertise.THEORY, "Why"),
        ("Brakes", "We have to decide which pads to buy. Show them.", Expertise.STRATEGY, "decide"),
        ("Warum die Bremse heiß wird", "", Expertise.THEORY, "Warum"),
        ("Bremsen", "Zeig uns jeden Schritt.", Expertise.SKILL, "Zeig"),
    ],
)
def test_a_sort_is_drafted_from_the_first_words_of_the_brief_that_tell(
    title: str, wanted: str, value: Expertise, words: str
) -> None:
    drafted = kind(Asked(title, wanted))

    assert drafted is not None
    assert (drafted.value, drafted.why) == (value, f"The brief says “{words}”.")


def test_where_nothing_tells_nothing_is_drafted() -> None:
    asked = Asked("Brakes", "Renewal is due; showcase it.", audience="the night shift")

    assert (level(asked), kind(asked)) == (None, None)
