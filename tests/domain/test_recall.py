"""What a recall leaves of a clip."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clip import Part
from domain.errors import Invalid
from domain.media import KeyframePlan
from domain.recall import SHORTEST_MS, checked_reason, in_whole_frames, left_of, nearest
from domain.span import Span

ONE, OTHER = UUID(int=1), UUID(int=2)
spans = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 60_000), st.integers(1, 20_000))


def test_a_part_is_cut_in_two_shortened_or_dropped() -> None:
    parts = [(ONE, Span(0, 20_000)), (OTHER, Span(0, 5_000)), (ONE, Span(30_000, 40_000)), (ONE, Span(8_000, 12_000))]

    left = left_of(parts, {ONE: [Span(8_000, 12_000), Span(38_000, 60_000)]})

    assert left == (
        (ONE, Span(0, 8_000)),
        (ONE, Span(12_000, 20_000)),
        (OTHER, Span(0, 5_000)),
        (ONE, Span(30_000, 38_000)),
    )


def test_what_is_left_and_cannot_stand_alone_goes_along() -> None:
    recalled = {ONE: [Span(3_900, 8_100)]}

    assert left_of([(ONE, Span(0, 9_000))], recalled) == ((ONE, Span(0, 3_900)),)
    assert left_of([(ONE, Span(2_901, 10_000))], recalled) == ((ONE, Span(8_100, 10_000)),)
    assert left_of([(ONE, Span(4_000, 8_000))], recalled) == ()


def test_a_short_part_that_no_recall_touches_stays() -> None:
    assert left_of([(ONE, Span(0, 500))], {ONE: [Span(500, 900)]}) == ((ONE, Span(0, 500)),)


def test_a_clip_that_would_have_too_many_parts_loses_its_shortest() -> None:
    parts = [(ONE, Span(i * 100_000, i * 100_000 + 50_000 + i)) for i in range(50)]

    left = left_of(parts, {ONE: [Span(10_000, 20_000)]})

    assert len(left) == 50
    assert left[0] == (ONE, Span(20_000, 50_000))


@given(st.lists(spans, min_size=1, max_size=5), st.lists(spans, max_size=5))
def test_nothing_that_was_recalled_is_left_and_nothing_comes_that_was_not_there(
    parts: list[Span], recalled: list[Span]
) -> None:
    left = left_of([(ONE, span) for span in parts], {ONE: recalled})

    for _, span in left:
        assert not any(span.start_ms < gone.end_ms and gone.start_ms < span.end_ms for gone in recalled)
        assert any(part.start_ms <= span.start_ms and span.end_ms <= part.end_ms for part in parts)
        assert span in parts or span.length_ms >= SHORTEST_MS


def test_a_frame_of_which_a_millisecond_is_recalled_is_recalled() -> None:
    plan = KeyframePlan(Fraction(30_000, 1001), 600, (0,))

    found = [in_whole_frames(Span(*each), plan) for each in ((1_000, 2_000), (1_001, 2_002), (990, 991))]

    assert found == [Span(968, 2_002), Span(1_001, 2_002), Span(968, 1_001)]


@given(
    spans, st.sampled_from([Fraction(25), Fraction(30), Fraction(60), Fraction(30_000, 1001), Fraction(24_000, 1001)])
)
def test_whole_frames_are_whole_frames(span: Span, fps: Fraction) -> None:
    plan = KeyframePlan(fps, 10_000, (0,))

    once = in_whole_frames(span, plan)

    assert in_whole_frames(once, plan) == once
    assert once.start_ms <= span.start_ms < span.end_ms <= once.end_ms
    assert {plan.ms(round(ms * fps / 1000)) - ms for ms in (once.start_ms, once.end_ms)} == {0}


def test_the_nearest_second_left_is_before_or_after_the_gap() -> None:
    parts = (Part(ONE, "", Span(0, 8_000)), Part(ONE, "", Span(12_000, 20_000)))

    found = [nearest(parts, ONE, at_ms) for at_ms in (3_000, 8_500, 11_500, 15_000, 70_000)]

    assert found == [3_000, 7_999, 8_000, 11_000, 15_999]
    assert nearest(parts, OTHER, 3_000) is None


@pytest.mark.parametrize(("reason", "code"), [("", "no_reason"), ("x" * 201, "bad_reason")])
def test_a_recall_says_why_in_a_line(reason: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_reason(reason)

    assert refused.value.code == code
