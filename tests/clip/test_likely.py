"""Which cuts are most probably right: all ways to cut three units, worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from clip.likely import HEAT, PRICE, cheapest, probabilities, worth

FIRST = [0, 0, 0, 0]


def costs(*rows: list[float]) -> list[NDArray[np.float64]]:
    """rows[end][start]"""
    return [np.zeros(0), *(np.array(row) for row in rows)]


def test_the_probability_of_a_cut_is_its_share_in_all_ways_to_cut() -> None:
    # Whole, cut once before unit 1 or 2, cut twice: these cost 4, 1 + 3, 2 + 2, 1 + 1 + 2, and a price for each clip.
    rows = costs([1.0], [2.0, 1.0], [4.0, 3.0, 2.0])
    weighs = np.exp(-np.array([4 + PRICE, 4 + 2 * PRICE, 4 + 2 * PRICE, 4 + 3 * PRICE]) / HEAT)
    whole, first, second, both = weighs / weighs.sum()

    found = probabilities(rows, FIRST, wanted=2, allowed=2)

    assert found.tolist() == pytest.approx([0, first + both, second + both, 0])
    assert whole > first > both


def test_the_price_of_a_clip_is_found_that_gives_about_as_many_as_are_wanted() -> None:
    rows = costs([1.0], [2.0, 1.0], [4.0, 3.0, 2.0])

    for wanted in (1.2, 2.0, 2.8):
        assert 1 + probabilities(rows, FIRST, wanted, allowed=0).sum() == pytest.approx(wanted, abs=0.05)


def test_a_cut_is_worth_its_probability_and_half_of_what_lies_beside_it() -> None:
    outside = costs([0.0], [0.0, 0.0], [7.0, 0.0, 0.0])

    rows = worth(np.array([0.0, 0.6, 0.2, 0.0]), FIRST, outside)

    assert rows[1].tolist() == [0.0]
    # Cut before 1: 0.6 and half of 0.2. Cut before 2 too: 0.2 and half of 0.6, less what was counted twice.
    assert rows[2].tolist() == pytest.approx([0.0, -0.7 + 0.4])
    assert rows[3].tolist() == pytest.approx([7.0, -0.7, -0.5])


def test_two_cuts_beside_each_other_promise_no_more_than_there_is() -> None:
    rows = worth(np.array([0.0, 0.6, 0.2, 0.0]), FIRST, costs([0.0], [0.0, 0.0], [0.0, 0.0, 0.0]))

    both = rows[1][0] + rows[2][1] + rows[3][2]

    assert both == pytest.approx(-0.8)


def test_the_cheapest_way_into_so_many_is_taken() -> None:
    rows = costs([0.0], [0.0, -0.7], [0.0, -0.7, -0.5])

    assert cheapest(rows, FIRST, 1) == [0, 3]
    assert cheapest(rows, FIRST, 2) == [0, 1, 3]
    assert cheapest(rows, FIRST, 3) == [0, 1, 2, 3]
