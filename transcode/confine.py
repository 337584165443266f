"""The walls of the jail, put up from inside by the process that is about to be jailed.

`transcode.jail` starts a fresh interpreter that runs `main()` and nothing else. It reads its orders
(JSON) from standard input, gives up everything it does not need, and then becomes ffmpeg, or calls
one Python function. Doing this in a process of its own, and not in `preexec_fn`, is what makes it
safe in a worker with threads: between fork and exec Python may not take a lock, here it may.

What is given up, in this order:
  descriptors  only the input (3) and the outputs (4, 5, ...) stay open besides 0, 1 and 2
  network      as root: a network namespace of its own, without even a loopback
  user         as root: a user that owns nothing, of its own for every run; no capabilities
  resources    CPU seconds, private memory, size of a written file, descriptors, core dumps
  files        Landlock: nothing may be opened but the system's libraries, and those only to be read (and the
               graphics card, by runs that encode on it)
  life         it dies with its parent, and cannot change its mind about that
  system calls seccomp: no sockets, no tracing, no signals to others, no children, no mounts, no io_uring,
               no change of a file's rights or owner, which Landlock lets pass

Landlock and the namespace are used where the kernel has them. Without seccomp *and* without a namespace it
refuses to run, because then there would be a network; without Landlock *and* without root, because then what
reads a stranger's file could read everything of ours. Only the standard library is
imported here, and the program, its libraries and the Python modules it needs are opened while that
is still allowed: they may lie in folders that the new user cannot enter.
"""

import contextlib
import ctypes
import importlib
import json
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# What is let in, by ffmpeg's demuxer names. Playlists and scripts (hls, dash, concat) and lists of
# pictures, which make a reader open further files, are not among them.
DEMUXERS = "mov,matroska,webm,mpegts,avi,ogg,wav,mp3,flac,aac,amr,caf"
MAX_PIXELS = 14_000_000  # of one picture; what is let in (capture.policy) is a little less

INPUT_FD = 3
FIRST_OUTPUT_FD = 4
NOT_JAILED = 120  # exit status: a wall could not be put up; nothing was run

_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 2, 22, 38  # linux/prctl.h

# What ffmpeg's dynamic loader opens; none of it is anybody's secret.
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/nix/store")

_ABSENT = -1
# name -> number on x86_64 and aarch64 (Linux: asm/unistd_64.h, asm-generic/unistd.h)
_DENIED = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "io_uring_setup": (425, 425),  # it can open sockets without the calls above
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kill": (62, 129),
    "pidfd_send_signal": (424, 424),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    # A child would outlive the time limit and the parent: both end one process.
    "fork": (57, _ABSENT),
    "vfork": (58, _ABSENT),
    # An ordinary user's worker has the same user: its descriptors and limits are not to be had either.
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    # What Landlock does not ask about: the rights, the owner, the times and the attributes of files of ours.
    "truncate": (76, 45),
    "chmod": (90, _ABSENT),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, _ABSENT),
    "fchown": (93, 55),
    "lchown": (94, _ABSENT),
    "fchownat": (260, 54),
    "utime": (132, _ABSENT),
    "utimes": (235, _ABSENT),
    "futimesat": (261, _ABSENT),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
_CLONE3 = (435, 435)  # its flags cannot be seen from here: said not to exist, so that clone is used
_CLONE, _CLONE_THREAD = (56, 220), 0x10000  # allowed for threads
_TGKILL = (234, 131)  # allowed within the process: abort() needs it
_PRLIMIT = (302, 261)  # allowed for the process itself
_PRCTL = (157, 167)  # allowed, but for the parent-death signal
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, linux/audit.h

_libc = ctypes.CDLL(None, use_errno=True)


class _NoWall(Exception):
    """A wall could not be put up."""


def main() -> None:
    """Never returns."""
    try:
        orders = json.load(sys.stdin.buffer)
        _keep_descriptors(orders["descriptors"])
        if "program" in orders:
            program = os.open(orders["program"], os.O_RDONLY)
            confine(orders, program)
            os.execve(program, orders["arguments"], {})  # noqa: S606 - the program is ours, the input is not
        function = _function(orders)
        walls = confine(orders, None)
    except (_NoWall, OSError, ValueError) as error:
        print(f"jail: {error}", file=sys.stderr, flush=True)
        os._exit(NOT_JAILED)
    answer = function(INPUT_FD, *orders["arguments"]) if function else walls
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # no exit handlers: they were written for a process that may still open files


def confine(orders: dict[str, Any], program: int | None) -> dict[str, bool]:
    """Puts up all walls that the kernel has; says which. Raises _NoWall."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    with contextlib.suppress(OSError):  # out of memory: the worker is the wrong one to end
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    keep_nice()
    root = os.geteuid() == 0
    namespace = root and _libc.unshare(_CLONE_NEWNET) == 0
    if root:
        _become(orders["user"])
    _drop_capabilities()
    _limit(orders["limits"], own_user=root)
    _checked("no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    landlock = _forbid_files(program, orders.get("card", ()))
    # After the change of user, which clears it; then a look whether the parent was quicker to die.
    _checked("parent-death signal", _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != orders["parent"]:
        os._exit(NOT_JAILED)
    seccomp = _forbid_calls()
    if not (root or landlock):
        raise _NoWall(
            "this kernel has no Landlock (Linux 5.13), so that a stranger's file could read what this user may;"
            " start Pass It On as root: it opens such files as a user who owns nothing"
        )
    if not (namespace or seccomp):
        raise _NoWall("neither seccomp nor a network namespace is to be had")
    _check_dies_with_parent()
    return {"user": root, "network": True, "files": landlock, "calls": seccomp}


def keep_nice() -> None:
    """Makes this process's niceness count beyond its own session.

    Where Linux groups processes by session, sched(7), "autogroup", every session gets an equal share of
    the processor whatever nice(1) says, and only the group's own value weighs it against the others.
    """
    with contextlib.suppress(OSError):  # no such grouping here
        Path("/proc/self/autogroup").write_text(str(os.nice(0)), encoding="ascii")


def _keep_descriptors(wanted: list[int]) -> None:
    """Moves the given descriptors to 3, 4, ... and closes all others but 0, 1, 2."""
    high = max(wanted, default=0) + INPUT_FD + len(wanted)  # above all of them, old and new
    for i, fd in enumerate(wanted):
        os.dup2(fd, high + i)
    os.closerange(INPUT_FD, high)
    for i in range(len(wanted)):
        os.dup2(high + i, INPUT_FD + i)
    os.closerange(high, high + len(wanted))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _function(orders: dict[str, Any]) -> Any:
    """The function to call, imported now: later no module can be read. None: report the walls."""
    sys.path[:] = orders["path"]
    if not orders["function"]:
        return None
    module, name = orders["function"].split(":")
    return getattr(importlib.import_module(module), name)


def _become(user: int) -> None:
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError as error:
        raise _NoWall(f"cannot become user {user} ({error}); run it as an ordinary user instead of root") from error


def _drop_capabilities() -> None:
    """Those that an ordinary user was given, too (a container's, an ambient one)."""
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _checked("capabilities", _libc.capset(header, bytes(24)))


def _limit(limits: dict[str, int], *, own_user: bool) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    # The signal at the soft limit ends it; whoever ignores that is killed at the hard one.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 5))
    # Private writable memory, not address space: glibc reserves 64 MB of addresses for every thread
    # without using them, and ffmpeg has dozens of threads.
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"],) * 2)
    if own_user:  # counted for a user as a whole: an ordinary one may have more than that already
        resource.setrlimit(resource.RLIMIT_NPROC, (1024, 1024))


# ---- Landlock (linux/landlock.h): what this process may open, whoever owns it

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_RIGHTS_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_RIGHTS_FROM_3 = (1 << 15) - 1


def _forbid_files(program: int | None, card: Sequence[str]) -> bool:
    """Nothing may be opened any more but libraries, the program, and a graphics card where that was asked for.

    False: the kernel has no Landlock.
    """
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    handled = struct.pack("=Q", _RIGHTS_BY_VERSION.get(version, _RIGHTS_FROM_3))
    rules = _libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0))
    if rules < 0:
        return False
    if program is not None:
        _allow(rules, program, _EXECUTE | _READ_FILE)
        for name in _LIBRARIES:
            with contextlib.suppress(FileNotFoundError):
                fd = os.open(name, os.O_PATH)
                folder = Path(name).is_dir()
                _allow(rules, fd, _EXECUTE | _READ_FILE | (_READ_DIR if folder else 0))
                os.close(fd)
        for name in card:
            fd = os.open(name, os.O_PATH)
            _allow(rules, fd, _READ_FILE | _WRITE_FILE | (_READ_DIR if Path(name).is_dir() else 0))
            os.close(fd)
    _checked("Landlock", _libc.syscall(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0)))
    os.close(rules)
    return True


def _allow(rules: int, fd: int, rights: int) -> None:
    beneath = struct.pack("=Qi", rights, fd)
    _checked("a Landlock rule", _libc.syscall(_ADD_RULE, ctypes.c_int(rules), 1, beneath, ctypes.c_uint32(0)))


# ---- seccomp (linux/seccomp.h): a program of the classic packet filter over each system call


def _forbid_calls() -> bool:
    """The calls of _DENIED fail with EPERM from now on. False: unknown machine, or no seccomp."""
    column, architecture = _ARCHITECTURES.get(platform.machine(), (0, 0))
    if not architecture:
        return False
    code = _assembled(_rules(column, architecture, os.getpid()))
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in code))
    header = struct.pack("@HP", len(code), ctypes.addressof(program))
    return bool(_libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0) == 0)


_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF_LD|W|ABS, JMP|JEQ|K, ..., RET|K
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where they are in seccomp_data
_X32 = 0x40000000  # the same calls under other numbers
# Where rules lead to: KILL_PROCESS, ERRNO|EPERM, ERRNO|ENOSYS, ALLOW
_ENDS = {"kill": 0x80000000, "refuse": 0x00050001, "absent": 0x00050026, "allow": 0x7FFF0000}

_Rule = tuple[str, int, int, str, str]  # its own name or "", operation, operand, where to if so, and if not


def _rules(column: int, architecture: int, pid: int) -> list[_Rule]:
    """A table to be read from the top; an empty destination is the next line."""
    denied = [numbers[column] for numbers in _DENIED.values() if numbers[column] != _ABSENT]
    return [
        ("", _LOAD, _ARCHITECTURE, "", ""),  # 32-bit calls have other numbers
        ("", _EQUAL, architecture, "", "kill"),
        ("", _LOAD, _NUMBER, "", ""),
        ("", _AT_LEAST, _X32, "refuse", ""),
        *(("", _EQUAL, number, "refuse", "") for number in denied),
        ("", _EQUAL, _CLONE3[column], "absent", ""),
        ("", _EQUAL, _CLONE[column], "clone", ""),
        ("", _EQUAL, _TGKILL[column], "tgkill", ""),
        ("", _EQUAL, _PRLIMIT[column], "prlimit", ""),
        ("", _EQUAL, _PRCTL[column], "prctl", "allow"),
        ("clone", _LOAD, _FIRST_ARGUMENT, "", ""),
        ("", _ANY_BIT, _CLONE_THREAD, "allow", "refuse"),
        ("tgkill", _LOAD, _FIRST_ARGUMENT, "", ""),
        ("", _EQUAL, pid, "allow", "refuse"),
        ("prlimit", _LOAD, _FIRST_ARGUMENT, "", ""),
        ("", _EQUAL, 0, "allow", "refuse"),
        ("prctl", _LOAD, _FIRST_ARGUMENT, "", ""),
        ("", _EQUAL, _PR_SET_PDEATHSIG, "refuse", "allow"),
        *((name, _ANSWER, answer, "", "") for name, answer in _ENDS.items()),
    ]


def _assembled(rules: list[_Rule]) -> list[tuple[int, int, int, int]]:
    """(operation, lines to skip if so, lines to skip if not, operand) a rule."""
    places = {name: place for place, (name, *_) in enumerate(rules) if name}
    return [
        (operation, *(places[to] - place - 1 if to else 0 for to in (so, otherwise)), operand)  # type: ignore[misc]
        for place, (_, operation, operand, so, otherwise) in enumerate(rules)
    ]


def _check_dies_with_parent() -> None:
    kept = ctypes.c_int(0)
    _checked("parent-death signal", _libc.prctl(_PR_GET_PDEATHSIG, ctypes.byref(kept), 0, 0, 0))
    if kept.value != signal.SIGKILL:
        raise _NoWall("the parent-death signal did not last")


def _checked(wall: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise _NoWall(f"{wall}: {os.strerror(number)}")
