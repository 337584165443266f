"""How well recordings are cut: python -m benchmarks.segmentation TALKS

TALKS is a folder of talks with human topics: NAME.json holds {id: {"entries": [{"doc", "start",
"end"}]}} with times in seconds, NAME_anno.json {id: {"fine": [[first, last, title]], "coarse": ...}}
with numbers of entries (the TinyRec format of the TreeSeg data sets). Entries without "doc" are not
speech and are left out.

Printed for each method, over all talks:

- Pk (Beeferman et al. 1999) and WindowDiff (Pevzner and Hearst 2002), lower is better: how often two
  places half a topic apart are wrongly said to be in the same topic (or in how many). Each method is
  told how many topics there are, so that only *where* it cuts is compared.
- At the product's own setting (clips of 20 to 120 s, 45 s on average) instead: how many topic
  boundaries have a cut at most one utterance away, how much of the clips' time belongs to the topic
  that has most of it, and how long clips are.

No method sees the boundaries. An utterance may be cut from the next one anywhere, whatever the true
pause: these are transcripts, and the question is which place is chosen.
"""

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from clip.cut import Limits, cut
from clip.terms import stems
from domain.transcript import Pause, Sentence

LEAST_GAP_MS = 200  # so that every utterance can be cut from the next
LEAST_UTTERANCES = 5  # topics shorter than this are joined to the one before, as TreeSeg's authors do
Masses = list[int]  # how many utterances each segment has


@dataclass(frozen=True)
class Talk:
    name: str
    sentences: tuple[Sentence, ...]
    pauses: tuple[Pause, ...]
    duration_ms: int
    topics: dict[str, Masses]  # "fine" and "coarse"


def load(path: Path) -> Talk:
    ((name, talk),) = json.loads(path.read_text()).items()
    ((_, annotation),) = json.loads(path.with_name(f"{path.stem}_anno.json").read_text()).items()
    spoken = [i for i, entry in enumerate(talk["entries"]) if entry.get("doc", "").strip()]
    sentences, pauses = [], []
    at, before = 0, 0.0
    for i in spoken:
        entry = talk["entries"][i]
        if sentences:
            gap = max(LEAST_GAP_MS, round((entry["start"] - before) * 1000))
            pauses.append(Pause(at, at + gap))
            at += gap
        length = max(200, round((entry["end"] - entry["start"]) * 1000))
        sentences.append(Sentence(entry["doc"].strip(), at, at + length))
        at, before = at + length, entry["end"]
    topics = {level: _masses(spoken, annotation[level]) for level in ("fine", "coarse")}
    return Talk(name, tuple(sentences), tuple(pauses), at, topics)


def _masses(spoken: Sequence[int], topics: Sequence[Sequence[int]]) -> Masses:
    starts = {next((n for n, i in enumerate(spoken) if i >= topic[0]), 0) for topic in topics}
    bounds = [0]
    for start in sorted(starts - {0}):
        if start - bounds[-1] >= LEAST_UTTERANCES:
            bounds.append(start)
    return [b - a for a, b in pairwise([*bounds, len(spoken)])]


def _window(truth: Masses) -> int:
    return max(2, round(sum(truth) / (2 * len(truth))))


def _labels(masses: Masses) -> list[int]:
    return [n for n, mass in enumerate(masses) for _ in range(mass)]


def pk(truth: Masses, guess: Masses) -> float:
    k, t, g = _window(truth), _labels(truth), _labels(guess)
    pairs = range(len(t) - k)
    return sum((t[i] == t[i + k]) != (g[i] == g[i + k]) for i in pairs) / max(1, len(pairs))


def window_diff(truth: Masses, guess: Masses) -> float:
    k, t, g = _window(truth), _labels(truth), _labels(guess)
    pairs = range(len(t) - k)
    return sum(t[i + k] - t[i] != g[i + k] - g[i] for i in pairs) / max(1, len(pairs))


def ours(talk: Talk, wanted: int) -> Masses:
    """The target is turned until there are as many clips as wanted, or as nearly as can be."""
    usual = talk.duration_ms / wanted
    tries = [cut_at(talk, Limits(5_000, talk.duration_ms, round(usual * step / 50))) for step in range(25, 101, 2)]
    return min(tries, key=lambda masses: abs(len(masses) - wanted))


def cut_at(talk: Talk, limits: Limits) -> Masses:
    spans = cut(talk.sentences, talk.pauses, talk.duration_ms, limits)
    found = Counter(n for s in talk.sentences for n, span in enumerate(spans) if span.covers(s.start_ms))
    return [found[n] for n in range(len(spans))]


def uniform(talk: Talk, wanted: int) -> Masses:
    """Cuts at equal distances of time."""
    step = talk.duration_ms / wanted
    found = Counter(min(wanted - 1, int(s.start_ms / step)) for s in talk.sentences)
    return [found[n] for n in sorted(found)]


def text_tiling(talk: Talk, wanted: int, window: int = 10) -> Masses:
    """Hearst 1997: cut where the words before and after are least alike, by the depth of the valley."""
    bags = [Counter(unit) for unit in stems((s.text for s in talk.sentences), "en")]
    alike = []
    for i in range(1, len(bags)):
        left, right = Counter[str](), Counter[str]()
        for bag in bags[max(0, i - window) : i]:
            left += bag
        for bag in bags[i : i + window]:
            right += bag
        norm = math.hypot(*left.values()) * math.hypot(*right.values())
        alike.append(sum(left[w] * right[w] for w in left) / norm if norm else 0.0)
    depths = []
    for i, here in enumerate(alike):
        peaks = []
        for side in (range(i - 1, -1, -1), range(i + 1, len(alike))):
            peak = here
            for j in side:
                if alike[j] < peak:
                    break
                peak = alike[j]
            peaks.append(peak)
        depths.append(sum(peaks) - 2 * here)
    chosen: list[int] = []
    for i in sorted(range(len(depths)), key=lambda i: -depths[i]):
        if len(chosen) < wanted - 1 and all(abs(i + 1 - c) >= LEAST_UTTERANCES for c in chosen):
            chosen.append(i + 1)
    return [b - a for a, b in pairwise([0, *sorted(chosen), len(bags)])]


METHODS: dict[str, Callable[[Talk, int], Masses]] = {"uniform": uniform, "TextTiling": text_tiling, "cut": ours}


def boundaries_met(truth: Masses, guess: Masses) -> tuple[int, int]:
    """(boundaries with a cut at most one utterance away, all boundaries)."""
    bounds, cuts = ([sum(m[: i + 1]) for i in range(len(m) - 1)] for m in (truth, guess))
    return sum(any(abs(b - c) <= 1 for c in cuts) for b in bounds), len(bounds)


def pure_ms(talk: Talk, truth: Masses, guess: Masses) -> int:
    times: dict[int, Counter[int]] = {}
    for sentence, topic, clip in zip(talk.sentences, _labels(truth), _labels(guess), strict=True):
        times.setdefault(clip, Counter())[topic] += sentence.end_ms - sentence.start_ms
    return sum(max(clip.values()) for clip in times.values())


def main(folder: Path) -> None:
    talks = [load(path) for path in sorted(folder.glob("*.json")) if not path.stem.endswith("_anno")]
    for level in ("fine", "coarse"):
        print(f"\n{level} topics, {len(talks)} talks, {sum(len(t.topics[level]) for t in talks)} topics")
        print(f"{'':12}{'Pk':>8}{'WinDiff':>9}   each talk's Pk")
        for name, method in METHODS.items():
            guesses = [(t.topics[level], method(t, len(t.topics[level]))) for t in talks]
            each = [pk(*g) for g in guesses]
            diff = sum(window_diff(*g) for g in guesses) / len(talks)
            print(f"{name:12}{sum(each) / len(each):8.3f}{diff:9.3f}   {' '.join(f'{x:.3f}' for x in each)}")
    print(f"\n20-120 s, 45 s on average{'':5}{'met':>8}{'pure':>8}{'clips':>8}{'mean s':>8}{'min s':>8}{'max s':>8}")
    for name, method in METHODS.items():
        met = all_ = pure = spoken = 0
        lengths: list[float] = []
        for talk in talks:
            wanted = round(talk.duration_ms / Limits().target_ms)
            guess = cut_at(talk, Limits()) if method is ours else method(talk, wanted)
            m, n = boundaries_met(talk.topics["fine"], guess)
            met, all_ = met + m, all_ + n
            pure += pure_ms(talk, talk.topics["fine"], guess)
            spoken += sum(s.end_ms - s.start_ms for s in talk.sentences)
            at = 0
            for mass in guess:
                last = talk.sentences[at + mass - 1]
                lengths.append((last.end_ms - talk.sentences[at].start_ms) / 1000)
                at += mass
        print(
            f"{name:30}{met / all_:8.3f}{pure / spoken:8.3f}{len(lengths):8}"
            f"{sum(lengths) / len(lengths):8.1f}{min(lengths):8.1f}{max(lengths):8.1f}"
        )
    began = time.process_time()
    sentences = sum(len(t.sentences) for t in talks)
    for talk in talks:
        cut(talk.sentences, talk.pauses, talk.duration_ms)
    print(f"\n{sentences / (time.process_time() - began):.0f} sentences cut a CPU second")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
