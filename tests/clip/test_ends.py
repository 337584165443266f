"""What is left out at a recording's ends."""

import pytest

from clip.cut import cut
from domain.span import Span
from domain.transcript import Pause, Sentence
from tests.clip.talks import OVEN


def said(*texts: str, pauses_ms: dict[int, int]) -> tuple[list[Sentence], list[Pause], int]:
    """Sentences of two seconds, 0.4 s apart or, after the ones named, so long."""
    sentences, pauses = [], []
    at = 0
    for n, text in enumerate(texts):
        sentences.append(Sentence(text, at, at + 2_000))
        at += 2_000
        if n < len(texts) - 1:
            pauses.append(Pause(at, at + pauses_ms.get(n, 400)))
            at = pauses[-1].end_ms
    return sentences, pauses, at


@pytest.mark.parametrize(
    "start",
    [
        ("Okay, is it on?", "Right.", "So..."),
        ("Okay.",),
        ("Is this thing recording?", "Yes, the red light is on."),
        ("Um, wait, let me start again."),
        ("So, eh, again.",),
        ("So, today I want to talk about, eh...", "Sorry, again."),
    ],
)
def test_a_false_start_is_left_out_up_to_the_middle_of_the_pause_after_it(start: tuple[str, ...] | str) -> None:
    texts = (start,) if isinstance(start, str) else start
    sentences, pauses, duration = said(*texts, *OVEN, pauses_ms={len(texts) - 1: 3_000})

    spans = cut(sentences, pauses, duration)

    assert spans == (Span(pauses[len(texts) - 1].middle_ms, duration),)


@pytest.mark.parametrize("end", [("How do I stop this?",), ("Okay.", "Now, where is the button?")])
def test_what_is_said_to_the_machine_at_the_end_is_left_out(end: tuple[str, ...]) -> None:
    sentences, pauses, duration = said(*OVEN, *end, pauses_ms={len(OVEN) - 1: 3_000})

    spans = cut(sentences, pauses, duration)

    assert spans == (Span(0, pauses[len(OVEN) - 1].middle_ms),)


@pytest.mark.parametrize(
    "start",
    [
        "Hello, I am Anna.",  # somebody who greets has begun
        "Which one should you take?",  # a pause after a question is art
        "Is it on? Check the ashes first.",  # about the oven
        "Sweep the floor.",
        "Today I want to talk about cheese.",
    ],
)
def test_a_first_sentence_that_says_something_stays(start: str) -> None:
    sentences, pauses, duration = said(start, *OVEN, pauses_ms={0: 3_000})

    assert cut(sentences, pauses, duration) == (Span(0, duration),)


def test_a_false_start_without_a_long_pause_after_it_stays() -> None:
    sentences, pauses, duration = said("Okay, is it on?", *OVEN, pauses_ms={0: 1_000})

    assert cut(sentences, pauses, duration) == (Span(0, duration),)


def test_the_machine_is_the_matter_of_a_tip_about_it() -> None:
    texts = ("Is it recording?", "The red light of the recorder tells whether it is recording.", *OVEN)
    sentences, pauses, duration = said(*texts, pauses_ms={0: 3_000})

    assert cut(sentences, pauses, duration) == (Span(0, duration),)


def test_nothing_but_a_false_start_is_all_there_is() -> None:
    sentences, pauses, duration = said("Okay.", "Right.", pauses_ms={0: 3_000})

    assert cut(sentences, pauses, duration) == (Span(0, duration),)


def test_in_a_language_we_do_not_know_nothing_is_taken_for_a_false_start() -> None:
    sentences, pauses, duration = said("Okay.", *OVEN, pauses_ms={0: 3_000})

    assert cut(sentences, pauses, duration, language="fi") == (Span(0, duration),)


@pytest.mark.parametrize(
    ("language", "start", "end", "closes"),
    [
        ("de", "Ist die Kamera an?", "Wie stoppe ich das?", "So geht das."),
        ("es", "Vale, ¿está grabando?", "¿Cómo se para esto?", "Y así funciona."),
        ("fr", "Alors, ça enregistre\u202f?", "Comment j’arrête ça\u202f?", "Et voilà, ça marche."),
    ],
)
def test_what_is_said_to_the_machine_is_told_from_the_last_word_of_a_tip(
    language: str, start: str, end: str, closes: str
) -> None:
    sentences, pauses, duration = said(start, *OVEN, end, pauses_ms={0: 3_000, len(OVEN): 3_000})
    kept, their_pauses, whole = said(*OVEN, closes, pauses_ms={len(OVEN) - 1: 3_000})

    assert cut(sentences, pauses, duration, language=language) == (Span(pauses[0].middle_ms, pauses[-1].middle_ms),)
    assert cut(kept, their_pauses, whole, language=language) == (Span(0, whole),)
