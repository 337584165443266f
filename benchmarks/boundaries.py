"""How near a segmentation is to the true one. Both are masses: how many units each segment has, in order.

- Pk: Beeferman, Berger and Lafferty, "Statistical Models for Text Segmentation" (Machine Learning 34, 1999):
  of all pairs of units k apart, the share of which one segmentation says that they are in one segment and the
  other that they are not. k is half the mean length of the true segments, rounded.
- WindowDiff: Pevzner and Hearst, "A Critique and Improvement of an Evaluation Metric for Text Segmentation"
  (Computational Linguistics 28, 2002): the share of those pairs between which the two have different numbers
  of bounds. It counts a bound too many as it counts one too few.
- Boundary F1, exact: the harmonic mean of the share of cuts that are true and the share of bounds that are cut,
  over all talks together.

For both of the first lower is better. Checked against segeval 2.0.11, which computes k in the same way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

Masses = list[int]


def window(truth: Masses) -> int:
    """k: half of the true segments' mean length; at least 2, for pairs that are next to each other say little."""
    return max(2, round(sum(truth) / (2 * len(truth))))


def pk(truth: Masses, guess: Masses) -> float:
    k, t, g = window(truth), labels(truth), labels(guess)
    pairs = range(len(t) - k)
    return sum((t[i] == t[i + k]) != (g[i] == g[i + k]) for i in pairs) / max(1, len(pairs))


def window_diff(truth: Masses, guess: Masses) -> float:
    k, t, g = window(truth), labels(truth), labels(guess)
    pairs = range(len(t) - k)
    return sum(t[i + k] - t[i] != g[i + k] - g[i] for i in pairs) / max(1, len(pairs))


def exact_f1(pairs: Iterable[tuple[Masses, Masses]]) -> float:
    """Of (truth, guess) of every talk."""
    both = cut = true = 0
    for truth, guess in pairs:
        t, g = set(bounds(truth)), set(bounds(guess))
        both, cut, true = both + len(t & g), cut + len(g), true + len(t)
    return 2 * both / (cut + true) if cut + true else 1.0


def met(truth: Masses, guess: Masses) -> tuple[int, int]:
    """(true bounds with a cut at most one unit away, all true bounds)."""
    cuts = bounds(guess)
    return sum(any(abs(b - c) <= 1 for c in cuts) for b in bounds(truth)), len(truth) - 1


def pure(truth: Masses, guess: Masses, words: Sequence[int], least: float = 0.9) -> tuple[int, int]:
    """(segments of the guess of whose words at least `least` belong to one true segment, all of them)."""
    told: dict[int, Counter[int]] = {}
    for n, topic, segment in zip(words, labels(truth), labels(guess), strict=True):
        told.setdefault(segment, Counter())[topic] += n
    return sum(max(each.values()) >= least * each.total() for each in told.values()), len(told)


def bounds(masses: Masses) -> list[int]:
    return list(accumulate(masses))[:-1]


def labels(masses: Masses) -> list[int]:
    return [n for n, mass in enumerate(masses) for _ in range(mass)]
