"""`passiton captions`: written from a transcript, and measured."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.errors import Refused
from pipeline import cli

SAID = {
    "language": "en",
    "words": [
        {"text": text, "start_ms": at * 400, "end_ms": at * 400 + 350}
        for at, text in enumerate(["Um,", "lift", "it", "slowly.", "Then,", "uh,", "put", "it", "down."])
    ],
}


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(SAID), encoding="utf-8")
    return path


def passiton(*arguments: object) -> str:
    ran = CliRunner().invoke(cli.app, ["captions", *map(str, arguments)])
    if ran.exception is not None:
        raise ran.exception
    return ran.stdout


def test_captions_are_written_in_three_forms_with_or_without_fillers(transcript: Path) -> None:
    assert passiton(transcript) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.533\nUm, lift it slowly.\n\n"
        "00:00:01.600 --> 00:00:04.550\nThen, uh, put it down.\n"
    )
    assert passiton(transcript, "--srt", "--no-fillers") == (
        "1\n00:00:00,400 --> 00:00:01,533\nLift it slowly.\n\n2\n00:00:01,600 --> 00:00:04,550\nThen, put it down.\n"
    )
    assert passiton(transcript, "--text", "--no-fillers") == "Lift it slowly.\nThen, put it down.\n"


def test_files_of_any_kind_are_checked(transcript: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.srt"
    theirs.write_text("1\n00:00:01,000 --> 00:00:01,500\nPut it on the\nupper left shelf.\n")

    said = passiton("--check", transcript, theirs)
    found = json.loads(passiton("--check", "--json", transcript, theirs))["items"]

    assert "theirs.srt: captions 1, " in said
    assert "0:01.0  0.50 s: Put it on the / upper left shelf." in said
    assert [{each["rule"] for each in item["rules"] if each["broken"]} for item in found] == [
        set(),
        {"speed", "short", "break"},
    ]


def test_what_holds_no_captions_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.vtt"
    letter.write_text("Dear all,")

    with pytest.raises(Refused, match=r"letter\.vtt: There are no captions in this file"):
        passiton("--check", letter)


def test_of_several_files_each_is_spoken_of_and_the_exit_code_says_that_one_was_refused(
    transcript: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.vtt"
    letter.write_text("Dear all,")
    files = [str(letter), str(tmp_path / "none.vtt"), str(transcript)]

    said = CliRunner().invoke(cli.app, ["captions", "--check", *files])
    found = CliRunner().invoke(cli.app, ["captions", "--check", "--json", *files])

    assert (said.exit_code, found.exit_code) == (3, 3)
    assert [line.partition(":")[0] for line in said.stdout.splitlines()[:3]] == [
        "letter.vtt",
        f"There is no file {tmp_path / 'none.vtt'}.",
        "transcript.json",
    ]
    assert [each.get("error", {}).get("code") for each in json.loads(found.stdout)["items"]] == [
        "captions_unreadable",
        "no_such_file",
        None,
    ]
