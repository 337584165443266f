"""Reels: a film is given out only while all that it shows may be shown, as it was filmed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from domain.clip import Clip, Part
from domain.correction import Asked
from domain.cover import Box, Hidden
from domain.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from domain.person import Person
from domain.recording import Recording
from domain.reel import LeftOut, Reel, ReelState, Shape
from domain.span import Span
from store import (
    clips,
    corrections,
    covers,
    keys,
    media,
    recalls,
    recordings,
    reel_films,
    reels,
    spaces,
    takedowns,
    transcripts,
)
from store.postgres import Store, Tx
from store.reel_films import REEL, REELS, Making
from tests.conftest import People
from tests.store.things import LATER, NOW, a_listening, a_published_clip, a_recording, spoken


@pytest.fixture
def recording(store: Store, people: People) -> Recording:
    """A minute, in a space that lets its clips be taken along."""
    with store.transaction() as tx:
        made = a_recording(tx, people.expert)
        media.save_listening(tx, made.id, a_listening())
        spaces.allow_downloads(tx, made.space_id, True)
        return made


@pytest.fixture
def clip(store: Store, people: People, recording: Recording) -> Clip:
    """From 0 to 10 s."""
    with store.transaction() as tx:
        return a_published_clip(tx, recording, people.curator)


@pytest.fixture
def other(store: Store, people: People) -> Clip:
    """Of another recording."""
    with store.transaction() as tx:
        return a_published_clip(tx, a_recording(tx, people.expert, upload_id="upload-2"), people.curator)


@pytest.fixture
def reel(store: Store, people: People, clip: Clip, other: Clip) -> str:
    with store.transaction() as tx:
        return a_reel(tx, people.curator, clip, other)


def a_reel(tx: Tx, by: Person, *shown: Clip, title: str = "This week") -> str:
    return reels.make(
        tx,
        space_id=shown[0].space_id,
        by=by.id,
        title=title,
        shape=Shape.LANDSCAPE,
        captions=True,
        clips=[each.public_id for each in shown],
        now=NOW,
    )


def begun(tx: Tx, reel: str, by: Person) -> Making:
    making = reel_films.begin(tx, reels.reel(tx, reel, by.id).id, NOW)
    assert making is not None
    reel_films.promise(tx, making, NOW)
    return making


def filmed(tx: Tx, reel: str, by: Person) -> Making:
    making = begun(tx, reel, by)
    assert reel_films.done(tx, making, byte_size=1_000, length_ms=24_000, now=NOW)
    return making


def found(tx: Tx, reel: str, by: Person) -> Reel:
    return reels.reel(tx, reel, by.id)


def is_given(tx: Tx, making: Making) -> bool:
    return reel_films.given(tx, making.reel_id) is not None


def test_a_reel_waits_is_made_and_is_ready(store: Store, people: People, reel: str, clip: Clip, other: Clip) -> None:
    with store.transaction() as tx:
        waits = found(tx, reel, people.learner)
        making = begun(tx, reel, people.curator)
        wanted = reel_films.progress(tx, making, 0.25)
        at_work = found(tx, reel, people.learner)
        reel_films.done(tx, making, byte_size=1_000, length_ms=24_000, now=LATER)
        ready = found(tx, reel, people.learner)

    assert (waits.state, waits.film, waits.lost) == (ReelState.WAITING, None, False)
    assert [each.clip for each in waits.clips] == [clip.public_id, other.public_id]
    assert [each.id for each in making.clips] == [clip.id, other.id]
    assert (wanted, at_work.state, at_work.progress) == (True, ReelState.MAKING, 0.25)
    assert at_work.estimate_s(NOW + timedelta(seconds=30)) == 90
    assert (ready.state, ready.length_ms) == (ReelState.READY, 20_000)
    assert ready.film is not None
    assert (ready.film.id, ready.film.byte_size, ready.film.length_ms) == (making.film_id, 1_000, 24_000)


Take = Callable[[Tx, People, Clip], object]
TAKES: dict[str, Take] = {
    "withdrawn": lambda tx, _, clip: clips.withdraw(tx, clip.id),
    "deleted": lambda tx, _, clip: clips.delete(tx, clip.id, LATER),
    "trimmed": lambda tx, _, clip: clips.change(
        tx, clip.id, version=1, now=LATER, parts=[replace(clip.parts[0], span=Span(0, 9_000))]
    ),
    "a second of it recalled": lambda tx, people, clip: recalls.make(
        tx, clip.parts[0].recording_id, Span(4_000, 5_000), "It bursts.", by=people.curator.id, now=LATER
    ),
    "all of it recalled": lambda tx, people, clip: recalls.make(
        tx, clip.parts[0].recording_id, Span(0, 10_000), "It bursts.", by=people.curator.id, now=LATER
    ),
    "a word of it muted": lambda tx, people, clip: covers.make(
        tx, clip.parts[0].recording_id, Hidden(Span(4_000, 4_500)), by=people.curator.id, now=LATER
    ),
    "a part of its picture covered": lambda tx, people, clip: covers.make(
        tx, clip.parts[0].recording_id, Hidden(Span(4_000, 4_500), Box(0, 0, 500, 500)),
        by=people.curator.id, now=LATER
    ),
    "taken down": lambda tx, people, clip: takedowns.in_this(
        tx, clip, people.learner.id, clip_ms=0, words="", now=LATER, backup_days=30
    ),
    "its speaker has left": lambda tx, people, _: takedowns.leave(tx, people.expert.id, None, LATER, 30),
    "its recording deleted": lambda tx, _, clip: recordings.delete(tx, clip.parts[0].recording_id, LATER),
    "its space keeps its clips": lambda tx, _, clip: spaces.allow_downloads(tx, clip.space_id, False),
}  # fmt: skip


@pytest.mark.parametrize("how", TAKES)
def test_what_is_taken_out_of_view_takes_the_film_along_in_the_same_transaction(
    store: Store, people: People, reel: str, clip: Clip, how: str
) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        before = is_given(tx, film)

        TAKES[how](tx, people, clip)

        shown = found(tx, reel, people.learner)
        assert (before, is_given(tx, film), shown.film) == (True, False, None)
        assert film.reel_id in reel_films.due(tx)


def test_seconds_that_are_given_back_bring_the_film_back(
    store: Store, people: People, reel: str, clip: Clip, recording: Recording
) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        recall = recalls.make(tx, recording.id, Span(4_000, 5_000), "Wrong?", by=people.curator.id, now=LATER)
        out = is_given(tx, film)
        recalls.undo(tx, recall, by=people.curator.id, now=LATER)

        assert (out, is_given(tx, film)) == (False, True)
        assert found(tx, reel, people.learner).state is ReelState.READY


@pytest.mark.parametrize("change", [{"title": "Another"}, {"shape": Shape.SQUARE}, {"captions": False}])
def test_a_reel_that_was_changed_is_seen_as_it_was_until_it_is_made_anew(
    store: Store, people: People, reel: str, change: dict[str, object]
) -> None:
    with store.transaction() as tx:
        old = filmed(tx, reel, people.curator)
        reels.change(tx, old.reel_id, version=1, by=people.curator.id, **change)  # type: ignore[arg-type]
        meanwhile = found(tx, reel, people.learner)
        new = filmed(tx, reel, people.curator)

        assert meanwhile.film is not None
        assert (meanwhile.state, meanwhile.film.id, meanwhile.lost) == (ReelState.WAITING, old.film_id, False)
        given = reel_films.given(tx, old.reel_id)
        assert given is not None
        assert given.id == new.film_id


def test_a_clip_with_another_title_is_filmed_anew_and_one_with_other_tags_is_not(
    store: Store, people: People, reel: str, clip: Clip
) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        clips.change(tx, clip.id, version=1, now=LATER, tags=["brakes"])
        tagged = reel_films.due(tx)
        clips.change(tx, clip.id, version=2, now=LATER, title="How to bleed brakes")

        assert (tagged, reel_films.due(tx), is_given(tx, film)) == ((), (film.reel_id,), True)


def test_captions_that_say_something_else_are_filmed_anew_at_once(
    store: Store, people: People, reel: str, clip: Clip, recording: Recording
) -> None:
    told: list[tuple[str, UUID]] = []
    store.enqueue = lambda tx, job, about: told.append((job, about)) if job == REELS else None
    with store.transaction() as tx:
        transcripts.save_transcript(tx, recording.id, spoken("Open the walve."))
        film = filmed(tx, reel, people.curator)
    with store.transaction() as tx:
        corrections.correct(tx, recording.id, [Asked(2, text="valve.")], version=1, by=people.expert.id, now=NOW)

        assert reel_films.due(tx) == (film.reel_id,)
    assert told == [(REELS, clip.id)] * 2


def test_a_clip_that_is_gone_is_left_out_and_says_why(
    store: Store, people: People, reel: str, clip: Clip, other: Clip
) -> None:
    with store.transaction() as tx:
        filmed(tx, reel, people.curator)
        clips.withdraw(tx, clip.id)
        lost = found(tx, reel, people.learner)
        film = filmed(tx, reel, people.curator)
        seen, hidden = found(tx, reel, people.curator), found(tx, reel, people.learner)

    assert (lost.state, lost.lost, lost.film) == (ReelState.WAITING, True, None)
    assert [each.id for each in film.clips] == [other.id]
    assert [(each.clip, each.left_out) for each in seen.clips] == [
        (clip.public_id, LeftOut.WITHDRAWN),
        (other.public_id, None),
    ]
    assert (hidden.clips[0].clip, hidden.clips[0].title, hidden.state) == ("", "", ReelState.READY)


def test_a_reel_with_no_clip_left_says_so_and_its_film_goes(
    store: Store, people: People, reel: str, clip: Clip, other: Clip
) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        clips.withdraw(tx, clip.id)
        clips.delete(tx, other.id, LATER)
        empty = found(tx, reel, people.learner)
        made = reel_films.begin(tx, film.reel_id, LATER)
        gone = reel_films.expired(tx, LATER + timedelta(minutes=11))

    assert (empty.state, empty.film, made) == (ReelState.EMPTY, None, None)
    assert gone == (keys.film(film.film_id), keys.cover(film.film_id))


def test_what_touches_a_clip_makes_its_reels_due_in_the_same_transaction(
    store: Store, people: People, reel: str, clip: Clip, other: Clip
) -> None:
    told: list[tuple[str, UUID]] = []
    store.enqueue = lambda tx, job, about: told.append((job, about)) if job in {REEL, REELS} else None
    with store.transaction() as tx:
        reel_id = filmed(tx, reel, people.curator).reel_id

    with store.transaction() as tx:
        clips.withdraw(tx, clip.id)
    with store.transaction() as tx:
        clips.publish(tx, clip.id, people.curator.id, LATER)
        of_clip = reel_films.due(tx, clip.id), reel_films.due(tx, other.id)
    with store.transaction() as tx:
        reels.change(tx, reel_id, version=1, by=people.curator.id, title="Next week")

    assert told == [(REELS, clip.id), (REELS, clip.id), (REEL, reel_id)]
    assert of_clip == ((), ())  # as it was: it is right again


def test_a_film_that_shows_what_is_gone_meanwhile_does_not_take_its_place(
    store: Store, people: People, reel: str, clip: Clip
) -> None:
    with store.transaction() as tx:
        making = begun(tx, reel, people.curator)
        clips.withdraw(tx, clip.id)

        wanted = reel_films.progress(tx, making, 0.5)
        made = reel_films.done(tx, making, byte_size=1_000, length_ms=24_000, now=LATER)

        assert (wanted, made, is_given(tx, making)) == (False, False, False)
        assert found(tx, reel, people.learner).state is ReelState.WAITING


def test_what_a_killed_worker_has_put_is_found(store: Store, people: People, reel: str) -> None:
    with store.transaction() as tx:
        killed = begun(tx, reel, people.curator)
        made = filmed(tx, reel, people.curator)
        soon = reel_films.expired(tx, NOW + timedelta(hours=23))
        next_day = reel_films.expired(tx, NOW + timedelta(hours=25))

        assert (made.tries, soon) == (2, ())
        assert next_day == (keys.film(killed.film_id), keys.cover(killed.film_id))
        assert is_given(tx, made)


def test_a_replaced_film_goes_when_it_has_been_played_to_its_end(store: Store, people: People, reel: str) -> None:
    with store.transaction() as tx:
        old = filmed(tx, reel, people.curator)
        before = found(tx, reel, people.learner).film
        assert before is not None
        reels.change(tx, old.reel_id, version=1, by=people.curator.id, title="Another")
        filmed(tx, reel, people.curator)

        still = reel_films.given(tx, old.reel_id, before.public_id)
        soon = reel_films.expired(tx, NOW + timedelta(minutes=9))
        later = reel_films.expired(tx, NOW + timedelta(minutes=11))

        assert still is not None
        assert (soon, later) == ((), (keys.film(old.film_id), keys.cover(old.film_id)))
        assert reel_films.given(tx, old.reel_id, before.public_id) is None


def test_a_deleted_reel_leaves_nothing(store: Store, people: People, reel: str) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        reels.delete(tx, film.reel_id)

        assert reel_films.expired(tx, NOW) == (keys.film(film.film_id), keys.cover(film.film_id))
        with pytest.raises(NotFound):
            found(tx, reel, people.curator)


def test_a_recording_that_is_deleted_takes_the_bytes_of_films_along(
    store: Store, people: People, reel: str, clip: Clip
) -> None:
    with store.transaction() as tx:
        film = filmed(tx, reel, people.curator)
        remains = recordings.delete(tx, clip.parts[0].recording_id, LATER)

    assert {keys.film(film.film_id), keys.cover(film.film_id)} <= set(remains.keys)


def test_a_film_that_fails_again_and_again_waits_for_a_person(store: Store, people: People, reel: str) -> None:
    with store.transaction() as tx:
        reel_id = found(tx, reel, people.curator).id
        for _ in range(reel_films.MAX_TRIES):
            reel_films.give_up(tx, begun(tx, reel, people.curator), NOW)
        stopped = reel_films.begin(tx, reel_id, NOW)
        failed, due = found(tx, reel, people.curator), reel_films.due(tx)
        reels.try_again(tx, reel_id)
        again = reel_films.begin(tx, reel_id, NOW)

    assert (stopped, failed.state, due) == (None, ReelState.FAILED, ())
    assert failed.trouble.startswith("This reel could not be made.")
    assert again is not None
    assert again.tries == 1


def test_what_has_failed_is_tried_again_when_it_is_to_show_something_else(
    store: Store, people: People, reel: str, clip: Clip
) -> None:
    with store.transaction() as tx:
        making = begun(tx, reel, people.curator)
        reel_films.give_up(tx, making, NOW, "reel_failed", "It has no picture.")
        failed = found(tx, reel, people.curator)
        clips.withdraw(tx, clip.id)

        assert (failed.state, failed.trouble) == (ReelState.FAILED, "It has no picture.")
        assert found(tx, reel, people.curator).state is ReelState.WAITING
        assert reel_films.due(tx) == (making.reel_id,)


def test_a_reel_is_made_of_published_clips_that_may_be_taken_along(
    store: Store, people: People, recording: Recording, clip: Clip
) -> None:
    with store.transaction() as tx:
        ward = spaces.add_space(tx, "Ward 3")
        spaces.add_member(tx, ward.id, people.expert.id)
        theirs = a_published_clip(
            tx, a_recording(tx, people.expert, upload_id="upload-3", space_id=ward.id), people.curator
        )
        draft = a_published_clip(tx, a_recording(tx, people.expert, upload_id="upload-4"), people.curator)
        clips.withdraw(tx, draft.id)

    def refused(*shown: Clip, by: Person = people.curator) -> str:
        with pytest.raises((Conflict, Forbidden, Invalid, NotFound)) as refusal, store.transaction() as tx:
            reels.make(
                tx, space_id=clip.space_id, by=by.id, title="This week", shape=Shape.SQUARE, captions=False,
                clips=[each.public_id for each in shown], now=NOW,
            )  # fmt: skip
        return refusal.value.code

    assert refused(clip, draft) == "not_published"
    assert refused(clip, theirs) == "clip_of_other_space"
    assert refused(clip, theirs, by=people.learner) == "no_clip"
    assert refused() == "bad_clips"
    with store.transaction() as tx:
        with pytest.raises(Forbidden, match="Clips of this space stay here"):
            a_reel(tx, people.curator, theirs)
        spaces.allow_downloads(tx, ward.id, True)
        mixed = a_reel(tx, people.curator, theirs, clip)
        with pytest.raises(NotFound):
            found(tx, mixed, people.learner)
        assert found(tx, mixed, people.expert).state is ReelState.WAITING


def test_ten_minutes_are_enough(store: Store, people: People, clip: Clip) -> None:
    with store.transaction() as tx:
        long = a_recording(tx, people.expert, upload_id="upload-5")
        media.save_listening(tx, long.id, a_listening(600_000))
        too_long = a_published_clip(tx, long, people.curator, end_ms=595_000)

        with pytest.raises(Invalid, match="longer than 10 minutes together"):
            a_reel(tx, people.curator, clip, too_long)


def test_nobody_fills_the_queue(store: Store, people: People, clip: Clip, other: Clip) -> None:
    with store.transaction() as tx:
        made = [a_reel(tx, people.curator, clip, title=f"Reel {n}") for n in range(5)]
        with pytest.raises(TooMany):
            a_reel(tx, people.curator, clip)
        filmed(tx, made[0], people.curator)

        assert a_reel(tx, people.curator, clip) not in made


def test_the_same_form_makes_one_reel(store: Store, people: People, clip: Clip) -> None:
    once = "0123456789abcdef"
    with store.transaction() as tx:
        made = {
            reels.make(
                tx, space_id=clip.space_id, by=people.curator.id, title="This week", shape=Shape.SQUARE,
                captions=True, clips=[clip.public_id], now=NOW, once=once,
            )
            for _ in range(2)
        }  # fmt: skip

        assert made == {once}
        assert len(reels.reels(tx, people.curator.id).items) == 1


def test_a_change_of_an_older_version_is_refused(store: Store, people: People, reel: str, other: Clip) -> None:
    with store.transaction() as tx:
        reel_id = found(tx, reel, people.curator).id
        reels.change(tx, reel_id, version=1, by=people.curator.id, clips=[other.public_id])
        with pytest.raises(Conflict) as refused:
            reels.change(tx, reel_id, version=1, by=people.curator.id, title="Late")

        assert refused.value.code == "stale_version"
        assert [each.clip for each in found(tx, reel, people.curator).clips] == [other.public_id]


def test_a_recall_and_a_takedown_name_the_reels_that_they_reach(
    store: Store, people: People, reel: str, clip: Clip, recording: Recording
) -> None:
    with store.transaction() as tx:
        before = recalls.reach(tx, recording.id, Span(4_000, 5_000), people.expert.id)
        recalls.make(tx, recording.id, Span(4_000, 5_000), "It bursts.", by=people.curator.id, now=LATER)
        (after,) = recalls.recalls(tx, recording.id, people.expert.id)
        shown = clips.clip(tx, clip.public_id, people.learner.id)
        takedowns.in_this(tx, shown, people.learner.id, clip_ms=0, words="", now=LATER, backup_days=30)
        (taken,) = takedowns.curated_takedowns(tx, people.curator.id).items

    assert [(each.reel, each.title, each.space) for each in before.reels] == [(reel, "This week", "Everyone")]
    assert before.reels == after.reach.reels == taken.reels
    assert (before.hidden_reels, after.reach.hidden_reels) == (0, 0)


def test_clips_to_choose_from_are_found_by_what_is_said(store: Store, people: People, clip: Clip, other: Clip) -> None:
    with store.transaction() as tx:
        clips.change(tx, other.id, version=1, now=LATER, title="Washing hands")

        every = reels.choosable(tx, clip.space_id, people.curator.id)
        washing = reels.choosable(tx, clip.space_id, people.curator.id, q="hands")

        assert {each.id for each in every} == {clip.id, other.id}
        assert [each.id for each in washing] == [other.id]


def test_a_part_of_another_recording_is_reached_too(
    store: Store, people: People, clip: Clip, other: Clip, recording: Recording
) -> None:
    second = other.parts[0]
    with store.transaction() as tx:
        media.save_listening(tx, second.recording_id, a_listening())
        parts = [clip.parts[0], Part(second.recording_id, second.recording, Span(0, 3_000))]
        clips.change(tx, clip.id, version=1, now=LATER, parts=parts)
        film = filmed(tx, a_reel(tx, people.curator, clip), people.curator)
        recalls.make(tx, second.recording_id, Span(1_000, 2_000), "Wrong.", by=people.curator.id, now=LATER)

        assert not is_given(tx, film)
