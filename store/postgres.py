"""The database: transactions from a pool, and migrations.

Plain SQL by psycopg; every value is a parameter. Alembic is imported late: it costs a third of a second.
"""

import contextlib
import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from domain.errors import Unavailable
from store.events import Events

Tx = psycopg.Connection[Any]
Row = dict[str, Any]
Values = Sequence[Any] | Mapping[str, Any]

Enqueue = Callable[[Tx, str, UUID], None]
"""Puts a job for a recording, a clip or a reel in the queue, in the transaction."""

WAIT_S = 15.0  # for a connection, before the person is asked to try again
_MIGRATION_LOCK = 0x7061737369746F6E  # "passiton"
_MIGRATIONS = Path(__file__).with_name("migrations")
_due: "WeakKeyDictionary[Tx, dict[tuple[str, UUID], None]]" = WeakKeyDictionary()


class Store:
    """A pool of at most `pool_size` connections. Make one a process; threads share it.

    `enqueue` is given, at the end of a transaction and inside it, what `make_due` was told there.
    """

    def __init__(self, dsn: str, *, pool_size: int = 10, enqueue: Enqueue | None = None) -> None:
        self.dsn = libpq(dsn)
        self.enqueue = enqueue
        self.events = Events(self.dsn)
        self._pool = ConnectionPool(
            self.dsn,
            min_size=0,
            max_size=pool_size,
            timeout=WAIT_S,
            open=True,
            configure=_configure,
            check=_check,
            name="store",
        )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Commits when the block ends, rolls back when it raises.

        Raises Unavailable when the database cannot be reached, is overloaded, or broke the transaction
        off (a deadlock, a restart): nothing of it was kept, and it can be tried again.
        """
        try:
            with self._pool.connection() as connection:
                _due.pop(connection, None)
                yield connection
                for job, about in _due.pop(connection, ()):
                    if self.enqueue is not None:
                        self.enqueue(connection, job, about)
        except (PoolTimeout, psycopg.OperationalError) as cause:
            raise Unavailable("We cannot reach the database at the moment. Nothing is lost; try again.") from cause

    @contextlib.contextmanager
    def glance(self) -> Iterator[Tx]:
        """For queries that need no transaction around them, each for itself: two round trips less. What several of them
        read is not of one moment, as it is not in `transaction` either. Raises Unavailable.
        """
        with self.transaction() as connection:
            connection.autocommit = True  # is said to nobody but the driver
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.autocommit = False

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """A transaction that only reads, and all of it as it was at one moment: what belongs together, stays so."""
        with self.transaction() as tx:
            tx.execute("set transaction isolation level repeatable read, read only")
            yield tx

    @contextlib.contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """Whether we alone hold `name`, of all processes on this database, until the block ends.

        Holds a connection of its own but no transaction, and ends with the process: a kill lets go.
        """
        try:
            connection = psycopg.connect(self.dsn, autocommit=True)
        except psycopg.OperationalError as cause:
            raise Unavailable("We cannot reach the database at the moment. Nothing is lost; try again.") from cause
        with connection:
            held = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name]).fetchone()
            try:
                yield held == (True,)
            finally:  # at once: a server under load takes its time to notice that a connection was closed
                with contextlib.suppress(psycopg.OperationalError):
                    connection.execute("select pg_advisory_unlock_all()")

    def close(self) -> None:
        self._pool.close()


def migrate(dsn: str, *, to: str = "head") -> None:
    """Brings the tables to this version. Any number of processes may call it at once: one does the work.

    `to` is an Alembic revision; "base" takes everything back. Raises Unavailable.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(libpq(dsn)), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            (command.downgrade if to == "base" else command.upgrade)(config, to)
    except psycopg.OperationalError as cause:
        raise Unavailable("We cannot reach the database at the moment. Nothing is lost; try again.") from cause


def knows(revision: str) -> bool:
    """Whether tables of this Alembic revision can be brought to this version."""
    return any((_MIGRATIONS / "versions").glob(f"{revision}_*.py"))


def make_due(tx: Tx, job: str, about: UUID) -> None:
    """There is a job to do for a recording (a clip, a reel) when this transaction is kept. Twice in one transaction is
    once.

    For changes that many callers make, and none should have to remember what they entail.
    """
    _due.setdefault(tx, {})[job, about] = None


def plan_once(tx: Tx) -> None:
    """From now on, until the transaction ends, what is planned serves every value that may come.

    For long queries that are short to run: each time they would be planned anew, for ten times as long as it takes to
    follow the plan, as the planner takes one that knows today's values for the cheaper one, and its own work for
    nothing (PostgreSQL, 45.2.6: `plan_cache_mode`).
    """
    tx.execute("set local plan_cache_mode = force_generic_plan")


def rows(tx: Tx, query: str, values: Values = ()) -> list[Row]:
    """Every row as a dict by column name."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


def row(tx: Tx, query: str, values: Values = ()) -> Row | None:
    """The first row, or None."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchone()


def _configure(connection: Tx) -> None:
    connection.execute("set timezone to 'UTC'")
    # What is read stands in memory or on a solid-state disk. At the default, 4, which is of disks that turn, a whole
    # table of 100,000 rows is read rather than 500 of them by its index.
    connection.execute("set random_page_cost to 1.1")
    connection.commit()


def _check(connection: Tx) -> None:
    """Finds a connection that died with a restart of the server, before it is used: the pool replaces it.

    A server that says something unasked says goodbye; only then is it asked, which costs a round trip.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


def libpq(dsn: str) -> str:
    """Accepts SQLAlchemy's spelling too: people copy it from other programs."""
    scheme, found, rest = dsn.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}" if found else dsn
