"""How well recordings are cut: python -m benchmarks.segmentation TALKS [--seconds 44]

TALKS is a folder of talks with human topics (format: talks.py). Printed for each method, over all talks:

1. The number of topics is told, so that only *where* is compared: Pk, WindowDiff and exact boundary F1
   (boundaries.py), and against how many of 10,000 resamplings of the talks ours has the lower Pk (a paired
   bootstrap: Efron and Tibshirani 1993; from 95 % on it is better, not lucky).
2. Clips as the product makes them, of 20 to 120 s and so many on average: which share of the topics' bounds has
   a cut at most one utterance away, which share of the clips has nine tenths of its words in one topic, and how
   long they are. Once by the clock, and once as if the words were read without a break, 150 a minute: in
   demonstrations much time goes by in silence.
3. How many sentences are cut in a second of a processor, embeddings not counted, and how many are embedded.

No method sees the topics. An utterance may be cut from the next one anywhere, whatever the true pause: these
are transcripts, and the question is which place is chosen.
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks.boundaries import Masses, exact_f1, met, pk, pure, window_diff
from benchmarks.measure import Figure, Goal, Result, keep
from benchmarks.segmenters import METHODS, NO_VECTORS, Method, Vectors, best_of
from benchmarks.talks import LEVELS, Talk, read_aloud, talks
from clip import embed
from clip.cut import WEIGHTS, Weights, choices, cut
from domain.clip import Lengths

RESAMPLINGS = 10_000
OURS = "cut"


def parted(talk: Talk, wanted: int, vectors: Vectors | None, weights: Weights = WEIGHTS) -> Masses:
    """As the product would, without limits, into so many."""
    usual = Lengths(1, talk.duration_ms, talk.duration_ms // wanted)
    found = choices(talk.sentences, talk.pauses, talk.duration_ms, usual, vectors=vectors, weights=weights)
    rows, _ = found.worth(wanted, 0)
    ends = [0]
    for units in best_of(rows, found.first, wanted):
        ends.append(ends[-1] + units)
    return _whole(talk, [found.sentences[end] for end in ends])


def clips_of(talk: Talk, limits: Lengths, vectors: Vectors | None) -> Masses:
    """As the product does."""
    spans = cut(talk.sentences, talk.pauses, talk.duration_ms, limits, vectors=vectors)
    begun = [sum(s.start_ms < span.start_ms for s in talk.sentences) for span in spans]
    return _whole(talk, [*begun, len(talk.sentences)])


def _whole(talk: Talk, ends: Sequence[int]) -> Masses:
    """What was left out as a false start belongs to the first segment, and what comes after the last to that."""
    return [b - a for a, b in pairwise([0, *ends[1:-1], len(talk.sentences)])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=44.0, help="how long clips are on average")
    arguments = parser.parse_args()
    given = talks(arguments.folder)
    began = time.process_time()
    known = [embed.vectors([s.text for s in talk.sentences], "en") for talk in given]
    took = time.process_time() - began
    vectors = [each for each in known if each is not None]
    methods: dict[str, Method] = {n: m for n, m in METHODS.items() if vectors or n in {"uniform", "TextTiling"}}
    methods |= {f"{OURS}, words alone": lambda talk, wanted, _: parted(talk, wanted, None)}
    methods |= {OURS: partial(parted)} if vectors else {}
    figures = [each for level in LEVELS for each in _numbers_known(given, vectors, level, methods)]
    limits = Lengths(target_ms=round(arguments.seconds * 1000))
    figures += _as_clips("by the clock", given, vectors, limits)
    figures += _as_clips("read at 150 words a minute", [read_aloud(talk) for talk in given], vectors, limits)
    sentences = sum(len(talk.sentences) for talk in given)
    speed = sentences / _seconds(given, [])
    print(f"\n{speed:.0f} sentences cut by their words in a CPU second")
    if vectors:
        print(f"{sentences / _seconds(given, vectors):.0f} with their embeddings, {sentences / took:.0f} embedded")
    keep(
        Result(
            "segmentation",
            f"Clips cut where topics change, {len(given)} talks",
            tuple(figures),
            (
                *(_goal(figures, f"fine topics: {what}, {OURS}", *goal) for what, goal in _KNOWN.items()),
                *(_goal(figures, f"{how}: {what}, {OURS}", least, True)
                  for how in ("by the clock", "read at 150 words a minute") for what, least in _CLIPS.items()),
                Goal("sentences cut by their words in a CPU second", speed, 15_000, at_least=True),
            ),
            ("The talks are not part of the tree. Pk and WindowDiff: lower is better (boundaries.py). "
             "What is compared with what: the head of benchmarks/segmentation.py.",),
        )
    )  # fmt: skip


_KNOWN = {"Pk": (0.41, False), "WindowDiff": (0.45, False), "exact F1": (0.17, True)}  # limit, whether at least
_CLIPS = {"topics met": 0.47, "pure clips": 0.66}


def _goal(figures: Sequence[Figure], name: str, limit: float, at_least: bool) -> Goal:
    return Goal(name, next(each.values[0] for each in figures if each.what == name), limit, at_least=at_least)


def _numbers_known(given: list[Talk], vectors: list[Vectors], level: str, methods: dict[str, Method]) -> list[Figure]:
    print(
        f"\n{level} topics, {len(given)} talks, {sum(len(t.topics[level]) for t in given)} topics, their number known"
    )
    print(f"{'':20}{'Pk':>7}{'WinDiff':>9}{'F1':>7}{'ours better':>13}   each talk's Pk")
    each: dict[str, list[float]] = {}
    rows = {}
    for name, method in methods.items():
        pairs = [
            (talk.topics[level], method(talk, len(talk.topics[level]), vectors[n] if vectors else NO_VECTORS))
            for n, talk in enumerate(given)
        ]
        each[name] = [pk(*pair) for pair in pairs]
        rows[name] = (statistics.fmean(window_diff(*pair) for pair in pairs), exact_f1(pairs))
    ours = list(methods)[-1]
    for name, (difference, f1) in rows.items():
        better = "" if name == ours else f"{_better(each[ours], each[name]):.1%}"
        line = " ".join(f"{x:.3f}" for x in each[name])
        print(f"{name:20}{statistics.fmean(each[name]):7.3f}{difference:9.3f}{f1:7.3f}{better:>13}   {line}")
    return [
        Figure(f"{level} topics: {what}, {name}", "", (value,))
        for name, (difference, f1) in rows.items()
        for what, value in (("Pk", statistics.fmean(each[name])), ("WindowDiff", difference), ("exact F1", f1))
    ]


def _better(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The share of resamplings of the talks in which ours has the lower mean."""
    dice = random.Random(1)
    gains = [b - a for a, b in zip(ours, theirs, strict=True)]
    return sum(sum(dice.choices(gains, k=len(gains))) > 0 for _ in range(RESAMPLINGS)) / RESAMPLINGS


def _as_clips(how: str, given: list[Talk], vectors: list[Vectors], limits: Lengths) -> list[Figure]:
    figures = []
    print(f"\n20-120 s, {limits.target_ms / 1000:.0f} s on average, {how}")
    print(f"{'':20}{'met':>7}{'pure':>7}{'clips':>7}{'mean s':>8}{'min s':>7}{'max s':>7}")
    ours = {f"{OURS}, words alone": False} | ({OURS: True} if vectors else {})
    for name in [*(METHODS if vectors else ["uniform", "TextTiling"]), *ours]:
        guesses = []
        for n, talk in enumerate(given):
            mine = vectors[n] if vectors else None
            if name in ours:
                guesses.append(clips_of(talk, limits, mine if ours[name] else None))
            else:
                guesses.append(
                    METHODS[name](
                        talk, max(1, round(talk.duration_ms / limits.target_ms)), NO_VECTORS if mine is None else mine
                    )
                )
        hits = [met(talk.topics["fine"], guess) for talk, guess in zip(given, guesses, strict=True)]
        clean = [pure(talk.topics["fine"], guess, talk.words) for talk, guess in zip(given, guesses, strict=True)]
        lengths = [s for talk, guess in zip(given, guesses, strict=True) for s in _lengths(talk, guess)]
        there, alone = (sum(a for a, _ in found) / sum(b for _, b in found) for found in (hits, clean))
        figures += [
            Figure(f"{how}: topics met, {name}", "share", (there,)),
            Figure(f"{how}: pure clips, {name}", "share", (alone,)),
        ]
        print(
            f"{name:20}{there:7.3f}{alone:7.3f}{len(lengths):7}"
            f"{sum(t.duration_ms for t in given) / 1000 / len(lengths):8.1f}{min(lengths):7.1f}{max(lengths):7.1f}"
        )
    return figures


def _lengths(talk: Talk, guess: Masses) -> list[float]:
    """Seconds, from the first word to the last."""
    ends, at = [], 0
    for mass in guess:
        ends.append((talk.sentences[at + mass - 1].end_ms - talk.sentences[at].start_ms) / 1000)
        at += mass
    return ends


def _seconds(given: list[Talk], vectors: list[Vectors]) -> float:
    """Of a processor, to cut all of them; the best of ten."""
    taken = []
    for _ in range(10):
        began = time.process_time()
        for n, talk in enumerate(given):
            cut(talk.sentences, talk.pauses, talk.duration_ms, vectors=vectors[n] if vectors else None)
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    main()
