"""What was said aloud in a thread, written down by the steps' own engine."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import jiwer
import pytest

from domain.clip import Clip
from domain.comment import Comment, CommentKind
from domain.voice import VoiceState
from pipeline import voices as job
from pipeline.carry import TryLater
from pipeline.step import Stopped, Tools
from store import clips, comments, voices
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.contracts.test_engines import plain
from tests.hearing import is_told
from tests.store.things import NOW, a_recording, proposal, some_clips
from tests.transcode.media import ffmpeg
from tests.transcribe.sound import Samples, noise, sample, sample_facts, silence
from transcode.jail import Jail
from transcode.voice import remade
from transcribe.whisper import Engine, Heard, engine


class Ears:
    """Hears nothing that can be written down: fails, or is told to stop."""

    name, model = "ears", "none"

    def __init__(self) -> None:
        self.times = 0

    def transcribe(self, samples: Samples, *, progress: Callable[[float], None], **_: Any) -> Heard:
        self.times += 1
        progress(0.5)
        raise RuntimeError("no more memory")


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def tools(store: Store, objects: Folder, ears: Ears, tmp_path: Path) -> Tools:
    tmp_path.chmod(0o755)
    made = {"store": store, "objects": objects, "jail": Jail(), "scratch": tmp_path, "engine": lambda: ears}
    return cast(Tools, SimpleNamespace(**made))


@pytest.fixture
def clip(store: Store, people: People) -> Clip:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "Brakes"))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        return clips.clip(tx, clip.public_id, people.learner.id)


def said(tools: Tools, people: People, clip: Clip, samples: Samples, folder: Path) -> tuple[UUID, str]:
    """A comment that was spoken: its voice, and its public id."""
    sent, made = folder / "sent.webm", folder / "made.m4a"
    pcm = ("-f", "f32le", "-ar", 16_000, "-ac", 1, "-i", "pipe:0")
    ffmpeg(*pcm, "-c:a", "libopus", sent, stdin=samples.tobytes())
    length_ms = remade(sent, made, tools.jail)
    at = clip.parts[0].recording_id
    with tools.store.transaction() as tx:
        size = made.stat().st_size
        promised = voices.promise(tx, at, people.learner.id, length_ms=length_ms, byte_size=size, now=NOW)
    tools.objects.put_file(promised.key, made)
    with tools.store.transaction() as tx:
        comment = comments.add(
            tx,
            clip=clip,
            author_id=people.learner.id,
            recording_id=at,
            at_ms=1_000,
            kind=CommentKind.COMMENT,
            text="",
            reply_to=None,
            now=NOW,
            voice=promised.id,
        )
    return promised.id, comment.public_id


def work(tools: Tools, voice: UUID, *, stops: bool = False) -> None:
    job.work(tools, voice, lambda: stops, lambda: NOW)


def read(tools: Tools, people: People, comment: str) -> Comment:
    with tools.store.transaction() as tx:
        return comments.comment(tx, comment, people.learner.id)


def state(tools: Tools, people: People, comment: str) -> VoiceState:
    voice = read(tools, people, comment).voice
    assert voice is not None
    return voice.state


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine("faster-whisper", "base", cache=tmp_path_factory.getbasetemp() / "models")


def test_what_was_said_is_written_down_in_its_language_and_told_to_who_listens(
    tools: Tools, people: People, clip: Clip, tmp_path: Path, whisper: Engine
) -> None:
    cast(Any, tools).engine = lambda: whisper
    first = sample_facts()["sentences"][0]
    spoken = sample()[: first["end_ms"] * 16 + 4_000]
    voice, comment = said(tools, people, clip, spoken, tmp_path)

    told = is_told(tools.store, f"talk {clip.public_id}", lambda: work(tools, voice))

    heard = read(tools, people, comment)
    assert jiwer.wer(plain(first["text"]), plain(heard.text)) <= 0.2
    assert heard.voice is not None
    assert (heard.voice.state, heard.voice.language, heard.edited_at) == (VoiceState.WRITTEN, "en", None)
    assert told


@pytest.mark.parametrize("sound", [silence(2), 0.01 * noise(2)])
def test_where_nobody_speaks_the_comment_says_so_and_keeps_its_sound(
    tools: Tools, people: People, clip: Clip, tmp_path: Path, ears: Ears, objects: Folder, sound: Samples
) -> None:
    voice, comment = said(tools, people, clip, sound, tmp_path)

    work(tools, voice)

    assert (state(tools, people, comment), read(tools, people, comment).text) == (VoiceState.SILENT, "")
    assert len(list(objects.root.glob("recordings/*/voices/*"))) == 1


def test_a_job_that_fails_is_tried_again_and_says_so_in_the_end(
    tools: Tools, people: People, clip: Clip, tmp_path: Path, ears: Ears
) -> None:
    voice, comment = said(tools, people, clip, sample()[:32_000], tmp_path)

    for _ in range(voices.MAX_TRIES - 1):
        with pytest.raises(TryLater):
            work(tools, voice)
    between = state(tools, people, comment)
    work(tools, voice)
    work(tools, voice)

    assert (between, state(tools, people, comment)) == (VoiceState.WAITING, VoiceState.FAILED)
    assert ears.times == voices.MAX_TRIES


def test_a_job_that_ends_its_worker_each_time_is_given_up(
    tools: Tools, people: People, clip: Clip, tmp_path: Path, ears: Ears
) -> None:
    voice, comment = said(tools, people, clip, sample()[:32_000], tmp_path)
    for _ in range(voices.MAX_TRIES):  # begun, and killed
        with tools.store.transaction() as tx:
            voices.begin(tx, voice)

    work(tools, voice)

    assert (state(tools, people, comment), ears.times) == (VoiceState.FAILED, 0)


def test_a_worker_that_has_to_end_leaves_it_to_the_next(
    tools: Tools, people: People, clip: Clip, tmp_path: Path
) -> None:
    voice, comment = said(tools, people, clip, sample()[:32_000], tmp_path)

    for _ in range(voices.MAX_TRIES + 1):
        with pytest.raises(Stopped):
            work(tools, voice, stops=True)

    assert state(tools, people, comment) == VoiceState.WAITING
    with tools.store.transaction() as tx:
        assert voices.waiting(tx) == (voice,)


def test_what_is_taken_back_is_not_heard_and_its_sound_goes(
    tools: Tools, people: People, clip: Clip, tmp_path: Path, ears: Ears, objects: Folder
) -> None:
    voice, comment = said(tools, people, clip, sample()[:32_000], tmp_path)
    due: list[tuple[str, UUID]] = []
    tools.store.enqueue = lambda tx, name, about: due.append((name, about))
    with tools.store.transaction() as tx:
        comments.delete(tx, read(tools, people, comment).id, NOW)
    tools.store.enqueue = None

    work(tools, voice)

    assert due == [(job.VOICE, voice)]
    assert list(objects.root.glob("recordings/*/voices/*")) == []
    assert ears.times == 0
