"""Where a recording is cut."""

import json
import time
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.boundaries import met
from benchmarks.segmentation import clips_of
from benchmarks.segmenters import text_tiling, uniform
from benchmarks.talks import talks as real_talks
from clip.cut import cut
from domain.clip import Lengths
from domain.errors import Invalid
from domain.seen import quiet_edges_ms
from domain.span import Span
from domain.transcript import Pause, Sentence
from tests.clip.talks import BIKE, OVEN, TAX, Talk, talk, talks
from tests.transcribe.sound import SAMPLE, SHARED

TALKS = SHARED / "talks"


def test_three_topics_become_three_clips_cut_in_the_middle_of_the_pauses_between_them() -> None:
    told = talk([*OVEN, *BIKE, *TAX])

    assert cut(told.sentences, told.pauses, told.duration_ms) == (
        Span(0, 26_800),
        Span(26_800, 53_800),
        Span(53_800, 80_600),
    )


def test_the_sample_is_cut_between_its_three_topics() -> None:
    facts = json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))
    sentences = [Sentence(s["text"], s["start_ms"], s["end_ms"]) for s in facts["sentences"]]
    pauses = [Pause(p["start_ms"], p["end_ms"]) for p in facts["pauses"]]

    spans = cut(sentences, pauses, facts["duration_ms"])

    first, second, third = facts["topics"]
    assert [s.end_ms for s in spans] == [
        (first["end_ms"] + second["start_ms"]) // 2,
        (second["end_ms"] + third["start_ms"]) // 2,
        facts["duration_ms"],
    ]


def test_a_long_pause_is_where_the_cut_goes_when_the_words_do_not_say() -> None:
    texts = ["the chain runs well"] * 10
    told = talk(texts, sentence_ms=8000, pause_ms=300)
    longer = tuple(Pause(p.start_ms, p.end_ms + 1500) if i == 5 else p for i, p in enumerate(told.pauses))
    # Everything after the sixth pause moves back by what it grew.
    pauses = tuple(p if i <= 5 else Pause(p.start_ms + 1500, p.end_ms + 1500) for i, p in enumerate(longer))
    sentences = tuple(
        s if i <= 5 else Sentence(s.text, s.start_ms + 1500, s.end_ms + 1500) for i, s in enumerate(told.sentences)
    )

    spans = cut(sentences, pauses, told.duration_ms + 1500, Lengths(max_ms=60_000))

    assert [s.end_ms for s in spans] == [pauses[5].middle_ms, told.duration_ms + 1500]


def test_no_cut_parts_a_question_from_its_answer() -> None:
    texts = [*OVEN[:3], "Which wood is best for the oven?", "Beech is best for the oven.", *OVEN[3:], *BIKE]

    told = talk(texts)

    question = told.sentences[3]
    assert all(s.end_ms != question.end_ms + 200 for s in cut(told.sentences, told.pauses, told.duration_ms))


def test_a_short_recording_stays_whole() -> None:
    told = talk(OVEN, sentence_ms=7000)

    assert cut(told.sentences, told.pauses, told.duration_ms) == (Span(0, told.duration_ms),)


def test_a_recording_in_which_nobody_speaks_is_one_clip() -> None:
    assert cut((), (Pause(0, 90_000),), 90_000) == (Span(0, 90_000),)


def test_long_silence_at_the_ends_is_left_out_but_for_half_or_two_seconds() -> None:
    told = talk(OVEN, lead_ms=3000)
    pauses = (*told.pauses, Pause(told.duration_ms, told.duration_ms + 6000))

    spans = cut(told.sentences, pauses, told.duration_ms + 6000)

    assert spans == (Span(1500, told.duration_ms + 2000),)


def test_silence_is_at_the_end_though_the_picture_goes_on_a_little_longer_than_the_sound() -> None:
    told = talk(OVEN)
    pauses = (*told.pauses, Pause(told.duration_ms, told.duration_ms + 6000))

    spans = cut(told.sentences, pauses, told.duration_ms + 6040)

    assert spans == (Span(0, told.duration_ms + 2000),)


def test_a_second_of_silence_at_the_ends_stays() -> None:
    told = talk(OVEN, lead_ms=1000)

    assert cut(told.sentences, told.pauses, told.duration_ms) == (Span(0, told.duration_ms),)


def test_a_sentence_longer_than_the_limit_is_not_cut() -> None:
    sentences = (
        Sentence("A short one to begin with.", 0, 25_000),
        Sentence("This one goes on and on and on.", 26_000, 200_000),
        Sentence("A short one at the end.", 201_000, 230_000),
    )
    pauses = (Pause(25_000, 26_000), Pause(100_000, 101_000), Pause(200_000, 201_000))

    spans = cut(sentences, pauses, 230_000)

    assert spans == (Span(0, 25_500), Span(25_500, 200_500), Span(200_500, 230_000))


def test_three_minutes_without_a_pause_are_one_clip() -> None:
    told = talk(OVEN * 8, sentence_ms=4500, pause_ms=0)

    assert cut(told.sentences, (), told.duration_ms) == (Span(0, told.duration_ms),)


def test_a_pause_inside_a_sentence_is_not_cut() -> None:
    told = talk([*OVEN, *BIKE])
    inside = [Pause(s.start_ms + 2000, s.start_ms + 3500) for s in told.sentences]
    pauses = sorted([*told.pauses, *inside], key=lambda p: p.start_ms)

    spans = cut(told.sentences, pauses, told.duration_ms)

    assert spans == (Span(0, 26_800), Span(26_800, told.duration_ms))


def test_limits_out_of_order_are_refused() -> None:
    with pytest.raises(Invalid, match="have to come in that order") as refused:
        Lengths(min_ms=60_000, max_ms=30_000)

    assert refused.value.code == "bad_limits"


def test_a_longer_target_makes_longer_clips() -> None:
    told = talk([*OVEN, *BIKE, *TAX] * 6)

    counts = [
        len(cut(told.sentences, told.pauses, told.duration_ms, Lengths(target_ms=target)))
        for target in (25_000, 45_000, 100_000)
    ]

    # 485 s in all
    assert 16 <= counts[0] <= 22
    assert 9 <= counts[1] <= 13
    assert 4 <= counts[2] <= 7


@given(talks())
def test_clips_lose_no_sentence_but_a_false_start_and_never_overlap(told: Talk) -> None:
    spans = cut(told.sentences, told.pauses, told.duration_ms)

    kept = " ".join(each.text.strip(".?") for each in told.sentences if each.start_ms >= spans[0].start_ms)

    assert all(a.end_ms == b.start_ms for a, b in pairwise(spans))
    for sentence in told.sentences:
        shown = sum(s.start_ms <= sentence.start_ms and sentence.end_ms <= s.end_ms for s in spans)
        left_out = sentence.end_ms <= spans[0].start_ms or sentence.start_ms >= spans[-1].end_ms
        idle = set(sentence.text.strip(".?").split()) <= {"so", "okay"}
        assert shown == 1 or (left_out and (idle or sentence.text.strip(".?") in kept))


@given(talks())
def test_every_bound_is_the_middle_of_a_pause_or_an_end_of_the_recording(told: Talk) -> None:
    spans = cut(told.sentences, told.pauses, told.duration_ms)

    ends = {0, told.duration_ms, *quiet_edges_ms(told.pauses, told.duration_ms)}
    assert {ms for s in spans for ms in (s.start_ms, s.end_ms)} <= {p.middle_ms for p in told.pauses} | ends


@given(talks())
def test_the_same_recording_is_cut_the_same_way(told: Talk) -> None:
    again = [cut(told.sentences, told.pauses, told.duration_ms) for _ in range(2)]

    assert again[0] == again[1]


@given(talks(most=9), st.sampled_from([(20_000, 120_000), (10_000, 30_000), (40_000, 50_000), (5_000, 200_000)]))
@settings(deadline=None)
def test_clips_are_outside_the_limits_by_no_more_than_has_to_be(told: Talk, bounds: tuple[int, int]) -> None:
    """Against every other choice of the places where one may cut."""
    limits = Lengths(bounds[0], bounds[1], sum(bounds) // 2)

    def outside(cuts: tuple[int, ...]) -> int:
        lengths = [b - a for a, b in pairwise(cuts)]
        return sum(max(0, limits.min_ms - length, length - limits.max_ms) for length in lengths)

    spans = cut(told.sentences, told.pauses, told.duration_ms, limits)

    begins, ends = spans[0].start_ms, spans[-1].end_ms
    places = []
    for before, after in pairwise(told.sentences):
        between = [p for p in told.pauses if before.end_ms <= p.middle_ms <= after.start_ms]
        between = [p for p in between if begins < p.middle_ms < ends]
        if between:
            places.append(max(between, key=lambda p: p.end_ms - p.start_ms).middle_ms)
    least = min(outside((begins, *chosen, ends)) for n in range(len(places) + 1) for chosen in combinations(places, n))
    assert outside((begins, *(s.end_ms for s in spans))) == least


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=8),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=8),
    st.integers(1, 6000),
)
def test_times_that_cannot_be_still_give_spans_in_order(
    spoken: list[tuple[int, int]], silent: list[tuple[int, int]], duration_ms: int
) -> None:
    """Sentences and pauses over each other, of no length, or after the end: from a file somebody edited."""
    sentences = [Sentence("so", a, a + b) for a, b in sorted(spoken)]
    pauses = [Pause(a, a + b) for a, b in sorted(silent)]

    spans = cut(sentences, pauses, duration_ms, Lengths(200, 2000, 500))

    assert all(a.end_ms == b.start_ms for a, b in pairwise(spans))
    assert 0 <= spans[0].start_ms < spans[-1].end_ms <= duration_ms


def test_a_talk_of_many_hours_is_cut_in_a_moment() -> None:
    told = talk([*OVEN, *BIKE, *TAX] * 400)

    began = time.process_time()
    spans = cut(told.sentences, told.pauses, told.duration_ms)

    assert len(told.sentences) == 6000
    assert time.process_time() - began < 3
    assert min(s.length_ms for s in spans) >= 20_000
    assert max(s.length_ms for s in spans) <= 120_000


@pytest.mark.skipif(not TALKS.is_dir(), reason="needs ../shared/media/talks")
@pytest.mark.parametrize("level", ["fine", "coarse"])
def test_real_talks_are_cut_nearer_to_their_topics_than_by_equal_lengths_or_texttiling(level: str) -> None:
    given_talks = real_talks(TALKS)

    hits = {"cut": 0, "uniform": 0, "tiling": 0}
    for told in given_talks:
        wanted, nothing = round(told.duration_ms / 45_000), np.zeros((0, 0), np.float32)
        hits["cut"] += met(told.topics[level], clips_of(told, Lengths(), None))[0]
        hits["uniform"] += met(told.topics[level], uniform(told, wanted, nothing))[0]
        hits["tiling"] += met(told.topics[level], text_tiling(told, wanted, nothing))[0]

    assert hits["cut"] > max(hits["uniform"], hits["tiling"])
