"""A recording rendered again, with other sizes: it plays on, and then in the new ones; nothing else has changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotFound, Refused
from domain.media import Encoder, Probe, Rendition
from domain.recording import Recording
from pipeline import again, housekeeping, jobs, rendering
from pipeline.again import Report
from pipeline.carry import TryLater
from pipeline.settings import Settings
from pipeline.step import Stopped
from pipeline.wiring import open_house
from store import beside, edges, media
from tests.pipeline.filmed import Film, House
from tests.transcode.media import numbers
from transcode import render as renders
from transcode.ladder import ladder
from transcode.render import Landed

HEIGHTS = (72, 36)  # it has 90 and 54


def begin(house: House, *which: Recording, heights: tuple[int, ...] = HEIGHTS) -> Report:
    def wanted(probe: Probe) -> tuple[Rendition, ...]:
        return ladder(probe, heights, house.encoders)

    return again.begin(house.store, [each.public_id for each in which], wanted, lambda tx, recording_id: None)


def work(house: House, recording: Recording, *, ends: bool = False) -> None:
    """The job, once."""
    again.render_again(house.tools, recording.id, lambda: ends, lambda: house.now)


def state_of(house: House, recording: Recording) -> UUID | None:
    """The rendering beside the one that plays."""
    with house.store.transaction() as tx:
        return beside.of(tx, recording.id)


def pieces(house: House, recording: Recording) -> list[str]:
    """Every object of it but the original."""
    with house.store.transaction() as tx:
        return [key for key in media.object_keys(tx, recording.id) if not key.startswith("originals/")]


def test_it_plays_on_as_it_was_and_then_in_the_new_sizes_to_the_same_frames(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()
    before = house.clip(recording)

    report = begin(house)
    waiting = house.seen(clip, "54")
    work(house, recording)

    assert report.begun == [recording.public_id]
    assert waiting == list(range(100, 240))
    assert house.seen(clip, "72") == house.seen(clip, "36") == list(range(100, 240))
    assert house.queue == []  # its edges are there
    assert house.clip(recording) == before
    assert "RESOLUTION=96x54" not in house.get(clip, "play.m3u8").decode()


def test_what_both_have_is_taken_over_and_not_made_again(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    begin(house, heights=(90, 54))
    work(house, recording)
    before = set(pieces(house, recording))

    begin(house, heights=(90, 54, 36))
    work(house, recording)
    made = {key.split("/")[-2] for key in set(pieces(house, recording)) - before}
    again.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=4))

    assert made == {"36"}
    assert house.seen(clip, "90") == house.seen(clip, "36") == list(range(250))


def test_av1_comes_beside_what_there_is_and_ends_at_the_same_frames(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()
    house.encoders = (Encoder.X264, Encoder.SVTAV1)

    begin(house, heights=(54,))
    work(house, recording)

    played = house.get(clip, "play.m3u8").decode()
    assert [line.split('CODECS="')[1][:4] for line in played.splitlines() if "CODECS" in line] == ["avc1", "av01"]
    assert house.seen(clip, "54-av1") == house.seen(clip, "54") == list(range(100, 240))
    assert numbers(house.get(clip, "download.mp4?quality=54-av1")) == list(range(100, 240))


def test_an_open_player_is_served_what_it_plays_and_then_that_goes(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    old = [line for line in house.get(clip, "play/54.m3u8").decode().splitlines() if line.startswith("/m/")]
    old_pictures = [key for key in pieces(house, recording) if key.split("/")[-2] in {"90", "54"}]
    begin(house)
    work(house, recording)

    served = {house.client.get(address).status_code for address in old}
    again.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=2))
    kept = house.client.get(old[0]).status_code
    again.clear_away(house.store, house.objects, datetime.now(UTC) + timedelta(days=4))

    assert (served, kept, house.client.get(old[0]).status_code) == ({200}, 200, 404)
    assert len(old_pictures) >= 2
    assert not any(Path(str(house.objects.local_path(key))).exists() for key in old_pictures)
    assert house.seen(clip, "36") == list(range(250))


def test_withdrawn_what_was_replaced_is_refused_at_once(house: House, film: Film) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    old = next(line for line in house.get(clip, "play/54.m3u8").decode().splitlines() if line.startswith("/m/"))
    begin(house)
    work(house, recording)

    house.client.delete(f"/api/v1/clips/{clip.public_id}/publication")

    assert house.client.get(old).status_code == 404


def test_a_job_that_is_killed_goes_on_where_it_was(house: House, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()
    begin(house)
    there = set(pieces(house, recording))
    put, puts = house.objects.put_bytes, 0

    def dies_at(number: int) -> Any:
        def put_bytes(key: str, data: bytes) -> None:
            nonlocal puts
            puts += 1
            if puts == number:
                raise KeyboardInterrupt  # as good as a kill: nothing is tidied up
            put(key, data)

        return put_bytes

    for number in (2, 9):
        puts = 0
        monkeypatch.setattr(house.objects, "put_bytes", dies_at(number))
        with pytest.raises(KeyboardInterrupt):
            work(house, recording)
        assert house.seen(clip, "54") == list(range(100, 240))
    puts = 0
    monkeypatch.setattr(house.objects, "put_bytes", dies_at(0))
    work(house, recording)

    made = set(pieces(house, recording)) - there
    assert house.seen(clip, "72") == list(range(100, 240))
    assert puts < len(made)


def test_an_edge_that_cannot_be_made_keeps_it_from_its_place_for_a_while_only(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    clip = house.clip(recording)
    house.cut(clip, (100, 240))
    house.work()
    begin(house)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no such frame")

    monkeypatch.setattr("pipeline.edges.make", fails)

    for _ in range(edges.MAX_TRIES - 1):
        with pytest.raises(TryLater):
            work(house, recording)
        assert house.seen(clip, "54") == list(range(100, 240))
    work(house, recording)

    assert house.seen(clip, "72") == list(range(150, 200))
    assert b"bound_not_exact" in house.get(clip, "download.mp4", 409)


def test_it_makes_room_for_other_jobs_and_goes_on_after_them(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "_LOOK_EVERY_S", -1.0)
    recording = house.film(film)
    begin(house)
    house.others_wait = True

    with pytest.raises(TryLater):
        work(house, recording)
    with pytest.raises(Stopped):
        work(house, recording, ends=True)
    house.others_wait = False
    work(house, recording)

    with house.store.transaction() as tx:
        assert beside.of(tx, recording.id) is None
        assert [each.name for each in beside.standing(tx, recording.id).complete] == ["72", "36", "audio", "stills"]


def test_what_is_as_the_settings_say_is_left_alone_unless_it_is_named(house: House, film: Film) -> None:
    recording = house.film(film)
    begin(house)
    work(house, recording)

    as_set = begin(house)
    named = begin(house, recording)
    asked_twice = begin(house)

    assert (as_set.as_set, as_set.begun) == ([recording.public_id], [])
    assert named.begun == [recording.public_id]
    assert asked_twice.under_way == {recording.public_id: 0.0}
    with pytest.raises(NotFound):
        again.begin(house.store, ["AAAAAAAAAAAAAAAA"], lambda probe: (), lambda tx, recording_id: None)


def test_other_sizes_asked_for_meanwhile_are_made_instead(house: House, film: Film) -> None:
    recording = house.film(film)
    begin(house)
    instead = begin(house, heights=(54,))

    work(house, recording)

    assert instead.begun == [recording.public_id]
    assert house.seen(house.clip(recording), "54") == list(range(250))
    assert begin(house, heights=(54,)).as_set == [recording.public_id]


def test_without_its_original_it_stays_as_it_is_and_that_is_said(house: House, film: Film) -> None:
    recording = house.film(film)
    begin(house)
    with house.store.transaction() as tx:
        tx.execute("update recording set original_gone_at = now()")

    work(house, recording)
    report = begin(house)

    assert house.seen(house.clip(recording), "54") == list(range(250))
    assert report.original_gone == [recording.public_id]
    assert report.lines() == ["Made otherwise, with no original left to make them anew: 1."]


def test_a_file_that_fails_again_and_again_is_given_up(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    begin(house)
    with house.store.transaction() as tx:
        house.objects.delete([key for key in media.object_keys(tx, recording.id) if key.startswith("originals/")])

    waits = []
    for _ in range(7):
        with pytest.raises(TryLater) as later:
            work(house, recording)
        waits.append(later.value.wait_s)
    work(house, recording)

    assert waits == [60, 120, 240, 480, 960, 1920, 3840]
    with house.store.transaction() as tx:
        assert beside.of(tx, recording.id) is None


def test_what_another_ffmpeg_has_begun_is_begun_anew(house: House, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = house.film(film)
    begin(house)
    with house.store.transaction() as tx:
        tx.execute(
            "update rendition n set init = 'by another'::bytea, codec = 'avc1.640028' from rendering g"
            " where g.id = n.rendering_id and g.state = 'beside' and n.name = '36'"
        )

    with pytest.raises(TryLater):
        work(house, recording)
    work(house, recording)

    assert house.seen(house.clip(recording), "36") == list(range(250))


def test_of_two_ffmpegs_that_take_turns_neither_goes_on_for_ever(house: House, film: Film) -> None:
    recording = house.film(film)
    begin(house)

    for _ in range(7):
        with house.store.transaction() as tx:
            tx.execute(
                "update rendition n set init = 'by the other'::bytea, codec = 'avc1.640028' from rendering g"
                " where g.id = n.rendering_id and g.state = 'beside' and n.name = '36'"
            )
        with pytest.raises(TryLater):
            work(house, recording)
    with house.store.transaction() as tx:
        tx.execute("update rendition set init = 'by the other'::bytea, codec = 'avc1.640028' where name = '36'")
    work(house, recording)

    assert state_of(house, recording) is None


def test_what_ends_its_worker_each_time_is_given_up_and_that_is_said(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    begin(house)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt  # as good as a kill: nothing is tidied up

    with monkeypatch.context() as dying:
        dying.setattr(house.objects, "put_bytes", killed)
        for _ in range(8):
            with pytest.raises(KeyboardInterrupt):
                work(house, recording)
    work(house, recording)
    given_up = state_of(house, recording)
    report = begin(house)
    work(house, recording)

    assert given_up is None
    assert report.lines() == [
        "Begun: 1. They are rendered when nothing else is to be done, and play as they are until then.",
        f"Given up when it was tried before: {recording.public_id}. Rendering it ended the worker again and again.",
    ]
    assert house.seen(house.clip(recording), "36") == list(range(250))


def test_making_room_for_others_is_no_failure(house: House, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "_LOOK_EVERY_S", -1.0)
    recording = house.film(film)
    begin(house)
    house.others_wait = True

    for _ in range(10):
        with pytest.raises(TryLater):
            work(house, recording)
    house.others_wait = False
    work(house, recording)

    assert house.seen(house.clip(recording), "36") == list(range(250))


def test_a_card_that_fails_is_left_out(house: House, film: Film) -> None:
    recording = house.film(film)
    house.encoders = (Encoder.NVENC, Encoder.X264)  # which works on no machine of these tests
    begin(house)

    with pytest.raises(TryLater) as later:
        work(house, recording)
    work(house, recording)

    assert later.value.wait_s == 60
    assert house.seen(house.clip(recording), "36") == list(range(250))
    assert begin(house).as_set == [recording.public_id]


def test_a_worker_without_the_encoder_leaves_it_to_others(house: House, film: Film) -> None:
    recording = house.film(film)
    house.encoders = (Encoder.X264, Encoder.SVTAV1)
    begin(house, heights=(54,))

    house.encoders = (Encoder.X264,)
    for _ in range(10):
        with pytest.raises(TryLater) as later:
            work(house, recording)
    house.encoders = (Encoder.X264, Encoder.SVTAV1)
    work(house, recording)

    assert later.value.wait_s == 600
    assert house.seen(house.clip(recording), "54-av1") == list(range(250))


def test_av1_that_cannot_be_made_is_given_up_and_that_is_said(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recording = house.film(film)
    house.encoders = (Encoder.X264, Encoder.SVTAV1)
    begin(house, heights=(54,))

    def fails(*_: Any, **__: Any) -> Iterator[Landed]:
        raise Refused("This film cannot be read.", code="damaged")
        yield

    monkeypatch.setattr(rendering, "render", fails)
    work(house, recording)
    report = begin(house, heights=(54,))

    why = "Encoding it (svtav1, x264) failed: This film cannot be read."
    assert report.given_up == {recording.public_id: why}
    assert f"recording {recording.public_id} is not rendered again, and plays on as it is. {why}" in caplog.messages
    assert house.seen(house.clip(recording), "54") == list(range(250))


def test_where_it_goes_on_is_held_against_what_was_seen_there_before(
    house: House, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = house.film(film)
    begin(house)
    put, puts = house.objects.put_bytes, []

    def killed_at_the_second_batch(key: str, data: bytes) -> None:
        if "/36/" in key:
            puts.append(key)
        if len(puts) == 2:
            raise KeyboardInterrupt
        put(key, data)

    with monkeypatch.context() as dying:
        dying.setattr(house.objects, "put_bytes", killed_at_the_second_batch)
        for limit in ("_BATCH_S", "_MOST_S"):  # a fragment in a batch
            dying.setattr(renders, limit, 1)
        with pytest.raises(KeyboardInterrupt):
            work(house, recording)
    with house.store.transaction() as tx:
        seen = tx.execute("select fragment from seam").fetchall()
        tx.execute("update seam set md5 = 'another frame'")
    with pytest.raises(TryLater):
        work(house, recording)
    with house.store.transaction() as tx:
        in_one = tx.execute("select in_one from rendering where state = 'beside'").fetchall()
    work(house, recording)
    named = begin(house, recording)

    assert (seen, in_one) == ([(1,)], [(True,)])
    assert house.seen(house.clip(recording), "36") == list(range(250))
    assert named.begun == [recording.public_id]
    with house.store.transaction() as tx:  # what is made after it, too
        assert tx.execute("select in_one from rendering where state = 'beside'").fetchall() == [(True,)]


def test_a_job_that_was_lost_gets_another_and_comes_after_all_others(house: House, film: Film, tmp_path: Path) -> None:
    recording = house.film(film)
    begin(house)
    with open_house(Settings(database_url=house.store.dsn, data_dir=tmp_path / "data")) as real:
        housekeeping.set_off_lost(real)
        housekeeping.set_off_lost(real)
        with house.store.transaction() as tx:
            alone = jobs.waiting(tx, ["media"])
            real.tools.call_help(tx, recording.id, 1)
            beside_others = jobs.waiting(tx, ["media"])
            turns = tx.execute("select args->>'step' from procrastinate_jobs order by priority desc, id").fetchall()

    assert turns == [("help",), ("again",)]
    assert (alone, beside_others) == (False, True)
