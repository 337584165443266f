"""How well the words of a stretch belong together.

A topic has words of its own. Eisenstein and Barzilay ("Bayesian Unsupervised Topic Segmentation",
EMNLP 2008, equations 4 and 5) take each segment's words as drawn from one unknown distribution with
a symmetric Dirichlet prior, and integrate that distribution out. What remains is the Dirichlet
compound multinomial: with n words in the segment, n_w of them w, a vocabulary of W and a prior of b,

    log p = lgamma(W b) - lgamma(n + W b) + sum over w of (lgamma(n_w + b) - lgamma(b))

It is high when a segment says few words often. The sum over a recording's segments is highest where
cuts fall between topics.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PRIOR = 0.2  # b: small, because a topic uses few of the words there are


def costs(units: Sequence[Sequence[str]], first: Sequence[int], prior: float = PRIOR) -> list[NDArray[np.float64]]:
    """-log p of every segment that may be asked for.

    `units` are the stems of each stretch that is never cut. Row `end` of the answer (0 is empty)
    holds the cost of the segments [start, end) for start = first[end] .. end - 1; `first` must not
    fall. The work is in proportion to the words that recur within reach, not to the rows' lengths.
    """
    vocabulary = max(1, len({stem for unit in units for stem in unit}))
    most = sum(map(len, units)) + 1
    one = [math.lgamma(n + prior) for n in range(most + 1)]
    total = np.array([math.lgamma(n + vocabulary * prior) for n in range(most + 1)])

    before = np.concatenate([[0], np.cumsum([len(unit) for unit in units], dtype=np.int64)])
    gathered = np.zeros(len(units))  # by start: the sum over w so far, of the segment [start, end)
    seen: dict[str, list[tuple[int, int]]] = {}  # stem -> (unit, how often), latest last
    rows: list[NDArray[np.float64]] = [np.zeros(0)]
    for end in range(1, len(units) + 1):
        low = first[end]
        # What this unit's words add depends on how often a segment has them already: it steps up
        # at each earlier unit that has them, going back.
        steps = np.zeros(end - low + 1)
        for stem, n in Counter(units[end - 1]).items():
            earlier = seen.setdefault(stem, [])
            had, added = 0, one[n] - one[0]
            steps[-1] += added
            for unit, m in reversed(earlier):
                if unit < low:
                    break
                had += m
                more = one[had + n] - one[had]
                steps[unit - low] += more - added  # for every start at or before that unit
                added = more
            earlier.append((end - 1, n))
        # steps[-1] holds for all starts; the others from the right: a suffix sum.
        gathered[low:end] += np.cumsum(steps[:-1][::-1])[::-1] + steps[-1]
        rows.append(total[before[end] - before[low:end]] - total[0] - gathered[low:end])
    return rows
