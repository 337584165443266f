"""A hundred thousand clips, as far as lists, searches and threads look at them: plausible words, vectors, spaces,
300,000 comments by 10,000 people, and one thread of 500.

Words are those of the embedding model's own vocabulary, which is in the order of how often they are used: a clip says
some of them as often as that (Zipf), and some of one of five thousand subjects. Its vector is the mean of its subject's
words' with noise, so that the nearest ones mean something. All from a seed; kept under build/, and made only once.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.lived_in import left_behind
from benchmarks.measure import ROOT
from clip import embed
from domain.ids import public_id, uuid7
from domain.person import Person, Role
from store import embedded_postgres, people, spaces, wording
from store.meanings import literal
from store.postgres import Store, migrate

CLIPS = 100_000
COMMENTS = 300_000
PEOPLE = 10_000
THREAD = 500  # comments of one clip, besides what chance has given it
HOUSE = ROOT / "build" / "bench" / "searching"

_CLIPS_OF_A_RECORDING = 4
_SUBJECTS = 5_000
_WORDS_OF_A_SUBJECT = 40
_SENTENCES, _WORDS = 8, 13  # of a clip, of a sentence
_TAGS = 400
_SPACES = 20  # beside that of everybody, which has four clips of five
_SPEAKERS = 300  # of the people
_ANSWERS = 4  # to each comment that begins something, in the long thread
_ZIPF = 1.05
_CLIP_MS = 45_000
_WRITTEN = datetime(2026, 1, 5, tzinfo=UTC)
_COMMENT = (
    "comment (id, public_id, recording_id, at_ms, clip_id, space_id, author_id, kind, text, search_config, reply_to)"
)
_INDEXES = ("clip_search", "clip_names", "clip_meaning_near", "comment_search")


@dataclass(frozen=True)
class Filled:
    """`words` in the order of how often they are said; `subjects` are of numbers of them."""

    dsn: str
    viewer: UUID  # a learner, who is in two of the spaces
    thread: str  # public id of the clip with the long thread, in the space of everybody
    words: tuple[str, ...]
    subjects: NDArray[np.int32]
    seconds: dict[str, float]  # what it took, when it was made


def filled(clips: int = CLIPS) -> Filled:
    """With a server that runs on: `embedded_postgres.stop(HOUSE / "postgres")`."""
    HOUSE.mkdir(parents=True, exist_ok=True)
    dsn = embedded_postgres.ensure(HOUSE / "postgres").dsn
    made = HOUSE / f"made-{clips}-{_migrations()}.json"
    words, vectors = _words()
    subjects = np.random.default_rng(1).integers(150, len(words), (_SUBJECTS, _WORDS_OF_A_SUBJECT)).astype(np.int32)
    if not made.exists():
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("drop schema public cascade; create schema public")
        migrate(dsn)
        viewer, thread, seconds = _fill(dsn, clips, words, vectors, subjects)
        for other in HOUSE.glob("made-*.json"):
            other.unlink()
        made.write_text(json.dumps({"viewer": str(viewer), "thread": thread, "seconds": seconds}))
    known = json.loads(made.read_text())
    return Filled(dsn, UUID(known["viewer"]), known["thread"], words, subjects, known["seconds"])


def _migrations() -> str:
    """The newest: where there is another, all is made anew."""
    return max(each.name[:4] for each in (ROOT / "store" / "migrations" / "versions").glob("0*.py"))


def _words() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The words, and their vectors: two minutes, the first time."""
    path = embed._file(*embed._TOKENIZER)
    if path is None:
        raise SystemExit("The embedding model is not installed: nothing can be measured.")
    known = json.loads(path.read_text())["model"]["vocab"]
    words = tuple(
        word for word, _ in sorted(known.items(), key=lambda each: each[1]) if re.fullmatch(r"[a-z]{3,}", word)
    )
    kept = HOUSE / "words.npy"
    if not kept.exists():
        found = [embed.vectors(words[at : at + 1000], "en") for at in range(0, len(words), 1000)]
        np.save(kept, np.concatenate([each for each in found if each is not None]).astype(np.float32))
    return words, np.load(kept)


def _fill(
    dsn: str, clips: int, words: Sequence[str], vectors: NDArray[np.float32], subjects: NDArray[np.int32]
) -> tuple[UUID, str, dict[str, float]]:
    store = Store(dsn)
    seconds: dict[str, float] = {}

    def timed(what: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        seconds[what] = round(time.monotonic() - began, 2)
        print(f"  {what}: {seconds[what]:.1f} s", flush=True)

    with store.transaction() as tx:
        everyone = spaces.everyone_space(tx)
        closed = [spaces.add_space(tx, f"Ward {n}") for n in range(_SPACES)]
        speakers = [
            people.add_person(
                tx, login=f"speaker{n}", name=f"{words[2000 + n].title()} {words[5000 + n].title()}", role=Role.EXPERT
            )
            for n in range(_SPEAKERS)
        ]
        viewer = people.add_person(tx, login="viewer", name="Vera Viewer", role=Role.LEARNER)
        for space in closed[:2]:
            spaces.add_member(tx, space.id, viewer.id)
    maker = _Maker(words, vectors, subjects, [everyone.id, *(space.id for space in closed)], speakers)
    with psycopg.connect(dsn) as connection:
        definitions = [
            str(connection.execute("select indexdef from pg_indexes where indexname = %s", [name]).fetchone()[0])  # type: ignore[index]
            for name in _INDEXES
        ]
        for name in _INDEXES:
            connection.execute(f"drop index {name}")
        connection.execute("set session_replication_role = replica")  # what refers to what is right by construction
        timed("rows", lambda: maker.rows(connection, clips))
        timed("people", lambda: maker.people(connection, PEOPLE))
        timed("comments", lambda: maker.comments(connection, COMMENTS * clips // CLIPS))
        thread = maker.thread(connection, THREAD)
        timed("left behind", lambda: left_behind(connection, viewer.id, thread))
        connection.commit()
        connection.execute("set maintenance_work_mem = '256MB'")
        for name, definition in zip(_INDEXES, definitions, strict=True):
            timed(f"index {name}", lambda definition=definition: connection.execute(definition))  # type: ignore[misc]
        connection.commit()

    def count() -> None:
        with store.transaction() as tx:
            wording.count_words(tx, datetime.now(UTC) + timedelta(days=1))

    timed("count words", count)
    store.close()
    with psycopg.connect(dsn, autocommit=True) as connection:
        timed("vacuum", lambda: connection.execute("vacuum analyze"))
    return viewer.id, thread, seconds


class _Maker:
    def __init__(
        self,
        words: Sequence[str],
        vectors: NDArray[np.float32],
        subjects: NDArray[np.int32],
        homes: Sequence[UUID],
        speakers: Sequence[Person],
    ) -> None:
        self._words, self._vectors, self._subjects = words, vectors, subjects
        self._homes, self._speakers = homes, speakers
        self._chance = np.random.default_rng(2)
        self._dice = random.Random(3)
        shares = 1 / np.arange(1, len(words) + 1) ** _ZIPF
        self._said = np.cumsum(shares / shares.sum())
        self._told: list[tuple[UUID, UUID, int, UUID]] = []  # recording, clip, when, space
        self._authors = [each.id for each in speakers]

    def rows(self, connection: "psycopg.Connection[tuple[object, ...]]", clips: int) -> None:
        """Recordings of four clips each, and all that belongs to them."""
        tags = [(uuid7(), f"{self._words[3000 + n]} {self._words[9000 + n]}") for n in range(_TAGS)]
        _copy(connection, "tag (id, slug, label)", ((i, label.replace(" ", "-"), label) for i, label in tags))
        recordings: list[tuple[object, ...]] = []
        clip_rows, parts, tagged, said, meant = ([*recordings] for _ in range(5))
        for number in range(clips):
            if number % _CLIPS_OF_A_RECORDING == 0:
                recording = uuid7()
                speaker = self._dice.choice(self._speakers)
                home = self._homes[0] if self._dice.random() < 0.8 else self._dice.choice(self._homes[1:])
                recordings.append((recording, public_id(), f"u{number}", home, speaker.id, speaker.id, 1, rb"\x00"))
                subject = self._dice.randrange(len(self._subjects))
            clip = uuid7()
            start = number % _CLIPS_OF_A_RECORDING * _CLIP_MS
            numbers, sentences = self._spoken(subject)
            title = " ".join(self._words[i] for i in self._dice.sample(list(self._subjects[subject]), 4)).capitalize()
            of = [tags[subject % _TAGS], tags[self._dice.randrange(_TAGS)]]
            of = list(dict.fromkeys(of))
            published = _WRITTEN + timedelta(minutes=number)
            level = self._dice.choice(["beginner", "intermediate", "advanced", None])
            clip_rows.append(
                (clip, public_id(), home, title, level, "en", "english", ", ".join(label for _, label in of),
                 " ".join(sentences), published)
            )  # fmt: skip
            parts.append((clip, 0, recording, start, start + _CLIP_MS))
            tagged += [(clip, tag, at) for at, (tag, _) in enumerate(of)]
            step = _CLIP_MS // _SENTENCES
            said.append((clip, sentences, [0] * _SENTENCES, [start + n * step for n in range(_SENTENCES)]))
            meant.append((clip, *self._meant(numbers)))
            self._told.append((recording, clip, start, home))
            if len(clip_rows) == 5_000 or number == clips - 1:
                _copy(
                    connection,
                    "recording (id, public_id, upload_id, space_id, uploader_id, speaker_id, byte_size, media_key)",
                    recordings,
                )
                _copy(
                    connection,
                    "clip (id, public_id, space_id, title, level, language, search_config, tag_words, text,"
                    " published_at)",
                    clip_rows,
                )
                _copy(connection, "clip_part (clip_id, position, recording_id, start_ms, end_ms)", parts)
                _copy(connection, "clip_tag (clip_id, tag_id, position)", tagged)
                _copy(connection, "clip_said (clip_id, sentences, parts, starts_ms)", said)
                _copy(connection, "clip_meaning (clip_id, vector, sentences)", meant)
                for each in (recordings, clip_rows, parts, tagged, said, meant):
                    each.clear()

    def people(self, connection: "psycopg.Connection[tuple[object, ...]]", number: int) -> None:
        """Learners, until there are so many people; two of three are in one of the closed spaces."""
        learners = [uuid7() for _ in range(number - len(self._speakers))]
        named = ((i, public_id(), f"person{n}", self._name(), "learner") for n, i in enumerate(learners))
        _copy(connection, "person (id, public_id, login, name, role)", named)
        homes = ((self._dice.choice(self._homes[1:]), i, False) for n, i in enumerate(learners) if n % 3)
        _copy(connection, "membership (space_id, person_id, curates)", homes)
        self._authors += learners

    def comments(self, connection: "psycopg.Connection[tuple[object, ...]]", number: int) -> None:
        def each() -> Iterator[tuple[object, ...]]:
            for _ in range(number):
                recording, clip, start, home = self._dice.choice(self._told)
                at = start + self._dice.randrange(_CLIP_MS)
                yield self._comment(recording, at, clip, home, None)

        _copy(connection, _COMMENT, each())

    def thread(self, connection: "psycopg.Connection[tuple[object, ...]]", number: int) -> str:
        """A clip of everybody's with so many comments more; its public id."""
        recording, clip, start, home = next(each for each in self._told if each[3] == self._homes[0])
        said: list[tuple[object, ...]] = []
        for n in range(0, number, _ANSWERS + 1):
            at = start + n * 10
            begun = self._comment(recording, at, clip, home, None)
            said += [begun, *(self._comment(recording, at, clip, home, begun[0]) for _ in range(_ANSWERS))]
        _copy(connection, _COMMENT, said)
        found = connection.execute("select public_id from clip where id = %s", [clip]).fetchone()
        assert found is not None
        return str(found[0])

    def _comment(self, recording: UUID, at: int, clip: UUID, home: UUID, root: object) -> tuple[object, ...]:
        text = " ".join(self._words[i] for i in self._some(self._dice.randint(5, 25)))
        author = self._dice.choice(self._authors)
        return uuid7(), public_id(), recording, at, clip, home, author, "comment", text, "english", root

    def _name(self) -> str:
        return " ".join(self._words[i].title() for i in self._dice.sample(range(2_000, 9_000), 2))

    def _some(self, number: int) -> list[int]:
        return [int(i) for i in np.searchsorted(self._said, self._chance.random(number))]

    def _spoken(self, subject: int) -> tuple[NDArray[np.int32], list[str]]:
        """Of each sentence the numbers of its words: four of the subject among those that everybody says."""
        own = self._chance.choice(self._subjects[subject], (_SENTENCES, 4))
        common = np.array(self._some(_SENTENCES * (_WORDS - 4)), np.int32).reshape(_SENTENCES, -1)
        numbers = np.concatenate([common, own], axis=1)
        self._chance.shuffle(numbers, axis=1)
        return own, [" ".join(self._words[i] for i in each).capitalize() + "." for each in numbers]

    def _meant(self, own: NDArray[np.int32]) -> tuple[str, list[str]]:
        each = self._vectors[own].mean(axis=1) + self._chance.normal(0, 0.02, (_SENTENCES, embed.DIMENSIONS))
        mean = each.mean(axis=0)
        mean /= np.linalg.norm(mean)
        packed = [(48 + (row > 0)).astype(np.uint8).tobytes().decode() for row in each]
        return literal([float(x) for x in mean]), packed


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", into: str, rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {into} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
