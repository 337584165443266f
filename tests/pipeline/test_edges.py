"""A bound off the keyframes: first the keyframe inside, then, the job done, the very frame. And to take along."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline import edges
from pipeline.carry import TryLater
from store import media
from store.events import clip_topic
from store.folder import Folder
from store.postgres import Store
from tests.conftest import People
from tests.hearing import is_told
from tests.pipeline.filmed import BEEP_S, EDGE, FPS, Film, House, ten_seconds
from tests.transcode.media import numbers, pcm


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return ten_seconds(tmp_path_factory.mktemp("film"))


@pytest.fixture
def house(store: Store, objects: Folder, people: People, tmp_path: Path) -> Iterator[House]:
    house = House(store, objects, people, tmp_path)
    with house.client:
        yield house


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


def test_whoever_has_the_clip_open_is_told_when_it_is_exact(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240))

    assert is_told(house.store, clip_topic(clip.public_id), house.work)


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
    listed = house.get(clip, "play/54.m3u8").decode().splitlines()
    first = next(line for line in listed if line.startswith("/m/") and EDGE.search(line))
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
