"""Recordings in which (nearly) nobody speaks, cut by what is seen."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clip.cut import cut
from clip.propose import propose
from domain.clip import Lengths
from domain.media import Listening
from domain.seen import Seen
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from tests.clip.talks import BIKE, OVEN, talk
from transcode.keyframes import plan

LIMITS = Lengths()
FPS = Fraction(25)


def silent(duration_ms: int, seen: Seen, limits: Lengths = LIMITS) -> list[tuple[int, int]]:
    spans = cut([], [Pause(0, duration_ms)], duration_ms, limits, seen=seen)
    return [(span.start_ms, span.end_ms) for span in spans]


def test_every_change_of_scene_is_a_cut_also_where_clips_become_shorter_than_usual() -> None:
    seen = Seen((25_000, 50_000, 75_000, 100_000))

    assert silent(125_000, seen) == [
        (0, 25_000), (25_000, 50_000), (50_000, 75_000), (75_000, 100_000), (100_000, 125_000),
    ]  # fmt: skip


def test_no_clip_is_shorter_than_the_shortest_for_a_change() -> None:
    found = silent(90_000, Seen((8_000, 16_000, 24_000, 32_000, 60_000, 85_000)))

    assert all(end - start >= 20_000 for start, end in found)
    assert {start for start, _ in found} >= {60_000}


def test_a_short_recording_stays_whole() -> None:
    assert silent(39_000, Seen((20_000,))) == [(0, 39_000)]


def test_long_stillness_is_cut_in_its_middle() -> None:
    assert silent(100_000, Seen((), (Span(44_000, 56_000),))) == [(0, 50_000), (50_000, 100_000)]


def test_where_nothing_changes_and_hands_never_rest_it_is_one_clip_whatever_its_length() -> None:
    assert silent(300_000, Seen()) == [(0, 300_000)]


def test_a_long_scene_is_cut_where_hands_rest_rather_than_be_over_the_limit() -> None:
    rests = tuple(Span(at, at + 4_000) for at in (58_000, 118_000, 178_000))

    assert silent(240_000, Seen((), rests)) == [
        (0, 60_000), (60_000, 120_000), (120_000, 180_000), (180_000, 240_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (Seen((), (Span(0, 9_000), Span(70_000, 80_000))), (8_000, 71_000)),
        (Seen((9_500, 69_500), (Span(300, 9_000), Span(70_300, 79_000))), (9_500, 69_500)),  # a phone that lay down
        (Seen((), (Span(0, 80_000),)), (0, 80_000)),
    ],
)
def test_stillness_at_the_ends_is_left_out(seen: Seen, left: tuple[int, int]) -> None:
    assert silent(80_000, seen, Lengths(20_000, 120_000, 80_000)) == [left]


def test_a_talk_with_long_silent_work_in_it_is_cut_at_the_scenes_of_the_work() -> None:
    before, after = talk(OVEN), talk(BIKE)
    work_ms = 160_000
    later = before.duration_ms + work_ms
    sentences = [*before.sentences, *(Sentence(s.text, s.start_ms + later, s.end_ms + later) for s in after.sentences)]
    pauses = [
        *before.pauses,
        Pause(before.duration_ms, later),
        *(Pause(p.start_ms + later, p.end_ms + later) for p in after.pauses),
    ]
    seen = Seen((before.duration_ms + 40_000, before.duration_ms + 100_000))

    spans = cut(sentences, pauses, later + after.duration_ms, seen=seen)

    assert {span.start_ms for span in spans} >= set(seen.changes)
    assert all(not s.start_ms < span.start_ms < s.end_ms for s in sentences for span in spans)
    assert (spans[0].start_ms, spans[-1].end_ms) == (0, later + after.duration_ms)


def test_work_before_the_first_word_is_kept_and_silence_of_which_nothing_is_known_is_not() -> None:
    told = talk(OVEN, lead_ms=30_000)
    end_ms = told.duration_ms

    known = cut(told.sentences, told.pauses, end_ms, seen=Seen())
    unknown = cut(told.sentences, told.pauses, end_ms)

    assert (known[0].start_ms, known[-1].end_ms) == (0, end_ms)
    assert (unknown[0].start_ms, unknown[-1].end_ms) == (28_000, end_ms)


def test_drafts_of_silent_hands_begin_on_keyframes_and_are_told_apart_by_their_time() -> None:
    seen = Seen((30_020, 70_000))
    pauses = (Pause(0, 110_000),)
    heard = Listening(None, pauses, plan(pauses, 110_000, FPS, places_ms=seen.places_ms), seen)

    made = propose(Transcript("en", "engine", "base", (), ()), heard, name="Bleeding the brakes")

    assert [(each.title, each.span) for each in made] == [
        ("Bleeding the brakes", Span(0, 30_000)),
        ("Bleeding the brakes, 0:30", Span(30_000, 70_000)),
        ("Bleeding the brakes, 1:10", Span(70_000, 110_000)),
    ]


def test_around_a_clip_that_stays_silent_work_is_still_proposed() -> None:
    words = (Word("There.", 2_000, 2_500, 0.9),)
    transcript = Transcript("en", "engine", "base", words, (Sentence("There.", 2_000, 2_500),))
    pauses, seen = (Pause(0, 2_000), Pause(2_500, 120_000)), Seen((40_000, 80_000))
    heard = Listening(None, pauses, plan(pauses, 120_000, FPS, places_ms=seen.places_ms), seen)

    made = propose(transcript, heard, name="Brakes", kept=[Span(0, 40_000)])

    assert [each.span for each in made] == [Span(40_000, 80_000), Span(80_000, 120_000)]


@given(
    st.integers(1_000, 400_000),
    st.sets(st.integers(1, 400_000), max_size=12),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=6, unique_by=lambda each: each[0]),
)
@settings(deadline=None)
def test_whatever_is_seen_clips_follow_each_other_and_begin_where_something_is_seen(
    duration_ms: int, changes: set[int], rests: list[tuple[int, int]]
) -> None:
    stills = tuple(Span(10_000 * at, 10_000 * at + 900 * long + 100) for at, long in sorted(rests))
    seen = Seen(tuple(sorted(changes)), stills).within(Span(0, duration_ms))

    found = silent(duration_ms, seen)

    assert all(a[1] == b[0] for a, b in pairwise(found))
    assert {start for start, _ in found[1:]} <= {*seen.places_ms}
    assert 0 <= found[0][0] < found[-1][1] <= duration_ms
