"""Briefs: what is kept of them, and who sees which."""

import pytest

from domain.brief import Answers, Brief, Wish
from domain.clip import Expertise, Level
from domain.errors import Conflict, Invalid, NotFound
from domain.person import Person, Role
from store import brief_links, briefs, clips, recordings, spaces
from store import people as stored_people
from store.postgres import Store, Tx
from tests.conftest import People
from tests.store.things import LATER, NOW, proposal

WISH = Wish("Brakes", "Why?\nBecause.", ("First?", "Then?"), Answers("all", "none", Expertise.THEORY, Level.ADVANCED))


def a_brief(tx: Tx, by: Person, wish: Wish = WISH) -> Brief:
    return briefs.make(tx, wish, space_id=spaces.everyone_space(tx).id, author_id=by.id, now=NOW)


def given(tx: Tx, brief: Brief, by: Person, person: Person | None) -> brief_links.Opened:
    made = brief_links.make_link(tx, brief.id, person_id=person.id if person else None, created_by=by.id, now=NOW)
    link = brief_links.opened(tx, made.token, NOW)
    assert link is not None
    return link


def test_a_brief_is_kept_as_it_was_written(store: Store, people: People) -> None:
    with store.transaction() as tx:
        made = a_brief(tx, people.curator)

        kept = briefs.brief(tx, made.public_id, people.curator.id, NOW)

    assert kept == made
    assert kept.wish == WISH
    assert (kept.author, kept.version, kept.created_at, kept.closed_at, kept.recordings) == (
        "Carl Curator",
        1,
        NOW,
        None,
        0,
    )


def test_text_is_tidied_and_what_postgres_cannot_keep_is_left_out(store: Store, people: People) -> None:
    odd = Wish(" A \n b\x00 ", " one\r\ntwo\ud800 ", ("  ", " x \x00 y "), Answers("\ud800 a  b", "\x00"))

    with store.transaction() as tx:
        kept = a_brief(tx, people.curator, odd).wish

    assert kept == Wish("A b", "one\ntwo", ("x y",), Answers("a b", ""))


def test_a_change_meant_for_an_older_version_is_refused(store: Store, people: People) -> None:
    with store.transaction() as tx:
        made = a_brief(tx, people.curator)
        changed = briefs.change(tx, made.id, Wish("Clutch"), version=1)

        with pytest.raises(Conflict) as refused:
            briefs.change(tx, made.id, Wish("Gears"), version=1)

    assert (changed.title, changed.version, changed.wanted) == ("Clutch", 2, "")
    assert refused.value.code == "stale_version"


def test_a_brief_without_a_title_is_refused(store: Store, people: People) -> None:
    with store.transaction() as tx, pytest.raises(Invalid) as refused:
        a_brief(tx, people.curator, Wish(" \n "))

    assert refused.value.code == "bad_title"


def test_closing_is_said_once_and_can_be_taken_back(store: Store, people: People) -> None:
    with store.transaction() as tx:
        made = a_brief(tx, people.curator)
        briefs.close(tx, made.id, NOW)
        briefs.close(tx, made.id, LATER)
        closed = briefs.load(tx, made.id)
        briefs.reopen(tx, made.id)
        opened = briefs.load(tx, made.id)

    assert (closed.closed_at, opened.closed_at) == (NOW, None)


def test_a_brief_is_seen_by_those_who_curate_its_space_and_those_who_were_given_a_link(
    store: Store, people: People
) -> None:
    with store.transaction() as tx:
        brief = a_brief(tx, people.curator)
        other = a_brief(tx, people.curator, Wish("Clutch"))
        given(tx, brief, people.curator, people.expert)
        given(tx, other, people.curator, None)  # open, and nobody has opened it

        seen = {
            person.login: [each.title for each in briefs.briefs(tx, person.id, NOW).items]
            for person in (people.learner, people.expert, people.curator, people.admin)
        }
        with pytest.raises(NotFound):
            briefs.brief(tx, other.public_id, people.expert.id, NOW)

    assert seen == {"lea": [], "eva": ["Brakes"], "carl": ["Clutch", "Brakes"], "ada": ["Clutch", "Brakes"]}


def test_a_curator_of_another_space_does_not_see_it(store: Store, people: People) -> None:
    with store.transaction() as tx:
        ward = spaces.add_space(tx, "Ward 3")
        brief = briefs.make(tx, WISH, space_id=ward.id, author_id=people.admin.id, now=NOW)
        otto = stored_people.add_person(tx, login="otto", name="Otto", role=Role.CURATOR)
        stored_people.scope_curator(tx, otto.id, curates_all=False)

        with pytest.raises(NotFound):
            briefs.brief(tx, brief.public_id, otto.id, NOW)
        standing = briefs.standing(tx, brief.id, otto.id, NOW)

    assert (standing.own, standing.curates) == (False, False)


def test_what_was_given_ends_with_the_link_and_with_the_stay(store: Store, people: People) -> None:
    with store.transaction() as tx:
        brief = a_brief(tx, people.curator)
        link = given(tx, brief, people.curator, None)
        brief_links.come(tx, link, people.learner)
        in_time = briefs.standing(tx, brief.id, people.learner.id, NOW).own
        late = briefs.standing(tx, brief.id, people.learner.id, link.expires_at).own
        stored_people.leave(tx, people.learner.id, NOW)
        gone = briefs.standing(tx, brief.id, people.learner.id, NOW).own

    assert (in_time, late, gone) == (True, False, False)


def test_a_list_goes_on_where_its_page_ended(store: Store, people: People) -> None:
    with store.transaction() as tx:
        for title in ("A", "B", "C"):
            a_brief(tx, people.curator, Wish(title))
        first = briefs.briefs(tx, people.curator.id, NOW, limit=2)
        second = briefs.briefs(tx, people.curator.id, NOW, cursor=first.next, limit=2)

    assert [[each.title for each in page.items] for page in (first, second)] == [["C", "B"], ["A"]]
    assert second.next is None


@pytest.mark.parametrize("odd", ["", "..", "\x00", "a" * 16 + "'", "0" * 16])
def test_an_odd_id_is_the_id_of_nothing(store: Store, people: People, odd: str) -> None:
    with store.transaction() as tx:
        found = briefs.of_public_id(tx, odd)
        with pytest.raises(NotFound):
            briefs.brief(tx, odd, people.admin.id, NOW)

    assert found is None


def test_answers_travel_from_the_recording_into_its_clips_until_a_curator_says_otherwise(
    store: Store, people: People
) -> None:
    answers = Answers("night shift", "hand hygiene", Expertise.SKILL, Level.BEGINNER)
    with store.transaction() as tx:
        brief = a_brief(tx, people.curator)
        recording, _ = recordings.arrive(
            tx,
            upload_id="u1",
            space_id=brief.space_id,
            uploader_id=people.expert.id,
            speaker_id=people.expert.id,
            title="",
            filename="",
            media_type="",
            byte_size=1,
            step_names=(),
            brief_id=brief.id,
            answers=answers,
        )
        clips.propose(tx, recording, [proposal(0, 5_000)], "en")
        (proposed,) = clips.clips_of_recording(tx, recording.id, people.curator.id)
        clips.change(tx, proposed.id, version=1, now=NOW, audience=" day\nshift ", kind=None)
        clips.propose(tx, recording, [proposal(0, 9_000)], "en")
        (changed,) = clips.clips_of_recording(tx, recording.id, people.curator.id)
        answered = briefs.load(tx, brief.id).recordings

    said = [(clip.audience, clip.prerequisites, clip.kind, clip.level) for clip in (proposed, changed)]
    assert said == [
        ("night shift", "hand hygiene", Expertise.SKILL, Level.BEGINNER),
        ("day shift", "hand hygiene", None, Level.BEGINNER),
    ]
    assert (recording.brief_id, recording.audience, recording.kind) == (brief.id, "night shift", Expertise.SKILL)
    assert answered == 1


def test_an_answer_that_is_too_long_does_not_change_a_clip(store: Store, people: People) -> None:
    with store.transaction() as tx:
        recording, _ = recordings.arrive(
            tx,
            upload_id="u1",
            space_id=spaces.everyone_space(tx).id,
            uploader_id=people.expert.id,
            speaker_id=people.expert.id,
            title="",
            filename="",
            media_type="",
            byte_size=1,
            step_names=(),
        )
        clips.propose(tx, recording, [proposal(0, 5_000)], "en")
        (clip,) = clips.clips_of_recording(tx, recording.id, people.curator.id)

        with pytest.raises(Invalid) as refused:
            clips.change(tx, clip.id, version=1, now=NOW, prerequisites="p" * 301)

    assert refused.value.code == "answer_too_long"
