"""What a part of a clip is made of, to the frame."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.edge import Edge, Pieces, frames, pieces, shows_still, there, touched
from domain.media import KeyframePlan
from domain.span import Span

PLAN = KeyframePlan(Fraction(25), 500, (0, 100, 200, 300, 400))  # a keyframe every 4 s of 20


def edge(start_ms: int, end_ms: int) -> Edge:
    return Edge(start_ms * 120, end_ms * 120)


def test_a_part_from_keyframe_to_keyframe_has_no_edge() -> None:
    assert pieces(PLAN, Span(4000, 12_000)) == Pieces(100, 300, None, range(1, 3), None)
    assert pieces(PLAN, Span(16_000, 20_000)) == Pieces(400, 500, None, range(4, 5), None)


def test_a_part_between_keyframes_has_an_edge_at_either_end() -> None:
    assert pieces(PLAN, Span(2000, 13_000)) == Pieces(50, 325, edge(2000, 4000), range(1, 3), edge(12_000, 13_000))
    assert pieces(PLAN, Span(3000, 5000)) == Pieces(75, 125, edge(3000, 4000), range(1, 1), edge(4000, 5000))


def test_a_part_without_a_keyframe_is_one_edge() -> None:
    assert pieces(PLAN, Span(5000, 7000)) == Pieces(125, 175, edge(5000, 7000), range(2, 2), None)


def test_an_edge_of_less_than_half_a_second_takes_the_fragment_beside_it_in() -> None:
    assert pieces(PLAN, Span(3800, 12_040)) == Pieces(95, 301, edge(3800, 8000), range(2, 2), edge(8000, 12_040))
    assert pieces(PLAN, Span(3800, 6000)) == Pieces(95, 150, edge(3800, 6000), range(2, 2), None)
    assert pieces(PLAN, Span(4000, 8040)) == Pieces(100, 201, None, range(1, 1), edge(4000, 8040))


def test_a_bound_means_the_frame_nearest_to_it() -> None:
    assert frames(PLAN, Span(3985, 8015)) == (100, 200)
    assert frames(PLAN, Span(3970, 8025)) == (99, 201)


def test_nothing_lies_beyond_the_recordings_end() -> None:
    assert frames(PLAN, Span(19_900, 25_000)) == (498, 500)


def test_without_its_edges_a_part_plays_from_keyframe_to_keyframe_inside() -> None:
    span = Span(3800, 13_000)

    assert there(PLAN, span, lambda _: False) == Pieces(100, 300, None, range(1, 3), None)
    assert there(PLAN, span, lambda each: each == edge(12_000, 13_000)) == Pieces(
        100, 325, None, range(1, 3), edge(12_000, 13_000)
    )
    assert there(PLAN, span, lambda each: each == edge(3800, 8000)) == Pieces(
        95, 300, edge(3800, 8000), range(2, 3), None
    )
    assert there(PLAN, Span(5000, 7000), lambda _: False) is None


def test_an_edge_knows_which_frames_of_which_fragments_it_is_made_of() -> None:
    assert list(touched(PLAN, edge(2000, 4000))) == [(0, 50, 100)]
    assert list(touched(PLAN, edge(3800, 8000))) == [(0, 95, 100), (1, 0, 100)]
    assert list(touched(PLAN, edge(16_000, 20_000))) == [(4, 0, 100)]


@st.composite
def plans(draw: st.DrawFn) -> KeyframePlan:
    fps = draw(st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(60)]))
    gaps = draw(st.lists(st.integers(1, 240), min_size=1, max_size=12))
    bounds = [sum(gaps[:n]) for n in range(len(gaps) + 1)]
    return KeyframePlan(fps, bounds[-1], tuple(bounds[:-1]))


@given(plans(), st.data())
def test_whatever_is_there_the_pieces_lie_end_to_end(plan: KeyframePlan, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, plan.duration_ms))
    span = Span(start, data.draw(st.integers(start + 1, plan.duration_ms + 1)))
    bounds = (*plan.keys, plan.frames)
    missing = data.draw(st.sets(st.sampled_from([*pieces(plan, span).edges, Edge(0, 1)])))

    found = there(plan, span, lambda each: each not in missing)

    if found is None:
        assert missing
        return
    runs = [found.head.frames(plan.fps)] if found.head else []
    runs += [(bounds[n], bounds[n + 1]) for n in found.whole]
    runs += [found.tail.frames(plan.fps)] if found.tail else []
    assert (runs[0][0], runs[-1][1]) == (found.first, found.end)
    assert all(before[1] == after[0] for before, after in pairwise(runs))
    first, end = frames(plan, span)
    assert first <= found.first < found.end <= end
    if not missing & set(pieces(plan, span).edges):
        assert (found.first, found.end) == (first, end)


def test_a_still_belongs_to_the_span_that_shows_its_frame() -> None:
    """At 29.97 a second frame 7013 begins at 234.000434 s, so that a still of 234 s shows frame 7012."""
    fps = Fraction(30_000, 1001)
    before, after = Span(230_000, 234_000), Span(234_000, 240_000)

    assert (shows_still(before, fps, 234_000), shows_still(after, fps, 234_000)) == (True, False)
    assert (shows_still(before, fps, 230_000), shows_still(after, fps, 236_000)) == (True, True)
    assert (shows_still(Span(2_000, 3_000), fps, 2_000), shows_still(Span(1_000, 2_000), fps, 2_000)) == (False, True)
