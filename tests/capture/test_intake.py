"""Uploads on disk: what is written, refused, verified, promised, and by whom."""

import hashlib
import os
from pathlib import Path

import pytest

from capture import tus
from capture.intake import FinishedUpload
from capture.metadata import read_metadata
from domain.errors import Conflict, Invalid, NotFound, PassItOnError, TooLarge
from tests.capture.staged import CARL, EVA, NO_METADATA, Desk, send, writer_of


def sha1(data: bytes) -> tus.Checksum:
    return tus.Checksum("sha1", hashlib.sha1(data).digest())


def test_a_new_upload_is_empty_and_lies_in_two_files(desk: Desk) -> None:
    upload = desk.intake().create(EVA, 7, NO_METADATA)

    assert (upload.offset, upload.length, upload.recording) == (0, 7, None)
    assert desk.files() == [f"{upload.id}.json", f"{upload.id}.part"]
    assert desk.folder.stat().st_mode & 0o777 == 0o700


def test_bytes_come_in_pieces_and_the_last_makes_a_recording(desk: Desk) -> None:
    intake = desk.intake()
    metadata = read_metadata("filename dGlwLm1wNA==,filetype dmlkZW8vbXA0,title T2ls")
    upload = intake.create(EVA, 7, metadata)

    first = send(intake, upload.id, 0, b"abcd")
    last = send(intake, upload.id, 4, b"efg")

    assert (first.offset, first.recording) == (4, None)
    assert (last.offset, last.recording, last.expires_at) == (7, f"recording-of-{upload.id}", None)
    assert desk.arrivals.came == [
        FinishedUpload(
            upload.id,
            EVA,
            "tip.mp4",
            "video/mp4",
            7,
            desk.folder / f"{upload.id}.part",
            {"filename": "tip.mp4", "filetype": "video/mp4", "title": "Oil"},
        )
    ]
    assert desk.bytes_of(upload.id) == b"abcdefg"


def test_after_a_restart_an_upload_is_where_it_was(desk: Desk) -> None:
    upload = desk.intake().create(EVA, 7, NO_METADATA)
    send(desk.intake(), upload.id, 0, b"abcd")

    assert send(desk.intake(), upload.id, 4, b"efg").recording == f"recording-of-{upload.id}"


@pytest.mark.parametrize("owner", [CARL, EVA])
def test_somebody_elses_upload_looks_like_none(desk: Desk, owner: object) -> None:
    intake = desk.intake()
    upload_id = intake.create(EVA, 7, NO_METADATA).id if owner is CARL else "0123456789abcdef"

    for ask in (intake.find, intake.take):
        with pytest.raises(NotFound) as refused:
            ask(upload_id, owner)
        assert refused.value.message == "There is no such upload. Start it again."


@pytest.mark.parametrize(
    "name", ["../victim", "victim.json", "", ".", "..", ".creating", "0123456789ABCDEF", "\x00" * 16]
)
def test_an_id_that_is_none_of_ours_names_no_file(desk: Desk, name: str) -> None:
    intake = desk.intake()
    (desk.folder.parent / "victim.json").write_text("{}")

    with pytest.raises(NotFound):
        intake.take(name, EVA)
    intake.forget(name)

    assert (desk.folder.parent / "victim.json").exists()


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        (tus.Patch(3, None, tus.Body(1)), Conflict),
        (tus.Patch(2, None, tus.Body(6)), TooLarge),
        (tus.Patch(2, 8, tus.Body(1)), Invalid),
    ],
)
def test_a_refused_append_changes_nothing(desk: Desk, patch: tus.Patch, error: type[PassItOnError]) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    send(intake, upload.id, 0, b"ab")
    before = {path: path.read_bytes() for path in desk.folder.iterdir()}

    with writer_of(intake, upload.id) as writer, pytest.raises(error):
        writer.begin(patch)

    assert {path: path.read_bytes() for path in desk.folder.iterdir()} == before


def test_uncounted_bytes_that_become_too_many_are_taken_back_to_where_the_request_began(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    send(intake, upload.id, 0, b"ab")

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(2, None, tus.Body(None)))
        writer.write(b"cde")
        with pytest.raises(TooLarge):
            writer.write(b"fgh")
        writer.break_off()

    assert desk.bytes_of(upload.id) == b"ab"
    assert send(intake, upload.id, 2, b"CDEFG").finished


def test_the_length_of_a_refused_request_is_not_kept(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, None, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, 3, tus.Body(None)))
        with pytest.raises(TooLarge):
            writer.write(b"abcd")
        writer.break_off()

    assert intake.find(upload.id, EVA).length is None


def test_what_came_before_a_connection_broke_is_kept(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(7)))
        writer.write(b"abc")
        writer.break_off()

    assert send(intake, upload.id, 3, b"defg").recording == f"recording-of-{upload.id}"
    assert desk.bytes_of(upload.id) == b"abcdefg"


def test_a_length_told_with_bytes_that_did_not_all_come_is_told_anew(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, None, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, 7, tus.Body(7)))
        writer.write(b"abc")
        writer.break_off()

    assert intake.find(upload.id, EVA).length is None
    assert send(intake, upload.id, 3, b"de", length=5).finished


def test_a_length_told_with_bytes_that_all_came_before_the_connection_broke_is_kept(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, None, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, 3, tus.Body(3)))
        writer.write(b"abc")
        writer.break_off()

    assert intake.find(upload.id, EVA).length == 3


def test_a_length_told_late_finishes_the_upload(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, None, NO_METADATA)
    send(intake, upload.id, 0, b"abc")

    last = send(intake, upload.id, 3, b"d", length=4)

    assert (last.length, last.recording) == (4, f"recording-of-{upload.id}")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_bytes_with_their_checksum_are_appended(desk: Desk, algorithm: str) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    send(intake, upload.id, 0, b"ab")

    send(intake, upload.id, 2, b"cde", checksum=tus.Checksum(algorithm, hashlib.new(algorithm, b"cde").digest()))

    assert desk.bytes_of(upload.id) == b"abcde"
    assert desk.files() == [f"{upload.id}.json", f"{upload.id}.part"]


def test_more_than_one_copy_of_bytes_with_their_checksum_is_appended_whole(desk: Desk) -> None:
    data = os.urandom(3_000_000)
    intake = desk.intake(max_bytes=10_000_000)
    upload = intake.create(EVA, 3_000_001, NO_METADATA)
    send(intake, upload.id, 0, b"a")

    assert send(intake, upload.id, 1, data, checksum=sha1(data)).finished
    assert desk.bytes_of(upload.id) == b"a" + data


def test_damaged_bytes_are_not_kept_and_can_be_sent_again(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    send(intake, upload.id, 0, b"ab")

    with pytest.raises(Invalid) as refused:
        send(intake, upload.id, 2, b"cXe", checksum=sha1(b"cde"))

    assert refused.value.code == "checksum_mismatch"
    assert desk.bytes_of(upload.id) == b"ab"
    assert desk.files() == [f"{upload.id}.json", f"{upload.id}.part"]
    assert send(intake, upload.id, 2, b"cde", checksum=sha1(b"cde")).offset == 5


def test_bytes_whose_checksum_can_no_more_be_checked_are_not_kept(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3, sha1(b"abc"))))
        writer.write(b"ab")
        writer.break_off()

    assert desk.bytes_of(upload.id) == b""
    assert desk.files() == [f"{upload.id}.json", f"{upload.id}.part"]


def test_bytes_wait_aside_until_their_checksum_is_verified(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3, sha1(b"abc"))))
        writer.write(b"abc")

        assert desk.bytes_of(upload.id) == b""


def test_there_is_one_writer_and_who_comes_later_is_heard_by_it(desk: Desk) -> None:
    here, other_process = desk.intake(), desk.intake()
    upload = here.create(EVA, 7, NO_METADATA)

    with writer_of(here, upload.id) as writer:
        assert not writer.wanted()
        assert other_process.take(upload.id, EVA) is None
        assert writer.wanted()

    with writer_of(other_process, upload.id) as writer:
        assert not writer.wanted()


def test_who_may_not_have_an_upload_does_not_disturb_its_writer(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer, pytest.raises(NotFound):
        intake.take(upload.id, CARL)

    assert not writer.wanted()


def test_offsets_are_promised_only_after_the_disk_has_the_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    synced: list[bytes] = []

    def remember(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").resolve().read_bytes())

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3)))
        writer.write(b"abc")
        writer.end()
        monkeypatch.setattr(os, "fsync", remember)

        assert intake.settle(writer).offset == 3

    assert synced == [b"abc"]


def test_the_note_and_its_folder_are_on_the_disk_before_an_upload_is_promised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = desk.intake()
    synced: list[str] = []
    real = os.fsync

    def remember(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").resolve().suffix or "folder")
        real(fd)

    monkeypatch.setattr(os, "fsync", remember)
    intake.create(EVA, 7, NO_METADATA)

    assert synced == [".part", ".new", "folder"]
