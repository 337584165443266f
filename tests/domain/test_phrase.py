"""A word or a few, wherever they are said."""

import pytest

from domain.correction import Asked
from domain.errors import Invalid
from domain.phrase import checked_phrase, everywhere, places
from tests.domain.test_correction import spoken


def test_whole_words_are_found_in_any_case_with_any_marks_around_them() -> None:
    run = spoken("Klueber is good. Use (klueber), not Kluebers. KLUEBER Klueber's oil.")

    assert places(run, "Klueber") == ((0, 1), (4, 1), (7, 1), (8, 1))


def test_several_words_are_found_inside_of_a_sentence_only() -> None:
    run = spoken("Grease the nipple. Take grease. Nipple and grease nipple.")

    assert places(run, " grease  nipple ") == ((7, 2),)


def test_each_place_keeps_its_marks_and_its_capitals() -> None:
    run = spoken("Klueber is good. Use (klueber), KLUEBER! Klueber’s oil.")

    found = everywhere(run, "klueber", "Klüber")

    assert [each.text for each in found] == ["Klüber", "(Klüber),", "KLÜBER!", "Klüber’s"]


def test_a_sentence_still_begins_with_a_capital() -> None:
    assert everywhere(spoken("Valve open. The valve."), "valve", "wheel") == (
        Asked(0, 1, "Wheel"),
        Asked(3, 1, "wheel."),
    )


def test_marks_that_belong_to_a_word_make_it_another() -> None:
    assert places(spoken("C# and C++ and C."), "C") == ((4, 1),)


def test_no_word_and_a_very_long_one_are_refused() -> None:
    for typed in ("", "  ", "x" * 201):
        with pytest.raises(Invalid) as refused:
            checked_phrase(typed)
        assert refused.value.code == "bad_phrase"
