"""How a sentence that opens a topic begins."""

import pytest

from clip.cues import opening


@pytest.mark.parametrize(
    ("opens", "goes_on"),
    [
        ("My second tip is about buying used cameras.", "It is about buying used cameras."),
        ("Okay, now let's look at the brakes.", "Because the brakes squeal."),
        ("Next, clean the chain.", "But clean the chain first."),
        ("Finally, a word about the form.", "For example, a word about the form."),
    ],
)
def test_an_opening_counts_for_more_than_going_on(opens: str, goes_on: str) -> None:
    assert opening(opens) > 0 > opening(goes_on)


def test_german_has_openings_of_its_own() -> None:
    assert opening("Als nächstes kommen wir zu den Bremsen.", "de") > 0 > opening("Weil sie quietschen.", "de")


@pytest.mark.parametrize(
    ("language", "opens", "goes_on"),
    [
        ("es", "Hoy os voy a hablar del filtro.", "Porque se atasca."),
        ("es", "Por último, los frenos.", "Por eso no frena."),
        ("fr", "Passons aux freins.", "Parce qu'ils grincent."),
        ("fr", "Aujourd’hui je vais vous montrer le filtre.", "C’est pour ça que ça casse."),
    ],
)
def test_spanish_and_french_have_openings_of_their_own(language: str, opens: str, goes_on: str) -> None:
    assert opening(opens, language) > 0 > opening(goes_on, language)


def test_an_opening_phrase_in_the_middle_of_a_sentence_does_not_open() -> None:
    assert opening("We tried everything before anybody said moving on.") <= 0


def test_a_language_without_a_table_and_an_empty_sentence_say_nothing() -> None:
    assert (opening("Seuraavaksi siirrymme jarruihin.", "fi"), opening("…")) == (0.0, 0.0)
