"""A word or a few, wherever they are said."""

from dataclasses import replace

import pytest

from domain.correction import Asked
from domain.errors import Invalid
from domain.phrase import checked_phrase, everywhere, places, reworded, swaps
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


def test_what_was_corrected_is_known_by_its_words_one_for_one_where_as_many_came_as_went() -> None:
    before = spoken("Use Klueber's, Jon Smith. The key way is dry.")
    words = [*before.words]
    for at, text in ((1, "Klüber's,"), (2, "John"), (3, "Smyth."), (8, "wet.")):
        words[at] = replace(words[at], text=text)
    words[5:7] = [replace(words[5], text="keyway")]

    assert swaps(before, replace(before, words=tuple(words))) == (
        ("Klueber", "Klüber"), ("Jon", "John"), ("Smith", "Smyth"), ("key way", "keyway"), ("dry", "wet"),
    )  # fmt: skip
    assert swaps(before, before) == ()


@pytest.mark.parametrize(("hidden", "back"), [((1,), (("[…]", "Klueber"),)), ((1, 2), ())])
def test_what_was_muted_is_known_again_where_it_was_one_word(hidden: tuple[int, ...], back: object) -> None:
    run = spoken("Use Klueber grease.")
    muted = replace(run, words=tuple(replace(w, text="[…]") if n in hidden else w for n, w in enumerate(run.words)))

    assert swaps(muted, run) == back


@pytest.mark.parametrize(
    ("title", "language", "now"),
    [
        ("Klueber’s grease, not KLUEBER oil", "en", "Klüber’s grease, not KLÜBER oil"),
        ("klueber grease", "en", "klüber grease"),
        ("Kluebers", "en", "Kluebers"),
        ("用Klueber油", "zh", "用Klüber油"),
    ],
)
def test_a_title_is_reworded_as_it_is_written(title: str, language: str, now: str) -> None:
    assert reworded(title, [("Klueber", "Klüber")], language) == now
