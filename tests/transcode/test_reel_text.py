"""What people wrote, in lines that fit."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reel import Caption
from transcode.reel_text import BOLD, fitted, font, pages, unwritable, wrapped, written

WORDS = st.lists(st.text("abcdefgäöü.", min_size=1, max_size=30), min_size=1, max_size=30)


@settings(max_examples=25)
@given(WORDS, st.integers(200, 1200))
def test_lines_are_never_wider_than_they_may_be_and_lose_nothing(words: list[str], width: int) -> None:
    face = font(44)

    lines = wrapped(" ".join(words), face, width)

    assert "".join(lines).replace(" ", "") == "".join(words)
    assert all(face.getlength(line) <= width for line in lines)


def test_lines_are_of_about_equal_length() -> None:
    assert wrapped("one two three four five six seven", font(40), 500) == ("one two three", "four five six seven")


def test_no_word_is_broken_to_even_lines_out() -> None:
    lines = wrapped("Schlüsselübergabe: was oft vergessen wird", font(58, BOLD), 608)

    assert lines == ("Schlüsselübergabe:", "was oft vergessen", "wird")


def test_a_long_title_is_written_smaller_and_an_endless_one_cut() -> None:
    short, long, endless = (
        fitted(text, (60, 40), BOLD, 600, 2) for text in ("Pump", "Bleed the pump " * 3, "pump " * 60)
    )

    assert (short[0].size, short[1]) == (60, ("Pump",))
    assert (long[0].size, len(long[1])) == (40, 2)
    assert (endless[0].size, len(endless[1])) == (40, 2)
    assert endless[1][-1].endswith("pump…")
    assert endless[0].getlength(endless[1][-1]) <= 600


@pytest.mark.parametrize("text", ["Größe, façade, Łódź, İğne, Việt", "Αντλία", "Насос їжак", "पंप"])
def test_letters_of_many_languages_can_be_written(text: str) -> None:
    assert unwritable(text) == ""
    assert written(text) == text


@pytest.mark.parametrize(("text", "lacking"), [("مضخة", "مضخة"), ("ポンプ pump ポ", "ポンプ")])
def test_text_in_letters_that_the_font_lacks_is_left_out_whole(text: str, lacking: str) -> None:
    assert unwritable(text) == lacking
    assert written(text) == ""


def test_signs_that_the_font_lacks_and_signs_that_control_are_dropped() -> None:
    assert written("Close\tthe \N{RIGHT-TO-LEFT OVERRIDE}valve\n\N{FIRE}\x1b[31m now\0") == "Close the valve [31m now"
    assert unwritable("Close \N{FIRE}") == ""


def test_letters_are_composed() -> None:
    assert written("u\N{COMBINING DIAERESIS}ber") == "über"


def test_a_captions_lines_stay_as_they_are_where_they_fit() -> None:
    caption = Caption(0, 2000, ("Close", "the blue valve first"))

    assert pages([caption], 5000, font(44), 1100) == (caption,)


def test_what_needs_more_than_two_lines_is_shown_one_pair_after_the_other() -> None:
    caption = Caption(
        1000, 5000, ("Always close the blue valve before you", "open the vent, or the pressure comes back.")
    )

    shown = pages([caption], 60_000, font(44), 600)

    assert shown == (
        Caption(1000, 3633, ("Always close the blue valve", "before you open the vent,")),
        Caption(3633, 5000, ("or the pressure comes back.",)),
    )


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 4_000), WORDS), max_size=5))
def test_captions_are_shown_one_at_a_time_within_the_clip(given: list[tuple[int, int, list[str]]]) -> None:
    captions = [Caption(start, start + length, (" ".join(words),)) for start, length, words in given]

    shown = pages(captions, 8_000, font(44), 700)

    assert all(before.end_ms <= after.start_ms for before, after in itertools.pairwise(shown))
    assert all(each.end_ms <= 8_000 and 1 <= len(each.lines) <= 2 for each in shown)
