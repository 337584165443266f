"""Where keyframes lie: in pauses, and often enough."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.transcript import Pause
from transcode.keyframes import plan, plan_head

RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60)]

durations = st.integers(1, 600_000)
rates = st.sampled_from(RATES)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Pause, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 600_000), max_size=60)))
    return tuple(Pause(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


def test_without_pauses_the_first_fragments_are_short_and_the_others_even() -> None:
    made = plan([], 20_000, Fraction(30))

    assert made.frames == 600
    assert made.key_ms == (0, 1000, 2000, 4000, 8000, 12_000, 16_000)


def test_a_pause_has_its_keyframe_in_the_middle() -> None:
    made = plan([Pause(6100, 6700), Pause(9000, 9200)], 12_000, Fraction(30))

    assert made.key_ms == (0, 1000, 2000, 4000, 6400, 9100)


def test_of_two_pauses_close_together_the_longer_one_counts() -> None:
    made = plan([Pause(6000, 6200), Pause(6250, 6850)], 8000, Fraction(30))

    assert 6533 in made.key_ms
    assert 6100 not in made.key_ms


def test_a_pause_near_the_start_or_the_end_has_none() -> None:
    made = plan([Pause(0, 800), Pause(7500, 8000)], 8000, Fraction(30))

    assert made.key_ms == (0, 1000, 2000, 4000)


def test_a_change_of_scene_has_its_keyframe_also_beside_the_middle_of_a_pause() -> None:
    made = plan([Pause(0, 13_000)], 13_000, Fraction(30), places_ms=(6_700, 9_033))

    assert made.key_ms == (0, 1000, 2000, 4000, 6700, 9033)


def test_in_the_head_scenes_have_keyframes_too() -> None:
    head = plan_head([Pause(0, 90_000)], 200_000, Fraction(30), (33_300, 95_000))

    whole = plan([Pause(0, 200_000)], 200_000, Fraction(30), head, (33_300, 95_000))

    assert 33_300 in head.key_ms
    assert {33_300, 95_000} <= {*whole.key_ms}
    assert whole.keys[: len(head.keys)] == head.keys


def test_the_shortest_recording_has_one_frame() -> None:
    assert plan([], 1, Fraction(25)).keys == (0,)


@given(pauses(), durations, rates)
def test_no_fragment_is_longer_than_four_seconds(found: tuple[Pause, ...], duration_ms: int, fps: Fraction) -> None:
    made = plan(found, duration_ms, fps)

    ends = [*made.keys[1:], made.frames]
    assert max(end - key for key, end in zip(made.keys, ends, strict=True)) <= -(-4 * fps // 1)


@given(pauses(), durations, rates)
def test_keyframes_are_half_a_second_apart(found: tuple[Pause, ...], duration_ms: int, fps: Fraction) -> None:
    made = plan(found, duration_ms, fps)

    ends = [*made.keys[1:], made.frames]
    assert len(made.keys) == 1 or min(end - key for key, end in zip(made.keys, ends, strict=True)) >= fps / 2


@given(pauses(), st.integers(2000, 600_000), rates)
def test_every_pause_that_stands_alone_can_be_cut_in(found: tuple[Pause, ...], duration_ms: int, fps: Fraction) -> None:
    made = plan(found, duration_ms, fps)

    middles = [p.middle_ms for p in found]
    alone = [m for m in middles if 600 < m < duration_ms - 600 and sum(abs(m - other) < 600 for other in middles) == 1]
    assert all(min(abs(key - m) for key in made.key_ms) <= 500 / fps + 1 for m in alone)
