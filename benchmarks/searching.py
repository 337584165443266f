"""Is the right clip found, and how soon: python -m benchmarks.searching [TALKS] [--runs 5] [--clips 100000]

1. **Found.** TALKS is a folder of talks with human topics (format: talks.py). Each topic is a published clip of its
   talk, with the title and tags that the product drafts; all of them lie in one database. Each human title is searched
   for: the share of titles whose own clip is among the first five (recall at 5), of all titles, and of those that say
   more than that something begins or ends. Beside it the ways alone: words as full text has them, and meaning.
2. **Soon.** A search of 100,000 clips (many_clips.py) by a learner who is in three of the spaces, as the API does it
   but for HTTP: the vector of the query, all ways, the best twenty clips with their sentences, what they could be
   narrowed down to. Queries of every kind, each asked once: what titles say, questions, slips, single common words,
   phrases, some with a filter. Against bare full text of the same queries (`websearch_to_tsquery`, `ts_rank_cd`, twenty
   clips), in turn. p95 of each run by nearest rank; the goal is on their median.

The clips are made once and kept under build/, with how long their indexes took.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import psycopg

from benchmarks.__main__ import TALKS
from benchmarks.many_clips import CLIPS, HOUSE, Filled, filled
from benchmarks.measure import Figure, Goal, Result, in_turn, keep, percentile
from benchmarks.talks import annotated
from clip.meaning import meaning_of_query
from clip.propose import described
from domain.consent import TERMS_VERSION
from domain.person import Person, Role
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word
from pipeline import meanings
from publish_api import searching
from publish_api.services import Services
from store import clips, embedded_postgres, finding, people, recordings, spaces, transcripts, typeahead, ways, wording
from store.postgres import Store, migrate, rows
from store.search import MATCHING
from store.sight import SEES_SPACE

FOUND_LIMIT = 0.85
SOON_LIMIT_MS = 60.0
QUERIES = 400
Asking = Callable[[], tuple[str, finding.Wanted]]
SAYS_NOTHING = frozenset({"intro", "outro", "introduction", "conclusion", "greetings"})  # of what it is about


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("talks", type=Path, nargs="?", default=TALKS if TALKS.is_dir() else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--clips", type=int, default=CLIPS)
    given = parser.parse_args(arguments)
    try:
        figures, goals, notes = _soon(given.clips, given.runs)
        if given.talks is not None:
            more = _found(given.talks)
            figures, goals = (*more[0], *figures), (*more[1], *goals)
    finally:
        embedded_postgres.stop(HOUSE / "postgres")
    title = f"Search: the right clip, and among {given.clips:,} soon"
    keep(Result("searching", title, figures, goals, notes))


def _found(folder: Path) -> tuple[tuple[Figure, ...], tuple[Goal, ...]]:
    dsn = embedded_postgres.ensure(HOUSE / "postgres").dsn
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("drop database if exists talks with (force)")
        admin.execute("create database talks")
    store = Store(dsn.replace("/passiton?", "/talks?"))
    try:
        migrate(store.dsn)
        viewer, titles = _told(store, folder)
        places = {name: [_place(store, viewer, q, clip, way) for q, clip in titles] for name, way in _WAYS.items()}
    finally:
        store.close()
    telling = [n for n, (q, _) in enumerate(titles) if q.lower() not in SAYS_NOTHING]
    figures = [
        Figure(f"{name}: {which}", "share", (sum(places[name][n] < most for n in of) / len(of),))
        for name in _WAYS
        for which, most, of in (
            ("first, of all titles", 1, range(len(titles))),
            ("in the first five, of all titles", 5, range(len(titles))),
            ("in the first five, of titles that say something", 5, telling),
        )
    ]
    missed = [titles[n][0] for n in range(len(titles)) if places["fused"][n] >= 5]
    print("Not among the first five:", *missed, sep="\n  ")
    goals = [
        Goal(
            f"own clip in the first five, of {len(of)} {which}", _share(places["fused"], of), FOUND_LIMIT, at_least=True
        )
        for which, of in (("titles", range(len(titles))), ("that say more than “Intro”", telling))
    ]
    return tuple(figures), tuple(goals)


def _share(places: Sequence[int], of: Sequence[int]) -> float:
    return sum(places[n] < 5 for n in of) / len(of)


def _told(store: Store, folder: Path) -> tuple[Person, list[tuple[str, UUID]]]:
    """Somebody who searches; human titles, each with its clip."""
    titles: list[tuple[str, UUID]] = []
    now = datetime.now(UTC)
    with store.transaction() as tx:
        home = spaces.everyone_space(tx)
        viewer = people.add_person(tx, login="lea", name="Lea", role=Role.LEARNER)
        expert = people.add_person(tx, login="eva", name="Eva", role=Role.CURATOR)
    for path in sorted(folder.glob("*.json")):
        if path.stem.endswith("_anno"):
            continue
        topics = [(_in_order(sentences), called) for sentences, called in annotated(path) if sentences]
        told = sorted({each for sentences, _ in topics for each in sentences}, key=lambda each: each.start_ms)
        words = tuple(word for each in told for word in _words(each))
        transcript = Transcript("en", "by hand", "none", words, tuple(told))
        spans = [Span(sentences[0].start_ms, sentences[-1].end_ms) for sentences, _ in topics]
        with store.transaction() as tx:
            recording, _ = recordings.arrive(
                tx, upload_id=path.stem, space_id=home.id, uploader_id=expert.id, speaker_id=expert.id, title=path.stem,
                filename=path.name, media_type="video/mp4", byte_size=1, step_names=("cut",), terms=TERMS_VERSION,
            )  # fmt: skip
            transcripts.save_transcript(tx, recording.id, transcript)
            clips.propose(tx, recording, described(transcript, spans), "en")
            made = {clip.parts[0].span: clip.id for clip in clips.clips_of_recording(tx, recording.id, expert.id)}
            for clip_id in made.values():
                clips.publish(tx, clip_id, expert.id, now)
        titles += [(called, made[span]) for span, (_, called) in zip(spans, topics, strict=True)]
    meanings.make_lacking(store, lambda: now, most=10_000)
    meanings.count_words(store, lambda: now)
    return viewer, titles


def _in_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Each takes some time, and none as much as a minute more than it says."""
    return [Sentence(s.text, s.start_ms, max(s.end_ms, s.start_ms + 200)) for s in sentences]


def _words(sentence: Sentence) -> list[Word]:
    texts = sentence.text.split()
    each = (sentence.end_ms - sentence.start_ms) / len(texts)
    at = [round(sentence.start_ms + n * each) for n in range(len(texts) + 1)]
    return [Word(text, at[n], at[n + 1], 1.0) for n, text in enumerate(texts)]


def _place(store: Store, viewer: Person, q: str, clip: UUID, way: Callable[..., list[UUID]]) -> int:
    with store.transaction() as tx:
        found = way(tx, viewer.id, q)
    return found.index(clip) if clip in found else 1_000_000


def _fused(tx: psycopg.Connection[object], viewer: UUID, q: str) -> list[UUID]:
    found = finding.search(tx, viewer, q, 20, now=datetime.now(UTC), meaning=meaning_of_query(q))
    return [hit.clip.id for hit in found.hits]


def _words_alone(tx: psycopg.Connection[object], viewer: UUID, q: str) -> list[UUID]:
    where, values = ways.conditions(viewer, finding.ANY)
    return [each for asked in wording.wordings(tx, q) for each in ways.by_words(tx, where, values, asked)]


def _meaning_alone(tx: psycopg.Connection[object], viewer: UUID, q: str) -> list[UUID]:
    where, values = ways.conditions(viewer, finding.ANY)
    return list(ways.by_meaning(tx, where, values, meaning_of_query(q) or ()))


def _bare(tx: psycopg.Connection[object], viewer: UUID, q: str) -> list[UUID]:
    found = rows(
        tx,
        f"select c.id from {MATCHING} where c.published_at is not null and c.deleted_at is null and {SEES_SPACE}"
        " order by ts_rank_cd(c.search, k.query) desc, c.id desc limit 20",
        {"q": q, "viewer": viewer},
    )
    return [each["id"] for each in found]


_WAYS: dict[str, Callable[..., list[UUID]]] = {
    "fused": _fused,
    "words alone": _words_alone,
    "meaning alone": _meaning_alone,
    "bare full text": _bare,
}


def _soon(number: int, runs: int) -> tuple[tuple[Figure, ...], tuple[Goal, ...], tuple[str, ...]]:
    made = filled(number)
    store = Store(made.dsn)
    services = cast(Services, SimpleNamespace(store=store, meaning=meaning_of_query, now=lambda: datetime.now(UTC)))
    viewer = cast(Person, SimpleNamespace(id=made.viewer))
    dice = random.Random(4)

    def fused(kinds: Mapping[str, Asking]) -> dict[str, list[float]]:
        taken: dict[str, list[float]] = {name: [] for name in kinds}
        for n in range(QUERIES):
            name = list(kinds)[n % len(kinds)]
            q, wanted = kinds[name]()
            began = time.perf_counter()
            searching.find(services, viewer, q, wanted, 20)
            taken[name].append((time.perf_counter() - began) * 1000)
        return taken

    def bare(kinds: Mapping[str, Asking]) -> dict[str, list[float]]:
        taken = []
        for n in range(QUERIES):
            q, _ = kinds[list(kinds)[n % len(kinds)]]()
            began = time.perf_counter()
            with store.transaction() as tx:
                ids = _bare(tx, made.viewer, q)
                rows(tx, "select * from clip where id = any(%s)", [ids])
            taken.append((time.perf_counter() - began) * 1000)
        return {"all": taken}

    def typing() -> dict[str, list[float]]:
        taken = []
        for _ in range(QUERIES):
            q = _of_title(made, dice)[0]
            typed = q[: dice.randint(2, len(q))]
            began = time.perf_counter()
            with store.transaction() as tx:
                typeahead.suggestions(tx, made.viewer, typed)
            taken.append((time.perf_counter() - began) * 1000)
        return {"all": taken}

    try:
        kinds = {name: partial(make, made, dice) for name, make in _KINDS.items()}
        for _ in range(2):  # what is read for the first time is read from the disk
            fused(kinds)
            bare(kinds)
        taken = in_turn({"fused": lambda: fused(kinds), "bare": lambda: bare(kinds), "typing": typing}, runs)
    finally:
        store.close()

    def p(share: float, found: Sequence[dict[str, list[float]]], kind: str | None = None) -> tuple[float, ...]:
        return tuple(
            percentile([x for name, values in each.items() for x in values if kind in {None, name}], share)
            for each in found
        )

    whole, alone = p(0.95, taken["fused"]), p(0.95, taken["bare"])
    figures = (
        Figure("a search, p95", "ms", whole),
        Figure("a search, p50", "ms", p(0.5, taken["fused"])),
        Figure("bare full text, p95", "ms", alone),
        Figure("bare full text, p50", "ms", p(0.5, taken["bare"])),
        Figure("a search against bare full text, p95", "x", tuple(a / b for a, b in zip(whole, alone, strict=True))),
        *(Figure(f"of it {kind}, p95", "ms", p(0.95, taken["fused"], kind)) for kind in _KINDS),
        Figure("suggestions while typing, p95", "ms", p(0.95, taken["typing"])),
        *(Figure(f"made once: {what}", "s", (seconds,)) for what, seconds in made.seconds.items()),
    )
    goals = (
        Goal(f"a search of {number:,} clips, p95 of {QUERIES} (median)", statistics.median(whole), SOON_LIMIT_MS, "ms"),
    )
    return (
        figures,
        goals,
        (
            "A search is everything but HTTP, in one process beside the database, one after the other; every query is "
            "new, so that none is remembered.",
        ),
    )


def _of_title(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    subject = made.subjects[dice.randrange(len(made.subjects))]
    return " ".join(made.words[i] for i in dice.sample(list(subject), dice.randint(2, 4))), finding.ANY


def _question(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    return f"how do i {_of_title(made, dice)[0]} when the {made.words[dice.randint(150, 900)]} is on", finding.ANY


def _slip(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    """One letter of a word is another."""
    q = _of_title(made, dice)[0]
    words = q.split()
    at = max(range(len(words)), key=lambda n: len(words[n]))
    where = dice.randrange(1, len(words[at]))
    words[at] = words[at][:where] + dice.choice("abcdefghijklmnopqrstuvwxyz") + words[at][where + 1 :]
    return " ".join(words), finding.ANY


def _common(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    return made.words[dice.randint(60, 1_000)], finding.ANY


def _phrase(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    return f'"{_of_title(made, dice)[0]}"', finding.ANY


def _filtered(made: Filled, dice: random.Random) -> tuple[str, finding.Wanted]:
    wanted = dice.choice([{"level": "beginner"}, {"language": "en"}, {"tag": f"{made.words[3000]} {made.words[9000]}"}])
    return _of_title(made, dice)[0], finding.Wanted(**wanted)  # type: ignore[arg-type]


_KINDS: dict[str, Callable[[Filled, random.Random], tuple[str, finding.Wanted]]] = {
    "what titles say": _of_title,
    "questions": _question,
    "slips": _slip,
    "single common words": _common,
    "phrases": _phrase,
    "with a filter": _filtered,
}


if __name__ == "__main__":
    main()
