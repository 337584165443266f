"""Fresh databases for tests, cheaply: one that a test has left is emptied for the next.

Making a database costs a third of a second, emptying one a hundredth. What a test has changed other
than rows (tables, functions, types) cannot be undone so: such a database is dropped.
"""

import contextlib
from itertools import count
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# What only migrations make: the number and the latest of each kind of thing that is not Postgres's own.
_THINGS = " union all ".join(
    f"select '{catalog}', count(*), coalesce(max(oid), 0) from {catalog} where oid >= 16384 and {condition}"
    for catalog, condition in {
        "pg_class": "relnamespace in (select oid from pg_namespace where nspname !~ '^pg_(toast_)?temp_')",
        "pg_proc": "true",
        "pg_type": "typnamespace in (select oid from pg_namespace where nspname !~ '^pg_(toast_)?temp_')",
        "pg_trigger": "true",
        "pg_extension": "true",
    }.items()
)
_ROWS_OF_TESTS = """
    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'public' and c.relname <> 'alembic_version'"""


class Databases:
    """Copies of a template database that nobody is connected to."""

    def __init__(self, dsn: str, template: str) -> None:
        self._dsn = dsn
        self._template = template
        self._numbers = count(1)
        self._free: list[str] = []
        with psycopg.connect(with_database(dsn, template)) as connection:
            self._things = connection.execute(_THINGS).fetchall()

    def take(self) -> str:
        """The name of a database that is as the template is."""
        if self._free:
            return self._free.pop()
        name = f"{self._template}_{next(self._numbers)}"
        self._do(f'create database "{name}" template "{self._template}"')
        return name

    def give_back(self, name: str) -> None:
        """Whoever is still connected to it is sent away."""
        if self._emptied(name):
            self._free.append(name)
        else:
            self._do(f'drop database "{name}" with (force)')

    def close(self) -> None:
        for name in self._free:
            self._do(f'drop database "{name}" with (force)')

    def _emptied(self, name: str) -> bool:
        with contextlib.suppress(psycopg.Error), psycopg.connect(with_database(self._dsn, name)) as connection:
            connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            if connection.execute(_THINGS).fetchall() == self._things:
                tables = [table for (table,) in connection.execute(_ROWS_OF_TESTS).fetchall()]
                connection.execute("set local session_replication_role = replica")  # no matter in which order
                connection.execute(sql.SQL("; ").join(sql.SQL(f"delete from {table}") for table in tables))
                connection.commit()
                return True
        return False

    def _do(self, command: str) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as admin:
            admin.execute(command)


def with_database(dsn: str, name: str) -> str:
    """The same server, another database."""
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()
