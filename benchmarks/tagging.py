"""How well clips are named: python -m benchmarks.tagging TALKS

TALKS is a folder of talks with human topics (format: talks.py). A topic is a clip here, its human title what it should
be called; topics in which fewer than 40 words or four utterances are said are left out, as are those whose title says
only that something begins or ends ("Intro").

1. **A controlled vocabulary.** The titles of all talks are its terms; each clip has one that is right. R@k is the share
   of clips whose own title is among the first k (recall at k: Manning, Raghavan and Schütze, "Introduction to
   Information Retrieval", 2008, ch. 8; with one right answer it is also called hit rate). In turn: words alone, meaning
   alone, both as the product fuses them. Terms are not shown to the method before; the recording's other clips are, as
   in the product.
2. **Titles.** ROUGE-1 F1 (Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL Workshop on Text
   Summarization Branches Out, 2004) of the title that the product drafts against the human one: unigrams by their
   Snowball stems, clipped counts, harmonic mean of precision and recall, mean over clips. Once with all words, and once
   without stop words, which two titles may share by chance. Beside it the clip's first sentence, its three best key
   phrases, and (where there is a model) the cosine of both titles' embeddings.
3. **Speed.** CPU seconds to suggest for one clip among a thousand terms, the terms known already.

Writes results/tagging.json and .md.
"""

import argparse
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.measure import Figure, Goal, Result, keep
from benchmarks.talks import annotated
from clip import embed
from clip import vocabulary as fitting
from clip.tag import tags
from clip.terms import spoken, stem, stems
from clip.title import title
from clip.vocabulary import Fit, Said, suggest
from domain.transcript import Sentence
from domain.vocabulary import Term

LEAST_WORDS = 40
LEAST_UTTERANCES = 4
EMPTY = frozenset({"intro", "outro", "introduction", "conclusion", "greetings"})
MANY = 1000  # terms
RUNS = 5


@dataclass(frozen=True)
class Topic:
    """What is said about one thing, and what a person called it."""

    said: Said
    sentences: tuple[Sentence, ...]
    title: str


def topics(folder: Path) -> list[Topic]:
    """Those of all talks that have a name to be found."""
    found = []
    for path in sorted(folder.glob("*.json")):
        if path.stem.endswith("_anno"):
            continue
        talk = annotated(path)
        texts = [" ".join(sentence.text for sentence in sentences) for sentences, _ in talk]
        for (sentences, called), text in zip(talk, texts, strict=True):
            if len(sentences) < LEAST_UTTERANCES or len(text.split()) < LEAST_WORDS or called.lower() in EMPTY:
                continue
            said = Said(tuple(s.text for s in sentences), tuple(other for other in texts if other != text))
            found.append(Topic(said, sentences, called))
    return found


def ranks(known: Sequence[Topic], score: Callable[[Fit, int], float]) -> list[int]:
    """How many of all titles come before each topic's own, 0 being the best there is."""
    terms = [Term(label) for label in dict.fromkeys(topic.title for topic in known)]
    at = {term.label: i for i, term in enumerate(terms)}
    found = []
    for topic in known:
        fit = Fit.of(topic.said, terms)
        scores = [score(fit, i) for i in range(len(terms))]
        found.append(sum(each > scores[at[topic.title]] for each in scores))
    return found


def rouge_1(ours: str, human: str, *, telling: bool = False) -> float:
    """F1. `telling`: without stop words."""
    each = [Counter(stems([text], "en")[0] if telling else [stem(word, "en") for word in spoken(text)])
            for text in (ours, human)]  # fmt: skip
    both, all_ = (each[0] & each[1]).total(), each[0].total() + each[1].total()
    return 2 * both / all_ if all_ else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=RUNS, help="of the speed")
    given = parser.parse_args(arguments)
    known = topics(given.folder)
    found, of_tags = _tagging(known)
    titled, of_titles = _titles(known)
    keep(
        Result(
            "tagging",
            "Tags out of a controlled vocabulary, and titles",
            (*found, *titled, _speed(known, given.runs)),
            (*of_tags, *of_titles),
            (
                f"{len(known)} topics with a human title. The talks are not part of the tree: python -m "
                "benchmarks.tagging TALKS.",
                "R@k: the topic's own title is among the first k of all. How each figure is defined, and the papers: "
                "the head of benchmarks/tagging.py.",
            ),
        )
    )


def _tagging(known: Sequence[Topic]) -> tuple[list[Figure], list[Goal]]:
    ways: dict[str, Callable[[Fit, int], float]] = {
        "words alone": lambda fit, i: fit.part[i] + fitting.AGAIN * fit.spoken[i][1],
        "meaning alone": lambda fit, i: float(fit.like[i]),
        "as the product": lambda fit, i: fit.score(i),
    }
    figures, goals = [], []
    for name, score in ways.items():
        found = ranks(known, score)
        share = {k: statistics.fmean(rank < k for rank in found) for k in (1, 3, 5)}
        figures += [Figure(f"{name}, R@{k}", "share", (value,)) for k, value in share.items()]
        if name == "as the product":
            figures += _offered(known)
            goals = [Goal("R@1", share[1], 0.45, at_least=True), Goal("R@5", share[5], 0.80, at_least=True)]
    return figures, goals


def _offered(known: Sequence[Topic]) -> list[Figure]:
    """What a curator sees of it: at most five, and only what fits."""
    terms = [Term(label) for label in dict.fromkeys(topic.title for topic in known)]
    offered = [[each.label for each in suggest(topic.said, terms) if not each.new] for topic in known]
    right = statistics.fmean(topic.title in labels for topic, labels in zip(known, offered, strict=True))
    return [
        Figure("offered by the product and right", "share", (right,)),
        Figure("terms offered for a clip", "", tuple(float(len(labels)) for labels in offered)),
    ]


def _titles(known: Sequence[Topic]) -> tuple[list[Figure], list[Goal]]:
    ways: dict[str, Callable[[Topic], str]] = {
        "first sentence": lambda topic: topic.said.sentences[0],
        "three key phrases": lambda topic: ", ".join(tags(topic.said.text, topic.said.others, most=3)),
        "as the product": lambda topic: title(topic.sentences, "en", topic.said.others),
    }
    human = [topic.title for topic in known]
    figures, goals = [], []
    for name, way in ways.items():
        drafted = [way(topic) for topic in known]
        for telling in (False, True):
            worth = statistics.fmean(rouge_1(a, b, telling=telling) for a, b in zip(drafted, human, strict=True))
            figures.append(Figure(f"{name}, ROUGE-1{', telling words' if telling else ''}", "F1", (worth,)))
            if name == "as the product" and not telling:
                goals = [Goal("title against the human one, ROUGE-1", worth, 0.19, at_least=True)]
        places = [embed.vectors(each, "en") for each in (drafted, human)]
        if places[0] is not None and places[1] is not None:
            near = float(np.einsum("ij,ij->i", places[0], places[1]).mean())
            figures.append(Figure(f"{name}, cosine to the human one", "", (near,)))
    return figures, goals


def _speed(known: Sequence[Topic], runs: int) -> Figure:
    dice = random.Random(1)
    words = sorted({word for topic in known for word in stems([topic.said.text], "en")[0]})
    terms = [Term(" ".join(dice.sample(words, 2))) for _ in range(MANY)]
    suggest(known[0].said, terms)
    taken = []
    for run in range(runs):
        topic = known[1 + run]
        began = time.process_time()
        suggest(replace(topic.said, others=()), terms)
        taken.append((time.process_time() - began) * 1000)
    return Figure(f"suggestions for a clip among {MANY} terms", "ms of CPU", tuple(taken))


if __name__ == "__main__":
    main()
