"""What a person follows, and what is new of it."""

from datetime import timedelta

import pytest

from domain.clip import Clip
from domain.errors import Conflict, Invalid, NotFound
from domain.follow import FollowKind
from domain.person import Person
from domain.vocabulary import Term
from store import clips, following, home, spaces, vocabulary, watched
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips

TAG, PERSON, SPACE = FollowKind


def test_what_is_new_of_tags_people_and_spaces_comes_each_once_the_newest_first(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.learner, people.expert)
        tagged = a_clip(tx, people, people.curator, "A", tags=["Valve"])
        spoken = a_clip(tx, people, people.expert, "B", tags=["Valve"], minutes=1)
        in_ward = a_clip(tx, people, people.curator, "C", space=ward, minutes=2)
        a_clip(tx, people, people.curator, "D", tags=["Pump"], minutes=3)
        assert home.followed(tx, people.learner.id, LATER) == ()

        follow(tx, people.learner, (TAG, "VALVE"), (PERSON, people.expert.public_id), (SPACE, ward))
        found = home.followed(tx, people.learner.id, LATER)

        assert [each.id for each in found] == [in_ward.id, spoken.id, tagged.id]
        assert [(each.kind, each.name) for each in following.following(tx, people.learner.id)] == [
            (TAG, "Valve"),
            (PERSON, "Eva Expert"),
            (SPACE, "Ward 3"),
        ]
        assert following.following(tx, people.expert.id) == ()


def test_what_one_has_watched_or_is_old_or_was_withdrawn_is_not_new(store: Store, people: People) -> None:
    with store.transaction() as tx:
        seen, withdrawn, unseen = (a_clip(tx, people, people.expert, title, minutes=n) for n, title in enumerate("ABC"))
        follow(tx, people.learner, (PERSON, people.expert.public_id))
        watched.keep(tx, people.learner.id, seen, seen.parts[0].recording_id, 1_000, version=1, now=LATER)
        clips.withdraw(tx, withdrawn.id)

        assert [each.id for each in home.followed(tx, people.learner.id, LATER)] == [unseen.id]
        assert home.followed(tx, people.learner.id, NOW + home.NEW + timedelta(minutes=3)) == ()


def test_a_tag_is_followed_with_what_stands_below_it_and_through_a_merger(store: Store, people: People) -> None:
    with store.transaction() as tx:
        crane, hoist = (vocabulary.add(tx, Term(name)) for name in ("Crane", "Hoist"))
        vocabulary.add(tx, Term("Tower crane", parent="Crane"))
        below = a_clip(tx, people, people.expert, "A", tags=["Tower crane"])
        hoisted = a_clip(tx, people, people.expert, "B", tags=["Hoist"], minutes=1)
        follow(tx, people.learner, (TAG, "crane"), (TAG, "hoist"))
        vocabulary.merge(tx, hoist.public_id, "Crane", version=vocabulary.entry(tx, hoist.public_id).version)

        assert [each.id for each in home.followed(tx, people.learner.id, LATER)] == [hoisted.id, below.id]
        assert [each.id for each in following.following(tx, people.learner.id)] == ["crane"]

        following.unfollow(tx, people.learner.id, TAG, "hoist")
        assert following.following(tx, people.learner.id) == ()
        assert crane.slug == "crane"


def test_what_one_does_not_see_can_neither_be_followed_nor_told_from_what_is_not_there(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.expert)
        a_clip(tx, people, people.curator, "A", space=ward, tags=["Secret"])
        gone = stored_people.add_person(tx, login="gone", name="Gone", role=people.learner.role)
        stored_people.leave(tx, gone.id, NOW)

        for kind, id_ in ((TAG, "secret"), (TAG, "\x00"), (SPACE, ward), (PERSON, gone.public_id), (PERSON, "nobody")):
            with pytest.raises(NotFound):
                following.follow(tx, people.learner.id, kind, id_, NOW)
            following.unfollow(tx, people.learner.id, kind, id_)
        with pytest.raises(Invalid, match="That is you"):
            following.follow(tx, people.learner.id, PERSON, people.learner.public_id, NOW)


def test_a_space_that_one_is_taken_out_of_is_followed_no_more(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.learner)
        a_clip(tx, people, people.curator, "A", space=ward)
        follow(tx, people.learner, (SPACE, ward))
        spaces.remove_member(tx, spaces.space_by_public_id(tx, ward, people.admin.id).id, people.learner.id)

        assert home.followed(tx, people.learner.id, LATER) == ()
        assert following.following(tx, people.learner.id) == ()


def test_there_is_an_end_to_what_one_follows(store: Store, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 1)
    with store.transaction() as tx:
        follow(tx, people.learner, (PERSON, people.expert.public_id))
        with pytest.raises(Conflict, match="You follow 1 already"):
            following.follow(tx, people.learner.id, PERSON, people.curator.public_id, NOW)


def follow(tx: Tx, who: Person, *what: tuple[FollowKind, str]) -> None:
    for kind, id_ in what:
        for _ in range(2):  # the second changes nothing
            following.follow(tx, who.id, kind, id_, NOW)


def a_ward(tx: Tx, *members: Person) -> str:
    space = spaces.add_space(tx, "Ward 3")
    for person in members:
        spaces.add_member(tx, space.id, person.id)
    return space.public_id


def a_clip(
    tx: Tx,
    people: People,
    speaker: Person,
    title: str,
    *,
    tags: list[str] | None = None,
    space: str | None = None,
    minutes: int = 0,
) -> Clip:
    """Published so many minutes after NOW."""
    space_id = spaces.space_by_public_id(tx, space, people.admin.id).id if space else None
    recording = a_recording(tx, speaker, upload_id=f"upload-{title}", space_id=space_id)
    (made,) = some_clips(tx, recording, proposal(0, 20_000, title))
    clips.change(tx, made.id, version=1, now=NOW, tags=tags or [])
    clips.publish(tx, made.id, people.curator.id, NOW + timedelta(minutes=minutes))
    return clips.clip(tx, made.public_id, speaker.id)
