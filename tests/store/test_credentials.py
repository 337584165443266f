"""What proves who somebody is."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.scope import EVERYTHING
from store import credentials
from store import people as store_people
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def a_link(store: Store, people: People) -> credentials.SignInLink:
    with store.transaction() as tx:
        return credentials.new_sign_in_link(tx, people.learner.id, now=NOW, created_by=people.curator.id)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_a_link_signs_in_once(store: Store, people: People) -> None:
    link = a_link(store, people)

    with store.transaction() as tx:
        first = credentials.redeem_link(tx, link.token, NOW)
        second = credentials.redeem_link(tx, link.token, NOW)
        code = credentials.redeem_code(tx, "lea", link.code, NOW)

    assert first == people.learner
    assert second is None
    assert code is None


def test_a_link_lives_for_a_day(store: Store, people: People) -> None:
    link = a_link(store, people)

    with store.transaction() as tx:
        late = credentials.redeem_link(tx, link.token, NOW + DAY)
        late_code = credentials.redeem_code(tx, "lea", link.code, NOW + DAY)
        in_time = credentials.redeem_link(tx, link.token, NOW + DAY - SECOND)

    assert (late, late_code, in_time) == (None, None, people.learner)


def test_two_who_open_a_link_at_once_are_one(store: Store, people: People) -> None:
    link = a_link(store, people)
    start, found = threading.Barrier(2), []

    def open_it() -> None:
        with store.transaction() as tx:
            start.wait()
            found.append(credentials.redeem_link(tx, link.token, NOW))

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(found, key=bool) == [None, people.learner]


def test_the_code_of_a_link_can_be_typed_in_groups(store: Store, people: People) -> None:
    link = a_link(store, people)

    with store.transaction() as tx:
        found = credentials.redeem_code(tx, " LEA ", f"{link.code[:4]} {link.code[4:]}", NOW)
        again = credentials.redeem_code(tx, "lea", link.code, NOW)

    assert len(link.code) == 8
    assert found == people.learner
    assert again is None


def test_the_fifth_wrong_code_closes_it_and_the_link_still_opens(store: Store, people: People) -> None:
    link = a_link(store, people)

    for _ in range(5):
        with store.transaction() as tx:
            assert credentials.redeem_code(tx, "lea", wrong(link.code), NOW) is None

    with store.transaction() as tx:
        assert credentials.redeem_code(tx, "lea", link.code, NOW) is None
        assert credentials.redeem_link(tx, link.token, NOW) == people.learner


def test_after_four_wrong_codes_the_right_one_still_counts(store: Store, people: People) -> None:
    link = a_link(store, people)

    for _ in range(4):
        with store.transaction() as tx:
            credentials.redeem_code(tx, "lea", wrong(link.code), NOW)

    with store.transaction() as tx:
        assert credentials.redeem_code(tx, "lea", link.code, NOW) == people.learner


def test_only_the_newest_links_code_counts(store: Store, people: People) -> None:
    old = a_link(store, people)
    with store.transaction() as tx:
        new = credentials.new_sign_in_link(tx, people.learner.id, now=NOW + SECOND)

    with store.transaction() as tx:
        assert credentials.redeem_code(tx, "lea", old.code, NOW + SECOND) is None
        assert credentials.redeem_code(tx, "lea", new.code, NOW + SECOND) == people.learner


@pytest.mark.parametrize(("login", "code"), [("eva", "12345678"), ("nobody", "12345678"), ("\x00", ""), ("lea", "١٢٣")])
def test_a_code_of_nobody_is_nobodys(store: Store, people: People, login: str, code: str) -> None:
    a_link(store, people)

    with store.transaction() as tx:
        assert credentials.redeem_code(tx, login, code, NOW) is None


def test_a_session_lasts_thirty_days_or_until_it_is_ended(store: Store, people: People) -> None:
    with store.transaction() as tx:
        kept = credentials.new_session(tx, people.expert.id, now=NOW, device="Pixel\x00 9")
        ended = credentials.new_session(tx, people.expert.id, now=NOW)
        credentials.end_session(tx, ended)

        assert credentials.person_of_session(tx, kept, NOW + 30 * DAY - SECOND) == people.expert
        assert credentials.person_of_session(tx, kept, NOW + 30 * DAY) is None
        assert credentials.person_of_session(tx, ended, NOW) is None


def test_what_has_expired_is_removed_and_links_a_month_after(store: Store, people: People) -> None:
    with store.transaction() as tx:
        credentials.new_session(tx, people.expert.id, now=NOW)
        kept = credentials.new_session(tx, people.expert.id, now=NOW + SECOND)
        credentials.new_sign_in_link(tx, people.learner.id, now=NOW)

        removed = [credentials.sweep(tx, NOW + DAY * days) for days in (29, 30, 31)]

        assert removed == [0, 1, 2]  # at last: the link, which was good for a day, and the other session
        assert tx.execute("select count(*) from sign_in_link").fetchone() == (0,)
        assert credentials.person_of_session(tx, kept, NOW) is None


def test_an_api_token_works_until_it_is_revoked(store: Store, people: People) -> None:
    with store.transaction() as tx:
        token = credentials.new_api_token(tx, people.expert.id, "laptop")

        assert token.startswith("pio_")
        assert credentials.person_of_api_token(tx, token, NOW) == replace(people.expert, scopes=EVERYTHING)
        credentials.revoke_api_token(tx, token)
        assert credentials.person_of_api_token(tx, token, NOW) is None


def test_who_has_left_is_nobody_by_every_secret(store: Store, people: People) -> None:
    link = a_link(store, people)
    with store.transaction() as tx:
        session = credentials.new_session(tx, people.learner.id, now=NOW)
        token = credentials.new_api_token(tx, people.learner.id)
        store_people.leave(tx, people.learner.id, NOW)

    with store.transaction() as tx:
        assert credentials.redeem_link(tx, link.token, NOW) is None
        assert credentials.redeem_code(tx, "lea", link.code, NOW) is None
        assert credentials.person_of_session(tx, session, NOW) is None
        assert credentials.person_of_api_token(tx, token, NOW) is None


@pytest.mark.parametrize("secret", ["", "x", "pio_", "\x00", "\ud800", "ü" * 10_000, "' or true --"])
def test_a_strangers_secret_is_nobodys(store: Store, people: People, secret: str) -> None:
    a_link(store, people)

    with store.transaction() as tx:
        assert credentials.redeem_link(tx, secret, NOW) is None
        assert credentials.person_of_session(tx, secret, NOW) is None
        assert credentials.person_of_api_token(tx, secret, NOW) is None


def test_the_database_holds_no_secret(store: Store, people: People) -> None:
    link = a_link(store, people)
    with store.transaction() as tx:
        secrets = [
            link.token,
            link.code,
            credentials.new_session(tx, people.learner.id, now=NOW),
            credentials.new_api_token(tx, people.learner.id),
        ]

        kept = str(
            tx.execute(
                "select (select json_agg(l) from sign_in_link l)::text, (select json_agg(s) from session s)::text,"
                " (select json_agg(t) from api_token t)::text"
            ).fetchone()
        )

    hexed = [secret.encode().hex() for secret in secrets]
    assert "token_sha256" in kept
    assert [secret for secret in [*secrets, *hexed] if secret in kept] == []
