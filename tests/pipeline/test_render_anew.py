"""A render that goes on where another ffmpeg has begun."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Gone
from domain.media import Encoder, FragmentRun, Probe
from domain.recording import Recording, StepState
from pipeline import journey
from pipeline import rendering as the_steps
from pipeline.carry import TryLater, carry
from pipeline.originals import Originals
from store import beside, media, recordings, renderings
from store.folder import Folder
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import a_listening, a_recording
from transcode.render import Landed, LandedRun

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
PROBE = Probe("mov", 60_000, 480, 270, 0, False, a_listening().plan.fps, 0, None, "h264", None, None, 0)


def no_queue(tx: Tx, step: str, recording_id: object) -> None:
    """Steps are carried by the test."""


@pytest.fixture
def recording(store: Store, objects: Folder, people: People) -> Recording:
    objects.put_bytes("originals/one", b"film")
    with store.transaction() as tx:
        made = a_recording(tx, people.expert, steps=journey.NAMES)
        recordings.kept(tx, made.id, sha256=bytes(32), original_key="originals/one")
        recordings.looked(tx, made.id, PROBE)
        media.save_listening(tx, made.id, a_listening())
        return recordings.load(tx, made.id)


def a_render_by(version: bytes) -> object:
    """What an ffmpeg of this version would give out: one fragment, and no more."""

    def render(*_: object, listed: dict[str, int], **__: object) -> Iterator[Landed]:
        first = listed["270"]
        run = LandedRun(FragmentRun(first, (first * 1000,), (1000,), (4,)), b"data")
        yield Landed({"270": ("avc1.640028", b"made by " + version)}, {"270": run}, 1.0)

    return render


@pytest.fixture
def tools(store: Store, objects: Folder, tmp_path: Path) -> Any:
    return SimpleNamespace(
        store=store,
        objects=objects,
        originals=Originals(objects, tmp_path),
        jail=None,
        scratch=tmp_path,
        heights=(270,),
        encoders=lambda: (Encoder.X264,),
    )


def carried(tools: Any, recording: Recording) -> None:
    carry(tools, no_queue, "render", recording.id, lambda: False, lambda: NOW)


def test_a_render_begun_by_another_ffmpeg_is_given_up_and_begun_anew(
    store: Store, tools: Any, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_steps, "render", a_render_by(b"8.1"))
    with store.transaction() as tx:
        begun = renderings.open_rendering(tx, recording.id, the_steps.ladder(PROBE, (270,)))
        run = FragmentRun(0, (0,), (1000,), (4,))
        inits = {"270": ("avc1.640028", b"made by 8.0")}
        renderings.add_landed(tx, begun, inits=inits, runs={"270": (run, "media/old")})

    with pytest.raises(TryLater):
        carried(tools, recording)
    carried(tools, recording)

    with store.transaction() as tx:
        found = media.rendering(tx, recording.id)
        states = {step.name: step.state for step in recordings.load(tx, recording.id).steps}
        pieces = [media.piece(tx, r.public_id, None).init for r in found.renditions[:1]] if found else []
    assert states["render"] is StepState.DONE
    assert pieces == [b"made by 8.1"]


def pieces_kept(objects: Folder) -> set[str]:
    """The keys of fragments that are there, whether a row knows of them or not."""
    return {str(path.relative_to(objects.root)) for path in objects.root.rglob("270/*")}


def listing(tx: Tx, rendering: UUID, *, init: bytes = b"made by 8.1", fragments: int = 1) -> set[str]:
    """What another worker has listed of a rendering, from its first fragment on."""
    run = FragmentRun(0, tuple(range(0, 1000 * fragments, 1000)), (1000,) * fragments, (4,) * fragments)
    renderings.add_landed(tx, rendering, inits={"270": ("avc1.640028", init)}, runs={"270": (run, "media/theirs")})
    return {"media/theirs"}


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"init": b"made by 8.0"}, "init_differs"),
        ({"fragments": 3}, None),  # all of it is there already
        ({}, "run_overlaps"),
        (None, "deleted"),
    ],
)
def test_what_a_render_has_put_and_cannot_list_is_deleted(
    store: Store,
    objects: Folder,
    tools: Any,
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
    what: dict[str, Any] | None,
    why: str | None,
) -> None:
    def overtaken(*_: object, **__: object) -> Iterator[Landed]:
        with store.transaction() as tx:
            if what is None:
                recordings.delete(tx, recording.id, NOW)
            else:
                listing(tx, renderings.open_rendering(tx, recording.id, ()), **what)
        run = LandedRun(FragmentRun(0, (0, 1000), (1000, 1000), (4, 4)), b"datadata")
        yield Landed({"270": ("avc1.640028", b"made by 8.1")}, {"270": run}, 1.0)

    monkeypatch.setattr(the_steps, "render", overtaken)
    put: list[str] = []
    put_bytes = objects.put_bytes

    def noted(key: str, data: bytes) -> None:
        put.append(key)
        put_bytes(key, data)

    monkeypatch.setattr(objects, "put_bytes", noted)

    with pytest.raises((TryLater, Gone)) if why else nullcontext():
        carried(tools, recording)

    assert len(put) == 1
    assert put[0].startswith(f"recordings/{recording.id.hex}/")
    assert pieces_kept(objects) == set()


def test_what_only_some_players_show_is_begun_when_everybody_has_something_to_play(
    store: Store, tools: Any, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[UUID] = []
    tools.encoders = lambda: (Encoder.SVTAV1, Encoder.X264)
    tools.call_again = lambda tx, recording_id: called.append(recording_id)
    monkeypatch.setattr(the_steps, "render", a_render_by(b"8.1"))

    carried(tools, recording)

    with store.transaction() as tx:
        made = beside.standing(tx, recording.id)
        there = beside.of(tx, recording.id)
        assert there is not None
        listed = renderings.listed(tx, there)
    assert called == [recording.id]
    assert [each.name for each in made.complete] == ["270", "stills"]
    assert [each.name for each in made.beside] == ["270", "270-av1", "stills"]
    assert listed == {"270": 1, "270-av1": 0, "stills": 0}
