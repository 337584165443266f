"""The vocabulary: terms, their other names, what stands above them, and the clips that follow."""

import threading

import pytest

from domain.clip import Clip
from domain.errors import Conflict, Invalid, NotFound
from domain.recording import Recording
from domain.vocabulary import MAX_TERMS, Term
from store import clips, drafted, vocabulary
from store.postgres import Store, Tx
from store.vocabulary import Entry
from tests.conftest import People
from tests.store.things import NOW, a_recording, proposal, some_clips


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def tagged(tx: Tx, recording: Recording, people: People, *labels: tuple[str, ...]) -> tuple[Clip, ...]:
    """A published clip for each list of tags, put there by a person."""
    made = some_clips(tx, recording, *(proposal(n * 1000, n * 1000 + 900, f"Clip {n}") for n in range(len(labels))))
    for clip, each in zip(made, labels, strict=True):
        clips.change(tx, clip.id, version=1, now=NOW, tags=each)
        clips.publish(tx, clip.id, people.curator.id, NOW)
    return tuple(clips.clip(tx, clip.public_id, people.curator.id) for clip in made)


def tags_of(tx: Tx, found: tuple[Clip, ...], people: People) -> list[tuple[str, ...]]:
    return [clips.clip(tx, clip.public_id, people.curator.id).tags for clip in found]


def found_by(tx: Tx, people: People, **narrowed: str) -> list[str]:
    return sorted(clip.title for clip in clips.feed(tx, people.learner.id, **narrowed).items)  # type: ignore[arg-type]


def kept(tx: Tx, *terms: Term) -> list[Entry]:
    return [vocabulary.add(tx, term) for term in terms]


def test_a_word_on_clips_becomes_a_term_and_its_other_names_become_it(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        made = tagged(tx, recording, people, ("crane",), ("hoist", "safety"), ("Hoist", "crane"))

        entry = vocabulary.add(tx, Term("Crane", ("hoist", "lifting  gear")))

        assert entry.term == Term("Crane", ("hoist", "lifting gear"))
        assert tags_of(tx, made, people) == [("Crane",), ("Crane", "safety"), ("Crane",)]
        assert [(each.term.label, each.clips) for each in vocabulary.entries(tx, people.curator.id)] == [("Crane", 3)]
        assert [use.label for use in vocabulary.words_in_use(tx, people.curator.id)] == ["safety"]


def test_another_name_that_is_put_on_a_clip_is_the_term(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        kept(tx, Term("Crane", ("hoist",)))

        made = tagged(tx, recording, people, ("HOIST", "crane", "winch"))

        assert made[0].tags == ("Crane", "winch")
        assert found_by(tx, people, tag="hoist") == ["Clip 0"]
        assert found_by(tx, people, q="crane") == ["Clip 0"]
        assert found_by(tx, people, q="hoist") == ["Clip 0"]


def test_a_term_that_is_renamed_is_so_on_all_clips_and_in_search_and_old_links_lead_to_it(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (entry,) = kept(tx, Term("Crane"))
        made = tagged(tx, recording, people, ("Crane", "safety"))

        renamed = vocabulary.change(tx, entry.public_id, version=entry.version, label="Lifting gear")

        assert renamed.term == Term("Lifting gear", ("Crane",))
        assert tags_of(tx, made, people) == [("Lifting gear", "safety")]
        assert found_by(tx, people, tag="crane") == found_by(tx, people, tag="lifting-gear") == ["Clip 0"]
        assert found_by(tx, people, q="gear") == ["Clip 0"]


def test_a_term_can_take_the_name_of_a_word_on_clips_or_of_its_own_other_name(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (entry,) = kept(tx, Term("Crane", ("hoist",)))
        made = tagged(tx, recording, people, ("Crane",), ("winch",))

        swapped = vocabulary.change(tx, entry.public_id, version=entry.version, label="Hoist")
        taken = vocabulary.change(tx, entry.public_id, version=swapped.version, label="Winch")

        assert swapped.term == Term("Hoist", ("Crane",))
        assert taken.term == Term("Winch", ("Crane", "Hoist"))
        assert tags_of(tx, made, people) == [("Winch",), ("Winch",)]


def test_a_name_belongs_to_one_term(store: Store, people: People) -> None:
    with store.transaction() as tx:
        crane, _ = kept(tx, Term("Crane", ("hoist",)), Term("Safety"))

    for change in ({"label": "safety"}, {"aliases": ("safety",)}):
        with pytest.raises(Conflict, match="in the vocabulary already") as refused, store.transaction() as tx:
            vocabulary.change(tx, crane.public_id, version=crane.version, **change)  # type: ignore[arg-type]
        assert refused.value.code == "term_taken"
    for term in (Term("Hoist"), Term("Winch", ("hoist",))):
        with pytest.raises(Conflict, match="another name of “Crane”"), store.transaction() as tx:
            vocabulary.add(tx, term)


def test_what_stands_below_a_tag_is_found_by_it(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        kept(tx, Term("Lifting"), Term("Crane", (), "lifting"), Term("Tower crane", (), "Crane"))
        tagged(tx, recording, people, ("Tower crane",), ("crane",), ("safety",))

        assert found_by(tx, people, tag="lifting") == ["Clip 0", "Clip 1"]
        assert found_by(tx, people, tag="tower-crane") == ["Clip 0"]


def test_no_term_stands_above_itself(store: Store, people: People) -> None:
    with store.transaction() as tx:
        lifting, crane = kept(tx, Term("Lifting"), Term("Crane", (), "Lifting"))

    with pytest.raises(Invalid, match="below itself"), store.transaction() as tx:
        vocabulary.change(tx, lifting.public_id, version=lifting.version, parent="crane")
    with pytest.raises(Invalid, match="“Hall” is not in the vocabulary") as refused, store.transaction() as tx:
        vocabulary.change(tx, crane.public_id, version=crane.version, parent="Hall")

    assert refused.value.code == "no_parent"


def test_two_who_change_parents_at_once_make_no_circle(store: Store, people: People) -> None:
    with store.transaction() as tx:
        a, b = kept(tx, Term("A"), Term("B"))
    refused: list[str] = []

    def below(entry: Entry, parent: str) -> None:
        try:
            with store.transaction() as tx:
                vocabulary.change(tx, entry.public_id, version=entry.version, parent=parent)
        except Invalid as refusal:
            refused.append(refusal.code)

    both = [threading.Thread(target=below, args=each) for each in ((a, "B"), (b, "A"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert refused == ["circle"]


def test_merging_makes_a_term_another_name_of_one_that_stays(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        hoist, crane, _ = kept(
            tx, Term("Hoist", ("winch",)), Term("Crane", ("lifting gear",)), Term("Chain hoist", (), "Hoist")
        )
        made = tagged(tx, recording, people, ("hoist",), ("crane", "hoist"), ("chain hoist",))

        stays = vocabulary.merge(tx, hoist.public_id, "lifting gear", version=hoist.version)

        assert (stays.public_id, stays.term) == (crane.public_id, Term("Crane", ("Hoist", "lifting gear", "winch")))
        assert tags_of(tx, made, people) == [("Crane",), ("Crane",), ("Chain hoist",)]
        assert found_by(tx, people, q="crane") == ["Clip 0", "Clip 1"]
        assert [term.parent for term in vocabulary.terms(tx)] == ["Crane", ""]
        with pytest.raises(NotFound):
            vocabulary.entry(tx, hoist.public_id)


def test_a_term_that_is_merged_into_one_below_it_leaves_no_circle(store: Store, people: People) -> None:
    with store.transaction() as tx:
        top, _, _ = kept(tx, Term("Lifting"), Term("Crane", (), "Lifting"), Term("Tower crane", (), "Crane"))

        vocabulary.merge(tx, top.public_id, "Tower crane", version=top.version)

        assert [(term.label, term.parent) for term in vocabulary.terms(tx)] == [
            ("Crane", ""),
            ("Tower crane", "Crane"),
        ]
        crane = vocabulary.entries(tx, people.curator.id)[0]
        with pytest.raises(Invalid, match="with itself"):
            vocabulary.merge(tx, crane.public_id, "crane", version=crane.version)


def test_a_term_that_is_taken_out_stays_a_word_on_its_clips(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        _, crane, _ = kept(tx, Term("Lifting"), Term("Crane", ("hoist",), "Lifting"), Term("Tower crane", (), "Crane"))
        made = tagged(tx, recording, people, ("crane",))

        vocabulary.remove(tx, crane.public_id)
        again = vocabulary.add(tx, Term("Hoist"))

        assert tags_of(tx, made, people) == [("Crane",)]
        assert [(term.label, term.parent) for term in vocabulary.terms(tx)] == [
            ("Hoist", ""), ("Lifting", ""), ("Tower crane", "Lifting"),
        ]  # fmt: skip
        assert again.term == Term("Hoist")
        with pytest.raises(NotFound):
            vocabulary.remove(tx, crane.public_id)


def test_who_changes_a_term_names_the_version_that_was_seen(store: Store, people: People) -> None:
    with store.transaction() as tx:
        (seen,) = kept(tx, Term("Crane"))
        vocabulary.change(tx, seen.public_id, version=seen.version, aliases=["hoist"])

    for late in (vocabulary.change, vocabulary.merge):
        with pytest.raises(Conflict) as refused, store.transaction() as tx:
            late(tx, seen.public_id, version=seen.version, **({"into": "x"} if late is vocabulary.merge else {}))  # type: ignore[operator]
        assert refused.value.code == "stale_version"


def test_a_list_is_taken_in_whole_and_what_it_leaves_empty_stays(store: Store, people: People) -> None:
    with store.transaction() as tx:
        kept(tx, Term("Crane", ("hoist",), "", "en"))

        taken = vocabulary.take_in(tx, [Term("CRANE", (), "Lifting"), Term("Lifting"), Term("Safety")])

        assert taken == 3
        assert vocabulary.terms(tx) == (
            Term("CRANE", ("hoist",), "Lifting", "en"),
            Term("Lifting"),
            Term("Safety"),
        )
    with pytest.raises(Invalid, match="“Nowhere” is not in the vocabulary"), store.transaction() as tx:
        vocabulary.take_in(tx, [Term("Belt"), Term("Chain", (), "Nowhere")])
    with store.transaction() as tx:
        assert "Belt" not in {term.label for term in vocabulary.terms(tx)}


def test_a_vocabulary_has_an_end(store: Store, people: People) -> None:
    with store.transaction() as tx:
        tx.execute(
            "insert into tag (id, slug, label, public_id)"
            " select gen_random_uuid(), 't' || n, 'T' || n, 'id' || n from generate_series(1, %s) n",
            [MAX_TERMS],
        )

    with pytest.raises(Conflict, match="holds at most 2000 terms") as refused, store.transaction() as tx:
        vocabulary.add(tx, Term("One more"))

    assert refused.value.code == "vocabulary_full"


def test_where_there_is_a_vocabulary_drafts_come_without_tags(store: Store, people: People) -> None:
    with store.transaction() as tx:
        before = some_clips(tx, a_recording(tx, people.expert, upload_id="a"), proposal(0, 900, tags=["brakes"]))
        kept(tx, Term("Brakes"))
        later = a_recording(tx, people.expert, upload_id="b")
        after = some_clips(tx, later, proposal(0, 900, text="now", tags=["brakes"]))

        drafted.follow(tx, later.id, lambda spans, others: [proposal(0, 900, tags=["pads"]) for _ in spans])

        assert [clip.tags for clip in before] == [("brakes",)]
        assert [clip.tags for clip in after] == tags_of(tx, after, people) == [()]


def test_clips_are_counted_as_far_as_one_sees(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        kept(tx, Term("Crane"))
        tagged(tx, recording, people, ("crane",))
        (draft,) = some_clips(tx, a_recording(tx, people.expert, upload_id="b"), proposal(0, 900))
        clips.change(tx, draft.id, version=1, now=NOW, tags=["Crane", "secret"])

        counted = {
            person.login: [each.clips for each in vocabulary.entries(tx, person.id)]
            for person in (people.learner, people.curator)
        }

        assert counted == {"lea": [1], "carl": [2]}
        assert vocabulary.words_in_use(tx, people.learner.id) == ()
