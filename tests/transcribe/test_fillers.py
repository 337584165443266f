"""The sounds of somebody who looks for a word, left out."""

from domain.transcript import Word
from transcribe.fillers import has_fillers, without_fillers


def left(text: str, language: str = "en") -> str:
    words = [Word(word, i * 100, i * 100 + 100, 0.9) for i, word in enumerate(text.split())]
    return " ".join(word.text for word in without_fillers(words, language))


def test_a_sentence_without_its_fillers_still_begins_large_and_ends() -> None:
    assert left("Um, uh, turn it off, um, at the wall, uh. Then, erm, wait.") == "Turn it off, at the wall. Then, wait."


def test_what_is_a_word_in_a_language_stays_in_it() -> None:
    assert left("Er dreht, äh, am Rad, ähm.", "de") == "Er dreht, am Rad."
    assert left("Este tornillo, eh, gira.", "es") == "Este tornillo, gira."
    assert left("Well, like, you know.") == "Well, like, you know."


def test_of_a_language_that_is_not_known_nothing_is_left_out() -> None:
    assert left("Um, se on siinä.", "fi") == "Um, se on siinä."


def test_times_stay() -> None:
    um, off = Word("Um,", 0, 300, 0.9), Word("off.", 400, 900, 0.9)

    assert without_fillers([um, off], "en") == (Word("Off.", 400, 900, 0.9),)


def test_whether_there_are_any_is_known() -> None:
    assert has_fillers(["Well,", "um,", "no."], "en")
    assert not has_fillers(["Well,", "no."], "en")
