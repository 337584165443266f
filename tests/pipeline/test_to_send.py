"""Which files of a folder are sent, and which of them have been."""

import json
import os
from pathlib import Path

import pytest

from pipeline.sent import Sent
from pipeline.to_send import ToSend, looks_like_a_recording, to_send
from tests.pipeline.test_cli import SAMPLE

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(100)


def write(path: Path, data: bytes = MP4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_of_a_folder_what_looks_like_a_recording_is_sent_in_order_of_its_names(tmp_path: Path) -> None:
    second, first = write(tmp_path / "b.mp4"), write(tmp_path / "a.MOV")
    deep = write(tmp_path / "2031" / "march" / "c.webm", b"\x1a\x45\xdf\xa3" + bytes(50))
    write(tmp_path / "notes.txt", b"Dear all")
    write(tmp_path / ".hidden.mp4")
    write(tmp_path / ".trash" / "old.mp4")
    table, empty = write(tmp_path / "table.mp4", b"a;b;c\n1;2;3\n"), write(tmp_path / "empty.mp4", b"")

    assert to_send([tmp_path]) == ToSend((first, second, deep), (empty, table))


def test_a_file_that_is_named_is_sent_whatever_it_is_and_once(tmp_path: Path) -> None:
    odd, film = write(tmp_path / "film.bin", b"?"), write(tmp_path / "film.mp4")

    assert to_send([odd, tmp_path, odd, film]) == ToSend((odd, film), ())


def test_a_folder_that_leads_back_to_itself_is_walked_once(tmp_path: Path) -> None:
    film = write(tmp_path / "films" / "film.mp4")
    (tmp_path / "films" / "again").symlink_to(tmp_path / "films", target_is_directory=True)

    assert to_send([tmp_path]).files == (film,)


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x14ftypqt  ", b"\x00\x00\x00\x08wide\x00\x00", b"\x00\x00\x00\x01mdat", b"\x1a\x45\xdf\xa3",
        b"RIFF\x24\x00\x00\x00WAVE", b"OggS\x00", b"fLaC\x00", b"ID3\x04", b"\xff\xfb\x90", b"\xff\xf1\x50",
        b"#!AMR\n", b"caff\x00\x01", b"FORM\x00\x00\x00\x00AIFF", b"FLV\x01", b"\x00\x00\x01\xba",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"G" + bytes(187) + b"G", bytes(4) + b"G" + bytes(191) + b"G",
    ],
)  # fmt: skip
def test_every_common_format_looks_like_a_recording(tmp_path: Path, head: bytes) -> None:
    assert looks_like_a_recording(write(tmp_path / "film.mp4", head))


@pytest.mark.parametrize(
    "head", [b"", b"\x00\x05\x16\x07", b"#EXTM3U\n", b"<html>", b"PK\x03\x04", b"\x89PNG", b"\xff\x1b"]
)
def test_what_is_something_else_does_not(tmp_path: Path, head: bytes) -> None:
    assert not looks_like_a_recording(write(tmp_path / "film.mp4", head))


def test_our_own_sample_looks_like_a_recording() -> None:
    assert looks_like_a_recording(SAMPLE)


def test_what_has_arrived_is_known_to_the_next_run(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", b"abc")
    first = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    digest = first.digest(film)
    first.add(film, digest, "0123456789abcdef")

    second = Sent(tmp_path / "state", "https://tips.example.com", "secret")

    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert second.recording(second.digest(film)) == "0123456789abcdef"


@pytest.mark.parametrize(
    ("server", "token"), [("https://other.example.com", "secret"), ("https://tips.example.com", "x")]
)
def test_another_account_has_sent_nothing(tmp_path: Path, server: str, token: str) -> None:
    film = write(tmp_path / "film.mp4", b"abc")
    sent = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    sent.add(film, sent.digest(film), "0123456789abcdef")

    other = Sent(tmp_path / "state", server, token)

    assert other.recording(other.digest(film)) is None
    assert "secret" not in "".join(path.name + path.read_text() for path in (tmp_path / "state").iterdir())


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", b"abc")
    first = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    first.add(film, first.digest(film), "0123456789abcdef")
    status = film.stat()
    second = Sent(tmp_path / "state", "https://tips.example.com", "secret")

    film.write_bytes(b"xyz")
    os.utime(film, ns=(status.st_atime_ns, status.st_mtime_ns))
    unread = second.digest(film)
    os.utime(film, ns=(1, 1))
    read = second.digest(film)

    assert unread == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read == "3608bca1e44ea6c4d268eb6db02260269892c0b42b86bbf1e77a6fa16c3c9282"


def test_a_file_that_changed_while_it_was_sent_is_not_remembered(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", b"abc")
    sent = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    digest = sent.digest(film)

    film.write_bytes(b"another")
    sent.add(film, digest, "0123456789abcdef")

    assert sent.recording(digest) is None


def test_a_line_that_a_kill_has_cut_off_costs_that_line_alone(tmp_path: Path) -> None:
    films = [write(tmp_path / f"{n}.mp4", bytes([n])) for n in range(3)]
    sent = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    for film in films[:2]:
        sent.add(film, sent.digest(film), "0123456789abcdef")
    (ledger,) = (tmp_path / "state").iterdir()
    ledger.write_bytes(ledger.read_bytes()[:-20])

    again = Sent(tmp_path / "state", "https://tips.example.com", "secret")
    again.add(films[2], again.digest(films[2]), "fedcba9876543210")
    last = Sent(tmp_path / "state", "https://tips.example.com", "secret")

    assert [last.recording(last.digest(film)) for film in films] == ["0123456789abcdef", None, "fedcba9876543210"]
    assert json.loads(ledger.read_text().splitlines()[-1])["recording"] == "fedcba9876543210"


def test_a_ledger_that_cannot_be_kept_stops_nothing(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4")
    (tmp_path / "state").write_text("a file")
    sent = Sent(tmp_path / "state", "https://tips.example.com", "secret")

    sent.add(film, sent.digest(film), "0123456789abcdef")

    assert Sent(tmp_path / "state", "https://tips.example.com", "secret").recording(sent.digest(film)) is None
