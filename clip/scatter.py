"""How far apart the sentences of a stretch are in meaning.

A sentence's embedding is a point on a sphere; sentences about one thing lie near each other though
they share no word. The cost of a stretch is the sum of the squared distances of its points from
their centre of gravity, each weighing as much as its sentence has words (as a share of the usual
sentence's): with weights v, points x of length one, and V the sum of v,

    cost = V - |sum of v x|^2 / V

It never falls as a stretch grows, and grows most where the subject changes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def costs(
    vectors: NDArray[np.float32], words: Sequence[int], counts: Sequence[int], first: Sequence[int]
) -> list[NDArray[np.float64]]:
    """The cost of every segment that may be asked for, in rows as cohesion.costs gives them.

    `vectors` has a row of length one for each sentence, `words` how many it has; `counts` is how many
    sentences each stretch has that is never cut. Where nothing is said nothing is apart.
    """
    usual = max(1.0, float(np.mean(words))) if len(words) else 1.0
    weights = np.maximum(np.asarray(words, float), 1.0) / usual
    ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    mass = np.concatenate([[0.0], np.cumsum(weights)])[ends]
    drawn = weights[:, None] * vectors
    pull = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(drawn, axis=0)])[ends]

    rows: list[NDArray[np.float64]] = [np.zeros(0)]
    for end in range(1, len(ends)):
        within = mass[end] - mass[first[end] : end]
        centre = pull[end] - pull[first[end] : end]
        spread = np.einsum("ij,ij->i", centre, centre)
        rows.append(within - np.divide(spread, within, out=np.zeros_like(within), where=within > 0))
    return rows
