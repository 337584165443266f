"""What search needs of a Postgres that somebody brings: said before anything has changed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.errors import Misconfigured
from store.postgres import migrate


@pytest.fixture
def plain(postgres_dsn: str) -> Iterator[str]:
    """An empty database of a user who may not add every extension."""
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("create role plain login password 'plain'")
        admin.execute("create database plain owner plain")
    yield make_conninfo(postgres_dsn, user="plain", password="plain", dbname="plain")
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute("drop database plain with (force)")
        admin.execute("drop role plain")


def test_what_a_superuser_has_to_add_is_said_and_then_all_is_well(plain: str, postgres_dsn: str) -> None:
    with pytest.raises(Misconfigured, match="create extension vector;") as refused:
        migrate(plain)
    with psycopg.connect(plain) as connection:
        left = connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone()
    with psycopg.connect(urlsplit(postgres_dsn)._replace(path="/plain").geturl(), autocommit=True) as admin:
        admin.execute("create extension vector")

    migrate(plain)

    assert refused.value.code == "extension_missing"
    assert left == (0,)
