"""Which fragments a cover touches, and which words."""

from fractions import Fraction

import pytest

from domain.cover import Box, Hidden, boxes_in, muted, touches
from domain.errors import Invalid
from domain.media import AUDIO_TIMESCALE, STILLS_TIMESCALE, VIDEO_TIMESCALE, Kind
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word

BOX = Box(0, 0, 500, 500)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "is_touched"),
    [
        (4_500, 5_000, True),
        (3_000, 3_901, True),  # an AAC frame of the fragment sounds over the end of the one before
        (3_000, 3_900, False),
        (6_099, 6_500, True),
        (6_100, 6_500, False),
    ],
)
def test_a_mute_touches_the_sound_that_is_heard_with_it(start_ms: int, end_ms: int, is_touched: bool) -> None:
    mute = Hidden(Span(start_ms, end_ms))

    assert touches([mute], Kind.AUDIO, 4 * AUDIO_TIMESCALE, 2 * AUDIO_TIMESCALE) == is_touched
    assert not touches([mute], Kind.VIDEO, 4 * VIDEO_TIMESCALE, 2 * VIDEO_TIMESCALE)


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "is_touched"),
    [(3_000, 4_001, True), (3_000, 4_000, False), (5_999, 7_000, True), (6_000, 7_000, False)],
)
def test_a_box_touches_the_pictures_of_its_span(start_ms: int, end_ms: int, is_touched: bool) -> None:
    box = Hidden(Span(start_ms, end_ms), BOX)

    assert touches([box], Kind.VIDEO, 4 * VIDEO_TIMESCALE, 2 * VIDEO_TIMESCALE) == is_touched
    assert not touches([box], Kind.AUDIO, 4 * AUDIO_TIMESCALE, 2 * AUDIO_TIMESCALE)


@pytest.mark.parametrize(("still_s", "is_touched"), [(2, False), (4, True), (6, True), (8, False)])
def test_a_box_touches_the_stills_of_its_moments_alone(still_s: int, is_touched: bool) -> None:
    box = Hidden(Span(4_020, 6_000), BOX)  # a frame that began before 4.02 s is on screen then

    assert touches([box], Kind.STILLS, still_s * STILLS_TIMESCALE, 2 * STILLS_TIMESCALE) == is_touched


def test_every_frame_that_is_shown_within_the_span_is_covered() -> None:
    assert boxes_in([Hidden(Span(390, 410), BOX), Hidden(Span(0, 9))], Fraction(25)) == ((9, 11, BOX),)


def test_words_that_are_said_within_a_mute_if_only_in_part_are_not_read() -> None:
    words = tuple(
        Word(text, at * 500, at * 500 + 500, 0.4) for at, text in enumerate(["He", "saw", "Ann.", "She", "waits."])
    )
    said = Transcript("en", "e", "m", words, (Sentence("He saw Ann.", 0, 1_500), Sentence("She waits.", 1_500, 2_500)))

    now = muted(said, [Span(999, 1_500)])

    assert [word.text for word in now.words] == ["He", "[…]", "[…]", "She", "waits."]
    assert [(word.start_ms, word.end_ms) for word in now.words] == [(word.start_ms, word.end_ms) for word in words]
    assert [sentence.text for sentence in now.sentences] == ["He […] […]", "She waits."]
    assert muted(said, [Span(2_500, 2_600)]) is said


@pytest.mark.parametrize("box", [(5, 0, 5, 9), (-1, 0, 5, 9), (0, 0, 5, 1_001), (0, 9, 5, 8)])
def test_a_box_lies_within_the_picture(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(Invalid):
        Box(*box)
