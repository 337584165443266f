"""A long recording rendered by several workers: any order, any of them killed, one result."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from domain.media import Encoder, Kind, Listening, Rendering
from domain.recording import Recording, StepState
from pipeline import journey
from pipeline.carry import TryLater, carry
from pipeline.originals import Originals
from pipeline.rendering import HELP, help_render
from pipeline.step import Tools
from store import media, recordings, renderings, steps, stretches
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import a_recording
from tests.transcode.media import every, ffmpeg, numbered, numbers
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
PLAN = every(600, 30, 30)  # 20 s, a fragment a second; stretches of four seconds


@pytest.fixture(scope="session")
def twenty_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("media") / "twenty.mp4", 600)


@pytest.fixture(scope="session")
def stream(twenty_seconds: Path) -> Path:
    """The same as a transport stream, which cannot be read from the middle on."""
    path = twenty_seconds.with_suffix(".ts")
    ffmpeg("-i", twenty_seconds, "-c", "copy", "-f", "mpegts", path)
    return path


class Helped(list[int]):
    """How many workers were called to help."""

    def __call__(self, tx: Tx, recording_id: object, workers: int) -> None:
        self.append(workers)


@pytest.fixture
def called() -> Helped:
    return Helped()


@pytest.fixture
def tools(store: Store, objects: Folder, called: Helped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setattr("transcode.keyframes._STRETCH_S", 4)
    made: dict[str, Any] = {
        "store": store,
        "objects": objects,
        "originals": Originals(objects, tmp_path / "cache"),
        "jail": Jail(),
        "scratch": tmp_path,
        "heights": (90, 54),
        "encoders": lambda: (Encoder.X264,),
        "call_help": called,
    }
    return cast(Tools, SimpleNamespace(**made))


@pytest.fixture
def recording(store: Store, objects: Folder, people: People, tools: Tools, request: pytest.FixtureRequest) -> Recording:
    source: Path = request.getfixturevalue(getattr(request, "param", "twenty_seconds"))
    objects.put_bytes("originals/one", source.read_bytes())
    with store.transaction() as tx:
        made = a_recording(tx, people.expert, steps=journey.NAMES)
        recordings.kept(tx, made.id, sha256=bytes(32), original_key="originals/one")
        recordings.looked(tx, made.id, replace(probe(source, tools.jail), screen=False))
        media.save_listening(tx, made.id, Listening(None, (), PLAN))
        return recordings.load(tx, made.id)


@pytest.fixture
def begun(store: Store, recording: Recording, tools: Tools) -> Any:
    """A rendering that some worker has begun, all at once or smallest picture first."""

    def begun(*, smallest_first: bool) -> Any:
        assert recording.probe is not None
        with store.transaction() as tx:
            rendering = renderings.open_rendering(tx, recording.id, ladder(recording.probe, tools.heights))
            stretches.begun(tx, rendering, smallest_first=smallest_first)
        return rendering

    return begun


def render(tools: Tools, recording: Recording) -> None:
    carry(tools, lambda *_: None, "render", recording.id, lambda: False, lambda: NOW)


def help_on(tools: Tools, recording: Recording, stop: Callable[[], bool] = lambda: False) -> None:
    """A worker with nothing else to do, for as long as it is called again."""
    calls = cast(Helped, tools.call_help)
    before = -1
    while len(calls) > before:
        before = len(calls)
        help_render(tools, recording.id, stop)


def listed(store: Store, rendering: Any) -> dict[str, list[tuple[int, int]]]:
    with store.transaction() as tx:
        return stretches.runs(tx, rendering)


def whole(store: Store, recording: Recording) -> Rendering:
    with store.transaction() as tx:
        found = media.rendering(tx, recording.id)
        assert steps.states(tx, recording.id)["render"] is StepState.DONE
    assert found is not None
    assert found.complete
    return found


def film(store: Store, objects: Folder, recording: Recording, name: str) -> bytes:
    """A picture as a player puts it together."""
    state = next(s for s in whole(store, recording).renditions if s.rendition.name == name)
    data = b""
    with store.transaction() as tx:
        for number in (None, *range(len(state.fragments))):
            piece = media.piece(tx, state.public_id, number)
            data += piece.init or objects.get_range(str(piece.object_key), piece.offset, piece.size)
    return data


@pytest.mark.parametrize(
    ("recording", "smallest_first", "shown"),
    [
        ("twenty_seconds", False, list(range(600))),
        ("twenty_seconds", True, list(range(600))),
        ("stream", False, [0, *range(599)]),  # its sound begins before its picture
    ],
    ids=["all at once", "smallest first", "a transport stream"],
    indirect=["recording"],
)
def test_stretches_of_others_join_without_a_seam(
    store: Store,
    objects: Folder,
    tools: Tools,
    recording: Recording,
    begun: Any,
    called: Helped,
    smallest_first: bool,
    shown: list[int],
) -> None:
    rendering = begun(smallest_first=smallest_first)
    names = ["54", "90"] if smallest_first else ["90"]  # the first rendition of each pass

    with ExitStack() as another:  # a worker that is at the first stretch, and at the third
        for name in names:
            another.enter_context(store.exclusive(f"stretch {rendering} {name} 0"))
            another.enter_context(store.exclusive(f"stretch {rendering} {name} 2"))
        help_on(tools, recording)
    apart = listed(store, rendering)
    render(tools, recording)

    assert apart["90"] == apart["54"] == [(4, 8), (12, 20)]
    assert apart["audio"] == []
    assert numbers(film(store, objects, recording, "90")) == shown
    assert numbers(film(store, objects, recording, "54")) == shown
    assert {s.rendition.kind: len(s.fragments) for s in whole(store, recording).renditions} == {
        Kind.VIDEO: 20,
        Kind.AUDIO: 20,
        Kind.STILLS: 10,
    }
    assert called[-1] == 4  # by the step itself, when it began


def test_what_a_helper_that_was_killed_has_listed_stays_and_the_rest_is_made_by_others(
    store: Store, objects: Folder, tools: Tools, recording: Recording, begun: Any
) -> None:
    rendering = begun(smallest_first=False)
    asked = count()
    with store.exclusive(f"stretch {rendering} 90 0"):
        help_on(tools, recording, lambda: bool(listed(store, rendering)["90"]) or next(asked) > 10_000)
    left = listed(store, rendering)["90"]

    render(tools, recording)

    assert len(left) == 1
    assert left[0][0] == 4
    assert left[0][1] < 20
    assert numbers(film(store, objects, recording, "90")) == list(range(600))


def test_stretches_that_do_not_fit_are_made_anew_by_one_render_that_does_not_seek(
    store: Store, objects: Folder, tools: Tools, recording: Recording, begun: Any
) -> None:
    rendering = begun(smallest_first=False)
    with store.exclusive(f"stretch {rendering} 90 0"):
        help_on(tools, recording)
    with store.transaction() as tx:
        tx.execute("update seam set md5 = 'another frame' where fragment = 4")

    with pytest.raises(TryLater):
        render(tools, recording)
    after = listed(store, rendering)
    render(tools, recording)

    with store.transaction() as tx:
        assert stretches.in_one(tx, rendering)
    assert all(run[0][0] == 0 and run[0][1] < 4 for run in (after["90"], after["54"]) if run)
    assert numbers(film(store, objects, recording, "90")) == list(range(600))


@pytest.mark.parametrize("recording", ["stream"], indirect=True)
def test_a_stream_that_cannot_be_rewritten_is_read_from_its_start(
    store: Store, objects: Folder, tools: Tools, recording: Recording, begun: Any
) -> None:
    rendering = begun(smallest_first=False)
    data = bytearray(Path(str(objects.local_path("originals/one"))).read_bytes())
    half = len(data) // 2 // 188 * 188
    data[half:] = data[:half]  # its times go back to the beginning
    objects.delete(["originals/one"])
    objects.put_bytes("originals/one", bytes(data))

    with pytest.raises(TryLater):
        render(tools, recording)
    render(tools, recording)

    with store.transaction() as tx:
        assert stretches.in_one(tx, rendering)
    assert len(numbers(film(store, objects, recording, "90"))) == 600


def test_an_encoder_that_fails_in_the_middle_makes_room_for_x264(
    store: Store, objects: Folder, tools: Tools, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "encoders", lambda: (Encoder.NVENC, Encoder.X264))  # there is no such card

    with pytest.raises(TryLater):
        render(tools, recording)
    render(tools, recording)

    made = {s.rendition.encoder for s in whole(store, recording).renditions}
    assert made == {Encoder.X264}
    assert numbers(film(store, objects, recording, "54")) == list(range(600))


def test_help_that_comes_too_late_does_nothing(
    store: Store, tools: Tools, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    render(tools, recording)

    before = whole(store, recording)
    help_render(tools, recording.id, lambda: False)

    assert whole(store, recording) == before


def test_nobody_is_called_to_help_with_a_short_recording(
    tools: Tools, recording: Recording, called: Helped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcode.keyframes._STRETCH_S", 60)

    render(tools, recording)

    assert called == []


def test_a_helpers_job_is_no_step() -> None:
    assert HELP not in journey.NAMES
