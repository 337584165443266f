"""Words -> sentences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.transcript import Pause, Sentence, Word
from transcribe.sentences import sentences


def said(text: str) -> tuple[Word, ...]:
    """A word every 250 ms, 200 ms long; "<700>" is a silence."""
    words, at = [], 0
    for token in text.split():
        if token.startswith("<"):
            at += int(token[1:-1])
        else:
            words.append(Word(token, at, at + 200, 0.9))
            at += 250
    return tuple(words)


def texts(text: str, language: str = "en") -> list[str]:
    return [s.text for s in sentences(said(text), (), language)]


def test_full_stops_question_marks_and_exclamation_marks_end_a_sentence() -> None:
    assert texts("Lift it. Is it heavy? Ask! Then go on…") == ["Lift it.", "Is it heavy?", "Ask!", "Then go on…"]


def test_a_sentence_has_the_times_of_its_first_and_last_word() -> None:
    assert sentences(said("Lift it. Now turn."), (), "en") == (
        Sentence("Lift it.", 0, 450),
        Sentence("Now turn.", 500, 950),
    )


@pytest.mark.parametrize(
    "one",
    [
        "Dr. Meier met Mrs. Smith.",
        "Use steel, e.g. A4 screws.",
        "Set it to 3.5 bar and No. 5 fits.",
        "J. K. Rowling wrote it.",
        "Wait... there is more.",
        '"Really?" she said.',
        "Use approx. Two litres.",
    ],
)
def test_what_only_looks_like_an_end_is_none(one: str) -> None:
    assert texts(one) == [one]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The answer is no. Ask again.", "The answer is no."),
        ("So do I. We all do.", "So do I."),
        ("That was in 1999. Since then it holds.", "That was in 1999."),
        ("We met in the U.S. <400> Then we left.", "We met in the U.S."),
        ("Take vitamin C. <300> Then rest.", "Take vitamin C."),
    ],
)
def test_what_could_go_on_ends_where_it_does(text: str, first: str) -> None:
    assert texts(text)[0] == first


def test_german_ordinals_and_abbreviations_go_on() -> None:
    assert texts("Am 3. Mai kommt z.B. Herr Meier. Gut so.", "de") == ["Am 3. Mai kommt z.B. Herr Meier.", "Gut so."]


def test_chinese_is_joined_without_spaces_and_ends_at_its_own_full_stop() -> None:
    words = tuple(Word(c, i * 200, i * 200 + 200, 0.9) for i, c in enumerate(["你", "好。", "再", "见。"]))

    assert [s.text for s in sentences(words, (), "zh")] == ["你好。", "再见。"]


def test_without_punctuation_a_pause_ends_a_sentence() -> None:
    assert texts("push the box <700> it is heavy") == ["push the box", "it is heavy"]


def test_with_punctuation_only_a_very_long_pause_does() -> None:
    assert texts("Push the <900> box. It moves.") == ["Push the box.", "It moves."]
    assert texts("Push the box <5100> It moves.") == ["Push the box", "It moves."]


def test_a_pause_lies_between_words_though_their_times_are_a_little_wrong() -> None:
    words = (Word("push", 0, 400, 0.9), Word("it", 1100, 1300, 0.9))

    found = sentences(words, (Pause(350, 1150),), "en")

    assert [s.text for s in found] == ["push", "it"]


def test_a_minute_without_any_end_is_parted_at_a_comma_near_the_middle() -> None:
    half = " ".join(["word"] * 39)

    assert texts(f"{half} word, {half} end.") == [f"{half} word,", f"{half} end."]


def test_nobody_speaking_has_no_sentences() -> None:
    assert sentences((), (Pause(0, 5000),), "en") == ()


words = st.lists(
    st.tuples(
        st.sampled_from(["so", "Dr.", "3.", "no.", "this,", "end.", "what?", "e.g.", "U.S.", "…", "x" * 50]),
        st.integers(0, 3000),  # of silence before it; some words overlap the one before
        st.integers(0, 2000),  # long
    ),
    max_size=150,
)


@given(words, st.integers(-100, 0), st.sampled_from(["en", "de", "zh"]))
def test_sentences_hold_all_words_in_order_and_never_overlap(
    spoken: list[tuple[str, int, int]], overlap: int, language: str
) -> None:
    at, said_words, pauses = 0, [], []
    for text, silent, long in spoken:
        start = max(0, at + silent + overlap)
        if silent > 160:
            pauses.append(Pause(at, at + silent))
        said_words.append(Word(text, start, start + long, 0.5))
        at += silent + long

    found = sentences(said_words, pauses, language)

    joiner = "" if language == "zh" else " "
    assert joiner.join(s.text for s in found) == joiner.join(w.text for w in said_words)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(s.start_ms <= s.end_ms for s in found)
    assert all(len(s.text.split()) <= 60 for s in found)
