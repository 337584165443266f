"""Functions that are run inside the jail and try to get out. The first argument is the input's descriptor."""

import ctypes
import os
import resource
import socket
import threading
from collections.abc import Callable

FAMILIES = ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK")
_libc = ctypes.CDLL(None, use_errno=True)


def try_to_connect(fd: int, port: int) -> str:
    try:
        with socket.socket() as one:
            one.connect(("127.0.0.1", port))
    except OSError as error:
        return type(error).__name__
    return "connected"


def try_to_read(fd: int, path: str) -> str:
    try:
        with open(path) as file:  # noqa: PTH123 - pathlib would import more
            return file.read()
    except OSError as error:
        return type(error).__name__


def try_to_write(fd: int, path: str) -> str:
    try:
        with open(path, "w") as file:  # noqa: PTH123
            file.write("escaped")
    except OSError as error:
        return type(error).__name__
    return "written"


def try_to_talk(fd: int) -> dict[str, str]:
    """Sockets of every kind; a pair of them connected to each other as well."""
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)
    answers = {f"{name} {kind.name}": _try(_socket, name, kind) for name in FAMILIES for kind in kinds}
    return answers | {"pair": _try(socket.socketpair)}


def try_to_multiply(fd: int) -> dict[str, str]:
    return {
        "fork": _try(os.fork),
        "spawn": _try(os.posix_spawn, "/bin/true", ["true"], {}),
        "clone3": _call(435, None, 0),
        "thread": _try(_thread),
    }


def try_to_outlive(fd: int) -> str:
    """Asks not to die with its parent (PR_SET_PDEATHSIG, 0)."""
    return "free" if _libc.prctl(1, 0, 0, 0, 0) == 0 else os.strerror(ctypes.get_errno())


def try_to_meddle(fd: int, parent: int, path: str) -> dict[str, str]:
    """With the process that started it, and with the rights and times of its files."""
    return {
        "its descriptors": _try(os.pidfd_open, parent),
        "its limits": _try(resource.prlimit, parent, resource.RLIMIT_NOFILE, (64, 64)),
        "rights by name": _try(os.chmod, path, 0o777),
        "rights of the input": _try(os.fchmod, fd, 0o777),
        "owner": _try(os.chown, path, os.getuid(), os.getgid()),
        "times": _try(os.utime, path, (1, 1)),
        "attributes": _try(os.setxattr, path, "user.x", b"x"),
        "length": _try(os.truncate, path, 0),
        "length of the input": _try(os.ftruncate, fd, 0),
        "name": _try(os.rename, path, path + ".old"),
        "another name": _try(os.link, path, path + ".link"),
        "existence": _try(os.unlink, path),
        "a folder": _try(os.mkdir, path + ".folder"),
        "a list of files": _try(os.listdir, os.path.dirname(path)),  # noqa: PTH120 - pathlib would import more
    }


def try_to_use_processor(fd: int) -> None:
    """Deaf to the signal of the processor's limit."""
    import signal

    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def limits(fd: int) -> dict[str, list[int]]:
    names = ("RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_CPU", "RLIMIT_DATA", "RLIMIT_FSIZE")
    return {name: list(resource.getrlimit(getattr(resource, name))) for name in names}


def try_to_kill(fd: int, pid: int) -> str:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return type(error).__name__
    return "signalled"


def try_to_fill_memory(fd: int, size: int) -> str:
    try:
        return f"got {len(bytearray(size))}"
    except MemoryError:
        return "MemoryError"


def look_around(fd: int) -> dict[str, object]:
    return {"user": os.getuid(), "groups": os.getgroups(), "environment": dict(os.environ), "descriptors": _open()}


def read_input(fd: int) -> str:
    return os.read(fd, 100).decode()


def never_end(fd: int) -> None:
    while True:
        pass


def go_wrong(fd: int) -> None:
    raise RuntimeError("what went wrong")


def _try(act: Callable[..., object], *arguments: object) -> str:
    """What came of it: the error's name, or "done"."""
    try:
        act(*arguments)
    except (OSError, RuntimeError) as error:
        return type(error).__name__
    return "done"


def _socket(family: str, kind: int) -> None:
    socket.socket(getattr(socket, family), kind).close()


def _thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _call(number: int, *arguments: object) -> str:
    return "done" if _libc.syscall(number, *arguments) >= 0 else os.strerror(ctypes.get_errno())


def _open() -> list[int]:
    found = []
    for fd in range(256):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return found


def stand_still(fd: int) -> None:
    threading.Event().wait()
