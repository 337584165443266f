"""Comments: at a second of a recording, for the people they were meant for."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from domain.clip import Clip
from domain.comment import Comment, CommentKind, ReactionKind
from domain.errors import Gone, Invalid, NotFound
from domain.person import Person
from domain.recording import Recording
from store import answers, clips, comments, recordings, spaces
from store import people as store_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.test_clips import part
from tests.store.things import LATER, NOW, a_recording, proposal, some_clips


@dataclass(frozen=True)
class Scene:
    """An open recording shown in two overlapping clips: one for everybody, one for the night shift."""

    recording: Recording
    open: Clip  # 0 s to 10 s, everybody
    night: Clip  # 5 s to 15 s, the night shift
    nurse: Person  # of the night shift


@pytest.fixture
def scene(store: Store, people: People) -> Scene:
    with store.transaction() as tx:
        space = spaces.add_space(tx, "Night shift")
        nurse = store_people.add_person(tx, login="nina", name="Nina Nurse", role=people.learner.role)
        spaces.add_member(tx, space.id, nurse.id)
        recording = a_recording(tx, people.expert)
        (everybodys,) = some_clips(tx, recording, proposal(0, 10_000, "Open"))
        closed = a_recording(tx, people.expert, upload_id="2", space_id=space.id)
        (night,) = some_clips(tx, closed, proposal(0, 1000, "Night"))
        clips.change(tx, night.id, version=1, now=NOW, parts=[part(recording, 5_000, 15_000)])
        for clip in (everybodys, night):
            clips.publish(tx, clip.id, people.curator.id, NOW)
        return Scene(
            recording,
            clips.clip(tx, everybodys.public_id, people.admin.id),
            clips.clip(tx, night.public_id, people.admin.id),
            nurse,
        )


def say(
    tx: Tx,
    scene: Scene,
    who: Person,
    text: str,
    *,
    clip: Clip | None = None,
    at_ms: int = 7_000,
    reply_to: Comment | None = None,
    later: bool = False,
) -> Comment:
    return comments.add(
        tx,
        clip=clip or scene.open,
        author_id=who.id,
        recording_id=scene.recording.id,
        at_ms=at_ms,
        kind=CommentKind.COMMENT,
        text=text,
        reply_to=reply_to,
        now=LATER if later else NOW,
    )


def heard(tx: Tx, clip: Clip, who: Person) -> list[str]:
    """A thread as a viewer hears it; the number on the clip's face agrees with it, and so do its pages."""
    seen = clips.clip(tx, clip.public_id, who.id)
    found = comments.thread(tx, seen, who.id)
    assert seen.comments == len([comment for comment in found if comment.deleted_at is None])
    by_pages: list[Comment] = []
    published, cursor = seen.published_at is not None, None
    while len(by_pages) < len(found):
        page = comments.page(tx, clip.id, who.id, published=published, cursor=cursor, limit=2)
        by_pages += page.items
        cursor = page.next
    assert by_pages == list(found)
    assert cursor is None
    return [comment.text for comment in found]


def test_a_comment_says_who_said_what_and_where(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.learner, "  Which\x00 valve?\ud800 ")
        (found,) = comments.thread(tx, scene.open, people.expert.id)

    assert found == said
    assert (said.text, said.at_ms, said.kind, said.author, said.author_role) == (
        "Which valve?", 7_000, CommentKind.COMMENT, "Lea Learner", "learner",
    )  # fmt: skip
    assert (said.recording, said.clip, said.clip_id, said.space_id) == (
        scene.recording.public_id, scene.open.public_id, scene.open.id, scene.open.space_id,
    )  # fmt: skip
    assert (said.reply_to, said.edited_at, said.deleted_at, said.resolved_at) == (None, None, None, None)
    assert (said.created_at, said.reactions, said.my_reactions) == (NOW, {}, ())


def test_a_thread_goes_along_the_recording_with_replies_after_what_they_answer(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        late = say(tx, scene, people.learner, "at nine", at_ms=9_000)
        second = say(tx, scene, people.learner, "at three, second", at_ms=3_000, later=True)
        first = say(tx, scene, people.learner, "at three, first", at_ms=3_000)
        say(tx, scene, people.expert, "reply to the first", reply_to=first, later=True)
        say(tx, scene, people.expert, "reply to the one at nine", reply_to=late)
        say(tx, scene, people.expert, "reply to the second", reply_to=second, later=True)

        assert heard(tx, scene.open, people.learner) == [
            "at three, first",
            "reply to the first",
            "at three, second",
            "reply to the second",
            "at nine",
            "reply to the one at nine",
        ]


def test_a_reply_to_a_reply_joins_the_thread_at_its_second(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        root = say(tx, scene, people.learner, "root")
        reply = say(tx, scene, people.expert, "reply", reply_to=root, at_ms=1)
        deeper = say(tx, scene, people.learner, "deeper", reply_to=reply, at_ms=99_999)

    assert (reply.reply_to, reply.at_ms) == (root.public_id, 7_000)
    assert (deeper.reply_to, deeper.at_ms) == (root.public_id, 7_000)


def test_a_reply_to_a_deleted_comment_starts_its_own_thread(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        root = say(tx, scene, people.learner, "root")
        comments.delete(tx, root.id, NOW)
        reply = say(tx, scene, people.expert, "reply", reply_to=root)

    assert (reply.reply_to, reply.at_ms) == (None, 7_000)


def test_a_comment_is_heard_in_every_clip_at_its_second_by_its_audience(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        say(tx, scene, people.learner, "for everybody at two", at_ms=2_000)
        say(tx, scene, people.learner, "for everybody at seven", at_ms=7_000)
        say(tx, scene, scene.nurse, "for the night shift at eight", clip=scene.night, at_ms=8_000)
        say(tx, scene, scene.nurse, "for the night shift at twelve", clip=scene.night, at_ms=12_000)

        assert heard(tx, scene.open, people.learner) == ["for everybody at two", "for everybody at seven"]
        assert heard(tx, scene.open, scene.nurse) == [
            "for everybody at two", "for everybody at seven", "for the night shift at eight",
        ]  # fmt: skip
        assert heard(tx, scene.night, scene.nurse) == [
            "for everybody at seven", "for the night shift at eight", "for the night shift at twelve",
        ]  # fmt: skip


def test_a_reply_is_heard_by_those_who_hear_what_it_answers(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        at_night = say(tx, scene, scene.nurse, "night question", clip=scene.night)
        say(tx, scene, scene.nurse, "answered in the open clip", clip=scene.open, reply_to=at_night)
        in_the_open = say(tx, scene, people.learner, "open question", later=True)
        say(tx, scene, scene.nurse, "answered at night", clip=scene.night, reply_to=in_the_open, later=True)

        assert heard(tx, scene.open, people.learner) == ["open question"]
        assert heard(tx, scene.open, scene.nurse) == [
            "night question", "answered in the open clip", "open question", "answered at night",
        ]  # fmt: skip
        assert heard(tx, scene.night, scene.nurse) == heard(tx, scene.open, scene.nurse)


def test_a_recut_keeps_what_was_said_in_the_clip_and_brings_what_it_covers_now(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        root = say(tx, scene, people.learner, "said at two", at_ms=2_000)
        say(tx, scene, people.expert, "reply", at_ms=2_000, reply_to=root)
        say(tx, scene, people.learner, "said at seven", at_ms=7_000)
        clips.change(tx, scene.open.id, version=1, now=NOW, parts=[part(scene.recording, 6_000, 10_000)])
        clips.change(tx, scene.night.id, version=2, now=NOW, parts=[part(scene.recording, 0, 6_000)])

        assert heard(tx, scene.open, people.learner) == ["said at two", "reply", "said at seven"]
        assert heard(tx, scene.night, scene.nurse) == ["said at two", "reply"]


def test_what_several_parts_show_and_what_was_left_behind_is_read_by_pages_in_one_order(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        left = say(tx, scene, people.learner, "left behind", at_ms=4_500)
        say(tx, scene, people.expert, "its answer", at_ms=4_500, reply_to=left)
        say(tx, scene, people.learner, "at eight", at_ms=8_000)
        say(tx, scene, people.learner, "at one", at_ms=1_000)
        say(tx, scene, scene.nurse, "at night", clip=scene.night, at_ms=12_000)
        pieces = [(7_000, 10_000), (0, 4_000), (7_500, 9_000), (9_000, 13_000)]  # a second is shown twice
        clips.change(tx, scene.open.id, version=1, now=NOW, parts=[part(scene.recording, *piece) for piece in pieces])

        told = ["at one", "left behind", "its answer", "at eight"]
        assert heard(tx, scene.open, people.learner) == told
        assert heard(tx, scene.open, scene.nurse) == [*told, "at night"]


def test_a_part_begins_with_its_first_millisecond_and_ends_before_its_last(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        say(tx, scene, people.learner, "before", at_ms=4_999)
        say(tx, scene, people.learner, "first", at_ms=5_000)

        assert heard(tx, scene.night, scene.nurse) == ["first"]


@pytest.mark.parametrize("at_ms", [-1, 10_001, 2**40])
def test_nobody_comments_at_a_second_that_the_clip_does_not_show(
    store: Store, people: People, scene: Scene, at_ms: int
) -> None:
    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        say(tx, scene, people.learner, "?", at_ms=at_ms)

    assert refused.value.code == "outside_clip"


def test_who_has_watched_to_the_end_comments_on_the_last_millisecond(
    store: Store, people: People, scene: Scene
) -> None:
    with store.transaction() as tx:
        assert say(tx, scene, people.learner, "done", at_ms=10_000).at_ms == 9_999


@pytest.mark.parametrize("text", ["", " \n\x00", "x" * 4001])
def test_a_comment_has_1_to_4000_characters(store: Store, people: People, scene: Scene, text: str) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.learner, "x" * 4000)

    with store.transaction() as tx, pytest.raises(Invalid):
        say(tx, scene, people.learner, text)
    with store.transaction() as tx, pytest.raises(Invalid):
        comments.edit(tx, said.id, text, NOW)


def visible(tx: Tx, comment: Comment, *viewers: Person) -> list[bool]:
    def one(viewer_id: UUID) -> bool:
        try:
            return comments.comment(tx, comment.public_id, viewer_id).id == comment.id
        except NotFound:
            return False

    return [one(viewer.id) for viewer in viewers]


def test_a_single_comment_is_for_who_hears_it_in_some_clip(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        at_two = say(tx, scene, people.learner, "two", at_ms=2_000)
        at_night = say(tx, scene, scene.nurse, "night", clip=scene.night)
        everybody = (people.learner, people.expert, people.curator, scene.nurse)

        assert visible(tx, at_two, *everybody) == [True, True, True, True]
        assert visible(tx, at_night, *everybody) == [False, False, True, True]

        clips.withdraw(tx, scene.open.id)
        assert visible(tx, at_two, *everybody) == [False, True, True, False]
        clips.change(tx, scene.night.id, version=2, now=NOW, parts=[part(scene.recording, 0, 6_000)])
        assert visible(tx, at_two, *everybody) == [False, True, True, True]

        store_people.leave(tx, scene.nurse.id, NOW)
        assert visible(tx, at_night, scene.nurse) == [False]
        with pytest.raises(NotFound):
            comments.comment(tx, "\x00", people.admin.id)


def test_a_deleted_clips_comments_go_on_where_their_second_is_shown(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        say(tx, scene, people.learner, "two", at_ms=2_000)
        say(tx, scene, people.learner, "seven", at_ms=7_000)
        clips.delete(tx, scene.open.id, NOW)

        assert heard(tx, scene.night, scene.nurse) == ["seven"]


def test_a_deleted_comment_keeps_its_place_and_loses_its_words(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        root = say(tx, scene, people.learner, "regretted")
        say(tx, scene, people.expert, "reply", reply_to=root)
        answers.react(tx, root.id, people.expert.id, ReactionKind.THANKS, NOW)
        comments.delete(tx, root.id, LATER)
        comments.delete(tx, root.id, NOW)

        found = comments.thread(tx, scene.open, people.learner.id)
        assert heard(tx, scene.open, people.learner) == ["", "reply"]
        for act in (
            lambda: comments.edit(tx, root.id, "again", NOW),
            lambda: answers.resolve(tx, root.id, people.expert.id, NOW),
            lambda: answers.react(tx, root.id, people.expert.id, ReactionKind.HELPED, NOW),
        ):
            with pytest.raises(Gone):
                act()

    assert (found[0].deleted_at, found[0].reactions) == (LATER, {})
    assert found[1].reply_to == root.public_id


def test_an_edited_comment_says_so(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.learner, "Wich valve?")
        comments.edit(tx, said.id, "Which valve? ", LATER)
        found = comments.comment(tx, said.public_id, people.learner.id)

    assert (found.text, found.created_at, found.edited_at) == ("Which valve?", NOW, LATER)


def test_a_question_is_resolved_once_and_can_be_opened_again(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.learner, "?")
        answers.resolve(tx, said.id, people.expert.id, NOW)
        answers.resolve(tx, said.id, people.curator.id, LATER)
        resolved = comments.comment(tx, said.public_id, people.learner.id).resolved_at
        answers.unresolve(tx, said.id)
        opened = comments.comment(tx, said.public_id, people.learner.id).resolved_at

    assert (resolved, opened) == (NOW, None)


def test_a_reaction_counts_once_a_person_and_kind(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.expert, "Turn it left.")
        for _ in range(2):
            answers.react(tx, said.id, people.learner.id, ReactionKind.HELPED, NOW)
        answers.react(tx, said.id, people.curator.id, ReactionKind.HELPED, NOW)
        answers.react(tx, said.id, people.curator.id, ReactionKind.THANKS, NOW)
        his = comments.comment(tx, said.public_id, people.curator.id)
        hers = comments.comment(tx, said.public_id, people.learner.id)
        answers.unreact(tx, said.id, people.learner.id, ReactionKind.HELPED)
        answers.unreact(tx, said.id, people.learner.id, ReactionKind.THANKS)
        after = comments.comment(tx, said.public_id, people.learner.id)

    assert (his.reactions, his.my_reactions) == ({"helped": 2, "thanks": 1}, ("helped", "thanks"))
    assert (hers.reactions, hers.my_reactions) == ({"helped": 2, "thanks": 1}, ("helped",))
    assert (after.reactions, after.my_reactions) == ({"helped": 1, "thanks": 1}, ())


def test_ones_own_words_stay_ones_own_when_one_leaves_the_space(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, scene.nurse, "night", clip=scene.night)
        tx.execute("delete from membership where person_id = %s", [scene.nurse.id])

        assert heard(tx, scene.open, scene.nurse) == ["night"]
        assert visible(tx, said, scene.nurse, people.learner) == [True, False]


def test_the_comments_of_a_deleted_recording_are_not_found(store: Store, people: People, scene: Scene) -> None:
    with store.transaction() as tx:
        said = say(tx, scene, people.learner, "two", at_ms=2_000)
        recordings.delete(tx, scene.recording.id, NOW)

        assert visible(tx, said, people.learner, people.curator) == [False, False]
