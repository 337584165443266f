"""How far apart sentences are in meaning: values worked out by hand."""

import numpy as np
import pytest

from clip import scatter

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def test_sentences_that_mean_the_same_lie_nowhere_apart() -> None:
    rows = scatter.costs(np.array([EAST, EAST], np.float32), [5, 5], [1, 1], [0, 0, 0])

    assert [row.tolist() for row in rows] == [[], [0.0], [0.0, 0.0]]


def test_the_cost_is_the_weighted_sum_of_squares_around_the_centre() -> None:
    rows = scatter.costs(np.array([EAST, NORTH], np.float32), [1, 3], [1, 1], [0, 0, 0])

    # Weights 0.5 and 1.5, the centre at (0.25, 0.75): 0.5 (0.75^2 + 0.75^2) + 1.5 (0.25^2 + 0.25^2)
    assert rows[2][0] == pytest.approx(0.75)


def test_what_is_never_cut_counts_as_one() -> None:
    rows = scatter.costs(np.array([EAST, NORTH, NORTH], np.float32), [1, 1, 1], [2, 1], [0, 0, 1])

    assert rows[1].tolist() == pytest.approx([1.0])
    assert rows[2].tolist() == pytest.approx([0.0])
