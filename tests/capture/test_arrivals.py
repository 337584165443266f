"""How a whole upload becomes a recording, and is forgotten."""

import fcntl
import threading
from datetime import timedelta

import pytest

from capture import tus
from capture.intake import Past, Upload
from domain.errors import Forbidden, NotFound, Unavailable
from tests.capture.staged import CARL, EVA, NO_METADATA, Desk, send, writer_of


def test_a_recording_is_asked_for_once_and_then_remembered(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 1, NO_METADATA)
    send(intake, upload.id, 0, b"a")

    again = intake.take(upload.id, EVA)

    assert isinstance(again, Upload)
    assert (again.offset, again.recording) == (1, f"recording-of-{upload.id}")
    assert len(desk.arrivals.came) == 1


def test_bytes_stay_when_the_recording_cannot_be_made_and_a_later_question_makes_it(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    desk.arrivals.broken = ConnectionError("the database is away")

    with pytest.raises(Unavailable) as refused:
        send(intake, upload.id, 0, b"abc")
    desk.arrivals.broken = None
    with writer_of(intake, upload.id) as writer:
        later = intake.settle(writer)

    assert refused.value.code == "not_arrived"
    assert isinstance(refused.value.__cause__, ConnectionError)
    assert (later.offset, later.recording) == (3, f"recording-of-{upload.id}")


def test_a_start_finds_what_is_whole_and_became_nothing(desk: Desk) -> None:
    intake = desk.intake()
    whole, half = intake.create(EVA, 3, NO_METADATA), intake.create(EVA, 3, NO_METADATA)
    send(intake, half.id, 0, b"ab")
    with writer_of(intake, whole.id) as writer:  # killed after the last byte
        writer.begin(tus.Patch(0, None, tus.Body(3)))
        writer.write(b"abc")

    assert desk.intake().recover() == 1
    assert desk.intake().recover() == 0
    assert [upload.upload_id for upload in desk.arrivals.came] == [whole.id]
    assert desk.intake().find(whole.id, EVA).recording == f"recording-of-{whole.id}"


def test_a_start_while_the_database_is_away_loses_nothing(desk: Desk) -> None:
    upload = desk.intake().create(EVA, 3, NO_METADATA)
    desk.arrivals.broken = ConnectionError()
    with pytest.raises(Unavailable):
        send(desk.intake(), upload.id, 0, b"abc")

    assert desk.intake().recover() == 0
    desk.arrivals.broken = None
    assert desk.intake().recover() == 1


def test_a_start_leaves_alone_what_another_process_is_writing(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3)))
        writer.write(b"abc")

        assert desk.intake().recover() == 0
        assert not writer.wanted()


def test_a_kill_between_arriving_and_noting_it_asks_again_for_the_same_upload(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    note = desk.folder / f"{upload.id}.json"
    before = note.read_bytes()
    send(intake, upload.id, 0, b"abc")
    note.write_bytes(before)

    assert desk.intake().recover() == 1
    assert [came.upload_id for came in desk.arrivals.came] == [upload.id, upload.id]


def test_what_is_kept_elsewhere_leaves_a_note_for_a_day(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    send(intake, upload.id, 0, b"abc")

    intake.forget(upload.id)
    intake.forget(upload.id)

    assert desk.files() == [f"{upload.id}.json"]
    desk.clock.pass_by(timedelta(hours=23))
    intake.sweep()
    told = intake.take(upload.id, EVA)
    assert isinstance(told, Upload)
    assert (told.offset, told.length, told.recording) == (3, 3, f"recording-of-{upload.id}")
    desk.clock.pass_by(timedelta(hours=2))
    with pytest.raises(NotFound):
        intake.take(upload.id, EVA)
    intake.sweep()
    assert desk.files() == []


def test_bytes_kept_elsewhere_before_the_recording_was_noted_are_asked_for_again(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    note = desk.folder / f"{upload.id}.json"
    before = note.read_bytes()
    send(intake, upload.id, 0, b"abc")
    note.write_bytes(before)

    intake.forget(upload.id)
    told = desk.intake().take(upload.id, EVA)

    assert isinstance(told, Upload)
    assert (told.offset, told.recording) == (3, f"recording-of-{upload.id}")


def test_the_bytes_of_a_recording_cannot_be_cancelled_away(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    desk.arrivals.broken = ConnectionError()
    with pytest.raises(Unavailable):
        send(intake, upload.id, 0, b"abc")

    with writer_of(intake, upload.id) as writer, pytest.raises(Forbidden) as refused:
        intake.cancel(writer)

    assert refused.value.code == "already_arrived"
    assert desk.bytes_of(upload.id) == b"abc"


def test_a_cancelled_upload_is_gone(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        intake.cancel(writer)

    assert desk.files() == []
    with pytest.raises(NotFound):
        intake.take(upload.id, EVA)


def test_a_lock_on_an_upload_that_was_cancelled_meanwhile_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    real = fcntl.flock

    def too_late(fd: int, operation: int) -> None:
        for name in desk.files():
            (desk.folder / name).unlink()
        real(fd, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)

    with pytest.raises(NotFound):
        intake.take(upload.id, EVA)


def test_an_upload_is_held_while_it_becomes_a_recording(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    seen: list[object] = []
    desk.arrivals.on_arrival = lambda finished: seen.append(desk.intake().take(finished.upload_id, EVA))

    send(intake, upload.id, 0, b"abc")

    assert seen == [None]


def test_forgetting_waits_for_a_request_that_holds_the_upload(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 3, NO_METADATA)
    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3)))
        writer.write(b"abc")
        writer.end()
        forgetting = threading.Thread(target=intake.forget, args=[upload.id])
        forgetting.start()

        told = intake.settle(writer)

    forgetting.join(10)
    assert told.recording == f"recording-of-{upload.id}"
    assert desk.files() == [f"{upload.id}.json"]
    assert intake.find(upload.id, EVA).recording == f"recording-of-{upload.id}"


def test_what_was_not_forgotten_yet_can_be_asked_for(desk: Desk) -> None:
    intake = desk.intake()
    whole, kept, half = (intake.create(EVA, 3, NO_METADATA) for _ in range(3))
    send(intake, whole.id, 0, b"abc")
    send(intake, kept.id, 0, b"abc")
    send(intake, half.id, 0, b"ab")
    intake.forget(kept.id)

    assert intake.arrived() == (whole.id,)


def test_a_phone_that_comes_back_long_after_its_upload_was_forgotten_is_told_the_recording(desk: Desk) -> None:
    became = {("0123456789abcdef", EVA): Past("the-recording", 10)}
    intake = desk.intake(past=lambda upload_id, owner: became.get((upload_id, owner)))

    found = intake.take("0123456789abcdef", EVA)

    assert isinstance(found, Upload)
    assert (found.offset, found.length, found.recording, found.expires_at) == (10, 10, "the-recording", None)
    with pytest.raises(NotFound):
        intake.take("0123456789abcdef", CARL)


def test_a_note_that_has_served_its_day_is_followed_by_what_is_known_elsewhere(desk: Desk) -> None:
    intake = desk.intake(remembers_for=timedelta(days=1), past=lambda upload_id, owner: Past("the-recording", 3))
    upload = intake.create(EVA, 3, NO_METADATA)
    send(intake, upload.id, 0, b"abc")
    intake.forget(upload.id)

    desk.clock.pass_by(timedelta(days=2))
    before = intake.find(upload.id, EVA)
    intake.sweep()
    after = intake.find(upload.id, EVA)

    assert (before.recording, after.recording) == ("the-recording", "the-recording")
    assert desk.files() == []
