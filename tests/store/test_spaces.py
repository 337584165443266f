"""Spaces: who sees into what, and who is in them."""

from uuid import UUID

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.space import Member
from store import people as store_people
from store import spaces
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW


def names(store: Store, person_id: UUID) -> list[str]:
    with store.transaction() as tx:
        return [space.name for space in spaces.spaces_of(tx, person_id)]


def test_there_is_one_space_of_everybody(store: Store) -> None:
    with store.transaction() as tx:
        first = spaces.everyone_space(tx)
        second = spaces.everyone_space(tx)

    assert first == second
    assert first.everyone


def test_a_closed_space_is_seen_by_its_members_by_curators_of_everything_and_by_admins(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        spaces.add_member(tx, night.id, people.learner.id)

    assert names(store, people.learner.id) == ["Everyone", "Night shift"]
    assert names(store, people.expert.id) == ["Everyone"]
    assert names(store, people.curator.id) == ["Everyone", "Night shift"]
    assert names(store, people.admin.id) == ["Everyone", "Night shift"]


def test_a_scoped_curator_curates_the_spaces_named_and_no_other(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        day = spaces.add_space(tx, "Day shift")
        everyone = spaces.everyone_space(tx)
        store_people.scope_curator(tx, people.curator.id, curates_all=False)
        spaces.add_member(tx, night.id, people.curator.id, curates=True)
        spaces.add_member(tx, day.id, people.curator.id)
        all_three = (everyone, night, day)

        curated = [spaces.curates(tx, people.curator.id, space.id) for space in all_three]

    assert curated == [False, True, False]
    assert names(store, people.curator.id) == ["Everyone", "Day shift", "Night shift"]


def test_a_membership_that_curates_counts_for_curators_alone(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        spaces.add_member(tx, night.id, people.learner.id, curates=True)

        assert not spaces.curates(tx, people.learner.id, night.id)
        assert spaces.curates(tx, people.admin.id, night.id)


def test_a_space_one_is_not_in_looks_like_one_that_is_not_there(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")

        with pytest.raises(NotFound) as closed:
            spaces.space_by_public_id(tx, night.public_id, people.learner.id)
        with pytest.raises(NotFound) as missing:
            spaces.space_by_public_id(tx, "0000000000000000", people.learner.id)
        with pytest.raises(NotFound):
            spaces.space_by_public_id(tx, "a\x00", people.learner.id)

    assert closed.value.message == missing.value.message


def test_who_has_left_sees_into_no_space(store: Store, people: People) -> None:
    with store.transaction() as tx:
        store_people.leave(tx, people.admin.id, NOW)

    assert names(store, people.admin.id) == []


def test_a_spaces_name_is_given_once_and_the_transaction_goes_on(store: Store) -> None:
    with store.transaction() as tx:
        spaces.add_space(tx, " Night \x00 shift ")
        with pytest.raises(Conflict) as taken:
            spaces.add_space(tx, "Night shift")
        after = spaces.add_space(tx, "Day shift")

    assert taken.value.code == "space_taken"
    assert (after.name, after.everyone) == ("Day shift", False)


@pytest.mark.parametrize("name", ["", " \x00\n", "x" * 201])
def test_a_spaces_name_has_1_to_200_characters(store: Store, name: str) -> None:
    with store.transaction() as tx, pytest.raises(Invalid):
        spaces.add_space(tx, name)


def test_members_are_listed_by_name_without_those_who_have_left(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        spaces.add_member(tx, night.id, people.learner.id)
        spaces.add_member(tx, night.id, people.expert.id)
        spaces.add_member(tx, night.id, people.curator.id, curates=True)
        store_people.leave(tx, people.expert.id, NOW)

        found = spaces.members(tx, night.id)
        of_everybody = spaces.members(tx, spaces.everyone_space(tx).id)

    assert found == (Member(people.curator, curates=True), Member(people.learner, curates=False))
    assert of_everybody == ()


def test_who_is_taken_out_sees_into_the_space_no_more(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        spaces.add_member(tx, night.id, people.learner.id)
        spaces.add_member(tx, night.id, people.expert.id)
        for _ in range(2):
            spaces.remove_member(tx, night.id, people.learner.id)

        left = spaces.members(tx, night.id)

    assert left == (Member(people.expert, curates=False),)
    assert names(store, people.learner.id) == ["Everyone"]
    assert names(store, people.expert.id) == ["Everyone", "Night shift"]


def test_a_member_who_never_was_cannot_be_added(store: Store, people: People) -> None:
    with store.transaction() as tx, pytest.raises(NotFound):
        spaces.add_member(tx, UUID(int=1), people.learner.id)
