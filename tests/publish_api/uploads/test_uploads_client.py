"""The command line's upload against a real mortal."""

import os
import random
import shutil
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from domain.errors import Forbidden, Invalid, Refused, TooLarge, Unauthenticated, Unavailable
from pipeline import upload as client
from pipeline.upload import Uploaded, state_folder, upload
from tests.publish_api.uploads.uploading import UPLOADS, Server, sha256, until


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where unfinished uploads are noted."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "passiton" / "uploads"


def part_of(server: Server, result: Uploaded) -> Path:
    assert result.recording is not None, result.error
    return server.staging / f"{result.recording.removeprefix('recording-of-')}.part"


def begin_and_stop(server: Server, tip: Path, at: int) -> None:
    """An upload whose process ends when the server has been sent so many bytes."""

    def stop(path: Path, sent: int, size: int) -> None:
        if sent >= at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload([tip], server.url, "eva", report=stop)


def test_files_are_uploaded_one_after_the_other(server: Server, state: Path, tip: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.webm"
    short.write_bytes(b"abc")
    reports: list[tuple[str, int, int]] = []

    first, second = upload(
        [tip, short], server.url, "eva", report=lambda path, sent, size: reports.append((path.name, sent, size))
    )

    assert sha256(part_of(server, first)) == sha256(tip)
    assert part_of(server, second).read_bytes() == b"abc"
    assert reports[0] == ("Öl wechseln.mp4", 0, 20_000_000)
    assert reports[-1] == ("short.webm", 3, 3)
    assert [sent for name, sent, _ in reports if name == tip.name] == sorted(
        sent for name, sent, _ in reports if name == tip.name
    )
    arrived = (server.folder / "arrived" / part_of(server, first).stem).read_text()
    assert arrived == "20000000 Öl wechseln.mp4 video/mp4\n"
    assert list(state.iterdir()) == []


def test_the_same_command_goes_on_where_it_was_stopped(server: Server, state: Path, tip: Path) -> None:
    begin_and_stop(server, tip, 10_000_000)
    noted = list(state.iterdir())
    reports: list[int] = []

    (result,) = upload([tip], server.url, "eva", report=lambda path, sent, size: reports.append(sent))

    assert len(noted) == 1
    assert reports[0] >= 8 << 20
    assert sha256(part_of(server, result)) == sha256(tip)
    assert list(state.iterdir()) == []


def test_a_file_that_changed_meanwhile_is_another_file(server: Server, state: Path, tip: Path) -> None:
    begin_and_stop(server, tip, 10_000_000)
    tip.write_bytes(random.Random(4).randbytes(20_000_000))

    (result,) = upload([tip], server.url, "eva")

    assert sha256(part_of(server, result)) == sha256(tip)


def test_a_server_that_is_killed_and_comes_back_is_waited_for(mortal: Server, state: Path, tip: Path) -> None:
    killed = threading.Event()

    def report(path: Path, sent: int, size: int) -> None:
        if sent > 12_000_000 and not killed.is_set():
            killed.set()
            mortal.kill()
            threading.Thread(target=mortal.start).start()

    (result,) = upload([tip], mortal.url, "eva", report=report)

    assert killed.is_set()
    assert sha256(part_of(mortal, result)) == sha256(tip)


def test_an_upload_that_the_server_lost_begins_again(mortal: Server, state: Path, tip: Path) -> None:
    begin_and_stop(mortal, tip, 10_000_000)
    mortal.kill()
    shutil.rmtree(mortal.staging)
    mortal.start()

    (result,) = upload([tip], mortal.url, "eva")

    assert sha256(part_of(mortal, result)) == sha256(tip)


def test_a_recording_that_cannot_be_made_yet_is_asked_for_again(mortal: Server, state: Path, tmp_path: Path) -> None:
    tip = tmp_path / "tip.mp4"
    tip.write_bytes(b"abc")
    os.utime(tip, (1_900_000_000, 1_700_000_000))  # nobody has written to it for long
    (mortal.folder / "down").touch()
    waits: list[float] = []

    def come_back(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            (mortal.folder / "down").unlink()

    (result,) = upload([tip], mortal.url, "eva", sleep=come_back)

    assert waits == [0.5, 1.0, 2.0]
    assert part_of(mortal, result).read_bytes() == b"abc"


def test_without_a_valid_token_no_file_is_tried_twice(mortal: Server, state: Path, tip: Path) -> None:
    first, second = upload([tip, tip], mortal.url, "nobody")

    assert isinstance(first.error, Unauthenticated)
    assert first.error.message == "Sign in first."
    assert second.error is first.error
    assert not list(mortal.staging.glob("*.part"))


def test_who_may_not_upload_is_told(server: Server, state: Path, tip: Path) -> None:
    (result,) = upload([tip], server.url, "lea")

    assert isinstance(result.error, Forbidden)


def test_a_file_that_is_refused_does_not_keep_others_out(server: Server, state: Path, tmp_path: Path) -> None:
    empty, huge, missing, good = (tmp_path / name for name in ("empty.mp4", "huge.mp4", "missing.mp4", "good.mp4"))
    empty.touch()
    huge.touch()
    with huge.open("r+b") as file:
        file.truncate(200_000_001)
    good.write_bytes(b"abc")

    results = upload([empty, huge, missing, good], server.url, "eva")

    assert [type(result.error) for result in results] == [Refused, TooLarge, Invalid, type(None)]
    assert [result.path for result in results] == [empty, huge, missing, good]
    assert part_of(server, results[3]).read_bytes() == b"abc"


def test_metadata_goes_along_and_a_wrong_one_is_refused_in_words(server: Server, state: Path, tip: Path) -> None:
    (result,) = upload([tip], server.url, "eva", metadata={"language": "klingon"})

    assert isinstance(result.error, Invalid)
    assert result.error.code == "bad_language"


def test_a_server_that_is_not_there_is_given_up_soon(state: Path, tip: Path) -> None:
    waits: list[float] = []

    first, second = upload([tip, tip], "http://127.0.0.1:9", "eva", sleep=waits.append)

    assert waits == [0.5, 1.0]
    assert isinstance(first.error, Unavailable)
    assert "give the same command again later" in first.error.message
    assert second.error is first.error


@pytest.mark.parametrize("server", ["passiton.example.com", "ftp://passiton.example.com", "https://", ""])
def test_an_address_that_is_none_is_said_so(server: str, state: Path, tip: Path) -> None:
    (result,) = upload([tip], server, "eva")

    assert isinstance(result.error, Invalid)
    assert result.error.code == "bad_server"


@pytest.mark.parametrize(
    "location", ["http://evil.example/api/v1/uploads/1", "//evil.example/1", "", "/api/v1/uploads"]
)
def test_the_token_and_the_file_go_to_no_other_server(state: Path, tip: Path, location: str) -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(201)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever).start()
        (result,) = upload([tip], f"http://127.0.0.1:{elsewhere.server_port}", "eva")
        elsewhere.shutdown()

    assert isinstance(result.error, Invalid)
    assert "Check the address" in result.error.message


def test_a_note_that_leads_to_another_server_is_not_followed(server: Server, state: Path, tip: Path) -> None:
    begin_and_stop(server, tip, 10_000_000)
    (note,) = state.iterdir()
    note.write_text(f"http://evil.example{UPLOADS}/1")

    (result,) = upload([tip], server.url, "eva")

    assert sha256(part_of(server, result)) == sha256(tip)


def test_a_state_folder_that_cannot_be_written_costs_only_the_resumption(
    server: Server, tip: Path, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()

    (result,) = upload([tip], server.url, "eva", state=tmp_path / "a file" / "uploads")

    assert sha256(part_of(server, result)) == sha256(tip)


def test_a_kill_is_survived_without_a_note_too(mortal: Server, tip: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    killed = threading.Event()
    reports: list[int] = []

    def report(path: Path, sent: int, size: int) -> None:
        reports.append(sent)
        if sent > 12_000_000 and not killed.is_set():
            killed.set()
            mortal.kill()
            threading.Thread(target=mortal.start).start()

    (result,) = upload([tip], mortal.url, "eva", report=report, state=tmp_path / "a file" / "uploads")

    assert reports.count(0) == 1
    assert sha256(part_of(mortal, result)) == sha256(tip)


def shorten(file: Path) -> None:
    os.truncate(file, 5_000_000)


def append(file: Path) -> None:
    with file.open("ab") as more:
        more.write(b"more")


def put_another_in_its_place(file: Path) -> None:
    other = file.with_suffix(".other")
    other.write_bytes(random.Random(5).randbytes(file.stat().st_size))
    other.rename(file)


@pytest.mark.parametrize("change", [shorten, append])
def test_a_file_that_is_written_to_while_it_is_sent_does_not_arrive(
    server: Server, state: Path, tip: Path, change: Callable[[Path], None]
) -> None:
    asked: list[int] = []
    before = set(server.staging.glob("*.part"))

    def meanwhile(path: Path, sent: int, size: int) -> None:
        if sent > 19_000_000 and not asked:
            asked.append(sent)
            change(path)

    (result,) = upload([tip], server.url, "eva", report=meanwhile)

    assert isinstance(result.error, Invalid)
    assert result.error.code == "file_changed"
    assert set(server.staging.glob("*.part")) == before
    assert list(state.iterdir()) == []


def test_a_file_that_is_replaced_while_the_server_is_away_does_not_arrive_as_half_of_each(
    mortal: Server, state: Path, tip: Path
) -> None:
    killed: list[int] = []

    def meanwhile(path: Path, sent: int, size: int) -> None:
        if sent > 12_000_000 and not killed:
            killed.append(sent)
            mortal.kill()
            put_another_in_its_place(path)
            mortal.start()

    (result,) = upload([tip], mortal.url, "eva", report=meanwhile)

    assert isinstance(result.error, Invalid)
    assert result.error.code == "file_changed"
    assert list(mortal.staging.glob("*.part")) == []


def test_a_file_that_has_just_been_written_is_looked_at_again_before_its_end_is_sent(
    server: Server, state: Path, tmp_path: Path
) -> None:
    tip = tmp_path / "half.webm"
    tip.write_bytes(b"the beginning")

    (result,) = upload([tip], server.url, "eva", sleep=lambda seconds: append(tip))

    assert isinstance(result.error, Invalid)
    assert result.error.code == "file_changed"


@pytest.mark.parametrize(("given", "home"), [("/xdg", "/xdg"), ("relative", "~/.local/state"), ("", "~/.local/state")])
def test_the_state_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, given: str, home: str) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", given)

    assert state_folder() == Path(home).expanduser() / "passiton" / "uploads"


def test_a_stalled_request_of_an_earlier_client_does_not_hold_up_the_next(
    server: Server, state: Path, tip: Path
) -> None:
    begin_and_stop(server, tip, 0)
    (note,) = state.iterdir()
    path = note.read_text().removeprefix(server.url)
    stalled = server.half_patch(path, 0, 20_000_000, tip.read_bytes()[:2_000_000])
    until(lambda: server.part(path).stat().st_size == 2_000_000, "the earlier client stalls")

    (result,) = upload([tip], server.url, "eva")
    stalled.close()

    assert client.CHUNK == 8 << 20
    assert sha256(part_of(server, result)) == sha256(tip)
