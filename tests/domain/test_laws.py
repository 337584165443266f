from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clip import Part, clip_time, recording_time
from domain.errors import Forbidden, Invalid
from domain.ids import is_public_id, public_id, uuid7
from domain.permit import RULES, Act, demand, may
from domain.person import Person, Role, login_name
from domain.span import Span
from domain.title import checked_title
from domain.transcript import Sentence, Word, until_next

FIRST, SECOND = UUID(int=1), UUID(int=2)
PARTS = (
    Part(FIRST, "a" * 16, Span(10_000, 20_000)),
    Part(SECOND, "b" * 16, Span(0, 5_000)),
    Part(FIRST, "a" * 16, Span(30_000, 40_000)),
)
LEARNER = Person(FIRST, "a" * 16, "lee", "Lee", Role.LEARNER)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5)])
def test_a_span_runs_forward_or_does_not_exist(start: int, end: int) -> None:
    with pytest.raises(Invalid):
        Span(start, end)


def test_a_recordings_second_is_found_in_the_part_that_shows_it() -> None:
    assert clip_time(PARTS, FIRST, 10_000) == 0
    assert clip_time(PARTS, SECOND, 1_000) == 11_000
    assert clip_time(PARTS, FIRST, 35_000) == 20_000


def test_what_lies_outside_todays_parts_has_no_time_in_the_clip() -> None:
    assert clip_time(PARTS, FIRST, 20_000) is None
    assert clip_time(PARTS, SECOND, 35_000) is None


@given(st.integers(0, 24_999))
def test_every_millisecond_of_a_clip_is_one_of_a_recording_and_back(at_ms: int) -> None:
    part, recording_ms = recording_time(PARTS, at_ms)

    assert clip_time(PARTS, part.recording_id, recording_ms) == at_ms


@pytest.mark.parametrize("at_ms", [-1, 25_000])
def test_a_moment_outside_the_clip_is_refused(at_ms: int) -> None:
    with pytest.raises(Invalid, match="not in this clip"):
        recording_time(PARTS, at_ms)


def test_uuids_sort_by_time_and_say_their_version() -> None:
    early, late = uuid7(1_000, 5), uuid7(1_001, 0)

    assert early < late
    assert early.version == 7
    assert early.variant == "specified in RFC 4122"


def test_public_ids_do_not_repeat_and_know_their_own() -> None:
    ids = {public_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert all(is_public_id(i) for i in ids)
    assert not is_public_id("../../etc/passwd")
    assert not is_public_id("i" * 16)


def test_every_act_has_a_rule() -> None:
    assert set(RULES) == set(Act)


def test_an_admin_may_do_everything() -> None:
    admin = replace(LEARNER, role=Role.ADMIN)

    assert all(may(admin, act) for act in Act)


def test_a_learner_may_comment_and_change_what_is_their_own() -> None:
    assert may(LEARNER, Act.COMMENT)
    assert may(LEARNER, Act.EDIT_COMMENT, own=True)
    assert not may(LEARNER, Act.EDIT_COMMENT)
    assert not may(LEARNER, Act.UPLOAD)
    assert not may(LEARNER, Act.PUBLISH_CLIP, own=True)


def test_a_curator_publishes_only_in_spaces_they_curate() -> None:
    curator = replace(LEARNER, role=Role.CURATOR)

    assert may(curator, Act.PUBLISH_CLIP, curates=True)
    with pytest.raises(Forbidden, match="publish a clip"):
        demand(curator, Act.PUBLISH_CLIP)


@pytest.mark.parametrize("text", ["", " ", "-lee", "lee field", "lée", "a" * 64])
def test_login_names_that_cannot_be_typed_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        login_name(text)


def test_a_title_has_1_to_200_characters() -> None:
    assert checked_title("x" * 200) == "x" * 200
    for wrong in ("", "x" * 201):
        with pytest.raises(Invalid) as refused:
            checked_title(wrong)
        assert refused.value.code == "bad_title"


def test_a_sentence_gives_way_where_the_next_one_begins() -> None:
    first, second = Sentence("One.", 0, 900), Sentence("Two.", 1_500, 2_000)

    assert list(until_next((first, second), 5_000)) == [(first, 1_500), (second, 5_000)]
    assert list(until_next((), 5_000)) == []


def test_the_middle_of_a_word_says_which_span_it_is_in() -> None:
    assert Word("valve", 1_000, 1_501, 0.9).middle_ms == 1_250
    assert Sentence("Turn it.", 0, 3).middle_ms == 1


def test_only_admins_make_spaces_and_say_who_has_left() -> None:
    curator = replace(LEARNER, role=Role.CURATOR)

    assert not any(may(curator, act, own=True, curates=True) for act in (Act.MAKE_SPACE, Act.END_STAY))
    assert may(curator, Act.CHANGE_MEMBERS, curates=True)
    assert not may(curator, Act.CHANGE_MEMBERS)
