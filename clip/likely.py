"""Which cuts to make: those that are most probably right.

Of all ways to cut a recording one that costs c is taken to be right with a probability in proportion to
exp(-c / HEAT). The cheapest is only one of many that are nearly as good, and a cut that most of them make is a
better guess than one that the cheapest alone makes. So the probability of each bound is added up over all ways
(forward and backward, as in Sarawagi and Cohen, "Semi-Markov Conditional Random Fields", NIPS 2004), and those
bounds are taken that promise most: a cut is worth the probability that it is right, and NEAR times the
probability that it is one place off; what two cuts promise is counted once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = Sequence[NDArray[np.float64]]  # [end]: of the clips from first[end] .. end - 1 to `end`

HEAT = 10 / 3  # colder than talks are (docs/decisions/0028): then the number of clips keeps to what is asked for
NEAR = 0.5
PRICE = 1.0  # of one clip more, in the unit of costs, if the number of clips does not ask for another
_PRICES = 15  # tried at once
_RANGE = 200.0  # of prices


def probabilities(rows: Rows, first: Sequence[int], wanted: float, allowed: float) -> NDArray[np.float64]:
    """For each bound how probably it is a cut; 0 at the two ends.

    At the price nearest to PRICE with which about so many clips are to be expected: at most `allowed` more or
    fewer than `wanted`. Where there is none, at the one that comes nearest.
    """
    found = _at(rows, first, PRICE)
    if abs(1 + found.sum() - wanted) <= allowed:
        return found
    return _at(rows, first, _price(rows, first, wanted, allowed))


def worth(likely: NDArray[np.float64], first: Sequence[int], outside: Rows) -> list[NDArray[np.float64]]:
    """What each clip costs now: minus what the cut it begins with is worth, and what it is outside the limits."""
    beside = np.concatenate([[0.0], likely[:-1]]) + np.concatenate([likely[1:], [0.0]])
    value = likely + NEAR * beside
    value[[0, -1]] = 0.0
    rows = [np.zeros(0)]
    for end in range(1, len(likely)):
        low = first[end]
        row = outside[end] - value[low:end]
        if end < len(likely) - 1:  # two cuts near each other promise the same bounds
            if end - 1 > max(low - 1, 0):
                row[-1] += NEAR * (likely[end - 1] + likely[end])
            if end - 2 > max(low - 1, 0):
                row[-2] += NEAR * likely[end - 1]
        rows.append(row)
    return rows


def cheapest(rows: Rows, first: Sequence[int], wanted: int) -> list[int]:
    """The bounds (0 .. last) of the cheapest way to cut into `wanted` clips, or as nearly so many as a price finds."""
    # From no price, at which every cut is worth making, to one that no cut is worth.
    dearest = -min(float(row.min()) for row in rows[1:])
    prices = np.linspace(0.0, 1.01 * max(dearest, 0.0) + 1e-6, _PRICES)
    found: list[tuple[float, float, list[int]]] = []
    for _ in range(2):
        counts, came_from = _all_cheapest(rows, first, prices)
        misses = np.abs(counts - wanted)
        best = int(np.lexsort((prices, misses))[0])
        found.append((float(misses[best]), float(prices[best]), _path(came_from[:, best])))
        prices = np.linspace(prices[max(0, best - 1)], prices[min(len(prices) - 1, best + 1)], _PRICES)
    return min(found)[2]


def _at(rows: Rows, first: Sequence[int], price: float) -> NDArray[np.float64]:
    size = len(rows)
    heated = [(row + price) / -HEAT for row in rows]
    ahead, behind = np.zeros(size), np.full(size, -np.inf)
    for end in range(1, size):
        options = ahead[first[end] : end] + heated[end]
        top = options.max()
        ahead[end] = top + np.log(np.exp(options - top).sum())
    behind[-1] = 0.0
    for end in range(size - 1, 0, -1):
        reached = behind[first[end] : end]
        np.logaddexp(reached, heated[end] + behind[end], out=reached)
    found: NDArray[np.float64] = np.exp(np.minimum(ahead + behind - ahead[-1], 0.0))
    found[[0, -1]] = 0.0
    return found


def _price(rows: Rows, first: Sequence[int], wanted: float, allowed: float) -> float:
    """Several are tried at once, close together around PRICE, then again between the best and the next."""
    prices = PRICE + _RANGE * np.linspace(-1, 1, _PRICES) ** 3
    found: list[tuple[float, float, float]] = []
    for _ in range(2):
        misses = np.maximum(np.abs(_expected(rows, first, prices) - wanted) - allowed, 0.0)
        best = int(np.lexsort((np.abs(prices - PRICE), misses))[0])
        found.append((float(misses[best]), abs(float(prices[best]) - PRICE), float(prices[best])))
        prices = np.linspace(prices[max(0, best - 1)], prices[min(len(prices) - 1, best + 1)], _PRICES)
    return min(found)[2]


def _expected(rows: Rows, first: Sequence[int], prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each price the number of clips to be expected."""
    ahead, counts = np.zeros((len(prices), len(rows))), np.zeros((len(prices), len(rows)))
    asked = prices / HEAT
    for end in range(1, len(rows)):
        low = first[end]
        options = ahead[:, low:end] - rows[end] / HEAT
        top = options.max(axis=1)
        shares = np.exp(options - top[:, None])
        total = shares.sum(axis=1)
        ahead[:, end] = top + np.log(total) - asked
        counts[:, end] = np.einsum("ij,ij->i", shares, counts[:, low:end]) / total + 1
    return counts[:, -1]


def _all_cheapest(
    rows: Rows, first: Sequence[int], prices: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each price the number of clips of the cheapest way to cut, and where each end came from."""
    size, each = len(rows), np.arange(len(prices))
    least = np.zeros((len(prices), size))
    counts = np.zeros((len(prices), size), np.int64)
    came_from = np.zeros((size, len(prices)), np.int64)
    for end in range(1, size):
        low = first[end]
        options = least[:, low:end] + rows[end]
        start = low + options.argmin(axis=1)
        least[:, end] = options[each, start - low] + prices
        counts[:, end] = counts[each, start] + 1
        came_from[end] = start
    return counts[:, -1], came_from


def _path(came_from: NDArray[np.int64]) -> list[int]:
    cuts = [len(came_from) - 1]
    while cuts[-1]:
        cuts.append(int(came_from[cuts[-1]]))
    return cuts[::-1]
