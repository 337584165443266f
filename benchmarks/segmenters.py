"""Other people's ways to part a talk, written anew from their papers, to measure ours beside.

Each is told how many segments there are to be, and has the same words, stems and embeddings as ours. None
sees the true bounds.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.boundaries import Masses
from benchmarks.talks import LEAST_UTTERANCES, Talk
from clip import cohesion, scatter
from clip.terms import stems

Vectors = NDArray[np.float32]  # a row of length one for each utterance
Method = Callable[[Talk, int, Vectors], Masses]
NO_VECTORS: Vectors = np.zeros((0, 0), np.float32)  # for the methods that do not look at them

APART = 3  # utterances between two cuts of those that take the deepest valleys
CONTEXT = 5  # utterances that TreeSeg embeds together


def uniform(talk: Talk, wanted: int, vectors: Vectors) -> Masses:
    """Cuts at equal distances of time."""
    step = talk.duration_ms / wanted
    found = Counter(min(wanted - 1, int(s.start_ms / step)) for s in talk.sentences)
    return [found[n] for n in sorted(found)]


def text_tiling(talk: Talk, wanted: int, vectors: Vectors, reach: int = 10) -> Masses:
    """Hearst 1997: where the words of so many utterances before and after are least alike, by the valley's depth."""
    bags = [Counter(unit) for unit in stems((s.text for s in talk.sentences), "en")]
    alike = []
    for i in range(1, len(bags)):
        left, right = (sum(side, Counter[str]()) for side in (bags[max(0, i - reach) : i], bags[i : i + reach]))
        norm = math.hypot(*left.values()) * math.hypot(*right.values())
        alike.append(sum(left[w] * right[w] for w in left) / norm if norm else 0.0)
    return _deepest(np.array(alike), wanted, LEAST_UTTERANCES)


def clips_ai(talk: Talk, wanted: int, vectors: Vectors, reach_words: int = 120) -> Masses:
    """As ClipsAI: TextTiling on embeddings, smoothed; the means of so many words before and after."""
    words = np.maximum(np.array(talk.words, float), 1)
    pull = np.vstack([np.zeros(vectors.shape[1]), np.cumsum(vectors * words[:, None], axis=0)])
    at = np.concatenate([[0], np.cumsum(words)])
    gaps = np.arange(1, len(words))
    low = np.minimum(np.searchsorted(at, at[gaps] - reach_words), gaps - 1)
    high = np.clip(np.searchsorted(at, at[gaps] + reach_words, "right") - 1, gaps + 1, len(words))
    left, right = pull[gaps] - pull[low], pull[high] - pull[gaps]
    alike = (left * right).sum(axis=1) / (np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1) + 1e-9)
    smooth = np.convolve(np.pad(alike, 1, mode="edge"), np.ones(3) / 3, "valid")
    return _deepest(smooth, wanted, APART)


def bayes_seg(talk: Talk, wanted: int, vectors: Vectors) -> Masses:
    """Eisenstein and Barzilay 2008: the likeliest by the words alone."""
    size = len(talk.sentences)
    rows = cohesion.costs(stems((s.text for s in talk.sentences), "en"), [0] * (size + 1))
    return best_of(rows, [0] * (size + 1), wanted)


def embedding_dp(talk: Talk, wanted: int, vectors: Vectors) -> Masses:
    """The least scatter of the embeddings (Alemi and Ginsparg 2015), every utterance alike."""
    size = len(talk.sentences)
    rows = scatter.costs(vectors, [1] * size, [1] * size, [0] * (size + 1))
    return best_of(rows, [0] * (size + 1), wanted)


def tree_seg(talk: Talk, wanted: int, vectors: Vectors) -> Masses:
    """Gklezakos et al. 2024: parted in two where that lowers the scatter most, again and again.

    Each utterance is embedded with those before it (here: the mean of their embeddings).
    """
    size = len(vectors)
    padded = np.vstack([np.repeat(vectors[:1], CONTEXT - 1, axis=0), vectors])
    blocks = np.array([padded[i : i + CONTEXT].mean(axis=0) for i in range(size)])
    blocks /= np.linalg.norm(blocks, axis=1, keepdims=True) + 1e-9
    costs = scatter.costs(blocks, [1] * size, [1] * size, [0] * (size + 1))

    def best(begin: int, end: int) -> tuple[float, int]:
        ways = range(begin + LEAST_UTTERANCES, end - LEAST_UTTERANCES + 1)
        whole = float(costs[end][begin])
        return min(((costs[at][begin] + costs[end][at] - whole, at) for at in ways), default=(math.inf, 0))

    leaves = {(0, size): best(0, size)}
    while len(leaves) < wanted:
        (begin, end), (gain, at) = min(leaves.items(), key=lambda leaf: leaf[1])
        if gain == math.inf:
            break
        del leaves[begin, end]
        leaves[begin, at], leaves[at, end] = best(begin, at), best(at, end)
    return [end - begin for begin, end in sorted(leaves)]


def best_of(rows: Sequence[NDArray[np.float64]], first: Sequence[int], wanted: int) -> Masses:
    """The cheapest segmentation into exactly so many, in units; rows as clip.cut.Choices has them."""
    size = len(rows)
    cheapest = np.full((wanted + 1, size), np.inf)
    cheapest[0, 0] = 0.0
    came_from = np.zeros((wanted + 1, size), np.int64)
    for end in range(1, size):
        options = cheapest[:-1, first[end] : end] + rows[end]
        came_from[1:, end] = first[end] + options.argmin(axis=1)
        cheapest[1:, end] = options.min(axis=1)
    cuts = [size - 1]
    for segments in range(wanted, 0, -1):
        cuts.append(int(came_from[segments, cuts[-1]]))
    return [b - a for a, b in pairwise(reversed(cuts))]


def _deepest(alike: NDArray[np.float64], wanted: int, apart: int) -> Masses:
    """Cut in the deepest valleys: how far it rises to both sides before it falls again."""
    depths = []
    for i, here in enumerate(alike):
        peaks = []
        for side in (alike[i::-1], alike[i:]):
            falls = np.flatnonzero(np.diff(side) < 0)
            peaks.append(side[falls[0]] if len(falls) else side[-1])
        depths.append(sum(peaks) - 2 * here)
    chosen: list[int] = []
    for i in sorted(range(len(depths)), key=lambda i: -depths[i]):
        if len(chosen) < wanted - 1 and all(abs(i + 1 - c) >= apart for c in chosen):
            chosen.append(i + 1)
    return [b - a for a, b in pairwise([0, *sorted(chosen), len(alike) + 1])]


METHODS: dict[str, Method] = {
    "uniform": uniform,
    "TextTiling": text_tiling,
    "ClipsAI's": clips_ai,
    "TreeSeg's": tree_seg,
    "embedding DP": embedding_dp,
    "BayesSeg": bayes_seg,
}
