"""What became of a recording: counted from what others said, for those it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from domain.clip import Clip
from domain.comment import Comment, CommentKind, ReactionKind
from domain.echo import Echo
from domain.person import Person, Role
from domain.recording import Recording
from store import answers, clips, comments, people, recordings, spaces
from store.echoes import echoes
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips

QUESTION, CORRECTION, ANSWER = CommentKind.QUESTION, CommentKind.CORRECTION, CommentKind.ANSWER
USED, COMMENT = CommentKind.USED_IT, CommentKind.COMMENT


@dataclass
class Talk:
    """A recording of Eva's with two clips, the first of which is published; what is said in it."""

    tx: Tx
    recording: Recording
    clip: Clip
    draft: Clip

    def say(self, who: Person, kind: CommentKind, *, at_ms: int = 1_000, reply_to: Comment | None = None) -> Comment:
        return comments.add(
            self.tx,
            clip=self.clip,
            author_id=who.id,
            recording_id=self.recording.id,
            at_ms=at_ms,
            kind=kind,
            text="Words.",
            reply_to=reply_to,
            now=NOW,
        )

    def echo(self, who: Person) -> Echo | None:
        return echoes(self.tx, [self.recording.id], who.id).get(self.recording.id)

    def unanswered(self, who: Person) -> list[UUID]:
        return [each.id for each in comments.unanswered(self.tx, self.recording.id, who.id)]


@pytest.fixture
def talk(store: Store, people: People) -> Iterator[Talk]:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        first, second = some_clips(tx, recording, proposal(0, 10_000), proposal(10_000, 20_000))
        clips.publish(tx, first.id, people.curator.id, NOW)
        yield Talk(tx, recording, clips.clip(tx, first.public_id, people.expert.id), second)


def test_a_recording_nobody_has_said_anything_about_has_clips_and_no_echo(talk: Talk, people: People) -> None:
    echo = talk.echo(people.expert)

    assert echo == Echo(clips=2, published=1, since=NOW)
    assert echo.silent


def test_what_others_said_is_counted_and_what_its_own_people_said_is_not(talk: Talk, people: People) -> None:
    lea, carl, eva = people.learner, people.curator, people.expert
    talk.say(lea, USED)
    talk.say(lea, USED)
    talk.say(carl, USED)
    said = talk.say(lea, COMMENT)
    own = talk.say(eva, COMMENT)
    talk.say(eva, USED)
    comments.delete(talk.tx, talk.say(carl, COMMENT).id, LATER)
    answers.react(talk.tx, own.id, lea.id, ReactionKind.THANKS, LATER)
    answers.react(talk.tx, own.id, carl.id, ReactionKind.THANKS, LATER)
    answers.react(talk.tx, said.id, carl.id, ReactionKind.HELPED, LATER)
    answers.react(talk.tx, said.id, eva.id, ReactionKind.HELPED, LATER)

    echo = talk.echo(eva)

    assert echo == Echo(clips=2, published=1, since=NOW, comments=4, used_it=2, helped=1, thanks=2)


def test_questions_and_corrections_wait_until_they_are_answered_or_settled(talk: Talk, people: People) -> None:
    lea, carl, eva = people.learner, people.curator, people.expert
    waits = talk.say(lea, QUESTION)
    echoed = talk.say(lea, CORRECTION)
    answered, replied, settled = talk.say(lea, QUESTION), talk.say(lea, CORRECTION), talk.say(lea, QUESTION)
    talk.say(eva, QUESTION)  # what she asks herself is for others
    talk.say(carl, COMMENT, reply_to=echoed)  # "I would like to know, too"
    talk.say(carl, ANSWER, reply_to=answered)
    talk.say(eva, COMMENT, reply_to=replied)
    answers.resolve(talk.tx, settled.id, carl.id, LATER)

    echo = talk.echo(eva)

    assert echo is not None
    assert echo.waiting == 2
    assert talk.unanswered(eva) == [waits.id, echoed.id]
    assert talk.unanswered(carl) == [waits.id, echoed.id]


def test_an_answer_that_is_taken_back_leaves_the_question_waiting(talk: Talk, people: People) -> None:
    asked = talk.say(people.learner, QUESTION)
    answer = talk.say(people.expert, ANSWER, reply_to=asked)
    before = talk.unanswered(people.expert)

    comments.delete(talk.tx, answer.id, LATER)

    assert before == []
    assert talk.unanswered(people.expert) == [asked.id]


def test_an_echo_is_for_those_the_recording_belongs_to_and_for_its_curators(talk: Talk, people: People) -> None:
    talk.say(people.learner, QUESTION)
    other = people_add(talk.tx, "otto", Role.EXPERT)

    heard = {who.login: talk.echo(who) is not None for who in (people.expert, people.curator, people.learner, other)}
    waiting = {who.login: len(talk.unanswered(who)) for who in (people.expert, people.curator, people.learner, other)}

    assert heard == {"eva": True, "carl": True, "lea": False, "otto": False}
    assert waiting == {"eva": 1, "carl": 1, "lea": 0, "otto": 0}


def test_what_is_said_in_a_space_that_one_is_not_in_is_not_heard(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = spaces.add_space(tx, "Ward 3")
        spaces.add_member(tx, ward.id, people.learner.id)
        recording = a_recording(tx, people.expert, space_id=ward.id)
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))
        clips.publish(tx, clip.id, people.admin.id, NOW)
        ward_talk = Talk(tx, recording, clips.clip(tx, clip.public_id, people.admin.id), clip)
        ward_talk.say(people.learner, QUESTION)

        eva, ada = ward_talk.echo(people.expert), ward_talk.echo(people.admin)

    assert eva is not None
    assert ada is not None
    assert (eva.comments, eva.waiting, eva.published) == (0, 0, 1)  # her own clip, though she has left the ward
    assert (ada.comments, ada.waiting, ada.published) == (1, 1, 1)


def test_a_clip_that_is_withdrawn_or_deleted_is_not_published(talk: Talk, people: People) -> None:
    talk.say(people.learner, COMMENT)
    clips.withdraw(talk.tx, talk.clip.id)
    withdrawn = talk.echo(people.expert)
    clips.delete(talk.tx, talk.clip.id, LATER)
    deleted = talk.echo(people.expert)

    assert withdrawn == Echo(clips=2, published=0, comments=1)
    assert deleted == Echo(clips=1, published=0)


def test_the_echoes_of_many_recordings_are_each_their_own(talk: Talk, people: People) -> None:
    talk.say(people.learner, COMMENT)
    other = a_recording(talk.tx, people.expert, upload_id="upload-2")
    foreign = a_recording(talk.tx, people.admin, upload_id="upload-3")

    found = echoes(talk.tx, [talk.recording.id, other.id, foreign.id], people.expert.id)

    assert found == {talk.recording.id: Echo(clips=2, published=1, since=NOW, comments=1), other.id: Echo()}
    assert recordings.load(talk.tx, foreign.id).uploader_id == people.admin.id


def people_add(tx: Tx, login: str, role: Role) -> Person:
    return people.add_person(tx, login=login, name=login.title(), role=role)
