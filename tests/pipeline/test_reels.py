"""The job that makes a reel's film: of what may be shown then, once, and through kills."""

import io
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import av
import pytest

import transcode.reel
from domain.amends import Outcome
from domain.clip import Clip, Part
from domain.comment import CommentKind
from domain.errors import Unavailable
from domain.reel import Caption, Reel, ReelState, Shape
from domain.span import Span
from pipeline import edges, housekeeping, jobs, reels
from pipeline.carry import TryLater
from pipeline.crew import Hand, default_crew
from pipeline.settings import Settings
from pipeline.step import Stopped, Tools
from pipeline.wiring import House, open_house
from publish_api.services import Services
from store import amends, clips, comments, keys, reel_films, spaces
from store import edges as stored_edges
from store import reels as stored
from store.folder import Folder
from store.postgres import Store, Tx
from tests.browser import film as tip
from tests.conftest import People
from transcode.jail import Jail
from transcode.reel import Scene

NOW = datetime(2031, 5, 6, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tip.Film:
    folder = tmp_path_factory.mktemp("film")
    folder.chmod(0o755)  # the jail's user reads it
    return tip.shoot(folder)


@dataclass
class Engine:
    """What makes films here: the first scene is the film. `during` happens in the middle of it."""

    made: list[list[Scene]] = field(default_factory=list)
    during: Callable[[], None] = lambda: None

    def make_reel(
        self,
        scenes: Sequence[Scene],
        into: Path,
        *,
        shape: Shape,
        title: str,
        progress: Callable[[float], None],
        stop: Callable[[], bool],
    ) -> bool:
        self.made.append(list(scenes))
        progress(0.5)
        self.during()
        if stop():
            return False
        shutil.copyfile(scenes[0].film, into)
        return True

    def make_cover(self, into: Path, *, shape: Shape, title: str, clips: int) -> None:
        into.write_bytes(f"{title}, {clips}".encode())


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr(transcode.reel, "make_reel", engine.make_reel)
    monkeypatch.setattr(transcode.reel, "make_cover", engine.make_cover)
    monkeypatch.setattr(reels, "_PROGRESS_EVERY_S", 0.0)
    return engine


@dataclass
class Making:
    """A reel of two clips, 0 to 2 s and 8 to 10 s of a tip, and a worker by hand."""

    tools: Tools
    people: People
    shown: tip.Shown
    reel: str

    @property
    def clips(self) -> tuple[Clip, ...]:
        return self.shown.clips

    @property
    def id(self) -> UUID:
        return self.now.id

    @property
    def now(self) -> Reel:
        with self.tools.store.transaction() as tx:
            return stored.reel(tx, self.reel, self.people.curator.id)

    def work(self, stop: Callable[[], bool] = lambda: False) -> None:
        reels.make(self.tools, self.id, stop, lambda: NOW)

    def film(self) -> bytes:
        """That is given out."""
        with self.tools.store.transaction() as tx:
            given = reel_films.given(tx, self.id)
        assert given is not None
        return self.tools.objects.get_range(keys.film(given.id), 0, given.byte_size)

    def objects(self) -> int:
        return len(list((cast(Folder, self.tools.objects).root / "reels").glob("*")))

    def cut(self, number: int, *spans: Span) -> None:
        clip = self.clips[number]
        with self.tools.store.transaction() as tx:
            version = clips.clip(tx, clip.public_id, self.people.curator.id).version
            parts = [Part(self.shown.recording.id, self.shown.recording.public_id, span) for span in spans]
            clips.change(tx, clip.id, version=version, now=NOW, parts=parts)


@pytest.fixture
def making(store: Store, objects: Folder, people: People, film: tip.Film, tmp_path: Path) -> Making:
    services = cast(Services, SimpleNamespace(store=store, objects=objects, now=lambda: NOW))
    shown = tip.put_in(services, film, people.expert)
    for clip in shown.clips:
        tip.publish(services, clip, people.curator)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    tools = cast(Tools, SimpleNamespace(store=store, objects=objects, jail=Jail(), scratch=scratch))
    made = Making(tools, people, shown, "")
    made.cut(0, Span(0, 2_000))
    made.cut(1, Span(8_000, 10_000))
    with store.transaction() as tx:
        spaces.allow_downloads(tx, shown.recording.space_id, True)
        made.reel = stored.make(
            tx,
            space_id=shown.recording.space_id,
            by=people.curator.id,
            title="This week",
            shape=Shape.LANDSCAPE,
            captions=True,
            clips=[clip.public_id for clip in shown.clips],
            now=NOW,
        )
    return made


def test_a_clip_becomes_a_film_with_cards_and_captions(making: Making) -> None:
    with making.tools.store.transaction() as tx:
        clips.withdraw(tx, making.clips[1].id)  # one is enough: each second of it is drawn and encoded

    making.work()

    with av.open(str(_kept(making)), "r") as container:
        picture = container.streams.video[0]
        size, sounds = (picture.width, picture.height), len(container.streams.audio)
    ready = making.now
    assert (ready.state, size, sounds) == (ReelState.READY, (1280, 720), 1)
    assert ready.film is not None
    assert ready.film.length_ms > 2_000 + 2 * 1_000  # a clip of two seconds, and two cards
    assert making.objects() == 2


def test_each_clip_is_a_scene_of_just_what_it_shows(making: Making, engine: Engine) -> None:
    making.work()

    [scenes] = engine.made
    assert [(scene.title, scene.credit, scene.length_ms) for scene in scenes] == [
        ("Turning the valve", "Eva Expert", 2_000),
        ("Washing hands", "Eva Expert", 2_000),
    ]
    assert [[caption.lines for caption in scene.captions] for scene in scenes] == [[("Turn",)], [("Then",)]]
    assert all(0 <= caption.start_ms < caption.end_ms <= 2_000 for scene in scenes for caption in scene.captions)
    assert _seconds(making.film()) == pytest.approx(2, abs=0.05)
    assert list(making.tools.scratch.iterdir()) == []


def test_reels_have_a_worker_of_their_own_that_leaves_the_processor_to_all_others() -> None:
    *others, last = default_crew("keep.here", cores=2)

    assert last == Hand(("reels",), nice=10)
    assert max(hand.nice for hand in others) == 5
    assert [hand for hand in others if "reels" in hand.queues] == []


def test_the_film_is_made_once(making: Making, engine: Engine) -> None:
    making.work()
    making.work()

    assert len(engine.made) == 1


def test_captions_are_left_out_where_nobody_asked_for_them(making: Making, engine: Engine) -> None:
    with making.tools.store.transaction() as tx:
        stored.change(tx, making.id, version=1, by=making.people.curator.id, captions=False)

    making.work()

    assert [scene.captions for scene in engine.made[0]] == [(), ()]


def test_what_was_corrected_is_burnt_in_also_where_nobody_asked_for_captions(making: Making, engine: Engine) -> None:
    making.work()
    people, clip = making.people, making.clips[1]
    with making.tools.store.transaction() as tx:
        stored.change(tx, making.id, version=1, by=people.curator.id, captions=False)
        said = comments.add(
            tx,
            clip=clips.clip(tx, clip.public_id, people.learner.id),
            author_id=people.learner.id,
            recording_id=making.shown.recording.id,
            at_ms=9_000,
            kind=CommentKind.CORRECTION,
            text="Not so.",
            reply_to=None,
            now=NOW,
        )
    making.work()
    with making.tools.store.transaction() as tx:
        amends.answer(tx, said, Outcome.ACCEPTED, "With soap.", by=people.expert.id, now=NOW)
    waits = making.now.state
    making.work()

    before, after = engine.made[1:]
    assert waits is ReelState.WAITING
    assert [scene.notes for scene in before] == [(), ()]
    assert [scene.notes for scene in after] == [(), (Caption(0, 2_000, ("Corrected: With soap.",)),)]


def test_while_another_worker_is_at_it_the_job_comes_again(making: Making, engine: Engine) -> None:
    with making.tools.store.exclusive(f"reel {making.id}"), pytest.raises(TryLater):
        making.work()

    assert engine.made == []


def test_a_clip_whose_edges_are_not_made_yet_is_waited_for(making: Making, engine: Engine) -> None:
    making.cut(0, Span(520, 3_480))

    with pytest.raises(TryLater):
        making.work()
    waits = making.now
    edges.make_lacking(making.tools, making.shown.recording.id, lambda: False, lambda: NOW)
    making.work()

    assert (waits.state, waits.trouble) == (
        ReelState.WAITING,
        "“Turning the valve” is not ready to be filmed yet. It goes on by itself.",
    )
    assert (making.now.state, making.now.trouble) == (ReelState.READY, "")
    assert [scene.length_ms for scene in engine.made[0]] == [2_960, 2_000]


def test_a_clip_with_a_bound_that_could_not_be_made_exact_is_waited_for_by_nobody(
    making: Making, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no such frame")

    making.cut(0, Span(520, 3_480))
    monkeypatch.setattr(edges, "make", fails)
    for _ in range(stored_edges.MAX_TRIES):
        with suppress(edges.Failed):
            edges.make_lacking(making.tools, making.shown.recording.id, lambda: False, lambda: NOW)

    making.work()

    assert making.now.state is ReelState.FAILED
    assert making.now.trouble == (
        "“Turning the valve”: A bound of this clip could not be made exact. Move it to the nearest pause in the editor."
    )


def test_parts_in_two_places_are_one_film(making: Making, engine: Engine) -> None:
    making.cut(0, Span(12_000, 14_000), Span(0, 2_000))

    making.work()

    assert [(scene.title, scene.length_ms) for scene in engine.made[0]] == [
        ("Turning the valve", 4_000),
        ("Washing hands", 2_000),
    ]
    assert _seconds(making.film()) == pytest.approx(4, abs=0.05)


def test_a_clip_withdrawn_in_the_middle_of_it_is_left_out_of_what_comes(making: Making, engine: Engine) -> None:
    def withdraw() -> None:
        with making.tools.store.transaction() as tx:
            clips.withdraw(tx, making.clips[0].id)

    engine.during = withdraw
    with pytest.raises(TryLater):
        making.work()
    engine.during = lambda: None
    making.work()

    assert [[scene.title for scene in scenes] for scenes in engine.made] == [
        ["Turning the valve", "Washing hands"],
        ["Washing hands"],
    ]
    assert (making.now.state, making.objects()) == (ReelState.READY, 2)


def test_what_it_shows_is_heard_while_it_works(making: Making, engine: Engine) -> None:
    told: list[bool] = []

    def rename() -> None:
        with making.tools.store.transaction() as tx:
            stored.change(tx, making.id, version=1, by=making.people.curator.id, title="Next week")

    original = engine.make_reel

    def renamed_meanwhile(*of: Any, stop: Callable[[], bool], progress: Callable[[float], None], **how: Any) -> bool:
        rename()
        progress(0.7)
        told.append(stop())
        return original(*of, stop=stop, progress=progress, **how)

    engine.make_reel = renamed_meanwhile  # type: ignore[method-assign]
    transcode.reel.make_reel = engine.make_reel
    with pytest.raises(TryLater):
        making.work()

    assert (told, making.objects()) == ([True], 0)


def test_a_worker_that_has_to_end_leaves_the_reel_to_another(making: Making, engine: Engine) -> None:
    with pytest.raises(Stopped):
        making.work(stop=lambda: True)
    waits = making.now
    making.work()

    assert (waits.state, waits.progress) == (ReelState.WAITING, 0)
    assert making.now.state is ReelState.READY


def test_what_fails_is_tried_again_each_time_later_and_then_waits_for_a_person(making: Making, engine: Engine) -> None:
    def fail() -> None:
        raise Unavailable("The disk is full.")

    engine.during = fail
    waited = []
    for _ in range(reel_films.MAX_TRIES - 1):
        with pytest.raises(TryLater) as later:
            making.work()
        waited.append(later.value.wait_s)
        assert making.now.state is ReelState.WAITING
    making.work()

    assert waited == [10, 20, 40, 80, 160]
    assert making.now.state is ReelState.FAILED
    assert making.now.trouble == reel_films.FAILED


@pytest.mark.parametrize("where", ["film", "cover", "object"])
def test_killed_in_the_middle_it_is_made_all_the_same_and_leaves_nothing(
    making: Making, engine: Engine, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    child, reached = _worker_that_hangs(making, engine, monkeypatch, where)
    assert os.read(reached, 1) == b"!"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left = making.objects(), len(list(making.tools.scratch.iterdir()))

    _until_free(making)
    making.work()
    reels.clear_away(making.tools.store, making.tools.objects, NOW + timedelta(days=2))

    assert left == ({"film": 0, "cover": 0, "object": 1}[where], 1)
    assert making.now.state is ReelState.READY
    assert (making.objects(), list(making.tools.scratch.iterdir())) == (2, [])


def test_the_sweep_finds_what_nobody_has_told_and_sends_one_job(making: Making, engine: Engine) -> None:
    store = making.tools.store
    jobs.apply_schema(store.dsn)
    queue = jobs.Jobs()
    sent: list[UUID] = []

    def send(tx: Tx, reel_id: UUID) -> None:
        for each in jobs.without(tx, reels.REEL, [reel_id]):
            sent.append(each)
            queue.enqueue(tx, reels.REEL, each, None, queue=reels.QUEUE)

    house = cast(House, SimpleNamespace(tools=making.tools, make_reel=send))
    making.work()
    housekeeping._set_off_reels(house)
    none = list(sent)
    with store.transaction() as tx:
        tx.execute("update clip set title = 'Another' where id = %s", [making.clips[0].id])

    housekeeping._set_off_reels(house)
    housekeeping._set_off_reels(house)

    assert (none, sent) == ([], [making.id])


def test_what_changes_puts_one_job_into_the_queue_of_reels_and_it_makes_the_film(
    making: Making, engine: Engine, tmp_path: Path
) -> None:
    with open_house(Settings(database_url=making.tools.store.dsn, data_dir=tmp_path)) as house:
        with house.services.store.transaction() as tx:
            clips.withdraw(tx, making.clips[0].id)
        with house.services.store.transaction() as tx:
            stored.change(tx, making.id, version=1, by=making.people.curator.id, title="Next week")
            queued = tx.execute(
                "select queue_name, args->>'step' from procrastinate_jobs where args->>'recording' = %s",
                [str(making.id)],
            ).fetchall()
        house.carry(reels.REEL, making.id, lambda: False)

    assert queued == [("reels", "reel")]
    assert making.now.state is ReelState.READY


def _worker_that_hangs(making: Making, engine: Engine, monkeypatch: pytest.MonkeyPatch, where: str) -> tuple[int, int]:
    """Another process that makes the film, and what it writes to when it has got there."""
    reel_id = making.id  # asked here: the child has no right to our connections
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading

    def reach() -> None:
        os.write(writing, b"!")
        time.sleep(60)

    try:
        objects = cast(Folder, making.tools.objects)
        if where == "film":
            engine.during = reach
        if where == "cover":
            monkeypatch.setattr(transcode.reel, "make_cover", lambda *_, **__: reach())
        if where == "object":
            put: list[None] = []
            put_file = objects.put_file
            monkeypatch.setattr(objects, "put_file", lambda *of: reach() if put else put.append(put_file(*of)))
        own = {**vars(making.tools), "store": Store(making.tools.store.dsn)}
        reels.make(cast(Tools, SimpleNamespace(**own)), reel_id, lambda: False, lambda: NOW)
    finally:
        os._exit(1)  # never on into the tests that are here too


def _kept(making: Making) -> Path:
    path = making.tools.scratch / "kept.mp4"
    path.write_bytes(making.film())
    return path


def _seconds(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as container:
        return float((container.duration or 0) / av.time_base)


def _until_free(making: Making) -> None:
    """The server takes its time to notice that a connection was closed."""
    while True:
        with making.tools.store.exclusive(f"reel {making.id}") as mine:
            if mine:
                return
        time.sleep(0.02)
