"""What the weights of clip/cut.py should be, as far as talks can tell: python -m benchmarks.tuning TALKS

Weights are wanted under which people's own bounds are likely. With the number of topics known, a way to cut is
taken to have the probability exp(-cost) over the sum of that for all ways (a semi-Markov conditional random
field), and the weights are found by which the true one is likeliest, held near those of today by a penalty. Each
talk is judged by weights that were found without it: printed are those, how likely its own bounds are under them
(the negative logarithm, for each bound: lower is better) and under today's, and what is cut with either.

Likelihood, not Pk, is what is compared: with a handful of talks Pk jumps by a tenth where one cut moves.
"""

import sys
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.boundaries import bounds, exact_f1, pk, window_diff
from benchmarks.segmentation import parted
from benchmarks.segmenters import Vectors
from benchmarks.talks import Talk, talks
from clip import embed
from clip.cut import WEIGHTS, Weights, choices
from clip.likely import HEAT
from domain.clip import Lengths

NAMES = ("scatter", "length", "cue", "pause", "unfinished", "question")
HELD = 0.1  # how dear it is that a weight is not today's, as a share of it, squared
ROUNDS = 50
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """A talk cut into its topics: what each segment [start, end) costs by each weight alone, cohesion first."""

    features: Matrix  # [weight, start, end]
    true: Matrix  # the features of the true way, added up
    number: int


def task(talk: Talk, vectors: Vectors | None) -> Task:
    number = len(talk.topics["fine"])
    usual = Lengths(1, talk.duration_ms, talk.duration_ms // number)
    none = replace(WEIGHTS, **dict.fromkeys(NAMES, 0.0))

    def costs(weights: Weights) -> Matrix:
        found = choices(talk.sentences, talk.pauses, talk.duration_ms, usual, vectors=vectors, weights=weights)
        whole = np.zeros((len(found.rows), len(found.rows)))
        for end, row in enumerate(found.rows):
            whole[found.first[end] : end, end] = row
        return whole

    words = costs(none)
    features = np.array([words, *(costs(replace(none, **{name: 1.0})) - words for name in NAMES)])
    cuts = [0, *bounds(talk.topics["fine"]), features.shape[1] - 1]
    return Task(features, np.sum([features[:, a, b] for a, b in pairwise(cuts)], axis=0), number)


def unlikelihood(given: Task, weights: Matrix) -> tuple[float, Matrix]:
    """(-log of the true way's probability, its gradient), both for each bound."""
    costs = -np.tensordot(weights, given.features, 1)
    costs[np.tril_indices_from(costs)] = -np.inf
    size = len(costs)
    ahead = np.full((given.number + 1, size), -np.inf)
    behind = ahead.copy()
    ahead[0, 0] = behind[0, -1] = 0.0
    for n in range(given.number):
        ahead[n + 1] = np.logaddexp.reduce(ahead[n][:, None] + costs, axis=0)
        behind[n + 1] = np.logaddexp.reduce(costs + behind[n][None, :], axis=1)
    total = ahead[-1, -1]
    shares = sum(
        np.exp(ahead[n][:, None] + costs + behind[given.number - 1 - n][None, :] - total) for n in range(given.number)
    )
    expected = (given.features * shares).sum(axis=(1, 2))
    each = max(1, given.number - 1)
    return float(weights @ given.true + total) / each, (given.true - expected) / each


def fitted(tasks: list[Task]) -> Matrix:
    """By RProp: steps that grow while the slope keeps its sign, and shrink where it turns."""
    today = np.array([1.0, *(asdict(WEIGHTS)[name] for name in NAMES)]) / HEAT
    weights, steps, before = today.copy(), 0.05 * today, np.zeros(len(today))
    for _ in range(ROUNDS):
        slope = 2 * HELD * (weights - today) / today**2
        slope += sum(unlikelihood(each, weights)[1] for each in tasks)
        steps *= np.where(slope * before > 0, 1.2, np.where(slope * before < 0, 0.5, 1.0))
        weights = np.maximum(weights - np.sign(slope) * steps, 0.0)
        before = slope
    return weights


def main(folder: Path) -> None:
    given = talks(folder)
    known = [embed.vectors([s.text for s in talk.sentences], "en") for talk in given]
    tasks = [task(talk, vectors) for talk, vectors in zip(given, known, strict=True)]
    today = np.array([1.0, *(asdict(WEIGHTS)[name] for name in NAMES)]) / HEAT
    pairs: dict[str, list[tuple[list[int], list[int]]]] = {"without it": [], "today's": []}
    for n, talk in enumerate(given):
        weights = fitted([each for m, each in enumerate(tasks) if m != n])
        found = replace(WEIGHTS, **dict(zip(NAMES, (weights[1:] / weights[0]).tolist(), strict=True)))
        for way, each in (("without it", found), ("today's", WEIGHTS)):
            pairs[way].append((talk.topics["fine"], parted(talk, len(talk.topics["fine"]), known[n], each)))
        likely = [unlikelihood(tasks[n], each)[0] for each in (weights, today)]
        print(
            f"{talk.name[:8]}  {likely[0]:.2f}, today's {likely[1]:.2f}; heat {1 / weights[0]:.1f}  "
            + "  ".join(f"{name} {asdict(found)[name]:.1f}" for name in NAMES),
            flush=True,
        )
    for way, cut in pairs.items():
        each_pk, each_difference = [pk(*pair) for pair in cut], [window_diff(*pair) for pair in cut]
        print(f"{way:12} Pk {np.mean(each_pk):.3f}  WinDiff {np.mean(each_difference):.3f}  F1 {exact_f1(cut):.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
