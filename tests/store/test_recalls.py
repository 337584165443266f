"""Recalls: out of every clip in one act, for as long as they stand, and back in one."""

from fractions import Fraction
from uuid import UUID

import pytest

from domain.clip import Clip, Part
from domain.comment import CommentKind
from domain.consent import TakedownState
from domain.errors import Conflict, Gone, Invalid, NotFound
from domain.media import KeyframePlan, Listening
from domain.recall import Became, Recall
from domain.recording import Recording
from domain.span import Span
from store import clips, comments, consent, landing, media, recalls, recordings, settling, spaces, takedowns
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import (
    LATER,
    NOW,
    a_listening,
    a_published_clip,
    a_recording,
    a_transcript,
    proposal,
    some_clips,
    spoken,
)

WORDS = "Turn the valve. Never touch the wire. Wash your hands."  # ten words of a second each
DANGEROUS = Span(3_000, 7_000)


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        made = a_recording(tx, people.expert)
        a_transcript(tx, made, spoken(WORDS, word_ms=1_000))
        return made


@pytest.fixture
def clip(store: Store, people: People, recording: Recording) -> Clip:
    """The whole of what is said, published."""
    with store.transaction() as tx:
        return a_published_clip(tx, recording, people.curator, end_ms=10_000)


def take_out(tx: Tx, people: People, recording: Recording, span: Span = DANGEROUS, reason: str = "Live wire.") -> UUID:
    return recalls.make(tx, recording.id, span, reason, by=people.curator.id, now=NOW)


def spans(clip: Clip) -> list[tuple[int, int]]:
    return [(part.span.start_ms, part.span.end_ms) for part in clip.parts]


def became(tx: Tx, recording: Recording, people: People) -> list[Became]:
    """Of the clips of the newest recall."""
    return [each.became for each in recalls.recalls(tx, recording.id, people.curator.id)[0].reach.clips]


def test_a_recall_cuts_the_seconds_out_of_a_published_clip(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        take_out(tx, people, recording)
        now = clips.clip(tx, clip.public_id, people.learner.id)
        hits = [clips.search(tx, people.learner.id, words).hits for words in ("wire", "hands")]
        renewed = recordings.load(tx, recording.id).media_key
        (made,) = recalls.recalls(tx, recording.id, people.curator.id)

    assert spans(now) == [(0, 3_000), (7_000, 10_000)]
    assert now.text == "Turn the valve. Wash your hands."
    assert (now.version, now.published_at) == (clip.version + 1, clip.published_at)
    assert [len(found) for found in hits] == [0, 1]
    assert renewed != recording.media_key
    assert (made.span, made.reason, made.made_by, made.undone_at) == (DANGEROUS, "Live wire.", "Carl Curator", None)
    assert [(each.clip, each.published, each.lost_ms) for each in made.reach.clips] == [(clip.public_id, True, 4_000)]


def test_a_recall_that_came_before_the_frames_were_known_is_widened_to_them_and_so_are_its_cuts(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    seen, keys = [], set()

    def heard(fps: int) -> None:
        with store.transaction() as tx:
            plan = KeyframePlan(Fraction(fps), 60 * fps, (0,))
            media.forget_listening(tx, recording.id)
            media.save_listening(tx, recording.id, Listening(None, (), plan))
            recalls.align(tx, recording.id, plan, NOW)
            recalls.align(tx, recording.id, plan, NOW)  # a second call changes nothing
            now = clips.clip(tx, clip.public_id, people.learner.id)
            (made,) = recalls.recalls(tx, recording.id, people.curator.id)
            lost = [each.lost_ms for each in made.reach.clips]
            keys.add(recordings.load(tx, recording.id).media_key)
            seen.append(((made.span.start_ms, made.span.end_ms), spans(now), now.version, lost))

    with store.transaction() as tx:
        made = take_out(tx, people, recording, Span(3_050, 6_950))
        key = recordings.load(tx, recording.id).media_key
    for fps in (25, 30, 30):  # the grid of a sound that came first, and its film's
        heard(fps)
    with store.transaction() as tx:
        recalls.undo(tx, made, by=people.curator.id, now=LATER)
        back = clips.clip(tx, clip.public_id, people.learner.id)

    assert seen == [
        ((3_040, 6_960), [(0, 3_040), (6_960, 10_000)], clip.version + 2, [3_920]),
        ((3_033, 6_967), [(0, 3_033), (6_967, 10_000)], clip.version + 3, [3_934]),
        ((3_033, 6_967), [(0, 3_033), (6_967, 10_000)], clip.version + 3, [3_934]),
    ]
    assert len(keys - {key}) == 2  # what shows the rest of those frames is refused
    assert spans(back) == [(0, 10_000)]


def test_a_clip_with_nothing_left_says_why_where_it_was(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, recording, people.curator, start_ms=3_000, end_ms=7_500)
        take_out(tx, people, recording, Span(2_000, 7_000))
        assert became(tx, recording, people) == [Became.GONE]
        assert clips.feed(tx, people.learner.id).items == ()

        for viewer in (people.learner, people.curator):
            with pytest.raises(Gone, match="taken out: “Live wire") as gone:
                clips.clip(tx, clip.public_id, viewer.id)
            assert gone.value.code == "recalled"


def test_drafts_of_other_spaces_lose_the_seconds_too_and_are_only_counted_for_who_does_not_see_them(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        ward = spaces.add_space(tx, "Ward 3")
        draft = some_clips(tx, a_recording(tx, people.expert, upload_id="2", space_id=ward.id), proposal(0, 9_000))[0]
        parts = (*draft.parts, Part(recording.id, recording.public_id, Span(2_000, 9_000)))
        clips.change(tx, draft.id, version=1, now=NOW, parts=parts)

        before = recalls.reach(tx, recording.id, DANGEROUS, people.expert.id)
        take_out(tx, people, recording)
        theirs = clips.clip(tx, draft.public_id, people.expert.id)
        (made,) = recalls.recalls(tx, recording.id, people.learner.id)

    assert [(each.title, each.space) for each in before.clips] == [(clip.title, "Everyone"), (draft.title, "Ward 3")]
    assert (before.hidden, before.spaces) == (0, 2)
    assert spans(theirs) == [(0, 9_000), (2_000, 3_000), (7_000, 9_000)]
    assert ([each.clip for each in made.reach.clips], made.reach.hidden) == ([clip.public_id], 1)


def test_no_change_brings_the_seconds_back_while_it_stands(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        take_out(tx, people, recording)

    for parts in ([Span(0, 10_000)], [Span(0, 2_000), Span(6_999, 9_000)]):
        shown = tuple(Part(recording.id, recording.public_id, span) for span in parts)
        with pytest.raises(Conflict, match="to 0:07") as refused, store.transaction() as tx:
            clips.change(tx, clip.id, version=2, now=NOW, parts=shown)
        assert refused.value.code == "recalled"
    with store.transaction() as tx:
        shown = (Part(recording.id, recording.public_id, Span(7_000, 9_000)),)
        clips.change(tx, clip.id, version=2, now=NOW, parts=shown)


def test_proposals_leave_out_what_was_recalled_before_they_came(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        take_out(tx, people, recording)
        proposed = [proposal(0, 5_000, "A", text="Turn the valve. Never touch"), proposal(3_000, 6_000, "B")]

        made = some_clips(tx, recording, *proposed)
        again = some_clips(tx, recording, *proposed)
        listed = became(tx, recording, people)
        recalls.undo(tx, recalls.recalls(tx, recording.id, people.curator.id)[0].id, by=people.admin.id, now=LATER)
        (back,) = clips.clips_of_recording(tx, recording.id, people.expert.id)

    assert [(each.title, spans(each), each.text) for each in made] == [("A", [(0, 3_000)], "Turn the valve.")]
    assert again == made  # the same proposals again change nothing
    assert listed == [Became.SHORTER]
    assert (spans(back), back.text) == ([(0, 5_000)], "Turn the valve. Never touch")


def test_nothing_is_proposed_beside_a_clip_that_may_come_back(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        take_out(tx, people, recording, Span(0, 10_000))

        assert clips.propose(tx, recording, [proposal(10_000, 20_000)], "en") == 0


def test_undone_it_gives_the_clips_back_as_they_were(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        whole = take_out(tx, people, recording, Span(0, 30_000))
        recalls.undo(tx, whole, by=people.admin.id, now=LATER)
        recalls.undo(tx, whole, by=people.curator.id, now=LATER)  # a second call changes nothing
        back = clips.clip(tx, clip.public_id, people.learner.id)
        (listed,) = recalls.recalls(tx, recording.id, people.curator.id)

    assert (spans(back), back.text) == (spans(clip), WORDS)
    assert (back.published_at, back.version) == (clip.published_at, clip.version + 2)
    assert (listed.undone_by, listed.undone_at) == ("Ada Admin", LATER)
    assert [each.became for each in listed.reach.clips] == [Became.BACK]


def test_undone_it_leaves_a_clip_that_somebody_has_changed_and_lists_it(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        made = take_out(tx, people, recording)
        shown = (Part(recording.id, recording.public_id, Span(8_000, 10_000)),)
        clips.change(tx, clip.id, version=2, now=NOW, parts=shown)
        recalls.undo(tx, made, by=people.curator.id, now=LATER)
        after = clips.clip(tx, clip.public_id, people.learner.id)

        assert (spans(after), became(tx, recording, people)) == ([(8_000, 10_000)], [Became.CHANGED])


def test_two_recalls_are_undone_in_any_order(store: Store, people: People, recording: Recording, clip: Clip) -> None:
    seen = []
    with store.transaction() as tx:
        first = take_out(tx, people, recording, Span(2_000, 6_000))
        second = take_out(tx, people, recording, Span(4_000, 8_000), "And this.")
        third = take_out(tx, people, recording, Span(4_500, 5_000), "No clip shows it.")
        for each in (None, first, second, third):
            if each:
                recalls.undo(tx, each, by=people.curator.id, now=LATER)
            seen.append(spans(clips.clip(tx, clip.public_id, people.learner.id)))

    assert seen == [
        [(0, 2_000), (8_000, 10_000)],
        [(0, 4_000), (8_000, 10_000)],
        [(0, 4_500), (5_000, 10_000)],
        [(0, 10_000)],
    ]


def test_a_clip_that_is_back_is_published_only_as_far_as_consent_reaches(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        made = take_out(tx, people, recording, Span(0, 30_000))
        tx.execute("update appearance set state = 'withdrawn' where recording_id = %s", [recording.id])
        recalls.undo(tx, made, by=people.curator.id, now=LATER)
        assert consent.obstacles(tx, [recording.id])

        with pytest.raises(NotFound):
            clips.clip(tx, clip.public_id, people.learner.id)
        assert clips.clip(tx, clip.public_id, people.curator.id).published_at is None


def test_undone_it_takes_clips_out_of_view_that_would_show_what_was_cut_out_meanwhile(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        takedowns.in_this(tx, clip, people.learner.id, clip_ms=4_500, words="", now=NOW, backup_days=30)
        made = take_out(tx, people, recording)
        (opened,) = takedowns.curated_takedowns(tx, people.curator.id).items
        cut = [Span(4_000, 5_000)]
        settling.settle(tx, opened, TakedownState.CUT, by=people.curator.id, now=LATER, cut=cut)
        clips.publish(tx, clip.id, people.curator.id, LATER)  # the clip shows none of them while the recall stands
        key = recordings.load(tx, recording.id).media_key

        recalls.undo(tx, made, by=people.curator.id, now=LATER)

        back = clips.clip(tx, clip.public_id, people.curator.id)
        assert (spans(back), back.published_at) == ([(0, 10_000)], None)
        assert recordings.load(tx, recording.id).media_key != key
        with pytest.raises(NotFound):
            clips.clip(tx, clip.public_id, people.learner.id)


def test_the_same_once_more_finds_the_one_that_stands(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        once, twice = take_out(tx, people, recording), take_out(tx, people, recording)
        version = clips.clip(tx, clip.public_id, people.learner.id).version

    assert (once, version) == (twice, 2)


def test_what_was_said_at_those_seconds_is_counted_and_stays(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        for at_ms in (2_999, 3_000, 6_999):
            comments.add(
                tx,
                clip=clip,
                author_id=people.learner.id,
                recording_id=recording.id,
                at_ms=at_ms,
                kind=CommentKind.COMMENT,
                text="Really?",
                reply_to=None,
                now=NOW,
            )
        touched = recalls.reach(tx, recording.id, DANGEROUS, people.curator.id)
        take_out(tx, people, recording)
        thread = comments.thread(tx, clips.clip(tx, clip.public_id, people.learner.id), people.learner.id)

    assert (touched.comments, len(thread)) == (2, 3)


def test_a_link_to_a_second_lands_where_that_second_is_now(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        take_out(tx, people, recording)
        now = clips.clip(tx, clip.public_id, people.learner.id)
        old = [landing.landing(tx, now, clip.version, ms) for ms in (1_000, 4_000, 6_000, 9_000, 99_000)]
        new = landing.landing(tx, now, now.version, 5_000)

    assert [each.clip_ms for each in old] == [1_000, 2_999, 3_000, 5_000, 5_999]
    assert [each.reason for each in old] == [None, "Live wire.", "Live wire.", None, None]
    assert (new.clip_ms, new.reason) == (5_000, None)


def test_a_deleted_recording_takes_its_recalls_and_the_words_of_gone_clips_along(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        made = take_out(tx, people, recording, Span(0, 30_000))
        recordings.delete(tx, recording.id, LATER)

        with pytest.raises(Gone, match="was deleted"):
            clips.clip(tx, clip.public_id, people.learner.id)
        with pytest.raises(NotFound):
            recalls.undo(tx, made, by=people.curator.id, now=LATER)
        kept = tx.execute("select title, text from clip where id = %s", [clip.id]).fetchone()

    assert kept == ("", "")


def test_a_recall_is_read_by_the_recordings_people_alone(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    def read(tx: Tx, made: Recall, viewer: UUID) -> bool:
        try:
            return recalls.recall(tx, made.public_id, viewer) == made
        except NotFound:
            return False

    with store.transaction() as tx:
        take_out(tx, people, recording)
        (made,) = recalls.recalls(tx, recording.id, people.curator.id)

        assert [read(tx, made, each.id) for each in (people.curator, people.learner)] == [True, False]


@pytest.mark.parametrize(
    ("span", "reason", "code"),
    [(Span(60_000, 61_000), "Wrong.", "span_after_end"), (DANGEROUS, " \n ", "no_reason")],
)
def test_a_recall_of_nothing_or_without_a_reason_is_refused(
    store: Store, people: People, recording: Recording, span: Span, reason: str, code: str
) -> None:
    with store.transaction() as tx:
        media.save_listening(tx, recording.id, a_listening(60_000))

    with pytest.raises(Invalid) as refused, store.transaction() as tx:
        take_out(tx, people, recording, span, reason)

    assert refused.value.code == code
