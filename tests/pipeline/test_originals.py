import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pytest

from domain.recording import Recording
from pipeline.originals import Originals
from store.folder import Folder

ANYBODY = UUID(int=1)


class Elsewhere(Folder):
    """A folder that behaves as a store on another machine does."""

    fetched = 0

    def local_path(self, key: str) -> Path | None:
        return None

    def fetch(self, key: str, path: Path) -> None:
        self.fetched += 1
        super().fetch(key, path)


def original(objects: Folder, number: int, size: int = 1000) -> Recording:
    key = f"originals/{number}"
    objects.put_bytes(key, bytes([number]) * size)
    return Recording(
        id=UUID(int=number), public_id="a" * 16, upload_id=str(number), space_id=ANYBODY, uploader_id=ANYBODY,
        speaker_id=ANYBODY, title="", filename="", media_type="", byte_size=size,
        created_at=datetime(2026, 3, 2, tzinfo=UTC), version=1, media_key=b"", language=None,
        sha256=bytes([number]) * 32, original_key=key, probe=None, refusal_code=None, refusal_message=None,
        deleted_at=None,
    )  # fmt: skip


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path / "objects")


def test_a_store_on_this_machine_is_read_where_it_is(tmp_path: Path) -> None:
    objects = Folder(tmp_path / "objects")
    originals = Originals(objects, tmp_path / "cache")

    with originals.local(original(objects, 1)) as path:
        assert path.read_bytes() == b"\x01" * 1000

    assert not (tmp_path / "cache").exists()


def test_an_original_from_elsewhere_is_fetched_once(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache")
    recording = original(elsewhere, 1)

    for _ in range(3):
        with originals.local(recording) as path:
            assert path.read_bytes() == b"\x01" * 1000

    assert elsewhere.fetched == 1


def test_the_longest_unused_makes_room(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache", max_bytes=2500)
    first, second, third = (original(elsewhere, n) for n in (1, 2, 3))
    for age, recording in ((300, first), (200, second)):
        with originals.local(recording) as path:
            then = path.stat().st_mtime - age
        os.utime(path, (then, then))

    with originals.local(third), originals.local(second):
        pass
    with originals.local(first):
        pass

    assert elsewhere.fetched == 4  # the first made room for the third, and came again


def test_what_is_being_read_is_never_evicted(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache", max_bytes=1500)

    with originals.local(original(elsewhere, 1)) as path, originals.local(original(elsewhere, 2)):
        assert path.read_bytes() == b"\x01" * 1000


def test_an_original_larger_than_the_cache_is_read_all_the_same(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache", max_bytes=10)

    with originals.local(replace(original(elsewhere, 1), byte_size=1000)) as path:
        assert path.stat().st_size == 1000


def test_what_is_made_of_an_original_is_made_once_and_goes_with_it(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache")
    recording, made = original(elsewhere, 1), []

    def make(source: Path, file: BinaryIO) -> None:
        made.append(source.read_bytes())
        file.write(b"in another container")

    with originals.remade(recording, make), originals.remade(recording, make) as path:
        originals.drop(recording)
        kept = path.read_bytes()
    originals.drop(recording)

    assert made == [b"\x01" * 1000]
    assert kept == b"in another container"
    assert originals.held() == frozenset()


def test_what_could_not_be_made_leaves_nothing(elsewhere: Elsewhere, tmp_path: Path) -> None:
    originals = Originals(elsewhere, tmp_path / "cache")
    recording = original(elsewhere, 1)

    def make(source: Path, file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError

    with pytest.raises(OSError), originals.remade(recording, make):  # noqa: PT011 - ours
        pass

    assert [p.name for p in (tmp_path / "cache").iterdir() if p.suffix != ".lock"] == ["01" * 32]
