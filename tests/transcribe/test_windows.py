"""What Whisper is given to listen to, and where its words go."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.transcript import Pause, Word
from tests.transcribe.sound import silence
from transcribe.windows import Piece, Window, windows

A_TO_B = Piece(start_ms=600, first_ms=1000, last_ms=3000, end_ms=3400)
C_TO_D = Piece(start_ms=9600, first_ms=10_000, last_ms=12_000, end_ms=12_400)


def word(start_ms: int, end_ms: int, text: str = "word") -> Word:
    return Word(text, start_ms, end_ms, 0.9)


def times(words: tuple[Word, ...]) -> list[tuple[int, int]]:
    return [(w.start_ms, w.end_ms) for w in words]


def test_without_speech_there_is_nothing_to_listen_to() -> None:
    assert windows(silence(60), (Pause(0, 60_000),)) == ()


def test_long_silence_is_shortened_to_air_around_the_speech() -> None:
    (window,) = windows(silence(20), (Pause(0, 1000), Pause(3000, 10_000), Pause(12_000, 20_000)))

    assert window.pieces == (A_TO_B, C_TO_D)
    assert window.length_ms == 5600
    assert len(window.sound(silence(20))) == 5600 * 16


def test_a_short_pause_stays_as_it_is() -> None:
    (window,) = windows(silence(10), (Pause(4000, 4500),))

    assert window.pieces == (Piece(0, 0, 4000, 4250), Piece(4250, 4500, 10_000, 10_000))


def test_speech_is_laid_in_as_few_windows_as_can_be_parted_at_the_longest_pause() -> None:
    pauses = (Pause(10_000, 10_200), Pause(20_000, 20_600), Pause(28_000, 28_200), Pause(38_000, 38_200))

    found = windows(silence(50), pauses)

    # Two windows will do; at 20.6 s the pause is longest, and 29.4 s are left for the second.
    assert [(w.pieces[0].start_ms, w.end_ms) for w in found] == [(0, 20_300), (20_300, 50_000)]


def test_a_minute_without_a_pause_is_parted_where_it_is_quietest() -> None:
    samples = np.full(60 * 16_000, 0.5, np.float32)
    samples[25 * 16_000 : 25 * 16_000 + 3200] = 0.01

    found = windows(samples, ())

    assert 25_000 <= found[0].end_ms <= 25_200
    assert sum(w.length_ms for w in found) == 60_000
    assert max(w.length_ms for w in found) <= 30_000


def test_words_are_put_back_to_where_they_were_said() -> None:
    window = Window((A_TO_B, C_TO_D))

    placed = window.placed([word(900, 1400), word(3700, 4100)])

    assert times(placed) == [(1500, 2000), (10_500, 10_900)]


def test_a_word_that_begins_in_the_silence_before_begins_with_the_speech() -> None:
    assert times(Window((A_TO_B,)).placed([word(100, 700), word(700, 1000)])) == [(1000, 1300), (1300, 1600)]


def test_the_last_word_before_a_pause_is_drawn_out_to_where_the_speech_ends() -> None:
    window = Window((A_TO_B, C_TO_D))

    placed = window.placed([word(1800, 2230), word(3700, 3800)])

    assert times(placed) == [(2400, 3000), (10_500, 10_600)]  # the second ends too far from the end


def test_a_word_across_a_seam_stays_on_the_side_of_its_middle() -> None:
    window = Window((A_TO_B, C_TO_D))  # the seam is at 2800 ms of the window

    assert times(window.placed([word(2500, 2900)])) == [(3100, 3400)]
    assert times(window.placed([word(2750, 2950)])) == [(9600, 9750)]


@given(
    pieces=st.lists(st.tuples(st.integers(160, 3000), st.integers(100, 4000)), min_size=1, max_size=5),
    spoken=st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 2000)), max_size=20),
)
def test_placed_words_keep_their_order_and_stay_within_the_pieces(
    pieces: list[tuple[int, int]], spoken: list[tuple[int, int]]
) -> None:
    at, laid = 0, []
    for silent, speech in pieces:
        air = min(400, silent // 2)
        first = at + silent
        laid.append(Piece(first - air, first, first + speech, first + speech + air))
        at = first + speech + 400
    window = Window(tuple(laid))

    placed = window.placed([word(start, start + length) for start, length in sorted(spoken)])

    assert all(a.start_ms <= b.start_ms for a, b in pairwise(placed))
    assert all(any(p.start_ms <= w.start_ms < w.end_ms <= p.end_ms for p in laid) for w in placed)


@given(st.lists(st.tuples(st.integers(50, 40_000), st.integers(160, 5000)), max_size=12))
def test_every_spoken_millisecond_is_heard_once_in_windows_of_half_a_minute(runs: list[tuple[int, int]]) -> None:
    at, pauses = 0, []
    for speech, silent in runs:
        pauses.append(Pause(at + speech, at + speech + silent))
        at += speech + silent

    found = windows(silence(at / 1000), pauses)

    pieces = [p for w in found for p in w.pieces]
    assert all(w.length_ms <= 30_000 for w in found)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(pieces))
    assert sum(p.last_ms - p.first_ms for p in pieces) == sum(speech for speech, _ in runs)
