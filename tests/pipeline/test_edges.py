"""A bound off the keyframes: first the keyframe inside, then, the job done, the very frame. And to take along."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import av
import numpy as np
import pytest

from domain.errors import NotFound, Unavailable
from domain.media import Kind
from domain.recording import Recording
from pipeline import edges
from pipeline.carry import TryLater
from store import edges as stored
from store import media, sweeps
from store.events import clip_topic
from store.postgres import Tx
from tests.hearing import is_told
from tests.pipeline.filmed import BEEP_S, EDGE, FPS, Film, House
from tests.transcode.media import numbers, pcm


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
    assert house.edges_of(recording) == 2 * 3  # at either end, in two pictures and the sound


def test_whoever_has_the_clip_open_is_told_when_it_is_exact(house: House, film: Film) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240))

    assert is_told(house.store, clip_topic(clip.public_id), house.work)


def test_while_another_worker_is_at_it_the_job_comes_again(house: House, film: Film) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))

    with house.store.exclusive(f"edges {recording.id}"), pytest.raises(TryLater):
        house.work()


def test_a_recording_that_is_deleted_while_an_edge_is_made_leaves_nothing(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))
    put = house.objects.put_bytes

    def put_bytes(key: str, data: bytes) -> None:
        house.client.delete(f"/api/v1/recordings/{recording.public_id}")
        put(key, data)

    monkeypatch.setattr(house.objects, "put_bytes", put_bytes)

    house.work()

    assert house.kept() == set()


def test_what_a_killed_worker_has_put_goes_with_its_recording(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    house.cut(house.clip(recording), (100, 240))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt  # as good as a kill: nothing is tidied up

    monkeypatch.setattr(stored, "add", dies)
    with pytest.raises(KeyboardInterrupt):
        house.work()
    left = {key for key in house.kept() if EDGE.search(key)}

    house.client.delete(f"/api/v1/recordings/{recording.public_id}").raise_for_status()

    assert len(left) == 3
    assert all(key.startswith(f"recordings/{recording.id.hex}/") for key in left)
    assert house.kept() == set()


def test_an_edge_that_cannot_be_made_keeps_no_other_from_being_made(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    lose_fragment(house, recording, monkeypatch)

    with pytest.raises(edges.Failed):
        house.work()

    assert house.edges_of(recording) == 3
    assert house.seen(clip) == list(range(150, 240))
    assert b"in a moment" in house.get(clip, "download.mp4", 503)


def test_a_bound_that_could_not_be_made_exact_says_so_and_waits_for_nobody(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    lose_fragment(house, recording, monkeypatch)
    job = house.queue.pop()

    tries = work_until_it_rests(house, job)

    refused = house.get(clip, "download.mp4", 409)
    along = house.client.get(f"/clips/{clip.public_id}/along").text
    editor = house.client.get(f"/review/{clip.public_id}").text
    assert tries == stored.MAX_TRIES
    assert b"bound_not_exact" in refused
    assert b"Move it to the nearest pause" in refused
    for page in (along, editor):
        assert "could not be made exact" in page
    assert "data-waits" not in along

    house.cut(clip, (150, 240))

    assert house.queue == []
    assert house.get(clip, "download.mp4")
    assert "could not be made exact" not in house.client.get(f"/review/{clip.public_id}").text


def test_a_clip_that_is_nothing_but_such_an_edge_says_so_instead_of_soon(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (90, 140))
    lose_fragment(house, recording, monkeypatch)
    soon = house.get(clip, "play/90.m3u8", 503)

    work_until_it_rests(house, house.queue.pop())

    assert b"still_rendering" in soon
    assert b"bound_not_exact" in house.get(clip, "play/90.m3u8", 409)
    assert b"bound_not_exact" in house.get(clip, "play/audio.m3u8", 409)


def test_a_worker_that_an_edge_ends_each_time_is_not_ended_by_it_for_ever(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 200))
    job = house.queue.pop()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt  # as good as a kill

    monkeypatch.setattr(edges, "make", dies)
    for _ in range(stored.MAX_TRIES):
        with pytest.raises(KeyboardInterrupt):
            edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)
    edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)

    assert b"bound_not_exact" in house.get(clip, "download.mp4", 409)


def test_an_object_store_that_is_away_counts_against_no_edge(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 200))
    job = house.queue.pop()

    def away(*_: object) -> bytes:
        raise Unavailable("We cannot reach the object store at the moment.")

    with monkeypatch.context() as patched:
        patched.setattr(house.objects, "get_range", away)
        for _ in range(stored.MAX_TRIES + 1):
            with pytest.raises(edges.Failed):
                edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)
    edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)

    assert house.seen(clip) == list(range(100, 200))


def lose_fragment(house: House, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the second fragment, frames 75 to 150, finds nothing."""
    with house.store.transaction() as tx:
        made = media.rendering(tx, recording.id)
        assert made is not None
        found = [media.piece(tx, s.public_id, 1) for s in made.renditions if s.rendition.kind is not Kind.STILLS]
    lost = {(piece.object_key, piece.offset) for piece in found}
    get_range = house.objects.get_range

    def get(key: str, offset: int, size: int) -> bytes:
        if (key, offset) in lost:
            raise NotFound("That object is not there.", code="no_object")
        return get_range(key, offset, size)

    monkeypatch.setattr(house.objects, "get_range", get)


def work_until_it_rests(house: House, job: UUID) -> int:
    """How often the job was tried before it had nothing more to say."""
    for tries in range(1, 30):
        try:
            edges.make_lacking(house.tools, job, lambda: False, lambda: house.now)
        except edges.Failed:
            continue
        return tries
    raise AssertionError("it is tried for ever")


def test_edges_that_no_clip_wants_go_after_three_days(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()

    house.cut(clip, (75, 240))
    for days in (2, 4):
        edges.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=days))
        assert house.edges_of(recording) == {2: 6, 4: 3}[days]

    assert house.seen(clip) == list(range(75, 240))
    house.cut(clip, (100, 240))
    assert house.work() == 1


def test_edges_that_could_not_be_forgotten_keep_their_bytes(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = house.clip(house.film(film))
    house.cut(clip, (100, 240))
    house.work()
    house.cut(clip, (75, 240))
    transaction = house.store.transaction

    @contextmanager
    def without_commit() -> Iterator[Tx]:
        with transaction() as tx:
            yield tx
            raise Unavailable("The database went away.")

    with monkeypatch.context() as broken:
        broken.setattr(house.store, "transaction", without_commit)
        with pytest.raises(Unavailable):
            edges.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=4))
    house.cut(clip, (100, 240))
    house.work()

    assert house.seen(clip) == list(range(100, 240))


def test_edges_that_were_forgotten_and_could_not_be_deleted_are_swept_later(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip, later = house.clip(recording), datetime.now(UTC) + timedelta(days=4)
    whole = house.kept()
    house.cut(clip, (100, 240))
    house.work()
    made = house.kept() - whole
    house.cut(clip, (75, 150))

    def deny(keys: object) -> None:
        raise Unavailable("The objects are away.")

    with monkeypatch.context() as broken:
        broken.setattr(house.objects, "delete", deny)
        with pytest.raises(Unavailable):
            edges.clear_away(house.store, house.objects, later)

    with house.store.transaction() as tx:
        swept = set(sweeps.due(tx, later + timedelta(days=1)))
    assert house.edges_of(recording) == 0
    assert swept == made
    assert len(made) == 6


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
    assert list(tmp_path.glob("download-*")) == []
