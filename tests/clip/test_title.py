"""One line that tells what a clip is about."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip.title import title
from domain.transcript import Sentence


def titled(*texts: str, language: str = "en") -> str:
    return title(said(texts), language)


def said(texts: Sequence[str]) -> list[Sentence]:
    return [Sentence(text, i * 1000, i * 1000 + 900) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("So, um, today I want to talk about the label printer in hall two.", "The label printer in hall two"),
        ("My second tip is about buying used cameras.", "Buying used cameras"),
        ("Here's how I clear a jam in the printer.", "How I clear a jam in the printer"),
        ("Now, the second thing is how to lift a heavy box.", "How to lift a heavy box"),
        ("Okay, let me show you how to hand over a shift.", "How to hand over a shift"),
        ("You know, always salt the pasta water.", "Always salt the pasta water"),
        ("How do you lift a heavy box?", "How do you lift a heavy box?"),
        ("And, and then, then clean the chain with, uh, a soft cloth.", "Clean the chain with a soft cloth"),
    ],
)
def test_what_is_only_said_to_begin_is_left_out(sentence: str, line: str) -> None:
    assert titled(sentence) == line


def test_the_sentence_that_tells_most_of_the_clip_is_chosen() -> None:
    assert (
        titled(
            "Good morning to all of you.",
            "It is a bit cold today.",
            "Clean the chain with oil before the chain rusts.",
            "Oil keeps the chain from rust.",
        )
        == "Clean the chain with oil before the chain rusts"
    )


def test_a_long_sentence_ends_at_a_clause() -> None:
    assert (
        titled(
            "Put the roll back into the printer, close the lid until it clicks, and print one test label for the "
            "next shift."
        )
        == "Put the roll back into the printer"
    )


def test_one_without_a_clause_ends_before_what_would_be_torn() -> None:
    line = titled("Clear the paper jam from the large label printer in the hall without breaking the print head")

    assert line == "Clear the paper jam from the large label printer"


def test_what_is_torn_off_leaves_no_hesitation_at_the_end() -> None:
    line = titled("Filter down the tiles in real time without, yeah, having to press the large green button again.")

    assert line == "Filter down the tiles in real time"


def test_a_sentence_that_broke_off_does_not_end_with_what_it_was_about_to_name() -> None:
    assert titled("How to check the pressure of the.") == "How to check the pressure"
    assert titled("How to find out what the valve is for.") == "How to find out what the valve is for"


def test_where_no_sentence_tells_anything_the_key_phrases_do() -> None:
    assert titled("The chain.", "Oil.", "Well, the pedals.") == "Chain and pedals"


@pytest.mark.parametrize(
    ("language", "texts", "line"),
    [
        ("en", ["So you can see that it goes into the brake line there.", "The brake line has a valve."],
         "The brake line has a valve"),
        ("en", ["I put it into the brake line there.", "And the valve, we do that.", "It needs the valve too."],
         "Valve and brake line"),
        ("de", ["Ich habe hier die Bremsleitung.", "Die Bremsleitung hat ja ein Ventil, und das seht ihr."],
         "Bremsleitung und Ventil"),
    ],
)  # fmt: skip
def test_a_sentence_that_points_at_what_no_title_shows_is_none(language: str, texts: list[str], line: str) -> None:
    assert titled(*texts, language=language) == line


def test_german_has_lead_ins_of_its_own() -> None:
    assert (
        titled("Also, heute zeige ich euch, wie man den Papierstau im Drucker löst.", language="de")
        == "Wie man den Papierstau im Drucker löst"
    )


@pytest.mark.parametrize(
    ("language", "texts", "line"),
    [
        ("en", ["Now something completely different, how to bleed the brakes of a forklift.",
                "Press the brake pedal.", "Open the screw, and press the brake pedal again."],
         "How to bleed the brakes of a forklift"),
        ("en", ["The next question I often hear is how to reset a customer's password.",
                "Open the ticket.", "The customer's password is in the ticket."],
         "How to reset a customer's password"),
        ("en", ["Finally, washing hands in the kitchen.", "Take disinfectant on both hands.",
                "The hands have to be dry, and the disinfectant too."],
         "Washing hands in the kitchen"),
        ("en", ["I don't know how to open it myself yet.", "The valve has a spring."], "The valve has a spring"),
        ("de", ["Guten Morgen, heute zeige ich euch, wie ich diese Maschine reinige.", "Das rote Licht geht aus.",
                "Wartet auf das rote Licht."],
         "Wie ich diese Maschine reinige"),
        ("en", ["Good morning, today I will show you how I clean this machine.", "Wait for the red light."],
         "How I clean this machine"),
        ("es", ["Hoy les voy a mostrar cómo se cambia el filtro.", "Primero se saca el filtro de la cafetera."],
         "Cómo se cambia el filtro"),
        ("fr", ["Bonjour, je vais vous montrer comment nettoyer la machine à café.", "Éteignez la machine."],
         "Comment nettoyer la machine à café"),
    ],
)  # fmt: skip
def test_what_is_announced_is_what_a_clip_is_called(language: str, texts: list[str], line: str) -> None:
    assert titled(*texts, language=language) == line


def test_a_clip_of_one_sentence_is_called_by_it() -> None:
    assert titled("Turn the valve until it clicks.") == "Turn the valve until it clicks"


def test_a_clip_in_which_nothing_is_said_is_untitled() -> None:
    assert (titled(), titled("…"), titled("?!")) == ("Untitled clip", "Untitled clip", "Untitled clip")


def test_hesitation_alone_is_better_than_nothing() -> None:
    assert titled("Um, yes.") != ""


def test_a_language_without_spaces_has_a_title() -> None:
    assert titled("打印机卡纸的时候先关掉电源。", "然后打开盖子。", language="zh").startswith("打印机卡纸")


@given(st.lists(st.text(max_size=200), max_size=5), st.sampled_from(["en", "de", "fr", "es", "fi", "zh"]))
def test_whatever_is_said_the_title_fits_one_line(texts: list[str], language: str) -> None:
    line = title(said(texts), language)

    assert line.strip() == line != ""
    assert len(line) <= 80
    assert len(line.split()) <= 12
    assert not line.endswith((".", ",", ";"))
    assert "\n" not in line
