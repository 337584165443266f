"""Clips that were there before it was remembered how they were drafted."""

import psycopg

from domain.person import Role
from store import clips, people, recordings, spaces
from store.postgres import Store, migrate
from tests.databases import with_database
from tests.store.things import NOW, a_recording, proposal, some_clips

DATABASE = "migrated_drafted"


def test_what_nobody_has_touched_is_the_machines(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f"create database {DATABASE}")
    dsn = with_database(postgres_dsn, DATABASE)
    migrate(dsn)
    store = Store(dsn)
    with store.transaction() as tx:
        spaces.everyone_space(tx)
        lea = people.add_person(tx, login="lea", name="Lea", role=Role.EXPERT)
        drafts = some_clips(
            tx, a_recording(tx, lea), proposal(0, 9_000, "A", tags=["x", "Y"]), proposal(9_000, 20_000, "B")
        )
        clips.change(tx, drafts[1].id, version=1, now=NOW, title="C")
        named = a_recording(tx, lea, upload_id="2")
        recordings.rename(tx, named.id, title="Pumps", version=named.version)
        some_clips(tx, named, proposal(0, 9_000, "D", tags=["z"]))
    store.close()

    with psycopg.connect(dsn) as connection:
        connection.execute("alter table clip drop column drafted_title, drop column drafted_tags")
        connection.execute("update alembic_version set version_num = '0039'")
    migrate(dsn, to="0040")
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select title, drafted_title, drafted_tags from clip order by title").fetchall()
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f"drop database {DATABASE} with (force)")

    assert found == [("A", "A", ["x", "y"]), ("C", None, None), ("Pumps", None, ["z"])]
