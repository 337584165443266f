"""Who is told of what, once, and only as long as they may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from domain.clip import Clip
from domain.comment import ClipReaction, Comment, CommentKind, ReactionKind
from domain.errors import NotFound
from domain.follow import FollowKind
from domain.notice import About, Notice, NoticeKind, Way
from domain.person import Person
from domain.recording import Recording
from store import answers, clips, comments, following, inbox, notices, spaces, steps, unmasking
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips

COMMENT, QUESTION, ANSWER = CommentKind.COMMENT, CommentKind.QUESTION, CommentKind.ANSWER
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Talk:
    """A published clip in which the expert speaks; nobody has an unread line."""

    tx: Tx
    people: People
    recording: Recording
    clip: Clip

    def say(
        self, who: Person, kind: CommentKind, text: str = "Why?", to: Comment | None = None, *, masked: bool = False,
        now: datetime = NOW,
    ) -> Comment:  # fmt: skip
        return comments.add(
            self.tx, clip=self.clip, author_id=who.id, recording_id=self.recording.id, at_ms=1_000, kind=kind,
            text=text, reply_to=to, now=now, masked=masked,
        )  # fmt: skip

    def inbox(self, who: Person, now: datetime = LATER) -> list[Notice]:
        return [each for each in inbox.lines(self.tx, who.id, now).items if each.seen_at is None]

    def told(self, who: Person, now: datetime = LATER) -> list[tuple[NoticeKind, tuple[str, ...], int]]:
        return [(each.kind, each.names, each.count) for each in self.inbox(who, now)]


@pytest.fixture
def talk(store: Store, people: People) -> Iterator[Talk]:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "Bleeding brakes"))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        notices.see_all(tx, people.expert.id, NOW)
        yield Talk(tx, people, recording, clips.clip(tx, clip.public_id, people.admin.id))
        tx.rollback()


def test_a_question_is_told_to_who_speaks_an_answer_to_who_asked_and_its_choice_to_who_answered(talk: Talk) -> None:
    lea, eva, carl = talk.people.learner, talk.people.expert, talk.people.curator

    asked = talk.say(lea, QUESTION)
    answer = talk.say(eva, ANSWER, "Because.", asked)
    talk.say(carl, COMMENT, "Thanks.", answer)
    answers.accept(talk.tx, answer, lea.id, NOW)

    assert talk.told(eva) == [
        (NoticeKind.ACCEPTED, ("Lea Learner",), 1),
        (NoticeKind.ANSWERED, ("Carl Curator",), 1),
        (NoticeKind.QUESTION, ("Lea Learner",), 1),
    ]
    assert talk.told(lea) == [(NoticeKind.ANSWERED, ("Carl Curator", "Eva Expert"), 2)]
    assert [(each.comment, each.text, each.clip, each.titles) for each in talk.inbox(eva)][2] == (
        asked.public_id, "Why?", talk.clip.public_id, ("Bleeding brakes",),
    )  # fmt: skip
    assert talk.told(carl) == []


def test_one_comment_tells_a_person_once_and_nobody_of_their_own_act(talk: Talk) -> None:
    lea, eva = talk.people.learner, talk.people.expert

    asked = talk.say(lea, QUESTION, "@eva and @lea: why?")
    talk.say(lea, COMMENT, "I mean it.", asked)
    said = talk.say(eva, COMMENT, "Look, @lea", asked)
    comments.edit(talk.tx, said.id, "Look, @lea and @carl", NOW)
    comments.edit(talk.tx, said.id, "Look at that, @lea and @carl", NOW)

    assert talk.told(eva) == [(NoticeKind.MENTIONED, ("Lea Learner",), 1)]
    assert talk.told(lea) == [(NoticeKind.MENTIONED, ("Eva Expert",), 1)]
    assert talk.told(talk.people.curator) == [(NoticeKind.MENTIONED, ("Eva Expert",), 1)]


def test_what_is_taken_back_withdrawn_or_of_another_space_is_in_no_inbox_and_no_number(talk: Talk) -> None:
    lea, eva, tx = talk.people.learner, talk.people.expert, talk.tx
    asked = talk.say(lea, QUESTION)
    taken_back = talk.say(eva, ANSWER, "No.", asked)
    comments.delete(tx, taken_back.id, NOW)
    assert inbox.unread(tx, lea.id, LATER) == 0

    named = talk.say(eva, ANSWER, "Yes, @lea.", asked)
    [before] = talk.inbox(lea)
    clips.withdraw(tx, talk.clip.id)

    assert (talk.inbox(lea), inbox.unread(tx, lea.id, LATER)) == ([], 0)
    with pytest.raises(NotFound):
        inbox.line(tx, lea.id, before.id, LATER)
    assert inbox.to_mail(tx, lea.id, talk.clip.id, LATER, list(NoticeKind), 10) == []

    clips.publish(tx, talk.clip.id, talk.people.curator.id, NOW)
    ward = spaces.add_space(tx, "Ward 3")
    assert inbox.unread(tx, lea.id, LATER) == 1
    tx.execute("update clip set space_id = %s", [ward.id])
    tx.execute("update comment set space_id = %s where id = %s", [ward.id, named.id])
    assert (talk.inbox(lea), inbox.unread(tx, lea.id, LATER)) == ([], 0)


def test_who_asks_without_a_name_has_none_in_an_inbox_until_it_is_looked_up(talk: Talk) -> None:
    lea, eva = talk.people.learner, talk.people.expert

    asked = talk.say(lea, QUESTION, masked=True)
    answer = talk.say(eva, ANSWER, "Because.", asked)
    answers.accept(talk.tx, answer, lea.id, NOW)
    talk.say(lea, COMMENT, "Thanks.", answer)
    names = [names for _, names, _ in talk.told(eva)]

    unmasking.unmask(talk.tx, comments.comment(talk.tx, asked.public_id, eva.id), eva.id, "She is in danger.", NOW)

    assert names == [("A colleague",)] * 3
    assert [names for _, names, _ in talk.told(eva)] == [("Lea Learner",)] * 3


def test_praise_comes_once_a_day_together_and_as_long_as_it_is_meant(talk: Talk) -> None:
    eva, tx = talk.people.expert, talk.tx
    praise = [(talk.people.learner, NOW), (talk.people.curator, NOW + DAY / 2), (talk.people.admin, NOW + DAY / 3)]

    for person, when in praise:
        answers.react_to_clip(tx, talk.clip.id, person.id, ClipReaction.USEFUL, when)
        answers.react_to_clip(tx, talk.clip.id, person.id, ClipReaction.OUTDATED, when)
    first = talk.told(eva, NOW + DAY / 2)
    notices.see(tx, eva.id, talk.inbox(eva)[0].id, LATER)
    before = talk.told(eva, NOW + DAY - timedelta(seconds=1))
    after = talk.told(eva, NOW + DAY)
    answers.unreact_to_clip(tx, talk.clip.id, talk.people.admin.id, ClipReaction.USEFUL)
    taken_back = talk.told(eva, NOW + DAY)
    answers.react_to_clip(tx, talk.clip.id, talk.people.admin.id, ClipReaction.USEFUL, NOW + 9 * DAY)

    assert (first, before) == ([(NoticeKind.HELPED, (), 1)], [])
    assert after == [(NoticeKind.HELPED, (), 2)]
    assert taken_back == [(NoticeKind.HELPED, (), 1)]
    assert talk.told(eva, NOW + 9 * DAY) == after  # the same as before, not once more


def test_thanks_for_a_comment_are_told_to_who_wrote_it(talk: Talk) -> None:
    said = talk.say(talk.people.curator, COMMENT, "Hold it with both hands.")
    answers.react(talk.tx, said.id, talk.people.learner.id, ReactionKind.HELPED, NOW)
    answers.react(talk.tx, said.id, talk.people.learner.id, ReactionKind.THANKS, NOW)

    assert talk.told(talk.people.curator) == [(NoticeKind.HELPED, (), 1)]


def test_what_is_published_is_told_to_who_speaks_and_to_who_follows_it_once_each(talk: Talk) -> None:
    tx, people = talk.tx, talk.people
    lea = people.learner
    other = a_recording(tx, people.expert, upload_id="2")
    first, second = some_clips(tx, other, proposal(0, 9_000, "A"), proposal(9_000, 20_000, "B"))
    clips.change(tx, first.id, version=1, now=NOW, tags=["Valve"])
    following.follow(tx, lea.id, FollowKind.PERSON, people.expert.public_id, NOW)
    following.follow(tx, lea.id, FollowKind.SPACE, spaces.everyone_space(tx).public_id, NOW)
    following.follow(tx, people.expert.id, FollowKind.SPACE, spaces.everyone_space(tx).public_id, NOW)

    for clip in (first, second):
        clips.publish(tx, clip.id, people.curator.id, NOW)
        clips.withdraw(tx, clip.id)
        clips.publish(tx, clip.id, people.curator.id, LATER)

    assert talk.told(people.expert) == [(NoticeKind.PUBLISHED, ("Carl Curator",), 2)]
    assert [(each.kind, each.count) for each in talk.inbox(lea)] == [(NoticeKind.FOLLOWED, 1)]  # the first at once
    notices.see_all(tx, lea.id, LATER)
    [tomorrow] = talk.inbox(lea, NOW + DAY)
    assert (tomorrow.kind, tomorrow.titles) == (NoticeKind.FOLLOWED, ("B",))


def test_a_curator_is_told_what_they_are_asked_to_look_at_and_again_when_asked_again(talk: Talk) -> None:
    tx, ada, carl = talk.tx, talk.people.admin, talk.people.curator

    def ask(now: datetime, assigned: Person | None = carl) -> None:
        version = clips.clip(tx, talk.clip.public_id, ada.id).version
        clips.change(tx, talk.clip.id, version=version, now=now, by=ada.id, assigned=assigned.id if assigned else None)

    ask(NOW)
    ask(NOW)  # nothing new
    assert talk.told(carl) == [(NoticeKind.REVIEW, ("Ada Admin",), 1)]
    notices.see_all(tx, carl.id, NOW)
    ask(LATER)
    assert talk.told(carl) == []
    ask(LATER, None)
    ask(LATER)
    assert talk.told(carl) == [(NoticeKind.REVIEW, ("Ada Admin",), 1)]


def test_a_recording_that_fails_is_told_to_who_sent_it_until_it_is_mended(talk: Talk) -> None:
    tx, eva = talk.tx, talk.people.expert
    sent = a_recording(tx, eva, upload_id="2", steps=("look",))
    steps.begin(tx, sent.id, "look", NOW)
    steps.fail(tx, sent.id, "look", code="already_here", message="Before.", now=NOW)
    assert talk.told(eva) == []

    steps.fail(tx, sent.id, "look", code="no_video", message="There is no picture in it.", now=NOW)
    [told] = talk.inbox(eva)
    steps.reset(tx, sent.id, "look")

    assert (told.kind, told.recording, told.titles) == (
        NoticeKind.REFUSED, sent.public_id, ("How to bleed the brakes",),
    )  # fmt: skip
    assert talk.told(eva) == []


def test_of_what_somebody_wants_to_hear_nothing_nothing_is_kept(talk: Talk) -> None:
    tx, eva = talk.tx, talk.people.expert
    notices.choose(tx, eva.id, {NoticeKind.QUESTION: Way.NOTHING, NoticeKind.HELPED: Way.INBOX})

    talk.say(talk.people.learner, QUESTION)
    talk.say(talk.people.learner, CommentKind.USED_IT, "It works.")

    assert talk.told(eva) == [(NoticeKind.HELPED, (), 1)]
    assert notices.ways(tx, eva.id)[NoticeKind.QUESTION] is Way.NOTHING
    assert notices.ways(tx, eva.id)[NoticeKind.ANSWERED] is Way.MAIL
    notices.choose(tx, eva.id, {NoticeKind.QUESTION: Way.INBOX})
    assert len(talk.told(eva)) == 1  # what was not wanted then does not come now


def test_who_has_left_or_typed_a_name_at_a_link_is_told_nothing(talk: Talk) -> None:
    tx = talk.tx
    gone, typed = (
        stored_people.add_person(tx, login=f"p{n}", name="P", role=talk.people.learner.role, self_named=bool(n))
        for n in range(2)
    )
    stored_people.leave(tx, gone.id, NOW)

    notices.tell(tx, NoticeKind.REPORT, [gone.id, typed.id], About(clip=talk.clip.id), now=NOW)

    found = tx.execute("select count(*) from notice where kind = 'report'").fetchone()
    assert found == (0,)


def test_a_page_of_an_inbox_goes_on_where_the_last_one_ended(talk: Talk) -> None:
    tx, lea = talk.tx, talk.people.learner
    for n in range(5):
        notices.tell(tx, NoticeKind.REPORT, [lea.id], About(thing=f"report {n}"), now=NOW + timedelta(minutes=n % 3))

    first = inbox.lines(tx, lea.id, LATER, limit=2)
    notices.see_all(tx, lea.id, LATER, until=NOW + timedelta(minutes=1))
    second = inbox.lines(tx, lea.id, LATER, limit=2, cursor=first.next)
    third = inbox.lines(tx, lea.id, LATER, limit=2, cursor=second.next)

    assert [each.thing for page in (first, second, third) for each in page.items] == [
        "report 2", "report 4", "report 1", "report 3", "report 0",
    ]  # fmt: skip
    assert third.next is None
    assert inbox.unread(tx, lea.id, LATER) == 1


def test_a_line_of_somebody_else_is_not_there(talk: Talk) -> None:
    talk.say(talk.people.learner, QUESTION)
    [theirs] = talk.inbox(talk.people.expert)

    for act in (
        lambda: inbox.line(talk.tx, talk.people.admin.id, theirs.id, LATER),
        lambda: notices.see(talk.tx, talk.people.admin.id, theirs.id, LATER),
    ):
        with pytest.raises(NotFound):
            act()


def test_old_notices_go(talk: Talk) -> None:
    tx, lea = talk.tx, talk.people.learner
    for n in range(2):
        notices.tell(tx, NoticeKind.EXPORT, [lea.id], About(thing=str(n)), now=NOW + n * DAY)

    notices.sweep(tx, NOW + 90 * DAY + timedelta(seconds=1), 90)

    assert [each.thing for each in talk.inbox(lea, NOW + DAY)] == ["1"]
