"""Functions that are run inside the jail and try to get out. The first argument is the input's descriptor."""

import os
import socket


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


def _open() -> list[int]:
    found = []
    for fd in range(256):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return found
