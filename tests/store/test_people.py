"""People: who is there."""

import pytest

from domain.errors import Conflict, Invalid
from domain.person import Role
from store import people as store_people
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW


def test_a_person_comes_back_by_login_and_by_id(store: Store) -> None:
    with store.transaction() as tx:
        added = store_people.add_person(
            tx, login=" Eva.Expert ", name="  Eva \x00 Expert ", role=Role.EXPERT, email="eva@example.org"
        )

        assert (added.login, added.name, added.role, added.email) == (
            "eva.expert", "Eva Expert", Role.EXPERT, "eva@example.org",
        )  # fmt: skip
        assert store_people.person_by_login(tx, "EVA.EXPERT") == added
        assert store_people.person_by_public_id(tx, added.public_id) == added


def test_a_login_is_given_once_and_the_transaction_goes_on(store: Store, people: People) -> None:
    with store.transaction() as tx:
        with pytest.raises(Conflict) as refused:
            store_people.add_person(tx, login="LEA", name="Another Lea", role=Role.LEARNER)
        after = store_people.add_person(tx, login="lea2", name="Another Lea", role=Role.LEARNER)

    assert refused.value.code == "login_taken"
    assert after.login == "lea2"


@pytest.mark.parametrize("login", ["", "ü", "a b", "a" * 64, "-a", "a\x00b", "' or 1=1 --"])
def test_a_login_nobody_can_have_belongs_to_nobody(store: Store, login: str) -> None:
    with store.transaction() as tx:
        assert store_people.person_by_login(tx, login) is None
        with pytest.raises(Invalid):
            store_people.add_person(tx, login=login, name="N", role=Role.LEARNER)


@pytest.mark.parametrize("name", ["", " \x00\n", "x" * 201])
def test_a_name_has_1_to_200_characters(store: Store, name: str) -> None:
    with store.transaction() as tx, pytest.raises(Invalid):
        store_people.add_person(tx, login="x", name=name, role=Role.LEARNER)


def test_those_who_have_left_are_not_listed_but_keep_their_name(store: Store, people: People) -> None:
    with store.transaction() as tx:
        store_people.leave(tx, people.expert.id, NOW)

        listed = [person.login for person in store_people.list_people(tx)]
        found = store_people.person_by_login(tx, "eva")

    assert listed == ["ada", "carl", "lea"]
    assert found is not None
    assert (found.name, found.left_at) == ("Eva Expert", NOW)
