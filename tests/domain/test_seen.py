"""Where a recording is looked at, and what is known from it."""

import pytest

from domain.seen import Seen, quiet_edges_ms, silences
from domain.span import Span
from domain.transcript import Pause


def test_silences_of_twenty_seconds_are_looked_at_also_where_a_word_is_said_in_them() -> None:
    pauses = [Pause(0, 12_000), Pause(12_600, 30_000), Pause(40_000, 59_000), Pause(62_000, 90_000)]

    assert silences(pauses, 90_000) == (Span(0, 30_000), Span(62_000, 90_000))
    assert silences(pauses, 90_000, from_ms=70_000) == (Span(70_000, 90_000),)


def test_a_slow_speaker_is_not_silent() -> None:
    pauses = [Pause(at, at + 900) for at in range(0, 60_000, 1_700)]

    assert silences(pauses, 60_000) == ()


def test_stillness_that_goes_on_after_the_head_is_one() -> None:
    head = Seen((20_000,), (Span(80_000, 89_000),))

    whole = head.before(85_000).and_then(Seen((140_000,), (Span(86_000, 95_000), Span(100_000, 110_000))))

    assert whole == Seen((20_000, 140_000), (Span(80_000, 95_000), Span(100_000, 110_000)))


def test_long_silence_at_the_ends_has_a_place_two_seconds_from_what_is_said() -> None:
    pauses = [Pause(0, 9_000), Pause(20_000, 24_000), Pause(50_000, 60_000)]

    assert quiet_edges_ms(pauses, 60_000) == (7_000, 52_000)
    assert quiet_edges_ms(pauses[1:2], 60_000) == ()


@pytest.mark.parametrize("changes", [(2, 1), (1, 1), (-1,)])
def test_changes_rise(changes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        Seen(changes)
