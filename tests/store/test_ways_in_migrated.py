"""Sessions and tokens that were there before they had names, scopes and ends."""

import psycopg

from domain.ids import is_public_id
from store import credentials, ways_in
from store.postgres import Store, migrate
from tests.databases import with_database
from tests.store.things import NOW

DATABASE = "migrated_ways_in"
BEFORE = """
insert into person (id, public_id, login, name, role)
values ('00000000-0000-7000-8000-000000000001', '0123456789abcdef', 'lea', 'Lea', 'learner');
insert into session (id, person_id, token_sha256, device, expires_at)
select gen_random_uuid(), p.id, sha256(('session ' || n)::bytea), 'phone', '2040-01-01'
from person p, generate_series(1, 3) n;
insert into api_token (id, person_id, token_sha256, label)
values (gen_random_uuid(), '00000000-0000-7000-8000-000000000001', sha256('pio_old'), 'the shelf');
"""


def test_they_work_as_before_and_can_be_told_apart(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f"create database {DATABASE}")
    dsn = with_database(postgres_dsn, DATABASE)
    migrate(dsn, to="0032")
    with psycopg.connect(dsn) as connection:
        connection.execute(BEFORE)

    migrate(dsn)
    store = Store(dsn)
    with store.transaction() as tx:
        person = credentials.person_of_session(tx, "session 2", NOW)
        by_token = credentials.person_of_api_token(tx, "pio_old", NOW)
        assert person is not None
        sessions, [token] = ways_in.sessions(tx, person.id, NOW), ways_in.tokens(tx, person.id)
    store.close()
    migrate(dsn, to="0032")

    assert len({each.public_id for each in sessions if is_public_id(each.public_id)}) == 3
    assert (token.label, token.scopes, token.expires_at) == (
        "the shelf", ("read", "write", "upload", "review", "manage"), None,
    )  # fmt: skip
    assert by_token is not None
    assert by_token.login == "lea"
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        admin.execute(f"drop database {DATABASE} with (force)")
