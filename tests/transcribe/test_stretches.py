"""A long recording as jobs of a few minutes."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.span import Span
from domain.transcript import Pause
from transcribe.stretches import pauses_within, stretches


def every(ms: int, length_ms: int, until_ms: int) -> tuple[Pause, ...]:
    """A pause of `length_ms` at every `ms`."""
    return tuple(Pause(at, at + length_ms) for at in range(ms, until_ms, ms))


def test_a_short_recording_is_one_stretch_without_the_silence_around_it() -> None:
    pauses = (Pause(0, 3000), Pause(20_000, 20_400), Pause(40_000, 60_000))

    assert stretches(pauses, 60_000) == (Span(2500, 40_500),)


def test_without_speech_there_is_no_stretch() -> None:
    assert stretches((Pause(0, 60_000),), 60_000) == ()


def test_a_recording_without_any_pause_is_still_heard() -> None:
    assert stretches((), 60_000) == (Span(0, 60_000),)


def test_a_long_recording_is_parted_in_the_middle_of_the_longest_pause_near_the_limit() -> None:
    pauses = (*every(10_000, 300, 230_000), Pause(230_000, 231_000), *every(240_000, 300, 400_000))
    pauses = tuple(sorted(pauses, key=lambda p: p.start_ms))

    assert stretches(pauses, 400_000) == (Span(0, 230_500), Span(230_500, 400_000))


def test_speech_without_a_pause_is_parted_at_the_limit() -> None:
    assert stretches((), 500_000) == (Span(0, 240_000), Span(240_000, 480_000), Span(480_000, 500_000))


def test_a_minute_of_silence_in_the_middle_is_left_out() -> None:
    pauses = (Pause(30_000, 90_000),)

    assert stretches(pauses, 120_000) == (Span(0, 30_500), Span(89_500, 120_000))


def test_a_stretch_knows_the_pauses_inside_it_in_its_own_time() -> None:
    pauses = (Pause(0, 900), Pause(1500, 2500), Pause(4000, 4200), Pause(5900, 7000))

    assert pauses_within(pauses, Span(2000, 6000)) == (Pause(0, 500), Pause(2000, 2200), Pause(3900, 4000))


@st.composite
def recordings(draw: st.DrawFn) -> tuple[tuple[Pause, ...], int]:
    at, pauses = 0, []
    for speech, silence in draw(st.lists(st.tuples(st.integers(0, 90_000), st.integers(160, 40_000)), max_size=30)):
        pauses.append(Pause(at + speech, at + speech + silence))
        at += speech + silence
    return tuple(pauses), at + draw(st.integers(1, 90_000))


@given(recordings())
def test_stretches_hold_all_speech_in_order_and_keep_the_limit(recording: tuple[tuple[Pause, ...], int]) -> None:
    pauses, duration_ms = recording

    found = stretches(pauses, duration_ms, longest_ms=120_000)

    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(span.length_ms <= 120_000 for span in found)
    edges = [0, *(at for p in pauses for at in (p.start_ms, p.end_ms)), duration_ms]
    for start, end in zip(edges[::2], edges[1::2], strict=True):  # of speech
        assert end - start == sum(max(0, min(end, span.end_ms) - max(start, span.start_ms)) for span in found)
