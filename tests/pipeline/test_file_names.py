"""Files on a disk are called whatever somebody called them: bytes, dots, dashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.process import folder_name, shown_name


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("talk.mp4", "talk"),
        ("a.b.mp4", "a.b"),
        ("...mp4", "...mp4"),  # its stem is "..", the folder above the results
        ("..mp4", "..mp4"),  # and of this it is ".", the results themselves
        (".mp4", ".mp4"),
        ("-rf.mp4", "-rf"),
    ],
)
def test_results_never_take_the_place_of_another_folder(file: str, folder: str) -> None:
    assert folder_name(Path("somewhere") / file) == folder


def test_a_name_that_is_no_text_is_shown_as_near_as_can_be() -> None:
    assert shown_name(Path(os.fsdecode(b"caf\xe9.mp4"))) == "caf\ufffd"


def test_a_file_whose_name_is_no_text_is_named_in_json_all_the_same(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    Path(os.fsdecode(name)).write_text("no recording")

    ran = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "process", name, "--out", tmp_path / "out", "--json"],
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 3, ran.stderr
    document = json.loads(ran.stdout)
    assert document["error"]["code"] == "not_media"
    assert document["file"].endswith("caf\udce9.mp4")
    assert b"Traceback" not in ran.stderr
