"""`passiton upload` on a folder: sent once, passed over ever after, resumed in between."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.upload import upload
from soak import kills
from tests.journey.running import Running
from tests.publish_api.uploads.uploading import node

FTYP = b"\x00\x00\x00\x18ftypisom"


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A folder of three recordings, a spreadsheet that calls itself one, and a text."""
    folder = tmp_path / "films"
    (folder / "more").mkdir(parents=True)
    chance = random.Random(7)
    for name, size in (("a.mp4", 1000), ("b.mov", 9_000_000), ("more/c.m4a", 3000)):
        (folder / name).write_bytes(FTYP + chance.randbytes(size))
    (folder / "table.mp4").write_text("a;b\n1;2\n")
    (folder / "notes.txt").write_text("Dear all")
    return folder


def send(server: Running, token: str, *paths: Path, state: Path) -> tuple[int, Any, str]:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pipeline.cli",
            "upload",
            *map(str, paths),
            "--server",
            server.url,
            "--token",
            token,
            "--json",
        ],
        env={**server.environment, "XDG_STATE_HOME": str(state)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ran.returncode, json.loads(ran.stdout), ran.stderr


def test_a_folder_is_sent_once_and_passed_over_ever_after(
    running: Callable[..., Running], films: Path, tmp_path: Path
) -> None:
    server = running("--no-worker")
    expert = server.person("eva", "expert")
    token = expert.headers["authorization"].removeprefix("Bearer ")

    code, first, said = send(server, token, films, state=tmp_path / "state")
    again_code, again, _ = send(server, token, films, state=tmp_path / "state")
    shutil.rmtree(tmp_path / "state")
    with psycopg.connect(server.dsn) as database:  # as the step that keeps originals does, on a machine with workers
        digests = {item["recording"]: _sha256(Path(item["file"])) for item in first["items"]}
        for recording, digest in digests.items():
            database.execute("update recording set sha256 = %s where public_id = %s", [digest, recording])
    forgotten_code, forgotten, _ = send(server, token, films, state=tmp_path / "state")

    names = [Path(item["file"]).name for item in first["items"]]
    assert (code, again_code, forgotten_code) == (0, 0, 0)
    assert (names, first["left_out"]) == (["a.mp4", "b.mov", "c.m4a"], [str(films / "table.mp4")])
    assert first["summary"] == {"sent": 3, "already_there": 0, "refused": 0, "left_out": 1}
    assert "table.mp4: left out" in said
    assert again["summary"] == forgotten["summary"] == {"sent": 0, "already_there": 3, "refused": 0, "left_out": 1}
    assert [item["recording"] for item in again["items"]] == [item["recording"] for item in first["items"]]
    assert [item["recording"] for item in forgotten["items"]] == [item["recording"] for item in first["items"]]
    assert len(expert.get("/api/v1/recordings").json()["items"]) == 3


def test_what_was_deleted_on_the_server_is_sent_again_and_what_was_refused_there_says_why(
    running: Callable[..., Running], films: Path, tmp_path: Path
) -> None:
    server = running("--no-worker")
    expert = server.person("eva", "expert")
    token = expert.headers["authorization"].removeprefix("Bearer ")
    deleted, refused, kept = [item["recording"] for item in send(server, token, films, state=tmp_path)[1]["items"]]
    expert.delete(f"/api/v1/recordings/{deleted}").raise_for_status()
    with psycopg.connect(server.dsn) as database:
        database.execute(
            "update recording set refusal_code = 'too_long', refusal_message = 'Cut it in parts.' where public_id = %s",
            [refused],
        )

    code, again, _ = send(server, token, films, state=tmp_path)

    first, second, third = again["items"]
    assert code == 3
    assert first["recording"] != deleted
    assert (second["recording"], second["already"], second["error"]) == (
        refused, True, {"code": "too_long", "message": "Cut it in parts."},
    )  # fmt: skip
    assert third["recording"] == kept
    assert again["summary"] == {"sent": 1, "already_there": 1, "refused": 1, "left_out": 1}


def test_a_folder_without_recordings_is_said_so(running: Callable[..., Running], tmp_path: Path) -> None:
    server = running("--no-worker")
    (tmp_path / "films").mkdir()

    code, document, _ = send(server, "pio_none", tmp_path / "films", state=tmp_path)

    assert (code, document["error"]["code"]) == (3, "nothing_to_send")


def test_a_server_that_is_restarted_in_the_middle_of_an_upload_costs_no_byte(
    running: Callable[..., Running], tmp_path: Path
) -> None:
    server = running("--no-worker")
    token = server.person("eva", "expert").headers["authorization"].removeprefix("Bearer ")
    film = tmp_path / "film.mp4"
    film.write_bytes(random.Random(8).randbytes(40_000_000))
    restarted: list[threading.Thread] = []

    def restart() -> None:
        server.stop()
        server.start("--no-worker")

    def report(path: Path, sent: int, size: int) -> None:
        if sent > 20_000_000 and not restarted:
            restarted.append(threading.Thread(target=restart))
            restarted[0].start()

    (result,) = upload([film], server.url, token, report=report, state=tmp_path / "state")
    restarted[0].join()

    (part,) = (server.data / "staging").glob("*.part")
    assert result.recording is not None
    assert _sha256(part) == _sha256(film)


@pytest.mark.skipif(node() is None, reason="there is no node on this machine")
def test_two_kills_of_the_whole_server_cost_an_upload_no_byte() -> None:
    result = kills.prove(2, 20_000_000, seed=11)

    assert [(goal.what, goal.met) for goal in result.goals] == [
        ("uploads whose SHA-256 was another, of 2", True),
        ("sent twice, most of all rounds", True),
    ]


def _sha256(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
