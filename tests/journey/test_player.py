"""The player that the benchmark of the first fragment watches: it stands still when a real one would."""

import pytest

from benchmarks.player import stalls


def test_what_comes_faster_than_it_plays_never_stands_still() -> None:
    assert stalls([(float(at), 8.0 + 2 * at) for at in range(60)], 100) == []


def test_a_first_fragment_that_is_short_is_waited_after_once() -> None:
    # One second, then plenty: heard of when the playlist is asked for again, four seconds after the beginning.
    waited = stalls([(10.0, 1.0), (11.0, 20.0), (15.0, 200.0)], 100)

    assert waited == [pytest.approx(3.0, abs=0.1)]


def test_what_comes_a_little_slower_than_it_plays_is_waited_for_again_and_again() -> None:
    assert len(stalls([(float(at), 0.8 * at + 1) for at in range(0, 120, 4)], 80)) > 5
