"""A bound off the keyframes: first the keyframe inside, then, the job done, the very frame. And to take along."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import av
import numpy as np
import pytest
from fastapi.testclient import TestClient

from capture.intake import Intake
from domain.clip import Clip, Proposal
from domain.media import KeyframePlan, Listening, Rendition
from domain.recording import Recording
from domain.span import Span
from pipeline import edges
from pipeline.carry import TryLater
from pipeline.step import Tools
from publish_api.app import create_app
from publish_api.services import Services
from store import clips, credentials, media, recordings, spaces
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.store.things import a_recording
from tests.transcode.media import ffmpeg, numbered, numbers, pcm, small
from transcode.jail import Jail
from transcode.probe import probe
from transcode.render import Landed, render

NOW = datetime(2031, 3, 12, 8, 0, tzinfo=UTC)
FPS = 25
PLAN = KeyframePlan(Fraction(FPS), 250, (0, 75, 150, 200))  # at 0, 3, 6 and 8 of 10 s
BEEP_S = 7
LADDER = small(90, 54)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Landed, ...]]:
    """Ten seconds of numbered frames, silent until there is a beep; and what was rendered of them."""
    folder = tmp_path_factory.mktemp("film")
    silent = numbered(folder / "silent.mp4", 250, fps=FPS, sound=False)
    beep = f"aevalsrc='if(gte(t,{BEEP_S}),sin(2*PI*1000*t),0)':d=10:s=48000"
    path = folder / "film.mp4"
    ffmpeg("-i", silent, "-f", "lavfi", "-i", beep, "-c:v", "copy", "-c:a", "aac", path)
    jail = Jail()
    return path, tuple(render(path, probe(path, jail), PLAN, LADDER, loudness=None, jail=jail, work=folder))


class House:
    """A server and one worker, by hand."""

    def __init__(self, store: Store, objects: Folder, people: People, folder: Path) -> None:
        self.queue: list[UUID] = []
        self.now = NOW
        self.store, self.objects, self.people = store, objects, people
        store.enqueue = edges.due(lambda tx, recording_id: self.queue.append(recording_id))
        self.tools = cast(Tools, SimpleNamespace(store=store, objects=objects, jail=Jail(), scratch=folder))
        services = Services(
            store=store,
            objects=objects,
            intake=cast(Intake, None),
            try_again=lambda tx, recording_id: None,
            public_url="https://clips.example",
            max_upload_bytes=1,
            now=lambda: self.now,
            scratch=folder,
        )
        self.client = TestClient(create_app(services), base_url="https://clips.example")
        with store.transaction() as tx:
            self.client.headers["Authorization"] = f"Bearer {credentials.new_api_token(tx, people.curator.id)}"

    def work(self) -> int:
        """Does every job; how many there were."""
        done = 0
        while self.queue:
            edges.make_lacking(self.tools, self.queue.pop(0), lambda: False, lambda: self.now)
            done += 1
        return done

    def film(self, film: tuple[Path, tuple[Landed, ...]], renditions: tuple[Rendition, ...] = LADDER) -> Recording:
        """A recording that was rendered."""
        path, landed = film
        with self.store.transaction() as tx:
            made = a_recording(tx, self.people.expert, upload_id=f"upload-{path}")
            recordings.looked(tx, made.id, probe(path, self.tools.jail))
            media.save_listening(tx, made.id, Listening(None, (), PLAN))
            rendering = media.open_rendering(tx, made.id, renditions)
            for number, each in enumerate(landed):
                runs = {name: (run.run, f"media/{made.public_id}/{name}/{number}") for name, run in each.runs.items()}
                for name, (_, key) in runs.items():
                    self.objects.put_bytes(key, each.runs[name].data)
                media.add_landed(tx, rendering, inits=each.inits, runs=runs)
            media.complete_rendering(tx, rendering)
            clips.propose(tx, made, [Proposal(Span(0, 10_000), "How to bleed the brakes", (), "")], "en")
            (clip,) = clips.clips_of_recording(tx, made.id, self.people.expert.id)
            clips.publish(tx, clip.id, self.people.curator.id, NOW)
            spaces.allow_downloads(tx, made.space_id, True)
        return made

    def clip(self, recording: Recording) -> Clip:
        with self.store.transaction() as tx:
            return clips.clips_of_recording(tx, recording.id, self.people.expert.id)[0]

    def cut(self, clip: Clip, *frames: tuple[int, int]) -> None:
        """The clip's parts are these from now on, in frames of its recording."""
        parts = [{"recording": clip.parts[0].recording, "start_ms": a * 40, "end_ms": b * 40} for a, b in frames]
        answer = self.client.patch(f"/api/v1/clips/{clip.public_id}", json={"parts": parts}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    def get(self, clip: Clip, what: str, status: int = 200) -> bytes:
        answer = self.client.get(f"/api/v1/clips/{clip.public_id}/{what}")
        assert answer.status_code == status, answer.text
        return answer.content

    def seen(self, clip: Clip, name: str = "54") -> list[int]:
        """The frames that are served of a clip of one part."""
        listed = self.get(clip, f"play/{name}.m3u8").decode().splitlines()
        init = next(line.split('"')[1] for line in listed if "EXT-X-MAP" in line)
        pieces = [init, *(line for line in listed if line.startswith("/m/"))]
        return numbers(b"".join(self.client.get(piece).content for piece in pieces))

    def objects_of(self, recording: Recording) -> int:
        with self.store.transaction() as tx:
            keys = media.object_keys(tx, recording.id)
        return sum(1 for key in keys if "/e" in key)


@pytest.fixture
def house(store: Store, objects: Folder, people: People, tmp_path: Path) -> Iterator[House]:
    house = House(store, objects, people, tmp_path)
    with house.client:
        yield house


Film = tuple[Path, tuple[Landed, ...]]


def test_a_moved_bound_is_at_the_keyframe_inside_and_then_at_its_frame(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    at_keyframes = house.work()

    house.cut(clip, (100, 240))
    before = house.seen(clip)
    jobs = house.work()

    assert at_keyframes == 0
    assert before == list(range(150, 200))
    assert jobs == 1
    assert house.seen(clip, "54") == house.seen(clip, "90") == list(range(100, 240))
    assert "EXTINF:5.600000" in house.get(clip, "play/captions.m3u8").decode()


def test_a_bound_that_has_its_edge_is_no_job(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240))
    house.work()

    house.cut(clip, (75, 240))
    house.cut(clip, (100, 200))

    assert house.queue == []
    assert house.seen(clip) == list(range(100, 200))


def test_a_part_without_a_keyframe_plays_when_it_is_made(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (80, 100))

    refused = house.get(clip, "play.m3u8"), house.get(clip, "play/54.m3u8", 503)
    house.work()

    assert b"still_rendering" in refused[1]
    assert house.seen(clip) == list(range(80, 100))


def test_an_edge_is_made_once_and_a_job_that_comes_twice_finds_nothing(house: House, film: Film) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))
    house.queue *= 2

    assert house.work() == 2
    assert house.objects_of(recording) == 2 * 3  # at either end, in two pictures and the sound


def test_while_another_worker_is_at_it_the_job_comes_again(house: House, film: Film) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))

    with house.store.exclusive(f"edges {recording.id}"), pytest.raises(TryLater):
        house.work()


def test_an_edge_that_cannot_be_made_is_tried_again(house: House, film: Film) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))
    with house.store.transaction() as tx:
        house.objects.delete(media.object_keys(tx, recording.id))

    with pytest.raises(edges.Failed):
        house.work()


def test_edges_that_no_clip_wants_go_after_three_days(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()

    house.cut(clip, (75, 240))
    for days in (2, 4):
        edges.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=days))
        assert house.objects_of(recording) == {2: 6, 4: 3}[days]

    assert house.seen(clip) == list(range(75, 240))
    house.cut(clip, (100, 240))
    assert house.work() == 1


def test_withdrawn_its_edges_are_refused_at_once(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240))
    house.work()
    (first, *_) = [line for line in house.get(clip, "play/54.m3u8").decode().splitlines() if "/e" in line]
    served = house.client.get(first).status_code

    house.client.delete(f"/api/v1/clips/{clip.public_id}/publication")

    assert (served, house.client.get(first).status_code) == (200, 404)


def test_a_clip_is_taken_along_to_the_frame_and_in_step(house: House, film: Film, tmp_path: Path) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240), (10, 60))
    house.get(clip, "download.mp4", 503)
    house.work()

    data = house.get(clip, "download.mp4")
    small = house.get(clip, "download.mp4?quality=54")
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)

    assert numbers(path) == [*range(100, 240), *range(10, 60)]
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        shown = [frame.time for frame in container.decode(video=0)]
    beep_s = int(np.argmax(np.abs(pcm(data)) > 0.25)) / 48_000
    assert beep_s == pytest.approx(shown[BEEP_S * FPS - 100], abs=0.010)
    assert len(small) < len(data)
    assert len(pcm(house.get(clip, "download.m4a"))) / 48_000 == pytest.approx(190 / FPS, abs=0.03)
    assert list(tmp_path.glob("tmp*")) == []
