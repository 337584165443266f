"""What waits for a curator: in which queue, in which order, and why."""

from datetime import date

import pytest

from domain.clip import Clip, Risk
from domain.comment import CommentKind
from domain.person import Person, Role
from domain.recording import Recording
from domain.review import Queue, Waiting, reasons
from publish_api import why
from store import approvals, clips, comments, meanings, missed, review_queue
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, a_recording, a_transcript, proposal, some_clips, spoken

TODAY = date(2026, 3, 2)


@pytest.fixture
def second(store: Store, people: People) -> Person:
    with store.transaction() as tx:
        return stored_people.add_person(tx, login="cora", name="Cora Curator", role=Role.CURATOR)


def test_what_was_searched_for_is_corrected_or_dangerous_comes_first_and_what_people_have_last(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        plain = a_clip(tx, people, "1", "Sweeping floors")
        a_clip(tx, people, "2", "Centrifuges", "The seal of the centrifuge.")
        dangerous = a_clip(tx, people, "3", "Presses")
        wrong = a_clip(tx, people, "4", "Valves")
        again = a_clip(tx, people, "5", "Sweeping a floor")
        known = a_clip(tx, people, "6", "Sweeping the floor")
        clips.publish(tx, known.id, people.curator.id, NOW)
        clips.change(tx, dangerous.id, version=1, now=NOW, risk=Risk.SAFETY)
        for _ in range(3):
            missed.note(tx, "centrifuge seal", NOW)
        comments.add(
            tx, clip=wrong, author_id=people.learner.id, recording_id=wrong.parts[0].recording_id, at_ms=1000,
            kind=CommentKind.CORRECTION, text="It is the other valve.", reply_to=None, now=NOW,
        )  # fmt: skip
        for clip, vector in ((plain, 1), (known, 0), (again, 0)):
            means(tx, clip, vector)

        found = queue(tx, people.curator, Queue.NEW)

    assert [each.clip.title for each in found] == [
        "Valves", "Presses", "Centrifuges", "Sweeping floors", "Sweeping a floor",
    ]  # fmt: skip
    assert [said(each) for each in found] == [
        ["A correction has no answer."],
        ["A matter of safety: two people look at it."],
        ["Searched for and not found: “centrifuge seal”, 3 times."],
        [],
        [],
    ]
    assert [each.like and (each.like.title, each.like.published) for each in found] == [
        None, None, None, None, ("Sweeping the floor", True),
    ]  # fmt: skip


def test_clips_of_a_recording_stay_together_and_come_a_page_at_a_time(store: Store, people: People) -> None:
    with store.transaction() as tx:
        a_clip(tx, people, "1", "Alone")
        two = some_clips(
            tx,
            a_recording(tx, people.expert, upload_id="2"),
            proposal(5000, 9000, "Second", text="x"),
            proposal(0, 5000, "First"),
        )
        clips.change(tx, two[1].id, version=1, now=NOW, risk=Risk.SAFETY)

        first = review_queue.queue(tx, people.curator.id, Queue.NEW, TODAY, limit=2)
        rest = review_queue.queue(tx, people.curator.id, Queue.NEW, TODAY, limit=2, cursor=first.next)

    assert [each.clip.title for each in first.items] == ["First", "Second"]
    assert ([each.clip.title for each in rest.items], rest.next) == (["Alone"], None)


def test_mine_is_what_i_own_am_to_look_at_or_was_asked_to_approve(store: Store, people: People, second: Person) -> None:
    with store.transaction() as tx:
        owned, assigned, asked, other = (a_clip(tx, people, f"{n}", f"Clip {n}") for n in range(4))
        clips.change(tx, owned.id, version=1, now=NOW, owner=second.id)
        clips.change(tx, assigned.id, version=1, now=NOW, assigned=second.id)
        clips.change(tx, asked.id, version=1, now=NOW, risk=Risk.SAFETY)
        approvals.propose(tx, asked.id, version=2, by=people.curator.id, to=second.id, now=NOW)
        hers = queue(tx, second, Queue.MINE)
        his = queue(tx, people.curator, Queue.MINE)
        clips.change(tx, asked.id, version=2, now=NOW, parts=[other.parts[0]])
        after = queue(tx, second, Queue.MINE)
        numbers = review_queue.numbers(tx, second.id, TODAY)

    assert [(each.clip.title, said(each)) for each in hers] == [
        ("Clip 2", ["Carl Curator asks for your approval.", "A matter of safety: two people look at it."]),
        ("Clip 0", ["You look after it."]),
        ("Clip 1", ["You are to look at it."]),
    ]
    assert his == []
    assert [each.clip.title for each in after] == ["Clip 0", "Clip 1"]  # what it shows is not what she was asked about
    assert numbers.waiting == {Queue.NEW: 4, Queue.MINE: 2, Queue.FIRST: 0, Queue.CHANGED: 0, Queue.DUE: 0}


def test_changed_is_what_others_changed_since_it_was_published_until_somebody_has_looked(
    store: Store, people: People, second: Person
) -> None:
    with store.transaction() as tx:
        clip = a_clip(tx, people, "1", "Valves")
        clips.publish(tx, clip.id, people.curator.id, NOW)
        clips.change(tx, clip.id, version=1, now=LATER, by=people.curator.id, title="Valves, slowly")
        own = queue(tx, people.curator, Queue.CHANGED)
        hers = queue(tx, second, Queue.CHANGED)
        clips.publish(tx, clip.id, second.id, LATER)
        looked_at = queue(tx, second, Queue.CHANGED)

    assert own == []
    assert [(each.clip.title, said(each)) for each in hers] == [("Valves, slowly", ["Changed by Carl Curator."])]
    assert looked_at == []


def test_corrected_words_of_a_published_clip_void_its_approval_and_say_so(
    store: Store, people: People, second: Person
) -> None:
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        clip = of(tx, recording, "Presses")
        a_transcript(tx, recording, spoken("Keep the guard open."))
        clips.change(tx, clip.id, version=1, now=NOW, risk=Risk.SAFETY, parts=clip.parts)
        approvals.propose(tx, clip.id, version=2, by=people.curator.id, to=second.id, now=NOW)
        approvals.approve(tx, clip.id, version=2, by=second.id, now=NOW)
        clips.publish(tx, clip.id, second.id, NOW)
        before = queue(tx, people.curator, Queue.CHANGED)
        a_transcript(tx, recording, spoken("Keep the guard closed."))
        after = queue(tx, people.curator, Queue.CHANGED)

    assert before == []
    assert [said(each) for each in after] == [
        ["A matter of safety that people see, and nobody has approved it as it is.", "Its words changed."]
    ]


def test_due_is_what_was_to_be_looked_at_by_today(store: Store, people: People) -> None:
    with store.transaction() as tx:
        due, not_yet = a_clip(tx, people, "1", "Due"), a_clip(tx, people, "2", "Not yet")
        for clip, day in ((due, TODAY), (not_yet, date(2026, 3, 3))):
            clips.publish(tx, clip.id, people.curator.id, NOW)
            clips.change(tx, clip.id, version=1, now=NOW, by=people.curator.id, review_by=day)

        found = queue(tx, people.curator, Queue.DUE)
        newest_first = queue(tx, people.curator, Queue.PUBLISHED)

    assert [(each.clip.title, said(each)) for each in found] == [("Due", ["To be looked at by 2 March 2026."])]
    assert [each.clip.title for each in newest_first] == ["Not yet", "Due"]


def test_whoever_curates_nothing_has_nothing_to_review(store: Store, people: People) -> None:
    with store.transaction() as tx:
        a_clip(tx, people, "1", "Valves")

        assert [queue(tx, people.expert, which) for which in Queue] == [[]] * len(Queue)
        assert review_queue.numbers(tx, people.expert.id, TODAY).oldest is None


def a_clip(tx: Tx, people: People, upload_id: str, title: str, text: str = "") -> Clip:
    return of(tx, a_recording(tx, people.expert, upload_id=upload_id), title, text)


def of(tx: Tx, recording: Recording, title: str, text: str = "") -> Clip:
    (clip,) = some_clips(tx, recording, proposal(0, 10_000, title, text=text))
    return clip


def means(tx: Tx, clip: Clip, axis: int) -> None:
    (due,) = [each for each in meanings.due(tx, 100) if each.clip_id == clip.id]
    assert meanings.keep(tx, due, [1.0 if n == axis else 0.0 for n in range(384)], ())


def queue(tx: Tx, viewer: Person, which: Queue) -> list[Waiting]:
    return list(review_queue.queue(tx, viewer.id, which, TODAY).items)


def said(waiting: Waiting) -> list[str]:
    return [why.words(reason, waiting) for reason in reasons(waiting, TODAY)]
