"""Disks that fail, folders that vanish, files that another user owns."""

import ctypes
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capture import tus
from capture import writer as writer_module
from capture.staging import Staging
from domain.errors import NotFound, Unavailable
from tests.capture.staged import EVA, NO_METADATA, Desk, send, writer_of

NOBODY = 65534


@pytest.fixture
def anywhere() -> Iterator[Path]:
    """A folder that every user of this machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="passiton-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def taken_by(path: Path) -> int:
    """Bytes of the disk."""
    return path.stat().st_blocks * 512


def test_bytes_that_the_disk_could_not_keep_are_never_promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)
    send(intake, upload.id, 0, b"ab")

    def fails(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(2, None, tus.Body(3)))
        writer.write(b"cde")
        writer.end()
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", fails)
            with pytest.raises(Unavailable) as refused:
                intake.settle(writer)

    # The kernel tells of a lost write once. That the next fsync succeeds says nothing of these bytes.
    assert (refused.value.code, tus.STATUS["disk_failed"]) == ("disk_failed", 503)
    with writer_of(intake, upload.id) as writer:
        assert intake.settle(writer).offset == 0
    assert send(intake, upload.id, 0, b"abcdefg").finished


def test_the_disk_begins_with_a_long_request_before_its_end_and_is_not_bothered_with_a_short_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[int, int]] = []

    class Disk:
        def sync_file_range(self, fd: int, at: ctypes.c_int64, size: ctypes.c_int64, flags: int) -> int:
            begun.append((at.value, size.value))
            return -1  # as on a file system that does not know it: nothing was promised

        def fallocate(self, fd: int, mode: int, at: ctypes.c_int64, size: ctypes.c_int64) -> int:
            return -1

    monkeypatch.setattr(writer_module, "_libc", Disk())
    intake = desk.intake(max_bytes=10_000_000)
    upload = intake.create(EVA, 3_500_010, NO_METADATA)
    send(intake, upload.id, 0, b"0123456789")
    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(10, None, tus.Body(3_500_000)))
        for _ in range(5):
            writer.write(b"a" * 400_000, b"b" * 300_000)
        writer.end()
        whole = intake.settle(writer)

    assert begun == [(10, 1_400_000), (1_400_010, 1_400_000)]
    assert whole.finished
    assert desk.bytes_of(upload.id) == b"0123456789" + (b"a" * 400_000 + b"b" * 300_000) * 5


def test_room_for_a_long_request_is_reserved_and_given_back_when_it_breaks_off(desk: Desk) -> None:
    intake = desk.intake(max_bytes=10_000_000)
    upload = intake.create(EVA, 8_000_000, NO_METADATA)
    path = desk.folder / f"{upload.id}.part"

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(8_000_000)))
        unwritten = taken_by(path)
        writer.write(b"a" * 100_000)
        reserved = taken_by(path)
        writer.break_off()
        broken_off = taken_by(path)
        offset = intake.settle(writer).offset

    assert (unwritten, reserved >= 8_000_000, broken_off < 200_000, offset) == (0, True, True, 100_000)
    assert send(intake, upload.id, 100_000, b"b" * 7_900_000).finished
    assert desk.bytes_of(upload.id) == b"a" * 100_000 + b"b" * 7_900_000


def test_bytes_put_aside_that_vanish_end_in_an_error_and_not_in_a_loop(desk: Desk) -> None:
    intake = desk.intake()
    upload = intake.create(EVA, 7, NO_METADATA)

    with writer_of(intake, upload.id) as writer:
        writer.begin(tus.Patch(0, None, tus.Body(3, tus.Checksum("md5", hashlib.md5(b"abc").digest()))))
        writer.write(b"abc")
        os.truncate(desk.folder / f"{upload.id}.side", 1)
        with pytest.raises(OSError, match="gone"):
            writer.end()

    assert intake.find(upload.id, EVA).offset <= 1


def test_every_folder_on_the_way_to_the_uploads_is_on_the_disk_before_one_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").resolve()))

    Staging(tmp_path / "data" / "staging")
    made = list(synced)
    Staging(tmp_path / "data" / "staging")

    assert made == [tmp_path / "data", tmp_path]
    assert synced == made


@pytest.mark.parametrize("note", [b"", b"null", b"[]", b'"text"', b"{}", b'{"owner": 1}', b'{"owner": "x"}', b"\xff"])
def test_whatever_a_damaged_note_holds_it_hides_one_upload_alone(desk: Desk, note: bytes) -> None:
    intake = desk.intake()
    damaged, sound = intake.create(EVA, 3, NO_METADATA), intake.create(EVA, 3, NO_METADATA)
    (desk.folder / f"{damaged.id}.json").write_bytes(note)

    intake.recover()

    with pytest.raises(NotFound):
        intake.take(damaged.id, EVA)
    assert send(intake, sound.id, 0, b"abc").finished


def test_an_upload_whose_file_the_object_store_made_read_only_is_forgotten(anywhere: Path) -> None:
    if os.geteuid() == 0:
        os.chown(anywhere, NOBODY, NOBODY)

    def keep_and_forget() -> None:
        desk = Desk(anywhere / "staging")
        intake = desk.intake()
        upload = intake.create(EVA, 3, NO_METADATA)
        send(intake, upload.id, 0, b"abc")
        part = desk.folder / f"{upload.id}.part"
        part.chmod(0o400)  # as the object store does with its own name of the same file
        intake.forget(upload.id)
        assert not part.exists()
        assert intake.find(upload.id, EVA).recording == f"recording-of-{upload.id}"

    assert _as_nobody(keep_and_forget) == 0


def _as_nobody(act: Callable[[], None]) -> int:
    """Runs it in another process, without root's rights; its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
