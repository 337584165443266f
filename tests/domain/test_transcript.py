"""What was said in a span."""

from domain.span import Span
from domain.transcript import Word, said_in, words_in

WORDS = (Word("Close", 0, 400, 1.0), Word("the", 400, 700, 1.0), Word("valve.", 700, 1300, 1.0))


def test_a_word_is_said_where_its_middle_is() -> None:
    assert [w.text for w in words_in(WORDS, Span(0, 1000))] == ["Close", "the"]
    assert [w.text for w in words_in(WORDS, Span(0, 1001))] == ["Close", "the", "valve."]


def test_words_are_written_with_spaces_where_the_language_has_them() -> None:
    chinese = (Word("打", 0, 200, 1.0), Word("印", 200, 400, 1.0), Word("机", 400, 600, 1.0))

    assert said_in(WORDS, Span(0, 2000), "en") == "Close the valve."
    assert said_in(chinese, Span(0, 2000), "zh") == "打印机"
