"""How well words belong together."""

from collections import Counter
from math import lgamma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip.cohesion import costs

units = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), min_size=1, max_size=15)


def by_the_formula(segment: list[str], vocabulary: int, prior: float) -> float:
    """Dirichlet compound multinomial, straight from its definition."""
    log_p = lgamma(vocabulary * prior) - lgamma(len(segment) + vocabulary * prior)
    return -(log_p + sum(lgamma(n + prior) - lgamma(prior) for n in Counter(segment).values()))


@given(units, st.integers(1, 15))
def test_costs_are_those_of_the_formula(given_units: list[list[str]], reach: int) -> None:
    first = [max(0, end - reach) for end in range(len(given_units) + 1)]

    rows = costs(given_units, first, prior=0.2)

    vocabulary = max(1, len({stem for unit in given_units for stem in unit}))
    for end in range(1, len(given_units) + 1):
        for start in range(first[end], end):
            segment = [stem for unit in given_units[start:end] for stem in unit]
            wanted = by_the_formula(segment, vocabulary, 0.2)
            assert rows[end][start - first[end]] == pytest.approx(wanted, abs=1e-9)


def test_one_topic_costs_less_together_and_two_cost_less_apart() -> None:
    bread, chain = ["bread", "oven", "bread"], ["chain", "oil", "chain"]

    rows = costs([bread, bread, chain, chain], [0, 0, 0, 0, 0])

    together = {(start, end): rows[end][start] for end in range(1, 5) for start in range(end)}
    assert together[0, 2] + together[2, 4] < together[0, 4]
    assert together[0, 2] < together[0, 1] + together[1, 2]


def test_nothing_said_costs_nothing() -> None:
    assert np.concatenate(costs([[], []], [0, 0, 0])).tolist() == [0.0, 0.0, 0.0]
