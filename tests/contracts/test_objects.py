"""What every home of objects keeps: a folder, and S3 against a real server process."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from domain.errors import Invalid, NotFound, Unavailable
from store.folder import Folder
from store.objects import Hashed, Objects
from tests.conftest import S3Server


@pytest.fixture(params=["folder", "s3"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return Folder(tmp_path / "home")
    server: S3Server = request.getfixturevalue("s3_server")
    return server.home()


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key of this test's own: the S3 server is shared."""
    return f"t/{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}/original"


def test_bytes_that_were_put_come_back(home: Objects, key: str) -> None:
    home.put_bytes(key, b"a tip about a valve")

    assert home.size(key) == 19
    assert home.get_range(key, 0, 19) == b"a tip about a valve"


def test_a_range_is_exactly_what_was_asked_for(home: Objects, key: str) -> None:
    data = os.urandom(3_000_000)
    home.put_bytes(key, data)

    assert home.get_range(key, 0, 1) == data[:1]
    assert home.get_range(key, 1_234_567, 1_500_000) == data[1_234_567:2_734_567]
    assert home.get_range(key, 2_999_999, 1) == data[-1:]
    assert home.get_range(key, 5, 0) == b""


@pytest.mark.parametrize(("offset", "size"), [(90, 20), (100, 1), (5_000, 10)])
def test_a_range_beyond_the_end_is_never_cut_short_in_silence(home: Objects, key: str, offset: int, size: int) -> None:
    home.put_bytes(key, b"x" * 100)

    with pytest.raises(Unavailable) as refused:
        home.get_range(key, offset, size)

    assert refused.value.code == "short_object"


def test_a_file_that_was_put_comes_back_as_a_file(home: Objects, key: str, tmp_path: Path) -> None:
    data = os.urandom(2_500_000)
    source = tmp_path / "upload"
    source.write_bytes(data)

    hashed = Hashed.of(source)
    home.put_file(key, source, hashed=hashed)
    source.unlink()
    home.fetch(key, tmp_path / "copy")

    assert hashed.sha256 == hashlib.sha256(data).digest()
    assert (tmp_path / "copy").read_bytes() == data
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["copy"]


def test_a_fetched_file_can_be_changed_without_changing_the_object(home: Objects, key: str, tmp_path: Path) -> None:
    home.put_bytes(key, b"the original")
    home.fetch(key, tmp_path / "copy")

    (tmp_path / "copy").write_bytes(b"OVERWRITTEN!")

    assert home.get_range(key, 0, 12) == b"the original"


def test_an_object_that_lies_on_this_machine_can_be_read_where_it_lies(home: Objects, key: str) -> None:
    home.put_bytes(key, b"the original")

    here = home.local_path(key)

    assert (here is not None) == isinstance(home, Folder)
    assert here is None or here.read_bytes() == b"the original"


@pytest.mark.parametrize("now", [b"another length", b"AS IT WAS"])
def test_a_file_that_is_another_than_was_hashed_is_not_kept(
    home: Objects, key: str, tmp_path: Path, now: bytes
) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"as it was")
    os.utime(source, ns=(1, 1))
    hashed = Hashed.of(source)
    source.write_bytes(now)

    with pytest.raises(Unavailable) as refused:
        home.put_file(key, source, hashed=hashed)

    assert refused.value.code == "bytes_differ"
    with pytest.raises(NotFound):
        home.size(key)


def test_a_file_that_was_touched_and_has_the_bytes_that_were_hashed_is_kept(
    home: Objects, key: str, tmp_path: Path
) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"as it was")
    hashed = Hashed.of(source)
    os.utime(source, ns=(1, 1))

    home.put_file(key, source, hashed=hashed)

    assert home.get_range(key, 0, 9) == b"as it was"


def test_a_file_is_read_once_for_its_hash(
    home: Objects, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"gigabytes")
    read: list[object] = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *given: (read.append(given), digest(*given))[1])

    home.put_file(key, source, hashed=Hashed.of(source))

    assert len(read) == 1


def test_a_step_that_runs_twice_may_write_the_same_object_twice(home: Objects, key: str, tmp_path: Path) -> None:
    for _ in range(2):
        source = tmp_path / "upload"
        source.write_bytes(b"the same bytes")
        home.put_file(key, source)
        source.unlink()
        home.put_bytes(key, b"the same bytes")

    assert home.get_range(key, 0, 14) == b"the same bytes"


def test_an_empty_object_is_an_object(home: Objects, key: str, tmp_path: Path) -> None:
    home.put_bytes(key, b"")
    home.fetch(key, tmp_path / "copy")

    assert home.size(key) == 0
    assert (tmp_path / "copy").read_bytes() == b""


def test_what_is_not_there_is_not_found(home: Objects, key: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        home.size(key)
    with pytest.raises(NotFound):
        home.get_range(key, 0, 1)
    with pytest.raises(NotFound):
        home.fetch(key, tmp_path / "copy")

    assert list(tmp_path.glob("*copy*")) == []


def test_deleted_objects_are_gone_and_missing_ones_are_fine(home: Objects, key: str) -> None:
    keys = [f"{key}.{n}" for n in range(12)]
    for each in keys:
        home.put_bytes(each, b"x")

    home.delete([*keys[:10], f"{key}.never-was"])
    home.delete(keys[:10])

    for each in keys[:10]:
        with pytest.raises(NotFound):
            home.size(each)
    assert [home.size(each) for each in keys[10:]] == [1, 1]


def test_a_key_can_be_written_again_after_its_neighbours_were_deleted(home: Objects, key: str) -> None:
    home.put_bytes(key, b"first")
    home.delete([key])

    home.put_bytes(key, b"second")

    assert home.get_range(key, 0, 6) == b"second"


@pytest.mark.parametrize(
    "bad", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".aside/x", "A", "ü", "a b", "a\x00b", "a\n", "a" * 201]
)
def test_a_name_that_we_did_not_make_is_refused(home: Objects, bad: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")

    with pytest.raises(Invalid):
        home.put_bytes(bad, b"x")
    with pytest.raises(Invalid):
        home.put_file(bad, tmp_path / "source")
    with pytest.raises(Invalid):
        home.get_range(bad, 0, 1)
    with pytest.raises(Invalid):
        home.fetch(bad, tmp_path / "copy")
    with pytest.raises(Invalid):
        home.size(bad)
    with pytest.raises(Invalid):
        home.delete([bad])
    with pytest.raises(Invalid):
        home.delete_prefix(bad)


def test_of_a_prefix_all_that_lies_under_it_goes_and_nothing_beside_it(home: Objects, key: str) -> None:
    under = [f"{key}/{n:04d}" for n in range(12)] + [f"{key}/deeper/{n}" for n in range(3)]
    beside = [f"{key}-2/0001", f"{key}x", key.rpartition("/")[0] + "/another"]
    for each in [*under, *beside]:
        home.put_bytes(each, b"x")

    home.delete_prefix(key)
    home.delete_prefix(key)
    home.delete_prefix(f"{key}/never/was")

    for each in under:
        with pytest.raises(NotFound):
            home.size(each)
    assert [home.size(each) for each in beside] == [1, 1, 1]


def test_what_is_put_under_a_prefix_that_was_deleted_is_there(home: Objects, key: str) -> None:
    home.put_bytes(f"{key}/0001", b"x")
    home.delete_prefix(key)

    home.put_bytes(f"{key}/0001", b"again")

    assert home.size(f"{key}/0001") == 5
    home.delete_prefix(key)


def test_eight_threads_may_write_read_and_delete_at_once(home: Objects, key: str) -> None:
    wrong: list[object] = []

    def work(n: int) -> None:
        data = bytes([n]) * 50_000
        for turn in range(5):
            name = f"{key}/{n}/{turn}"
            home.put_bytes(name, data)
            if home.get_range(name, 10_000, 30_000) != data[10_000:40_000]:
                wrong.append(name)
            home.delete([name])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert wrong == []
    with pytest.raises(NotFound):
        home.size(f"{key}/0/0")


def test_a_file_larger_than_one_part_is_whole(home: Objects, key: str, tmp_path: Path) -> None:
    block = os.urandom(1 << 20)
    source = tmp_path / "upload"
    with source.open("wb") as file:
        for n in range(70):
            file.write(bytes([n]) + block[1:])

    home.put_file(key, source)

    assert home.size(key) == 70 << 20
    assert home.get_range(key, 69 << 20, 1 << 20) == bytes([69]) + block[1:]
    home.delete([key])
