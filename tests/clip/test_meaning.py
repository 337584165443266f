"""What a clip is about: near questions that it answers, though they share no word."""

import numpy as np
import pytest

from clip.meaning import meaning, meaning_of_query

BRAKES = ("Open the valve slowly.", "Then let the brakes bleed until no bubbles come.")
TAXES = ("Fill in the second page.", "Then send your tax form to the office.")


def test_a_clip_lies_nearer_to_a_question_that_it_answers_than_another() -> None:
    brakes, taxes = meaning("Bleeding a system", BRAKES, "en"), meaning("Forms", TAXES, "en")
    asked = meaning_of_query("get the air out of a hydraulic line")

    assert brakes is not None
    assert taxes is not None
    assert asked is not None
    assert np.linalg.norm(brakes.vector) == pytest.approx(1, abs=1e-5)
    assert np.dot(asked, brakes.vector) > np.dot(asked, taxes.vector) + 0.1


def test_the_sentence_that_answers_differs_in_the_fewest_bits() -> None:
    found = meaning("", (*TAXES, *BRAKES), "en")
    asked = meaning_of_query("declare income to the authorities")

    assert found is not None
    assert asked is not None
    bits = "".join("1" if x > 0 else "0" for x in asked)
    apart = [sum(a != b for a, b in zip(bits, sketch, strict=True)) for sketch in found.sketches]
    assert [len(sketch) for sketch in found.sketches] == [384] * 4
    assert apart.index(min(apart)) == 1


def test_a_title_alone_is_about_something_and_no_words_are_about_nothing() -> None:
    titled = meaning("Bleeding brakes", (), "en")

    assert titled is not None
    assert titled.sketches == ()
    assert meaning("", (), "en") is None


def test_of_a_language_that_no_model_knows_there_is_no_meaning() -> None:
    assert meaning("Bremsen", ("Das Ventil langsam öffnen.",), "de") is None
    assert meaning("Bremsen", (), None) is None
