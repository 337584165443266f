"""The jail: the only file of the tree that starts processes on strangers' files.

What enters: a stranger's file, and either ffmpeg's arguments or the name of a Python function. What
leaves: what was written to the descriptors handed over, or the function's answer. What runs inside
owns nothing, sees one open file, has no environment and no network, is bounded in time, memory and
output, and dies with the process that started it; the walls themselves are in `transcode.confine`.

The input is an open descriptor, so ffmpeg needs no file protocol at all: `-protocol_whitelist fd`.
The outputs are descriptors as well, opened by us, so nothing inside needs a folder to write to.
"""

import contextlib
import errno
import json
import os
import secrets
import select
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import imageio_ffmpeg

from domain.errors import Misconfigured, PassItOnError, Refused, Unavailable
from transcode.confine import NOT_JAILED

# systemd's range for users that exist only while something runs (systemd.exec, DynamicUser=): nobody
# owns a file under these numbers, and containers that map 65,536 users have them.
_FIRST_USER, _USERS = 61_184, 4_336
# By what a graphics card of NVIDIA's is reached: open to runs that encode with it, where that is asked for.
_CARD = (
    *("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/proc/driver/nvidia"),
    *(f"/dev/nvidia{number}" for number in range(16)),
)
_KEPT_ERRORS = 4_000  # bytes of what ffmpeg said last
_PIPE_READ = 1 << 20
_ANSWER_BYTES = 16 << 20  # of a Python function
_DISK_FULL = os.strerror(errno.ENOSPC)
# ffmpeg's threads were seen to wait for each other for ever: a run that is watched so long and takes not a hundredth
# of a second of the processor is ended. Between two looks that lie further apart it may have waited for us.
_STANDS_STILL_S, _LOOKS_APART_S = 60.0, 5.0


@dataclass(frozen=True)
class Limits:
    """What one run may use. `cpu_s` None: as much as all cores give in `wall_s`.

    Time on the clock passes on a busy machine as well; time of the processor is what the file asks for.
    """

    wall_s: float = 60.0
    cpu_s: float | None = None
    memory_bytes: int = 4 << 30  # a 4K HEVC HDR decode with four encoders takes about 1.5 GiB
    file_bytes: int = 64 << 30  # of one output file


class Jail:
    """Starts runs. Has no state of its own, so that it can be shared by threads and handed to anyone.

    What runs is killed when the *thread* that started it ends, not only when the process does (that
    is how Linux defines the parent-death signal): start and finish a run in the same thread.
    """

    def __init__(self, *, ffmpeg: str | None = None, limits: Limits = Limits()) -> None:
        self.ffmpeg = ffmpeg or imageio_ffmpeg.get_ffmpeg_exe()
        self.limits = limits

    def start(
        self, arguments: Sequence[str], source: Path, outputs: Sequence[BinaryIO] = (), *, limits: Limits | None = None
    ) -> "Run":
        """Starts ffmpeg. `source` is its descriptor 3, `outputs` are 4, 5, ...; standard output is read by the caller.

        `arguments` are those after the program's name. Raises Unavailable when the source cannot be opened.
        """
        card = [path for path in _CARD if Path(path).exists()] if any("nvenc" in each for each in arguments) else []
        orders = {"program": self.ffmpeg, "arguments": ["ffmpeg", *arguments], "card": card}
        return self._start(source, outputs, limits, orders)

    def call(self, function: str, source: Path, *arguments: Any, limits: Limits | None = None) -> Any:
        """Runs `module:function(fd, *arguments)` in a fresh interpreter in the jail; returns its answer.

        Arguments and answer are JSON. The module is imported before the walls go up; the function
        cannot import anything that was not imported by then. A Refused raised in there is raised
        here. Raises Unavailable for every other failure.
        """
        orders = {"function": function, "arguments": arguments, "path": [str(_ROOT), *sys.path]}
        with self._start(source, (), limits, orders) as run:
            answer = bytearray()
            for piece in run.output():
                answer += piece
                if len(answer) > _ANSWER_BYTES:
                    run.kill()
            run.finish()
        said = json.loads(answer)
        if isinstance(said, dict) and "refused" in said:
            raise Refused(said["refused"]["message"], code=said["refused"]["code"])
        return said

    def walls(self) -> dict[str, bool]:
        """Which walls this machine has: `user` (root only), `network`, `files` (Landlock), `calls` (seccomp)."""
        walls: dict[str, bool] = self.call("", Path(os.devnull))
        return walls

    def _start(self, source: Path, outputs: Sequence[BinaryIO], limits: Limits | None, orders: dict[str, Any]) -> "Run":
        limits = limits or self.limits
        try:
            given = source.open("rb")
        except OSError as error:
            raise Unavailable("The recording's file could not be opened; try again.", code="no_source") from error
        with given:
            descriptors = [given.fileno(), *(o.fileno() for o in outputs)]
            orders |= {
                "descriptors": descriptors,
                "parent": os.getpid(),
                "user": _FIRST_USER + secrets.randbelow(_USERS),
                "limits": {
                    "cpu_s": int(limits.cpu_s or limits.wall_s * (os.cpu_count() or 1)) + 1,
                    "memory_bytes": limits.memory_bytes,
                    "file_bytes": limits.file_bytes,
                },
            }
            process = subprocess.Popen(  # noqa: S603 - the program is ours; the stranger's file is data
                # -I -S: neither the user's nor the site's files take part; `_START` says where we are.
                [sys.executable, "-I", "-S", "-c", _START, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                cwd="/",
                pass_fds=descriptors,
                start_new_session=True,  # Ctrl-C in a terminal is ours to handle
            )
        run = Run(process, time.monotonic() + limits.wall_s)
        # Orders go through a pipe and not as an argument: a list of keyframes can be longer than the
        # 128 KiB that one argument may have.
        with contextlib.suppress(BrokenPipeError):  # it died: finish() will say why
            assert process.stdin is not None
            with process.stdin as stdin:
                stdin.write(json.dumps(orders).encode())
        return run


_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.append(sys.argv[1]); from transcode import confine; confine.main()"


def is_the_files_fault(error: Unavailable) -> bool:
    """Whether a program gave the file up, or crashed over it, and would again: not the disk, not somebody's kill."""
    if error.code == "too_much_work":
        return True
    return error.code == "media_failed" and not any(_DISK_FULL in note for note in getattr(error, "__notes__", ()))


class Run:
    """One process in the jail. Leaving its `with` block kills it if it still runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._stdout, self._stderr = process.stdout, process.stderr
        self._deadline = deadline
        self._late = self._stuck = False
        self._used, self._looked_s, self._moved_s = -1, 0.0, 0.0
        self._held = False
        self._said = b""
        self._silent = False
        os.set_blocking(self._stdout.fileno(), False)
        os.set_blocking(self._stderr.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        """Also keeps the time limit and empties the pipe of messages: call it now and then."""
        self._listen()
        if self._process.poll() is not None:
            return False
        return not self._ended_by_us()

    def wait(self, seconds: float) -> bool:
        """Waits for its end, or for something it says, at most so long. True: it still runs."""
        if self._silent:  # it may have closed its messages and go on
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        else:  # Popen.wait would wake up twenty times a second; a closed pipe wakes us once
            select.select([self._stderr], [], [], seconds)
        return self.running()

    def output(self) -> Iterator[bytes]:
        """What it writes to standard output, as it comes, until it closes it. Keeps the time limit."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._stderr, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(timeout=1.0)}
                if self._stderr in ready and self._listen():
                    selector.unregister(self._stderr)
                if self._stdout in ready:
                    piece = self._stdout.read(_PIPE_READ)
                    if piece == b"":
                        return
                    if piece:
                        yield piece
                if self._ended_by_us():
                    return

    def finish(self) -> str:
        """Waits for its end; returns the last that it said. Raises Unavailable or Misconfigured."""
        while self.running():
            self.wait(1.0)
        self._listen()
        code = self._process.returncode
        said = self._said.decode(errors="replace").strip()
        if code == 0 and not (self._late or self._stuck):
            return said
        raise _error(code, late=self._late, stuck=self._stuck, said=said)

    def hold(self, held: bool) -> None:
        """Makes it stand still, or go on. It can be ended in either state."""
        if held != self._held and self.running():
            self._process.send_signal(signal.SIGSTOP if held else signal.SIGCONT)
            self._held = held

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
        self._listen()
        self._stdout.close()
        self._stderr.close()

    def _ended_by_us(self) -> bool:
        """Whether it took too long, or stands still, and was killed for it."""
        now = time.monotonic()
        used = _cpu_ticks(self.pid)
        if used != self._used or self._held or now - self._looked_s > _LOOKS_APART_S:
            self._used, self._moved_s = used, now
        self._looked_s = now
        self._late = now > self._deadline
        self._stuck = now - self._moved_s > _STANDS_STILL_S
        if self._late or self._stuck:
            self.kill()
        return self._late or self._stuck

    def _listen(self) -> bool:
        """Keeps the last lines of standard error. True: there will be no more."""
        while not self._stderr.closed and (said := self._stderr.read(_PIPE_READ)) is not None:
            if said == b"":
                self._silent = True
                break
            self._said = (self._said + said)[-_KEPT_ERRORS:]
        return self._silent

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _cpu_ticks(pid: int) -> int:
    """What a process has used of the processor, its ended threads too (proc(5), stat: utime and stime); 0 once gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[11]) + int(fields[12])


def _error(code: int, *, late: bool, stuck: bool, said: str) -> PassItOnError:
    error: PassItOnError
    if code == NOT_JAILED:
        error = Misconfigured(
            "This server cannot lock in the programs that read people's files, so it reads none. "
            "Ask whoever runs it to look at `passiton doctor`.",
            code="no_jail",
        )
    elif code == -signal.SIGXCPU:
        error = Unavailable(
            "This recording is more work than any of its length should be. Export it as MP4, and send that.",
            code="too_much_work",
        )
    elif stuck:
        error = Unavailable("The work on this recording stood still and was ended; it is tried again.", code="stuck")
    elif late:
        error = Unavailable("This recording took longer to work through than is allowed; try again.", code="too_slow")
    elif code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):  # the machine had no memory left, or is going down
        error = Unavailable(
            "The work on this recording was interrupted. The original is safe; try again.", code="interrupted"
        )
    else:
        error = Unavailable(
            "This recording could not be worked through. The original is safe; try again.", code="media_failed"
        )
    error.add_note(f"exit status {code}; it said: {said[-_KEPT_ERRORS:] or 'nothing'}")
    return error
