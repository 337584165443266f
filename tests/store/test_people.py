"""People and spaces: who is there, and who sees into what."""

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.person import Role
from store import people as store_people
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW


def names(store: Store, person_id: object) -> list[str]:
    with store.transaction() as tx:
        return [space.name for space in store_people.spaces_of(tx, person_id)]  # type: ignore[arg-type]


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


def test_there_is_one_space_of_everybody(store: Store) -> None:
    with store.transaction() as tx:
        first = store_people.everyone_space(tx)
        second = store_people.everyone_space(tx)

    assert first == second
    assert first.everyone


def test_a_closed_space_is_seen_by_its_members_by_curators_of_everything_and_by_admins(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        night = store_people.add_space(tx, "Night shift")
        store_people.add_member(tx, night.id, people.learner.id)

    assert names(store, people.learner.id) == ["Everyone", "Night shift"]
    assert names(store, people.expert.id) == ["Everyone"]
    assert names(store, people.curator.id) == ["Everyone", "Night shift"]
    assert names(store, people.admin.id) == ["Everyone", "Night shift"]


def test_a_scoped_curator_curates_the_spaces_named_and_no_other(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = store_people.add_space(tx, "Night shift")
        day = store_people.add_space(tx, "Day shift")
        everyone = store_people.everyone_space(tx)
        store_people.scope_curator(tx, people.curator.id, curates_all=False)
        store_people.add_member(tx, night.id, people.curator.id, curates=True)
        store_people.add_member(tx, day.id, people.curator.id)
        spaces = (everyone, night, day)

        curated = [store_people.curates(tx, people.curator.id, space.id) for space in spaces]

    assert curated == [False, True, False]
    assert names(store, people.curator.id) == ["Everyone", "Day shift", "Night shift"]


def test_a_membership_that_curates_counts_for_curators_alone(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = store_people.add_space(tx, "Night shift")
        store_people.add_member(tx, night.id, people.learner.id, curates=True)

        assert not store_people.curates(tx, people.learner.id, night.id)
        assert store_people.curates(tx, people.admin.id, night.id)


def test_a_space_one_is_not_in_looks_like_one_that_is_not_there(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = store_people.add_space(tx, "Night shift")

        with pytest.raises(NotFound) as closed:
            store_people.space_by_public_id(tx, night.public_id, people.learner.id)
        with pytest.raises(NotFound) as missing:
            store_people.space_by_public_id(tx, "0000000000000000", people.learner.id)
        with pytest.raises(NotFound):
            store_people.space_by_public_id(tx, "a\x00", people.learner.id)

    assert closed.value.message == missing.value.message


def test_who_has_left_sees_into_no_space(store: Store, people: People) -> None:
    with store.transaction() as tx:
        store_people.leave(tx, people.admin.id, NOW)

    assert names(store, people.admin.id) == []
