"""Talks with human topics, in the format of the TreeSeg data sets.

NAME.json holds {id: {"entries": [{"doc", "start", "end"}]}} with times in seconds, NAME_anno.json {id:
{"fine": [[first, last, title]], "coarse": ...}} with numbers of entries. Entries without "doc" are not
speech; what lies in no topic is left out. A topic begins no less than five utterances after the one
before it began, else it is part of that: so the data's authors count.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks.boundaries import Masses
from domain.transcript import Pause, Sentence

LEVELS = ("fine", "coarse")
LEAST_GAP_MS = 200  # so that every utterance can be cut from the next
LEAST_MS = 200  # of an utterance
LEAST_UTTERANCES = 5
WORD_MS = 400  # at 150 words a minute


@dataclass(frozen=True)
class Talk:
    name: str
    sentences: tuple[Sentence, ...]
    pauses: tuple[Pause, ...]  # one between every two sentences
    duration_ms: int
    topics: dict[str, Masses]  # by level

    @property
    def words(self) -> list[int]:
        return [len(sentence.text.split()) for sentence in self.sentences]


def talks(folder: Path) -> list[Talk]:
    return [load(path) for path in sorted(folder.glob("*.json")) if not path.stem.endswith("_anno")]


def load(path: Path) -> Talk:
    ((name, talk),) = json.loads(path.read_text(encoding="utf-8")).items()
    ((_, annotation),) = json.loads(path.with_name(f"{path.stem}_anno.json").read_text(encoding="utf-8")).items()
    entries = talk["entries"]
    topics = [range(first, last + 1) for first, last, *_ in annotation["fine"]]
    spoken = [i for i, entry in enumerate(entries) if entry.get("doc", "").strip() and any(i in t for t in topics)]
    told = [(entries[i]["doc"].strip(), entries[i]["start"], entries[i]["end"]) for i in spoken]
    gaps = [max(LEAST_GAP_MS, round((b[1] - a[2]) * 1000)) for a, b in pairwise(told)]
    lengths = [max(LEAST_MS, round((end - start) * 1000)) for _, start, end in told]
    return _told(name, [text for text, *_ in told], lengths, gaps, {v: _masses(spoken, annotation[v]) for v in LEVELS})


def annotated(path: Path) -> list[tuple[tuple[Sentence, ...], str]]:
    """The fine topics of a talk, each with what is said in it and what a person called it."""
    ((_, talk),) = json.loads(path.read_text(encoding="utf-8")).items()
    ((_, annotation),) = json.loads(path.with_name(f"{path.stem}_anno.json").read_text(encoding="utf-8")).items()
    return [
        (
            tuple(
                Sentence(text, round(entry["start"] * 1000), round(entry["end"] * 1000))
                for entry in talk["entries"][first : last + 1]
                if (text := entry.get("doc", "").strip())
            ),
            called.strip(),
        )
        for first, last, called in annotation["fine"]
    ]


def read_aloud(talk: Talk) -> Talk:
    """The same talk at 150 words a minute with short pauses: what is done in silence takes no time in it."""
    gaps = [max(1, (pause.end_ms - pause.start_ms) // 20) for pause in talk.pauses]
    texts = [sentence.text for sentence in talk.sentences]
    return replace(_told(talk.name, texts, [max(1, n) * WORD_MS for n in talk.words], gaps, talk.topics))


def _told(
    name: str, texts: Sequence[str], lengths: Sequence[int], gaps: Sequence[int], topics: dict[str, Masses]
) -> Talk:
    sentences: list[Sentence] = []
    pauses = []
    at = 0
    for text, length, gap in zip(texts, lengths, [0, *gaps], strict=True):
        if sentences:
            pauses.append(Pause(at, at + gap))
        at += gap
        sentences.append(Sentence(text, at, at + length))
        at += length
    return Talk(name, tuple(sentences), tuple(pauses), at, topics)


def _masses(spoken: Sequence[int], topics: Sequence[Sequence[int]]) -> Masses:
    starts = {next((n for n, i in enumerate(spoken) if i >= topic[0]), 0) for topic in topics}
    bounds: list[int] = []
    for start in sorted(starts - {0}):
        if not bounds or start - bounds[-1] >= LEAST_UTTERANCES:
            bounds.append(start)
    return [b - a for a, b in pairwise([0, *bounds, len(spoken)])]
