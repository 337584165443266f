"""A long recording plays while it is still being read: its head comes first, and the rest joins on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from capture.policy import Limits
from domain.media import Encoder, Probe, Rendering
from domain.recording import Recording, Status, StepState
from pipeline.carry import carry
from pipeline.originals import Originals
from pipeline.step import Tools
from store import media, recordings
from store import steps as step_rows
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.pipeline.arriving import arrived
from tests.transcode.media import ffmpeg, ffmpeg_says
from transcode.jail import Jail
from transcode.probe import glance

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
FRAMES = 200 * 24  # of the grid: filmed at 8 a second, each shown three times
HUM = "sine=frequency=220:sample_rate=16000:duration=200"


def no_queue(tx: Tx, step: str, recording_id: object) -> None:
    """Steps are carried by the tests."""


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "talk.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=8:d=200"]
    ffmpeg(*picture, "-f", "lavfi", "-i", HUM, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)
    return path


@pytest.fixture
def tools(store: Store, objects: Folder, talk: Path, tmp_path: Path) -> Tools:
    staging = tmp_path / "staging"
    staging.mkdir()
    (staging / "u1").write_bytes(talk.read_bytes())
    intake = SimpleNamespace(path=lambda name: staging / name, forget=lambda name: (staging / name).unlink())
    made: dict[str, Any] = {
        "store": store,
        "objects": objects,
        "intake": intake,
        "originals": Originals(objects, tmp_path / "cache", staging=intake.path),
        "jail": Jail(),
        "scratch": tmp_path,
        "limits": Limits(),
        "heights": (36,),
        "encoders": lambda: (Encoder.X264,),
        "call_help": lambda tx, recording_id, workers: None,
    }
    return cast(Tools, SimpleNamespace(**made))


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return arrived(tx, people)


@pytest.fixture
def do(tools: Tools, recording: Recording) -> Callable[..., None]:
    def do(*names: str) -> None:
        for name in names:
            carry(tools, no_queue, name, recording.id, lambda: False, lambda: NOW)

    return do


def rendering(store: Store, recording: Recording) -> Rendering:
    with store.transaction() as tx:
        found = media.rendering(tx, recording.id)
    assert found is not None
    return found


def film(store: Store, objects: Folder, recording: Recording) -> bytes:
    """The picture as a player puts it together."""
    name = rendering(store, recording).pictures[0].public_id
    data = b""
    with store.transaction() as tx:
        for number in (None, *range(len(rendering(store, recording).pictures[0].fragments))):
            piece = media.piece(tx, name, number)
            data += piece.init or objects.get_range(str(piece.object_key), piece.offset, piece.size)
    return data


def test_the_head_plays_before_the_original_is_kept_and_the_rest_joins_on(
    tools: Tools, store: Store, objects: Folder, recording: Recording, do: Callable[..., None]
) -> None:
    do("begin", "head")
    with store.transaction() as tx:
        head = media.listening(tx, recording.id, head=True)
    early = rendering(store, recording)
    do("keep", "look", "listen", "render")
    with store.transaction() as tx:
        heard = media.listening(tx, recording.id)
        loud = media.peaks(tx, recording.id)

    whole = rendering(store, recording)
    assert head is not None
    assert heard is not None
    assert len(loud) == 2_000  # 200 s, all of it
    assert min(loud[10:-10]) > 150  # it hums
    assert head.plan.key_ms[-1] == 75_000  # nobody speaks: as soon as it may
    assert [len(state.fragments) for state in early.pictures] == [len(head.plan.keys) - 1]
    assert not early.complete
    assert whole.complete
    assert whole.pictures[0].fragments[: len(head.plan.keys) - 1] == early.pictures[0].fragments
    assert [round(f.start / 5000) for f in whole.pictures[0].fragments] == list(heard.plan.keys)
    assert heard.plan.keys[: len(head.plan.keys)] == head.plan.keys
    assert f"frame= {FRAMES}" in ffmpeg_says(
        "-stats", "-i", "pipe:0", "-f", "null", "-", stdin=film(store, objects, recording)
    )
    assert now_is(store, recording, "head") is now_is(store, recording, "render") is StepState.DONE


def test_a_whole_that_is_not_as_its_head_promised_is_rendered_as_if_there_had_been_none(
    tools: Tools, store: Store, recording: Recording, do: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def misleading(path: Path, jail: Jail, *, head_ms: int) -> Probe | None:
        found = glance(path, jail, head_ms=head_ms)
        return found and replace(found, mirrored=True)

    monkeypatch.setattr("pipeline.steps.glance", misleading)

    do("begin", "head")
    misled = rendering(store, recording)
    do("keep", "look")
    with store.transaction() as tx:
        forgotten = media.listening(tx, recording.id, head=True), media.rendering(tx, recording.id)
    do("listen", "render")

    whole = rendering(store, recording)
    assert forgotten == (None, None)
    assert whole.complete
    assert whole.pictures[0].public_id != misled.pictures[0].public_id
    assert whole.pictures[0].fragments[-1].start + whole.pictures[0].fragments[-1].ticks == 200 * 120_000


def test_a_head_is_not_gone_on_with_when_its_file_is_refused(
    tools: Tools, store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    do("begin")
    with store.transaction() as tx:
        recordings.refuse(tx, recording.id, "already_here", "You have sent this before.")
    do("head")

    with store.transaction() as tx:
        assert media.rendering(tx, recording.id) is None
        assert recordings.load(tx, recording.id).status is Status.REFUSED


def test_without_the_file_at_hand_there_is_no_head_and_nothing_is_lost(
    tools: Tools, store: Store, recording: Recording, do: Callable[..., None]
) -> None:
    tools.intake.forget("u1")

    do("begin", "head")

    with store.transaction() as tx:
        assert media.listening(tx, recording.id, head=True) is None
        assert recordings.load(tx, recording.id).status is Status.WORKING


def test_a_head_is_read_to_its_end_though_the_staging_file_goes_meanwhile(tools: Tools, recording: Recording) -> None:
    with tools.originals.staged(recording) as path:
        tools.intake.forget("u1")
        size = path.stat().st_size
        read = len(path.read_bytes())

    assert size == read > 0


def now_is(store: Store, recording: Recording, name: str) -> StepState:
    with store.transaction() as tx:
        return step_rows.states(tx, recording.id)[name]
