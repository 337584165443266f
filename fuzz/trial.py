"""One case, tried: the file is written, a process works on it, and what happened is judged."""

import json
import os
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.policy import Limits
from domain.errors import PassItOnError, Refused
from domain.glossary import Term
from domain.transcript import Pause
from fuzz import names, seeds
from fuzz.cases import Case, Surroundings
from fuzz.watch import Bait, Ear, Family, resident_bytes
from pipeline.process import process
from transcode.jail import Jail
from transcribe.whisper import Heard

MOST_S = 20.0
MOST_BYTES = 1 << 30
# Five minutes instead of hours: a recording of two hours is honest work for longer than a case may take.
LIMITS = Limits(max_duration_ms=300_000)
HEIGHTS = (1080, 720, 480, 270)
_LOOK_EVERY_S = 0.02
_SECRET = b"the-canary-sings-4711"
_PASSWD = b"root:x:0:0:"
_NOT_FOR_PEOPLE = ("Traceback", "Errno", "exit status", "/tmp/", "None", "Error:", "ffmpeg")


@dataclass(frozen=True)
class Verdict:
    """`ended`: result, refused, or what should not be. `faults` is empty when all is well."""

    number: int
    kind: str
    what: str
    ended: str
    code: str
    wall_s: float
    peak_bytes: int
    faults: tuple[str, ...]


class Place:
    """Where cases are tried one after the other: a folder with bait in it, and an ear. There may be several."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="passiton-fuzz-")
        self.root = Path(self._folder.name)
        self.root.chmod(0o755)  # the jail's user could come here, if only it could
        canary, film = self.root / "canary.txt", self.root / "film.mp4"
        canary.write_bytes(_SECRET * 100)
        film.write_bytes(seeds.seed("mp4"))
        self._ear = Ear()
        self._bait = Bait(canary, film)
        self.around = Surroundings(self._ear.port, str(canary), str(film))
        self._bait.taken()
        self._known = {canary, film}

    def close(self) -> None:
        self._folder.cleanup()

    def try_out(self, case: Case, work: Callable[[Path, Path], None] | None = None) -> Verdict:
        """`work` is called with the file and a folder for results, in a process of its own."""
        folder = self.root / "case"
        folder.mkdir()
        file, out, log = folder / names.on_disk(case.name), self.root / "case" / "out", self.root / "log"
        file.write_bytes(case.data)
        begun, ours = time.monotonic(), resident_bytes()
        pid, answers = _started(work or _process, file, out, log)
        family, status = Family(pid), None
        while status is None:
            family.look()
            ended, code, used = os.wait4(pid, os.WNOHANG)
            if ended:
                status = code
            elif time.monotonic() - begun > MOST_S:
                os.kill(pid, signal.SIGKILL)
                _, status, used = os.wait4(pid, 0)
            else:
                time.sleep(_LOOK_EVERY_S)
        wall_s = time.monotonic() - begun
        with os.fdopen(answers, "rb") as pipe:
            said = pipe.read()
        answer = json.loads(said) if said else {"ended": "killed" if wall_s >= MOST_S else f"died of {status}"}
        # The largest single process counts as well: between two looks it may have come and gone. Where it began as a
        # fork it had all that we have.
        peak = max(family.peak_bytes, used.ru_maxrss * 1024 - ours)
        faults = [*_faults(case, answer, wall_s, peak), *self._traces(family, file, out, log)]
        shutil.rmtree(folder)
        log.unlink(missing_ok=True)
        ended_as, refusal = str(answer["ended"]), str(answer.get("code", ""))
        told = tuple(fault[:600] for fault in faults[:5])  # as much as one write to a pipe keeps together
        return Verdict(case.number, case.kind, case.what[:200], ended_as, refusal, round(wall_s, 2), peak, told)

    def _traces(self, family: Family, file: Path, out: Path, log: Path) -> list[str]:
        """What the case has left, and whom it has called."""
        found = []
        if left := family.left_behind(patience_s=2.0):
            found.append(f"left {len(left)} processes behind")
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        if family.sockets:
            found.append("held a socket")
        if self._ear.heard():
            found.append("connected")
        if self._bait.taken():
            found.append("opened another file")
        strays = [
            p
            for p in self.root.rglob("*")
            if out not in p.parents and p not in {*self._known, file, out, log, file.parent}
        ]
        if strays:
            found.append(f"wrote elsewhere: {strays[0].name!r}")
        for path in out.rglob("*") if out.exists() else ():
            found += [
                f"{name} in {path.name!r}"
                for name, mark in _MARKS.items()
                if path.is_file() and mark in path.read_bytes()
            ]
        if log.exists() and b"Traceback" in log.read_bytes():
            found.append("a traceback on standard error")
        return found


_MARKS = {
    "the canary": _SECRET,
    "/etc/passwd": _PASSWD,
    "the place of filming": seeds.PRIVATE,
    "the owner": seeds.OWNER,
}


def _faults(case: Case, answer: dict[str, Any], wall_s: float, peak: int) -> list[str]:
    found = []
    if answer["ended"] not in ("result", "refused"):
        found.append(f"{answer['ended']}: {answer.get('code', '')} {answer.get('message', '')}")
    if answer["ended"] == "refused":
        message = answer["message"]
        if not message.endswith(".") or message.count(".") < 2 or any(word in message for word in _NOT_FOR_PEOPLE):
            found.append(f"refused in no words for people: {message}")
    if answer["ended"] == "result" and case.must_be_refused:
        found.append("something came of what is no recording")
    if wall_s > MOST_S:
        found.append(f"took {wall_s:.0f} s")
    if peak > MOST_BYTES:
        found.append(f"took {peak >> 20} MB")
    return found


def _started(work: Callable[[Path, Path], None], file: Path, out: Path, log: Path) -> tuple[int, int]:
    """(process, pipe with its answer). A fork: what is loaded already need not be loaded again."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.close(reader)
        os.setsid()
        tempfile.tempdir = str(file.parent)  # what it leaves there is found, and cleared away
        with log.open("wb") as said:
            os.dup2(said.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.write(writer, json.dumps(_answer(work, file, out)).encode())
    finally:
        os._exit(0)


def _answer(work: Callable[[Path, Path], None], file: Path, out: Path) -> dict[str, str]:
    try:
        work(file, out)
    except Refused as error:
        left = [p.name for p in out.iterdir()] if out.exists() else []
        if left:
            return {"ended": "refused and left something", "code": error.code, "message": repr(left[:3])}
        return {"ended": "refused", "code": error.code, "message": error.message}
    except PassItOnError as error:
        return {"ended": type(error).__name__, "code": error.code, "message": " ".join([error.message, *_notes(error)])}
    except BaseException as error:
        return {
            "ended": "crash",
            "code": type(error).__name__,
            "message": "".join(traceback.format_exception(error))[-1500:],
        }
    return {"ended": "result"}


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))


def _process(file: Path, out: Path) -> None:
    """As `passiton process FILE --out OUT --mp4` does it."""
    process(file, out, engine=Deaf, jail=Jail(), limits=LIMITS, heights=HEIGHTS, mp4=True)


class Deaf:
    """An engine that understands nothing."""

    name, model = "deaf", "none"

    def transcribe(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        terms: Sequence[Term] = (),
        progress: Callable[[float], None] = lambda fraction: None,
    ) -> Heard:
        return Heard("und", ())

    def translate(
        self,
        samples: NDArray[np.float32],
        *,
        language: str | None = None,
        pauses: Sequence[Pause] | None = None,
        progress: Callable[[float], None] = lambda fraction: None,
    ) -> Heard:
        return Heard("und", ())
