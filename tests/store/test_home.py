"""Questions that somebody could answer; what people have shared, and whether it helped."""

from domain.clip import Clip
from domain.comment import Comment, CommentKind
from domain.person import Person, Role
from store import comments, expertise, home, spaces
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.test_following import a_clip, a_ward
from tests.store.things import LATER, NOW


def test_questions_about_ones_own_and_about_what_one_knows_wait_for_an_answer(store: Store, people: People) -> None:
    with store.transaction() as tx:
        mine = a_clip(tx, people, people.expert, "A", tags=["Valve"])
        alike = a_clip(tx, people, people.curator, "B", tags=["Valve"])
        other = a_clip(tx, people, people.curator, "C", tags=["Pump"])
        for clip, text in ((mine, "Which way?"), (alike, "How often?"), (other, "How deep?")):
            ask(tx, people.learner, clip, text)

        found = home.questions(tx, people.expert.id)

        assert [(each.text, each.clip.id, each.clip_ms) for each in found] == [
            ("How often?", alike.id, 2_000),
            ("Which way?", mine.id, 2_000),
        ]
        assert home.questions(tx, people.learner.id) == ()
        assert [each.text for each in home.questions(tx, people.curator.id)] == [
            "How deep?",
            "How often?",
            "Which way?",
        ]


def test_a_question_that_is_answered_settled_taken_back_or_ones_own_does_not_wait(store: Store, people: People) -> None:
    with store.transaction() as tx:
        mine = a_clip(tx, people, people.expert, "A", tags=["Valve"])
        alike = a_clip(tx, people, people.curator, "B", tags=["Valve"])
        ask(tx, people.expert, alike, "My own?")
        answered, taken_back = (ask(tx, people.learner, mine, text) for text in ("Answered?", "Taken back?"))
        reply = comments.comment(tx, answered, people.expert.id)
        say(tx, people.curator, mine, CommentKind.ANSWER, "Left.", reply)
        comments.delete(tx, comments.comment(tx, taken_back, people.learner.id).id, LATER)
        say(tx, people.learner, mine, CommentKind.COMMENT, "Not a question.")

        assert home.questions(tx, people.expert.id) == ()


def test_a_question_in_a_space_that_one_does_not_see_is_not_shown(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.learner)
        a_clip(tx, people, people.expert, "A", tags=["Valve"])
        hidden = a_clip(tx, people, people.curator, "B", tags=["Valve"], space=ward)
        ask(tx, people.learner, hidden, "Secret?")

        assert home.questions(tx, people.expert.id) == ()


def test_a_person_shared_what_they_speak_in_as_far_as_one_sees_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.expert)
        shown = a_clip(tx, people, people.expert, "A", tags=["Valve"])
        in_ward = a_clip(tx, people, people.expert, "B", tags=["Pump"], space=ward, minutes=1)
        a_clip(tx, people, people.curator, "C", tags=["Valve"])
        eva = people.expert.id

        def seen_by(viewer: Person) -> tuple[list[str], list[str]]:
            found = expertise.shared(tx, eva, viewer.id).items
            return [each.title for each in found], [each.label for each in expertise.topics(tx, eva, viewer.id)]

        assert shown.speaker_id == in_ward.speaker_id == people.expert.public_id
        assert seen_by(people.learner) == (["A"], ["Valve"])
        assert seen_by(people.expert) == (["B", "A"], ["Pump", "Valve"])


def test_who_is_named_as_speaking_has_shared_it_and_not_who_sent_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        clip = a_clip(tx, people, people.curator, "A", tags=["Valve"])
        recording = clip.parts[0].recording_id
        tx.execute(
            "update appearance set person_id = %s where recording_id = %s", [people.expert.id, recording]
        )  # fmt: skip

        def shared_by(person: Person) -> int:
            return len(expertise.shared(tx, person.id, people.learner.id).items)

        _, experts = expertise.about(tx, "valve", people.learner.id)
        assert [each.name for each in experts] == ["Eva Expert"]
        assert (shared_by(people.expert), shared_by(people.curator)) == (1, 0)

        tx.execute(
            "update appearance set person_id = null, name = 'Ahmed' where recording_id = %s", [recording]
        )  # fmt: skip
        use, experts = expertise.about(tx, "valve", people.learner.id)
        assert (use is not None, experts) == (True, ())
        assert (shared_by(people.expert), shared_by(people.curator)) == (0, 0)


def test_a_tag_is_known_by_any_of_its_names_to_those_who_see_a_clip_of_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.expert)
        a_clip(tx, people, people.expert, "A", tags=["Öl wechseln"], space=ward)

        use, experts = expertise.about(tx, "öl-Wechseln", people.expert.id)
        hidden = expertise.about(tx, "öl-wechseln", people.learner.id)

        assert use is not None
        assert (use.slug, use.label, use.clips, [each.name for each in experts]) == (
            "öl-wechseln",
            "Öl wechseln",
            1,
            ["Eva Expert"],
        )
        assert hidden == expertise.about(tx, "never\x00heard", people.expert.id) == (None, ())


def test_whom_it_helped_is_a_number_from_five_colleagues_on_each_counted_once(store: Store, people: People) -> None:
    with store.transaction() as tx:
        clip = a_clip(tx, people, people.expert, "A")
        crew = [
            stored_people.add_person(tx, login=f"crew{n}", name=f"Crew {n}", role=Role.LEARNER) for n in range(5)
        ]  # fmt: skip
        eva = people.expert.id
        for person in crew[:4]:
            say(tx, person, clip, CommentKind.USED_IT, "Done.")
            say(tx, person, clip, CommentKind.USED_IT, "Again.")
        say(tx, people.expert, clip, CommentKind.USED_IT, "I did, too.")
        of_four = expertise.helped(tx, eva, people.learner.id)

        for kind in ("useful", "not-for-me"):
            tx.execute(
                "insert into clip_reaction (clip_id, person_id, kind) values (%s, %s, %s)",
                [clip.id, crew[4].id, kind],
            )

        assert of_four is None
        assert expertise.helped(tx, eva, people.learner.id) == 5
        assert expertise.helped(tx, people.curator.id, people.learner.id) is None


def test_what_helped_where_one_does_not_see_it_is_not_counted(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = a_ward(tx, people.expert)
        space = spaces.space_by_public_id(tx, ward, people.expert.id)
        clip = a_clip(tx, people, people.expert, "A", space=ward)
        for n in range(5):
            person = stored_people.add_person(tx, login=f"crew{n}", name=f"Crew {n}", role=Role.LEARNER)
            spaces.add_member(tx, space.id, person.id)
            say(tx, person, clip, CommentKind.USED_IT, "Done.")

        seen = [expertise.helped(tx, people.expert.id, who.id) for who in (people.expert, people.learner)]

        assert seen == [5, None]


def ask(tx: Tx, who: Person, clip: Clip, text: str) -> str:
    return say(tx, who, clip, CommentKind.QUESTION, text)


def say(
    tx: Tx, who: Person, clip: Clip, kind: CommentKind, text: str, to: Comment | None = None
) -> str:  # fmt: skip
    recording_id = clip.parts[0].recording_id
    said = comments.add(
        tx, clip=clip, author_id=who.id, recording_id=recording_id, at_ms=2_000, kind=kind, text=text, reply_to=to,
        now=NOW,
    )  # fmt: skip
    return said.public_id
