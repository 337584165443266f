"""A recording cut again: what stays, and what makes room."""

import pytest

from domain.clip import Lengths
from domain.recording import Recording
from domain.span import Span
from store import clips, comments, media, proposed, recalls
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import NOW, a_listening, a_recording, proposal, some_clips


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def titles(tx: Tx, recording: Recording, people: People) -> list[str]:
    return [clip.title for clip in clips.clips_of_recording(tx, recording.id, people.expert.id)]


def test_drafts_make_room_and_the_clip_a_person_changed_stays(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        _, second = some_clips(tx, recording, proposal(0, 10_000, "A"), proposal(10_000, 20_000, "B"))
        clips.change(tx, second.id, version=1, now=NOW, title="B by hand")
        stays = proposed.staying(tx, recording.id)
        made = proposed.propose_around(tx, recording, [proposal(0, 4_000, "C"), proposal(4_000, 10_000, "D")], "en")

        assert stays == ((second.id, Span(10_000, 20_000)),)
        assert made == 2
        assert titles(tx, recording, people) == ["C", "D", "B by hand"]


@pytest.mark.parametrize("act", ["published", "commented", "in a reel"])
def test_what_people_use_stays(store: Store, people: People, recording: Recording, act: str) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "A"))
        if act == "published":
            clips.publish(tx, clip.id, people.curator.id, NOW)
        elif act == "commented":
            comments.add(
                tx, clip=clip, author_id=people.expert.id, recording_id=recording.id, at_ms=0,
                kind=comments.CommentKind.COMMENT, text="Better begin earlier.", reply_to=None, now=NOW,
            )  # fmt: skip
        else:
            tx.execute(
                "insert into reel (id, public_id, space_id, title, shape, captions, made_by, created_at)"
                " values (gen_random_uuid(), 'reel', %s, 'Reel', 'landscape', true, %s, %s)",
                [recording.space_id, people.curator.id, NOW],
            )
            tx.execute("insert into reel_clip select id, 0, %s from reel", [clip.id])

        proposed.propose_around(tx, recording, [proposal(10_000, 20_000, "B")], "en")

        assert proposed.staying(tx, recording.id) == ((clip.id, Span(0, 10_000)),)
        assert titles(tx, recording, people) == ["A", "B"]


def test_a_clip_that_was_deleted_makes_room_and_stays_deleted(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "A"))
        clips.delete(tx, clip.id, NOW)
        proposed.propose_around(tx, recording, [proposal(0, 5_000, "B")], "en")

        assert proposed.staying(tx, recording.id) == ()
        assert titles(tx, recording, people) == ["B"]


def test_seconds_that_were_recalled_come_back_to_the_clip_that_had_them(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, a_listening())
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "A"))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        recalls.make(tx, recording.id, Span(2_000, 10_000), "Wrong.", by=people.curator.id, now=NOW)

        stays = proposed.staying(tx, recording.id)

    assert [span for _, span in stays] == [Span(0, 2_000), Span(0, 10_000)]


def test_cut_again_as_it_was_a_recording_has_the_same_clips(store: Store, people: People, recording: Recording) -> None:
    drafts = [proposal(0, 10_000, "A", tags=["x"], text="a"), proposal(10_000, 20_000, "B")]
    with store.transaction() as tx:
        before = some_clips(tx, recording, *drafts)
        proposed.propose_around(tx, recording, drafts, "en")

        assert clips.clips_of_recording(tx, recording.id, people.expert.id) == before


def test_lengths_are_the_recordings_own_once_somebody_has_said_them(store: Store, recording: Recording) -> None:
    said = Lengths(10_000, 60_000, 30_000)

    with store.transaction() as tx:
        before = proposed.lengths(tx, recording.id)
        proposed.set_lengths(tx, recording.id, said)

        assert (before, proposed.lengths(tx, recording.id)) == (None, said)
