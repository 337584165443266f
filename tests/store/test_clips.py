"""Clips: proposed, changed, published, and seen by whom."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from domain.clip import Clip, Level, Part
from domain.errors import Conflict, Gone, Invalid, NotFound
from domain.person import Person
from domain.recording import Recording
from domain.span import Span
from store import clips, comments, media, recordings, spaces
from store import people as store_people
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


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    with store.transaction() as tx:
        return a_recording(tx, people.expert)


def part(recording: Recording, start_ms: int, end_ms: int) -> Part:
    return Part(recording.id, recording.public_id, Span(start_ms, end_ms))


def sees(tx: Tx, clip: Clip, *viewers: Person) -> list[bool]:
    def one(viewer_id: UUID) -> bool:
        try:
            return clips.clip(tx, clip.public_id, viewer_id).id == clip.id
        except NotFound:
            return False

    return [one(viewer.id) for viewer in viewers]


def titles(found: Sequence[Clip]) -> list[str]:
    return [clip.title for clip in found]


# Proposing


def test_proposals_become_clips_in_order_of_time(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        made = clips.propose(
            tx,
            recording,
            [
                proposal(30_000, 60_000, "Second", tags=["Brakes"], text="then bleed"),
                proposal(0, 30_000, " First\n one\x00 ", tags=["Brakes", "brakes", "x" * 61, "Öl wechseln"]),
            ],
            "en",
        )
        first, second = clips.clips_of_recording(tx, recording.id, people.expert.id)

    assert made == 2
    assert (first.title, first.tags, first.language, first.version) == ("First one", ("Brakes", "Öl wechseln"), "en", 1)
    assert (first.parts, first.length_ms) == ((part(recording, 0, 30_000),), 30_000)
    assert (first.speaker, first.comments, first.touched, first.published_at) == ("Eva Expert", 0, False, None)
    assert (second.title, second.text, second.space_id) == ("Second", "then bleed", recording.space_id)


def test_new_proposals_replace_the_old_ones_as_a_set(store: Store, recording: Recording) -> None:
    with store.transaction() as tx:
        some_clips(tx, recording, proposal(0, 10_000, "A"), proposal(10_000, 20_000, "B"))

        assert titles(some_clips(tx, recording, proposal(0, 20_000, "Both"))) == ["Both"]


def test_the_same_proposals_again_leave_the_same_clips(store: Store, recording: Recording) -> None:
    proposals = [proposal(0, 10_000, "A", tags=["x", "y"], text="a"), proposal(10_000, 20_000, "B")]

    with store.transaction() as tx:
        first = some_clips(tx, recording, *proposals)
        second = some_clips(tx, recording, *reversed(proposals))

    assert first == second


def test_the_one_clip_of_a_recording_is_called_like_it_when_a_person_names_that(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        clips.propose(tx, recording, [proposal(0, 30_000, "How do you bleed")], "en")
        drafted = clips.clips_of_recording(tx, recording.id, people.expert.id)

        renamed = recordings.rename(tx, recording.id, title="Bleeding brakes", version=1)
        named = clips.clips_of_recording(tx, recording.id, people.expert.id)
        clips.propose(tx, renamed, [proposal(0, 20_000, "How do you bleed")], "en")
        cut_again = clips.clips_of_recording(tx, recording.id, people.expert.id)

    assert [titles(each) for each in (drafted, named, cut_again)] == [
        ["How do you bleed"],
        ["Bleeding brakes"],
        ["Bleeding brakes"],
    ]


def test_a_clip_that_is_not_all_of_a_recording_or_was_touched_keeps_its_title(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        other = a_recording(tx, people.expert, upload_id="upload-2")
        clips.propose(tx, recording, [proposal(0, 30_000, "One"), proposal(30_000, 60_000, "Two")], "en")
        clips.propose(tx, other, [proposal(0, 30_000, "Draft")], "en")
        (clip,) = clips.clips_of_recording(tx, other.id, people.expert.id)
        clips.change(tx, clip.id, version=1, now=NOW, title="A curator's")

        for each in (recording, other):
            recordings.rename(tx, each.id, title="Bleeding brakes", version=1)
        found = [titles(clips.clips_of_recording(tx, each.id, people.expert.id)) for each in (recording, other)]

    assert found == [["One", "Two"], ["A curator's"]]


@pytest.mark.parametrize("act", ["changed", "published", "deleted", "commented"])
def test_once_a_person_has_touched_one_nothing_is_proposed(
    store: Store, people: People, recording: Recording, act: str
) -> None:
    with store.transaction() as tx:
        first, second = some_clips(tx, recording, proposal(0, 10_000, "A"), proposal(10_000, 20_000, "B"))
        if act == "changed":
            clips.change(tx, first.id, version=1, now=NOW, title="A by hand")
        elif act == "published":
            clips.publish(tx, first.id, people.curator.id, NOW)
            clips.withdraw(tx, first.id)
        elif act == "deleted":
            clips.delete(tx, first.id, NOW)
        else:
            comments.add(
                tx,
                clip=first,
                author_id=people.expert.id,
                recording_id=recording.id,
                at_ms=0,
                kind=comments.CommentKind.COMMENT,
                text="Better begin earlier.",
                reply_to=None,
                now=NOW,
            )

        assert clips.propose(tx, recording, [proposal(0, 20_000, "New")], "en") == 0
        left = clips.clips_of_recording(tx, recording.id, people.expert.id)

    assert second.id in {clip.id for clip in left}
    assert "New" not in titles(left)


# Seeing


def test_an_unpublished_clip_is_for_its_expert_and_curators(store: Store, people: People, recording: Recording) -> None:
    everybody = (people.learner, people.expert, people.curator, people.admin)

    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))
        before = sees(tx, clip, *everybody)
        clips.publish(tx, clip.id, people.curator.id, NOW)
        after = sees(tx, clip, *everybody)

    assert before == [False, True, True, True]
    assert after == [True, True, True, True]


def test_a_closed_spaces_clip_is_for_its_members(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        nurse = store_people.add_person(tx, login="nina", name="Nina Nurse", role=people.learner.role)
        spaces.add_member(tx, night.id, nurse.id)
        closed = a_recording(tx, people.expert, space_id=night.id)
        clip = a_published_clip(tx, closed, people.curator)

        seen = sees(tx, clip, nurse, people.learner, people.expert, people.curator)
        lists = [titles(clips.feed(tx, who.id).items) for who in (nurse, people.learner, people.expert)]
        store_people.leave(tx, nurse.id, NOW)
        after = sees(tx, clip, nurse)

    assert seen == [True, False, True, True]
    assert lists == [["Bleeding brakes"], [], []]
    assert after == [False]


def test_a_scoped_curator_reviews_the_named_space_alone(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        store_people.scope_curator(tx, people.curator.id, curates_all=False)
        spaces.add_member(tx, night.id, people.curator.id, curates=True)
        (in_the_open,) = some_clips(tx, recording, proposal(0, 10_000, "Open"))
        closed = a_recording(tx, people.expert, upload_id="2", space_id=night.id)
        (at_night,) = some_clips(tx, closed, proposal(0, 10_000, "Night"))

        seen = [*sees(tx, in_the_open, people.curator), *sees(tx, at_night, people.curator)]
        review = titles(clips.to_review(tx, people.curator.id).items)
        standing = clips.standing(tx, at_night.id, people.curator.id)

    assert seen == [False, True]
    assert review == ["Night"]
    assert (standing.own, standing.curates) == (False, True)


def test_how_people_stand_to_a_clip(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))
        found = [clips.standing(tx, clip.id, who.id) for who in (people.learner, people.expert, people.curator)]
        store_people.leave(tx, people.expert.id, NOW)
        left = clips.standing(tx, clip.id, people.expert.id)

    assert [(s.own, s.curates) for s in [*found, left]] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize("strange", ["", "\x00", "%", "0000000000000000", "' or 1=1 --"])
def test_an_id_that_was_never_given_is_not_found(store: Store, people: People, strange: str) -> None:
    with store.transaction() as tx, pytest.raises(NotFound):
        clips.clip(tx, strange, people.admin.id)


def test_a_deleted_clip_is_gone_for_who_saw_it_and_in_no_list(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        clip = a_published_clip(tx, recording, people.curator)
        closed = a_published_clip(tx, a_recording(tx, people.expert, upload_id="2", space_id=night.id), people.curator)
        for each in (clip, closed):
            clips.delete(tx, each.id, NOW)

        for viewer in (people.learner, people.expert, people.curator):
            with pytest.raises(Gone):
                clips.clip(tx, clip.public_id, viewer.id)
        with pytest.raises(NotFound):
            clips.clip(tx, closed.public_id, people.learner.id)
        assert clips.feed(tx, people.learner.id).items == ()
        assert clips.to_review(tx, people.curator.id).items == ()
        assert clips.clips_of_recording(tx, recording.id, people.expert.id) == ()
        with pytest.raises(Gone):
            clips.change(tx, clip.id, version=2, now=NOW, title="x")
        with pytest.raises(Gone):
            clips.publish(tx, clip.id, people.curator.id, NOW)


# Lists


def test_the_feed_has_the_newest_first_a_page_at_a_time(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        made = some_clips(tx, recording, *(proposal(n * 1000, n * 1000 + 1000, f"Tip {n}") for n in range(5)))
        for n, clip in enumerate(made):
            clips.publish(tx, clip.id, people.curator.id, NOW if n < 2 else LATER)

        pages, cursor = [], None
        while True:
            page = clips.feed(tx, people.learner.id, limit=2, cursor=cursor)
            pages.append(titles(page.items))
            if (cursor := page.next) is None:
                break

    assert [len(page) for page in pages] == [2, 2, 1]
    every = [title for page in pages for title in page]
    assert set(every[:3]) == {"Tip 2", "Tip 3", "Tip 4"}
    assert set(every[3:]) == {"Tip 0", "Tip 1"}


def test_the_feed_can_be_narrowed_by_tag_level_and_space(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        closed = a_recording(tx, people.expert, upload_id="2", space_id=night.id)
        made = [
            *some_clips(tx, recording, proposal(0, 1000, "A", tags=["Öl wechseln"]), proposal(1000, 2000, "B")),
            *some_clips(tx, closed, proposal(0, 1000, "C", tags=["ÖL  Wechseln"])),
        ]
        clips.change(tx, made[1].id, version=1, now=NOW, level=Level.ADVANCED)
        for clip in made:
            clips.publish(tx, clip.id, people.curator.id, NOW)

        def feed(viewer: Person = people.curator, **wanted: object) -> list[str]:
            return sorted(titles(clips.feed(tx, viewer.id, **wanted).items))  # type: ignore[arg-type]

        assert feed(tag="öl-wechseln") == ["A", "C"]
        assert feed(tag="Öl Wechseln", viewer=people.learner) == ["A"]
        assert feed(tag="nothing\x00") == []
        assert feed(level=Level.ADVANCED) == ["B"]
        assert feed(space=night.public_id) == ["C"]
        assert feed(space=night.public_id, viewer=people.learner) == []
        assert feed(space="not a space\x00") == []
        assert feed(q="A", tag="öl-wechseln", space=recording.public_id) == []


def test_the_review_list_begins_with_the_oldest_recording_and_goes_along_its_time(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        later = a_recording(tx, people.expert, upload_id="2")
        some_clips(tx, later, proposal(0, 1000, "Later"))
        some_clips(tx, recording, proposal(5000, 6000, "Second"), proposal(0, 5000, "First"))
        published = a_published_clip(tx, a_recording(tx, people.expert, upload_id="3"), people.curator)

        first = clips.to_review(tx, people.curator.id, limit=2)
        second = clips.to_review(tx, people.curator.id, limit=2, cursor=first.next)
        hers = clips.to_review(tx, people.expert.id)

    assert (titles(first.items), titles(second.items), second.next) == (["First", "Second"], ["Later"], None)
    assert hers.items == ()
    assert published.published_at == NOW


def test_what_waits_is_counted_as_far_as_one_curates(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        nurse = store_people.add_person(tx, login="nina", name="Nina Nurse", role=people.curator.role)
        store_people.scope_curator(tx, nurse.id, curates_all=False)
        spaces.add_member(tx, night.id, nurse.id, curates=True)
        some_clips(tx, a_recording(tx, people.expert, upload_id="2", space_id=night.id), proposal(0, 1000))
        _, second, third = some_clips(tx, recording, proposal(0, 1000), proposal(1000, 2000), proposal(2000, 3000))
        before = [clips.waiting(tx, who.id) for who in (people.curator, nurse, people.expert)]

        clips.publish(tx, second.id, people.curator.id, NOW)
        clips.delete(tx, third.id, NOW)
        after = [clips.waiting(tx, who.id) for who in (people.curator, nurse, people.expert)]

    assert before == [4, 1, 0]
    assert after == [2, 1, 0]


def test_tags_are_counted_as_far_as_one_sees(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        closed = a_recording(tx, people.expert, upload_id="2", space_id=night.id)
        for clip in (
            *some_clips(tx, recording, proposal(0, 9, tags=["Brakes", "Safety"]), proposal(9, 18, tags=["brakes"])),
            *some_clips(tx, closed, proposal(0, 9, tags=["Secret", "Brakes"])),
        ):
            clips.publish(tx, clip.id, people.curator.id, NOW)
        some_clips(tx, a_recording(tx, people.expert, upload_id="3"), proposal(0, 9, tags=["Unpublished"]))

        hers = [(use.slug, use.label, use.clips) for use in clips.tags(tx, people.learner.id)]
        his = [(use.slug, use.label, use.clips) for use in clips.tags(tx, people.curator.id)]

    assert hers == [("brakes", "Brakes", 2), ("safety", "Safety", 1)]
    assert his == [("brakes", "Brakes", 3), ("safety", "Safety", 1), ("secret", "Secret", 1)]


# Changing


def test_what_a_curator_changes_is_changed_at_once_and_nothing_else_is(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000, "Draft", tags=["old"], text="said"))
        clips.change(
            tx,
            clip.id,
            version=1,
            now=NOW,
            title="  The\x00 title ",
            tags=[" a  b ", "A B", "", "c"],
            level=Level.BEGINNER,
        )
        changed = clips.clip(tx, clip.public_id, people.curator.id)
        clips.change(tx, clip.id, version=2, now=NOW, level=None)
        again = clips.clip(tx, clip.public_id, people.curator.id)

    assert changed == replace(clip, title="The title", tags=("a b", "c"), level=Level.BEGINNER, version=2, touched=True)
    assert again == replace(changed, level=None, version=3)


def test_who_has_seen_an_older_version_changes_nothing(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))
        clips.change(tx, clip.id, version=1, now=NOW, title="Hers")

    with store.transaction() as tx, pytest.raises(Conflict) as refused:
        clips.change(tx, clip.id, version=1, now=NOW, title="His", tags=["his"])

    assert refused.value.code == "stale_version"
    with store.transaction() as tx:
        found = clips.clip(tx, clip.public_id, people.curator.id)
        assert (found.title, found.tags, found.version) == ("Hers", (), 2)


def test_new_bounds_bring_the_words_inside_them(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        a_transcript(tx, recording, spoken("Open the valve slowly. Never touch the red one."))
        (clip,) = some_clips(tx, recording, proposal(0, 4500, text="everything"))
        clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 400, 2000)])
        one = clips.clip(tx, clip.public_id, people.curator.id)
        clips.change(tx, clip.id, version=2, now=NOW, parts=[part(recording, 3500, 4500), part(recording, 0, 1500)])
        two = clips.clip(tx, clip.public_id, people.curator.id)

    assert (one.text, one.parts) == ("the valve slowly.", (part(recording, 400, 2000),))
    assert two.text == "red one. Open the valve"
    assert two.length_ms == 2500


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " \x00 "}, "bad_title"),
        ({"title": "x" * 201}, "bad_title"),
        ({"tags": [f"tag {n}" for n in range(21)]}, "bad_tags"),
        ({"tags": ["x" * 61]}, "bad_tags"),
        ({"parts": []}, "bad_parts"),
    ],
)
def test_what_a_clip_cannot_be_is_refused_whole(
    store: Store, people: People, recording: Recording, change: dict[str, object], code: str
) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))

    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        clips.change(tx, clip.id, version=1, now=NOW, level=Level.ADVANCED, **change)  # type: ignore[arg-type]

    assert refused.value.code == code
    with store.transaction() as tx:
        assert clips.clip(tx, clip.public_id, people.curator.id) == clip


def test_a_clip_ends_with_its_recording_at_the_latest(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 10_000))
        with pytest.raises(Invalid) as unheard:
            clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 0, 2**31)])
        media.save_listening(tx, recording.id, a_listening(60_000))
        with pytest.raises(Invalid) as heard:
            clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 0, 60_001)])
        clips.change(tx, clip.id, version=1, now=NOW, parts=[part(recording, 0, 60_000)])

    assert (unheard.value.code, heard.value.code) == ("span_after_end", "span_after_end")


def test_a_closed_recording_is_shown_in_its_own_space_and_an_open_one_everywhere(store: Store, people: People) -> None:
    with store.transaction() as tx:
        night = spaces.add_space(tx, "Night shift")
        everybodys = a_recording(tx, people.expert, upload_id="1")
        closed = a_recording(tx, people.expert, upload_id="2", space_id=night.id)
        (open_clip,) = some_clips(tx, everybodys, proposal(0, 1000))
        (closed_clip,) = some_clips(tx, closed, proposal(0, 1000))
        clips.change(tx, closed_clip.id, version=1, now=NOW, parts=[part(closed, 0, 500), part(everybodys, 0, 500)])
        seen = [each.recording for each in clips.clip(tx, closed_clip.public_id, people.curator.id).parts]

    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        clips.change(tx, open_clip.id, version=1, now=NOW, parts=[part(everybodys, 0, 500), part(closed, 0, 500)])

    assert seen == [closed.public_id, everybodys.public_id]
    assert refused.value.code == "part_of_other_space"


def test_a_deleted_recording_is_shown_nowhere(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 1000))
        gone = a_recording(tx, people.expert, upload_id="2")
        recordings.delete(tx, gone.id, NOW)

    with store.transaction() as tx, pytest.raises(Gone):
        clips.change(tx, clip.id, version=1, now=NOW, parts=[part(gone, 0, 500)])


# Publishing


def test_publishing_twice_is_publishing_once(store: Store, people: People, recording: Recording) -> None:
    with store.transaction() as tx:
        (clip,) = some_clips(tx, recording, proposal(0, 1000))
        clips.publish(tx, clip.id, people.curator.id, NOW)
        clips.publish(tx, clip.id, people.admin.id, LATER)

        assert clips.clip(tx, clip.public_id, people.learner.id).published_at == NOW


def test_a_withdrawn_clip_leaves_the_feed_and_its_media_urls_die(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, recording, people.curator)
        clips.withdraw(tx, clip.id)
        withdrawn = recordings.load(tx, recording.id).media_key
        clips.withdraw(tx, clip.id)

        assert sees(tx, clip, people.learner, people.expert, people.curator) == [False, True, True]
        assert clips.feed(tx, people.learner.id).items == ()
        assert titles(clips.to_review(tx, people.curator.id).items) == ["Bleeding brakes"]
        assert withdrawn != recording.media_key
        assert recordings.load(tx, recording.id).media_key == withdrawn


def test_deleting_a_clip_kills_its_media_urls_and_keeps_its_recording(
    store: Store, people: People, recording: Recording
) -> None:
    with store.transaction() as tx:
        clip = a_published_clip(tx, recording, people.curator)
        clips.delete(tx, clip.id, NOW)
        left = recordings.load(tx, recording.id)

    assert left.media_key != recording.media_key
    assert left.deleted_at is None
