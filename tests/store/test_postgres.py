"""Transactions and migrations."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from domain.errors import Unavailable
from domain.ids import uuid7
from store import postgres
from store.postgres import Store, Tx, make_due, migrate
from tests.databases import Databases, with_database

ADD_A_TAG = "insert into tag (id, slug, label) values (gen_random_uuid(), %s, 'A')"


def tags(tx: Tx) -> int:
    found = tx.execute("select count(*) from tag").fetchone()
    assert found is not None
    return int(found[0])


def test_what_a_transaction_wrote_is_there_when_it_ends_and_gone_when_it_raises(store: Store) -> None:
    def write(slug: str, error: Exception | None) -> None:
        with store.transaction() as tx:
            tx.execute(ADD_A_TAG, [slug])
            if error:
                raise error

    write("kept", None)
    with pytest.raises(ZeroDivisionError):
        write("lost", ZeroDivisionError())

    with store.transaction() as tx:
        assert tags(tx) == 1


def test_a_glance_begins_no_transaction_and_the_next_user_of_its_connection_does(database_dsn: str) -> None:
    store = Store(database_dsn, pool_size=1)
    with store.glance() as tx:
        seen = tags(tx), tx.info.transaction_status
    with pytest.raises(psycopg.errors.DivisionByZero), store.glance() as tx:
        tx.execute("select 1 / 0")
    with suppress(ZeroDivisionError), store.transaction() as tx:  # on the same connection
        tx.execute(ADD_A_TAG, ["lost"])
        raise ZeroDivisionError

    with store.transaction() as tx:
        kept = tags(tx)
    store.close()

    assert seen == (0, TransactionStatus.IDLE)
    assert kept == 0


def test_what_a_transaction_makes_due_is_queued_at_its_end_once_and_never_when_it_raises(store: Store) -> None:
    queued: list[tuple[int, str, UUID]] = []
    store.enqueue = lambda tx, job, recording_id: queued.append((tags(tx), job, recording_id))
    lost, kept = uuid7(), uuid7()

    def change(recording_id: UUID, error: Exception | None) -> None:
        with store.transaction() as tx:
            make_due(tx, "edges", recording_id)
            make_due(tx, "edges", recording_id)
            tx.execute(ADD_A_TAG, ["a"])
            if error:
                raise error

    with pytest.raises(ZeroDivisionError):
        change(lost, ZeroDivisionError())
    change(kept, None)

    assert queued == [(1, "edges", kept)]


def test_times_come_back_in_utc_whatever_the_server_thinks(store: Store) -> None:
    with store.transaction() as tx:
        found = tx.execute("select timestamptz '2026-01-01 12:00+02'").fetchone()

    assert found is not None
    assert found[0].isoformat() == "2026-01-01T10:00:00+00:00"


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(store: Store, database_dsn: str) -> None:
    with store.transaction() as tx:
        tx.execute("select 1")
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"  # and waits until it has ended
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    with store.transaction() as tx:
        assert tags(tx) == 0


def test_a_database_that_breaks_off_a_transaction_asks_to_try_again(store: Store, database_dsn: str) -> None:
    def broken_off() -> None:
        with store.transaction() as tx:
            tx.execute(ADD_A_TAG, ["half"])
            with psycopg.connect(database_dsn, autocommit=True) as admin:
                admin.execute("select pg_terminate_backend(%s)", [tx.info.backend_pid])
            tx.execute("select 1")

    with pytest.raises(Unavailable):
        broken_off()

    with store.transaction() as tx:
        assert tags(tx) == 0


def test_a_database_that_is_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "WAIT_S", 0.2)
    store = Store("postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(Unavailable), store.transaction():
        pass

    store.close()


def test_the_spelling_of_other_programs_is_understood(database_dsn: str) -> None:
    store = Store(database_dsn.replace("postgresql://", "postgresql+psycopg://"))

    with store.transaction() as tx:
        assert tags(tx) == 0

    store.close()


def test_three_processes_may_migrate_at_once(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("create database migrated_thrice")
    dsn = with_database(postgres_dsn, "migrated_thrice")
    start = threading.Barrier(3)

    def one() -> None:
        start.wait()
        migrate(dsn)

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(one) for _ in range(3)]:
            each.result()

    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)
        assert connection.execute("select count(*) from person").fetchone() == (0,)
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("drop database migrated_thrice with (force)")


def test_every_migration_can_be_taken_back(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("create database migrated_back")
    dsn = with_database(postgres_dsn, "migrated_back")
    migrate(dsn)

    migrate(dsn, to="base")

    with psycopg.connect(dsn) as connection:
        left = connection.execute("select relname from pg_class where relnamespace = 'public'::regnamespace").fetchall()
        assert sorted(name for (name,) in left) == ["alembic_version", "alembic_version_pkc"]
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("drop database migrated_back with (force)")


def test_a_test_finds_no_row_of_the_test_before_it(databases: Databases, postgres_dsn: str) -> None:
    name = databases.take()
    with psycopg.connect(with_database(postgres_dsn, name)) as connection:
        connection.execute(ADD_A_TAG, ["left"])
    left_open = psycopg.connect(with_database(postgres_dsn, name))

    databases.give_back(name)
    again = databases.take()

    assert again == name
    with psycopg.connect(with_database(postgres_dsn, again)) as connection:
        assert tags(connection) == 0
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("select 1")
    databases.give_back(again)


def test_a_test_that_made_tables_leaves_none_of_them(databases: Databases, postgres_dsn: str) -> None:
    name = databases.take()
    with psycopg.connect(with_database(postgres_dsn, name)) as connection:
        connection.execute("create table left_behind (n int)")

    databases.give_back(name)
    another = databases.take()

    assert another != name
    databases.give_back(another)
