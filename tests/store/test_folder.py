"""What the folder promises beyond the contract of all homes."""

import os
from pathlib import Path

import pytest

from domain.errors import Unavailable
from store.folder import Folder
from store.objects import Hashed


def test_a_large_file_is_linked_and_not_copied(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"gigabytes")

    Folder(tmp_path / "home").put_file("r1/original", source)

    assert (tmp_path / "home/r1/original").stat().st_ino == source.stat().st_ino


def test_a_symbolic_link_is_followed_and_never_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"bytes")
    (tmp_path / "upload").symlink_to(tmp_path / "real")

    Folder(tmp_path / "home").put_file("r1/original", tmp_path / "upload")

    kept = tmp_path / "home/r1/original"
    assert not kept.is_symlink()
    assert kept.read_bytes() == b"bytes"
    assert kept.stat().st_ino != (tmp_path / "real").stat().st_ino


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's file")
def test_another_users_file_is_copied_for_it_could_still_be_written_to(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"bytes")
    os.chown(source, 65534, 65534)

    Folder(tmp_path / "home").put_file("r1/original", source)

    assert (tmp_path / "home/r1/original").stat().st_ino != source.stat().st_ino


def test_a_failed_put_leaves_nothing_behind(tmp_path: Path) -> None:
    home = Folder(tmp_path / "home")

    with pytest.raises(Unavailable):
        home.put_file("r1/original", tmp_path / "missing")

    assert sorted(p.name for p in (tmp_path / "home").rglob("*")) == [".aside"]


def test_a_recordings_folders_go_with_its_last_object(tmp_path: Path) -> None:
    home = Folder(tmp_path / "home")
    home.put_bytes("r1/720/0", b"x")
    home.put_bytes("r1/original", b"x")

    home.delete(["r1/720/0"])
    left = sorted(p.relative_to(tmp_path / "home").as_posix() for p in (tmp_path / "home").rglob("*"))
    home.delete(["r1/original"])

    assert left == [".aside", "r1", "r1/original"]
    assert [p.name for p in (tmp_path / "home").iterdir()] == [".aside"]


def test_what_a_killed_process_left_is_swept_away_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    home = Folder(tmp_path / "home")
    left = tmp_path / "home/.aside/left"
    left.write_bytes(b"half")
    os.utime(left, (1_000_000, 1_000_000))
    put_there_s = left.stat().st_ctime

    early = home.sweep(before_s=put_there_s - 60)
    late = home.sweep(before_s=put_there_s + 60)

    assert (early, late) == (0, 1)
    assert list((tmp_path / "home/.aside").iterdir()) == []


def test_nobody_else_on_the_machine_can_read_an_object(tmp_path: Path) -> None:
    home = Folder(tmp_path / "home")
    home.put_bytes("r1/original", b"x")

    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home/r1/original").stat().st_mode & 0o777 == 0o400


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's file")
def test_a_copy_is_read_again_for_it_is_not_the_file_that_was_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"bytes")
    os.chown(source, 65534, 65534)
    hashed = Hashed.of(source)
    monkeypatch.setattr("shutil.copyfile", lambda _, target: target.write_bytes(b"BYTES"))

    with pytest.raises(Unavailable) as refused:
        Folder(tmp_path / "home").put_file("r1/original", source, hashed=hashed)

    assert refused.value.code == "bytes_differ"
