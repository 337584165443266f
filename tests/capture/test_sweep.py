"""What limits there are, and what time and kills do to uploads."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture import tus
from domain.errors import Gone, NotFound, TooMany, Unavailable
from tests.capture.staged import CARL, EVA, NO_METADATA, Desk, send, writer_of


def test_an_upload_without_news_expires_and_is_swept(desk: Desk) -> None:
    intake = desk.intake(lives_for=timedelta(days=7))
    upload = intake.create(EVA, 7, NO_METADATA)
    assert upload.expires_at == datetime(2031, 1, 8, tzinfo=UTC)

    desk.clock.pass_by(timedelta(days=7, seconds=1))

    with pytest.raises(Gone) as refused:
        intake.take(upload.id, EVA)
    assert refused.value.code == "upload_expired"
    intake.sweep()
    assert desk.files() == []


def test_every_piece_gives_an_upload_its_whole_time_again(desk: Desk) -> None:
    intake = desk.intake(lives_for=timedelta(days=7))
    upload = intake.create(EVA, 7, NO_METADATA)

    desk.clock.pass_by(timedelta(days=6))

    assert send(intake, upload.id, 0, b"a").expires_at == datetime(2031, 1, 14, tzinfo=UTC)


def test_what_is_whole_never_expires_before_it_is_kept_elsewhere(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    send(intake, upload.id, 0, b"abc")

    desk.clock.pass_by(timedelta(days=365))
    intake.sweep()

    assert desk.bytes_of(upload.id) == b"abc"


def test_an_upload_that_is_being_written_is_not_swept(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id):
        desk.clock.pass_by(timedelta(days=365))
        intake.sweep()

    assert desk.files() == [f"{upload.id}.json", f"{upload.id}.part"]


def test_creating_sweeps_now_and_then(desk: Desk) -> None:
    intake = desk.intake()
    old = intake.create(EVA, 7, NO_METADATA)

    desk.clock.pass_by(timedelta(days=8))
    intake.create(CARL, 7, NO_METADATA)

    assert f"{old.id}.part" not in desk.files()


def test_what_a_kill_left_half_made_is_swept_after_an_hour(desk: Desk) -> None:
    intake = desk.intake()
    orphan = desk.folder / "0123456789abcdef.part"
    orphan.write_bytes(b"abc")
    made = datetime(2031, 1, 1, tzinfo=UTC).timestamp()
    os.utime(orphan, (made, made))

    desk.clock.pass_by(timedelta(minutes=59))
    intake.sweep()
    assert desk.files() == ["0123456789abcdef.part"]
    desk.clock.pass_by(timedelta(minutes=2))
    intake.sweep()
    assert desk.files() == []


def test_a_kill_in_the_middle_of_forgetting_is_finished_by_the_sweep(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    send(intake, upload.id, 0, b"abc")
    intake.forget(upload.id)
    (desk.folder / f"{upload.id}.part").write_bytes(b"abc")

    intake.sweep()

    assert desk.files() == [f"{upload.id}.json"]


def test_a_person_has_so_many_unfinished_uploads_and_no_more(desk: Desk) -> None:
    intake = desk.intake(most_open=2)
    first, second = intake.create(EVA, 3, NO_METADATA), intake.create(EVA, 3, NO_METADATA)
    send(intake, first.id, 0, b"a")
    send(intake, second.id, 0, b"a")

    with pytest.raises(TooMany) as refused:
        intake.create(EVA, 3, NO_METADATA)
    intake.create(CARL, 3, NO_METADATA)
    send(intake, first.id, 1, b"bc")

    assert refused.value.code == "too_many_uploads"
    assert intake.create(EVA, 3, NO_METADATA).offset == 0


def test_the_oldest_upload_without_a_byte_makes_room_unless_a_request_holds_it(desk: Desk) -> None:
    intake = desk.intake(most_open=3)
    held = intake.create(EVA, 3, NO_METADATA)
    desk.clock.pass_by(timedelta(seconds=1))
    lost = intake.create(EVA, 3, NO_METADATA)
    desk.clock.pass_by(timedelta(seconds=1))
    intake.create(EVA, 3, NO_METADATA)

    with writer_of(intake, held.id):
        intake.create(EVA, 3, NO_METADATA)

    with pytest.raises(NotFound):
        intake.find(lost.id, EVA)
    assert intake.find(held.id, EVA).offset == 0


def test_a_full_disk_takes_no_new_upload_and_says_what_to_do(desk: Desk) -> None:
    intake = desk.intake(free_floor=2**62)

    with pytest.raises(Unavailable) as refused:
        intake.create(EVA, 3, NO_METADATA)

    assert refused.value.code == "no_room"
    assert "What has arrived is safe" in refused.value.message
    assert tus.STATUS["no_room"] == 507


def test_a_disk_that_fills_up_keeps_what_had_come(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.intake(free_floor=10)
    upload = intake.create(EVA, 7, NO_METADATA)
    free = iter([100, 100, 11])
    monkeypatch.setattr("capture.staging.Staging.free_bytes", lambda self: next(free))

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(7)))
        writer.write(b"abc")
        with pytest.raises(Unavailable) as refused:
            writer.write(b"de")
        writer.break_off()

    assert refused.value.code == "no_room"
    assert desk.bytes_of(upload.id) == b"abc"


def test_room_that_was_reserved_is_not_refused_when_others_take_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = desk.intake(max_bytes=10_000_000, free_floor=10)
    upload = intake.create(EVA, 2_000_000, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(2_000_000)))
        writer.write(b"a" * 1_000_000)
        monkeypatch.setattr("capture.staging.Staging.free_bytes", lambda staging: 0)
        writer.write(b"b" * 1_000_000)
        writer.end()

        assert intake.settle(writer).finished


def test_a_real_full_disk_keeps_what_had_come(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    def full(fd: int, data: memoryview, at: int) -> int:
        raise OSError(28, "No space left on device")

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(7)))
        writer.write(b"abc")
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(Unavailable) as refused:
            writer.write(b"de")

    assert refused.value.code == "no_room"
    assert desk.bytes_of(upload.id) == b"abc"


def test_a_note_damaged_on_the_disk_hides_one_upload_and_stops_no_other(desk: Desk) -> None:
    intake = desk.intake()
    damaged, sound = intake.create(EVA, 3, NO_METADATA), intake.create(EVA, 3, NO_METADATA)
    (desk.folder / f"{damaged.id}.json").write_bytes(b'{"owner": "')

    intake.recover()

    with pytest.raises(NotFound):
        intake.take(damaged.id, EVA)
    assert send(intake, sound.id, 0, b"abc").finished
    assert f"{damaged.id}.part" in desk.files()


def test_files_that_cannot_be_read_keep_no_other_upload_from_arriving(desk: Desk) -> None:
    intake = desk.intake()
    desk.arrivals.broken = RuntimeError("the database is away")
    uploads = [intake.create(EVA, 3, NO_METADATA) for _ in range(3)]
    for each in uploads:
        with pytest.raises(Unavailable):
            send(intake, each.id, 0, b"abc")
    unread, locked, sound = sorted(each.id for each in uploads)
    _make_a_loop(desk.folder / f"{unread}.json")  # opening it fails for everybody, for the superuser too
    _make_a_loop(desk.folder / f"{locked}.part")
    desk.arrivals.broken = None

    intake.recover()

    assert [each.upload_id for each in desk.arrivals.came] == [sound]


def _make_a_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def test_a_recording_whose_staging_file_somebody_removed_is_no_unfinished_upload(desk: Desk) -> None:
    intake = desk.intake(most_open=1)
    upload = intake.create(EVA, 3, NO_METADATA)
    send(intake, upload.id, 0, b"abc")
    (desk.folder / f"{upload.id}.part").unlink()

    intake.create(EVA, 3, NO_METADATA)
    told = intake.find(upload.id, EVA)
    intake.forget(upload.id)
    desk.clock.pass_by(timedelta(days=2))
    intake.sweep()

    assert (told.offset, told.recording) == (3, f"recording-of-{upload.id}")
    with pytest.raises(NotFound):
        intake.find(upload.id, EVA)
