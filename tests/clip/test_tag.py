"""Key phrases of a clip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip.tag import tags
from tests.clip.talks import BIKE, OVEN, TAX

PRINTER = (
    "Here's how I clear a paper jam in the label printer without breaking anything. First, switch the printer off "
    "and let the print head cool down. Open the lid and take the roll out before you touch the stuck label. Pull the "
    "label slowly, in the direction the paper travels, never backwards. If some glue is left on the roller, wipe it "
    "away with a soft cloth and a little alcohol. Please do not use a knife, because one scratch on the print head "
    "shows on every label. Put the roll back, close the lid until it clicks, and print one test label."
)


def test_the_things_a_clip_is_about_are_its_tags() -> None:
    found = tags(PRINTER)

    assert 3 <= len(found) <= 5
    assert {"label", "print head"} <= set(found)


def test_what_tells_a_clip_from_the_others_of_its_recording_comes_first() -> None:
    bike = " ".join([*BIKE, "Do it in the morning light.", "The morning light helps, I like the morning light."])
    others = ["The morning light is good for bread.", "Take the form in the morning light.", bike]

    alone, among_others = tags(bike), tags(bike, others)

    assert (alone.index("morning light"), among_others.index("morning light")) == (1, 3)
    assert among_others[0] == "chain"


def test_tags_are_lower_case_but_for_names_and_abbreviations() -> None:
    found = tags("Bread is for Anna. The CNC machine of Anna stops. Restart the CNC machine with the key of Anna.")

    assert {"Anna", "CNC machine"} <= set(found)
    assert "bread" in found


def test_what_is_done_is_no_tag_unless_it_stands_where_a_thing_would() -> None:
    found = tags("See how web components were implemented. The welding starts. Web components implemented there weld.")

    assert "welding" in found
    assert not [tag for tag in found if tag.endswith("implemented")]


def test_no_two_tags_share_a_stem() -> None:
    found = tags("The chain needs oil. Oil the chains. The chain oil is in the box of chain oil. The oiled box.")

    words = [word.rstrip("s") for tag in found for word in tag.split()]
    assert len(words) == len(set(words))


def test_no_more_than_asked_for() -> None:
    assert len(tags(" ".join([*OVEN, *BIKE, *TAX]), most=2)) == 2


def test_german_tags_keep_the_capitals_of_nouns() -> None:
    found = tags(
        "Heute zeige ich euch, wie man den Papierstau im Drucker löst. Öffnet den Deckel vom Drucker und zieht das "
        "Papier langsam heraus. Danach schließt ihr den Deckel vom Drucker. Wartet auf das Rote Licht. Vielen Dank!",
        language="de",
    )

    assert {"Drucker", "Deckel", "Licht"} <= set(found)
    assert not {word for tag in found for word in tag.split()} & {"Rote", "Wartet", "Vielen", "Dank"}


@pytest.mark.parametrize("text", ["", "…", "Um, so, you know.", "It is what it is.", "1 2 3"])
def test_where_nothing_is_told_there_are_no_tags(text: str) -> None:
    assert tags(text) == ()


@given(st.text(max_size=400), st.lists(st.text(max_size=80), max_size=3), st.sampled_from(["en", "de", "fi", "zh"]))
def test_whatever_is_said_tags_are_short_distinct_and_taken_from_the_text(
    text: str, background: list[str], language: str
) -> None:
    found = tags(text, background, language)

    assert len(found) <= 5
    assert len(set(found)) == len(found)
    assert all(0 < len(tag) <= 40 and len(tag.split()) <= 3 for tag in found)
    assert all(word.lower() in text.lower() for tag in found for word in tag.split())


def test_spanish_and_french_have_phrases_that_are_things() -> None:
    spanish = (
        "Hoy les voy a mostrar cómo se cambia el filtro de la cafetera. Luego se saca el filtro con la mano y se "
        "limpia el depósito. Si el filtro está roto, se cambia por uno nuevo."
    )
    french = (
        "Je vais vous montrer comment nettoyer la machine. Éteignez la machine et laissez-la refroidir. Ensuite, "
        "retirez le filtre et rincez-le à l'eau chaude."
    )

    assert tags(spanish, (), "es") == ("filtro", "cafetera", "mano", "depósito")
    assert tags(french, (), "fr") == ("machine", "filtre", "eau")


def test_a_language_whose_words_of_grammar_are_not_known_has_none() -> None:
    assert tags("Hoje eu vou mostrar como se troca o filtro da máquina de café.", (), "pt") == ()
