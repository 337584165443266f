"""What the checker finds, rule by rule; and that our own captions have little to be found."""

import pytest

from domain.span import Span
from domain.track import TrackCue
from domain.transcript import Word
from tests.transcribe.test_captions import captioned
from tests.transcribe.test_sentences import said
from transcribe.caption_check import Finding, check


def shown(start_ms: int, end_ms: int, *lines: str) -> TrackCue:
    return TrackCue(start_ms, end_ms, lines, Span(start_ms, end_ms))


def broken(*cues: TrackCue, language: str = "en") -> dict[str, int]:
    return {each.rule: each.broken for each in check(cues, language) if each.broken}


def of(rule: str, *cues: TrackCue) -> Finding:
    return next(each for each in check(cues) if each.rule == rule)


GOOD = shown(0, 2000, "Turn the valve slowly", "to the left.")


def test_captions_that_keep_every_rule_break_none() -> None:
    assert broken(GOOD, shown(2067, 4000, "Then wash your hands."), shown(5000, 6000, "Yes.")) == {}


@pytest.mark.parametrize(
    ("cue", "rule", "measured"),
    [
        (shown(0, 6000, "One line.", "Another line.", "A third line."), "lines", "3 lines"),
        (shown(0, 6000, "x" * 40 + " yes"), "columns", "44 characters"),
        (shown(0, 1000, "Five and twenty characters."), "speed", "27.0 a second"),
        (shown(0, 800, "Yes, do."), "short", "0.80 s"),
        (shown(0, 7500, "Turn it slowly."), "long", "7.50 s"),
        (shown(0, 2000, "Put it on the", "upper left shelf."), "break", "1 of its lines"),
        (shown(0, 2000, "Put it on the upper left", "side."), "alone", "one word"),
    ],
)
def test_what_a_caption_breaks_is_found_and_measured(cue: TrackCue, rule: str, measured: str) -> None:
    assert broken(cue) == {rule: 1}
    assert of(rule, cue).worst[0].measured == measured


@pytest.mark.parametrize(
    ("next_at_ms", "rule", "measured"),
    [
        (1900, "overlap", "0.10 s together"),
        (2000, "gap", "0.00 s"),
        (2040, "gap", "0.04 s"),
        (2300, "flicker", "0.30 s"),
    ],
)
def test_what_lies_between_two_captions_is_measured(next_at_ms: int, rule: str, measured: str) -> None:
    following = shown(next_at_ms, 4500, "Then wash your hands.")

    assert broken(GOOD, following) == {rule: 1}
    assert of(rule, GOOD, following).worst[0].measured == measured


def test_the_worst_come_first_and_are_few() -> None:
    cues = [shown(i * 10_000, i * 10_000 + 100 * (i + 1), "Yes.") for i in range(6)]

    found = of("short", *cues)

    assert found.broken == 6
    assert [each.at_ms for each in found.worst] == [0, 10_000, 20_000]


def test_a_word_alone_is_none_where_it_is_a_sentence() -> None:
    assert "alone" not in broken(shown(0, 2000, "Turn it off.", "Now."), shown(3000, 4000, "Good."))
    assert broken(shown(0, 2000, "Turn it all the way"), shown(3000, 4000, "off.")) == {"alone": 1}


def test_words_cling_to_others_in_the_language_that_is_named() -> None:
    cue = shown(0, 3000, "Wir stellen es auf den", "kleinen Tisch.")

    assert broken(cue, language="de") == {"break": 1}
    assert broken(cue, language="fi") == {}


def test_our_own_captions_break_no_rule_when_somebody_speaks_at_an_even_pace() -> None:
    text = (
        "Before you open the label printer, switch it off and let the print head cool down for a minute. Good. "
        "Lift the cover, take the empty roll out, and wipe the rubber roller with a dry cloth. "
        "The new roll goes in from the right, with the labels facing up, until you hear it click."
    )

    words = tuple(Word(w.text, 4 * w.start_ms // 3, 4 * w.end_ms // 3, 0.9) for w in said(text))  # 180 a minute

    assert [each for each in check(captioned(words)) if each.broken] == []
