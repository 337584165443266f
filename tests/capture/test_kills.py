"""SIGKILL at every single line of capture/ that an upload passes through on its way."""

import hashlib
import itertools
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import capture
from capture import tus
from capture.intake import FinishedUpload, Intake, Upload
from capture.metadata import read_metadata
from domain.errors import TooLarge
from tests.capture.staged import EVA, Clock, send, writer_of

ROOM = str(Path(capture.__file__).parent)
DATA = b"abcdefghij"


@dataclass(frozen=True)
class ArrivedFiles:
    """What has arrived, as other processes see it: the bytes as they were on the first call."""

    folder: Path

    def arrive(self, upload: FinishedUpload) -> str:
        if not self.of(upload.upload_id).exists():
            shutil.copyfile(upload.path, self.of(upload.upload_id))
        return f"recording-of-{upload.upload_id}"

    def of(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.arrived"


def test_a_kill_at_any_line_loses_no_promised_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # for power cuts; what a kill leaves in memory, the kernel writes
    (tmp_path / "0").mkdir()
    passed = _lines_of_a_whole_life(tmp_path / "0")
    first = {line: moment for moment, line in reversed(list(enumerate(passed, start=1)))}
    last = {line: moment for moment, line in enumerate(passed, start=1)}

    for moment in sorted({*first.values(), *last.values()}):
        home = tmp_path / str(moment)
        home.mkdir()
        _live_until(moment, home)
        _check(home)
        shutil.rmtree(home)

    assert len(first) > 150


def _lines_of_a_whole_life(home: Path) -> list[tuple[str, int]]:
    lines: list[tuple[str, int]] = []
    before = sys.gettrace()
    sys.settrace(_each_line(lambda frame: lines.append((frame.f_code.co_filename, frame.f_lineno))))
    _whole_life(home)
    sys.settrace(before)
    return lines


def _live_until(moment: int, home: Path) -> None:
    """Runs an upload's whole life in another process, and kills it before that line of it."""
    left = itertools.count(moment - 1, -1)
    child = os.fork()
    if child == 0:
        try:
            sys.settrace(_each_line(lambda frame: next(left) or os.kill(os.getpid(), signal.SIGKILL)))
            _whole_life(home)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _each_line(passed: Callable[[FrameType], object]) -> Callable[[FrameType, str, object], Any]:
    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(ROOM):
            return None
        if event == "line":
            passed(frame)
        return trace

    return trace


def _whole_life(home: Path) -> None:
    """An upload from its creation to the day it is forgotten; what is promised on the way is noted aside."""
    promises = home / "promises"

    def promise(what: object) -> None:
        with promises.open("a") as file:
            file.write(f"{what}\n")

    intake = _intake(home)
    upload = intake.create(EVA, None, read_metadata("filename dGlwLm1wNA=="))
    promise(upload.id)
    promise(send(intake, upload.id, 0, b"abc").offset)
    checksum = tus.Checksum("sha1", hashlib.sha1(b"defg").digest())
    promise(send(intake, upload.id, 3, b"defg", checksum=checksum, length=10).offset)
    with writer_of(intake, upload.id) as writer, suppress(TooLarge):
        writer.begin(tus.Patch(7, None, tus.Body(None)))
        writer.write(b"h")
        writer.write(b"ijklmn")  # more than there is room for: all of it is taken back
    promise(send(intake, upload.id, 7, b"hij").offset)
    intake.forget(upload.id)
    promise("kept elsewhere")


def _intake(home: Path) -> Intake:
    return Intake(home / "staging", max_bytes=1000, arrivals=ArrivedFiles(home), now=Clock(), free_floor=0)


def _check(home: Path) -> None:
    """After a restart: what was promised is there, and the upload can be finished."""
    promises = (home / "promises").read_text().split("\n")[:-1] if (home / "promises").exists() else []
    intake = _intake(home)
    intake.recover()
    if not promises:
        return
    upload_id, *told = promises
    promised = max((int(offset) for offset in told if offset.isdigit()), default=0)

    taken = intake.take(upload_id, EVA)
    assert taken is not None
    if not isinstance(taken, Upload):
        with taken:
            taken = intake.settle(taken)
        assert promised <= taken.offset
        assert (home / "staging" / f"{upload_id}.part").read_bytes() == DATA[: taken.offset]
        taken = send(intake, upload_id, taken.offset, DATA[taken.offset :], length=10)

    assert (taken.offset, taken.recording) == (10, f"recording-of-{upload_id}")
    assert (home / f"{upload_id}.arrived").read_bytes() == DATA
    assert not list((home / "staging").glob("*.side"))
