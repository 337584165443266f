"""The glossary: terms of spaces, and which of them a recording is heard with."""

from uuid import UUID

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.glossary import MAX_TERMS, Term
from domain.person import Role
from domain.space import Space
from store import glossary, people, recordings, spaces
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import a_recording


def a_ward(tx: Tx) -> Space:
    return spaces.add_space(tx, "Ward 3")


def test_a_term_is_kept_once_a_space_as_it_was_written_last(store: Store, people: People) -> None:
    with store.transaction() as tx:
        everyone, ward = spaces.everyone_space(tx), a_ward(tx)
        (first,) = glossary.add(tx, everyone.id, [Term("X 200")])
        (second,) = glossary.add(tx, everyone.id, [Term(" X200\n", ("ex  200",))])
        glossary.add(tx, ward.id, [Term("x-200")])

        found = glossary.entries(tx, people.curator.id)

    assert (second.public_id, second.term) == (first.public_id, Term("X200", ("ex 200",)))
    assert {(entry.space_id, entry.term.text) for entry in found} == {(everyone.id, "X200"), (ward.id, "x-200")}


def test_terms_are_there_for_those_who_curate_their_space(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx)
        wanda = _curator_of(tx, ward)
        (mine,) = glossary.add(tx, ward.id, [Term("Heparin")])
        (all_,) = glossary.add(tx, spaces.everyone_space(tx).id, [Term("Festo")])

        seen = {
            person: [entry.term.text for entry in glossary.entries(tx, id_)]
            for person, id_ in (("wanda", wanda), ("carl", people.curator.id), ("eva", people.expert.id))
        }
        assert glossary.entry(tx, mine.public_id, wanda) == mine
        for hidden in (all_.public_id, "nothing"):
            with pytest.raises(NotFound, match="no such term"):
                glossary.entry(tx, hidden, wanda)

    assert seen == {"wanda": ["Heparin"], "carl": ["Festo", "Heparin"], "eva": []}


def test_a_term_that_is_removed_is_gone_and_removing_it_twice_does_nothing(store: Store, people: People) -> None:
    with store.transaction() as tx:
        (entry,) = glossary.add(tx, spaces.everyone_space(tx).id, [Term("Festo")])

        for _ in range(2):
            glossary.remove(tx, entry.public_id)

        assert glossary.entries(tx, people.curator.id) == ()


def test_a_glossary_has_an_end(store: Store, people: People) -> None:
    with store.transaction() as tx:
        space = spaces.everyone_space(tx)
        glossary.add(tx, space.id, [Term(f"X{n}") for n in range(MAX_TERMS)])

    with store.transaction() as tx:
        glossary.add(tx, space.id, [Term("X 7")])  # one that is there
    with pytest.raises(Conflict, match="holds at most 2000 terms") as refused, store.transaction() as tx:
        glossary.add(tx, space.id, [Term("Festo")])

    assert refused.value.code == "glossary_full"


def test_what_is_no_term_is_not_kept(store: Store, people: People) -> None:
    with store.transaction() as tx, pytest.raises(Invalid):
        glossary.add(tx, spaces.everyone_space(tx).id, [Term("Festo"), Term("\u202e\x00")])


def test_a_recording_is_heard_with_the_terms_of_its_space_and_of_everybodys(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward, other = a_ward(tx), spaces.add_space(tx, "Ward 4")
        glossary.add(tx, spaces.everyone_space(tx).id, [Term("Festo"), Term("X200"), Term("heparin", ("half a ring",))])
        glossary.add(tx, ward.id, [Term("CareLink"), Term("Heparin")])
        glossary.add(tx, other.id, [Term("Okonkwo")])
        recording = a_recording(tx, people.expert)
        tx.execute(
            "update recording set space_id = %s, title = 'The filter of the x-200' where id = %s",
            [ward.id, recording.id],
        )

        found = glossary.terms_for(tx, recordings.load(tx, recording.id))

    assert found == (Term("X200"), Term("Heparin"), Term("CareLink"), Term("Festo"))


def _curator_of(tx: Tx, space: Space) -> UUID:
    person = people.add_person(tx, login="wanda", name="Wanda Ward", role=Role.CURATOR)
    people.scope_curator(tx, person.id, curates_all=False)
    spaces.add_member(tx, space.id, person.id, curates=True)
    return person.id
