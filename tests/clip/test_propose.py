"""Drafts of clips: whole recordings, and what is left around clips that stay."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clip.propose import propose
from domain.clip import SHORTEST_PART_MS, Lengths, Proposal
from domain.media import Listening
from domain.span import Span
from domain.transcript import Transcript, Word
from tests.clip.talks import BIKE, OVEN, TAX, Talk, talk, talks
from transcode.keyframes import plan

FPS = Fraction(25)
SHORT = Lengths(3_000, 30_000, 10_000)


def heard(told: Talk, language: str = "en") -> tuple[Transcript, Listening]:
    """Each sentence is one word to the engine."""
    words = tuple(Word(s.text, s.start_ms, s.end_ms, 0.9) for s in told.sentences)
    transcript = Transcript(language, "by hand", "none", words, told.sentences)
    return transcript, Listening(None, told.pauses, plan(told.pauses, told.duration_ms, FPS))


def spans(proposals: tuple[Proposal, ...]) -> list[Span]:
    return [each.span for each in proposals]


def test_three_topics_are_three_clips_with_what_is_said_in_them() -> None:
    proposals = propose(*heard(talk([*OVEN, *BIKE, *TAX])))

    assert spans(proposals) == [Span(0, 26_800), Span(26_800, 53_800), Span(53_800, 80_600)]
    assert proposals[1].text == " ".join(BIKE)


def test_a_clip_that_stays_is_not_proposed_again_and_the_others_fill_the_rest() -> None:
    proposals = propose(*heard(talk([*OVEN, *BIKE, *TAX])), kept=[Span(26_800, 53_800)])

    assert spans(proposals) == [Span(0, 26_800), Span(53_800, 80_600)]


def test_what_is_left_begins_where_a_clip_that_stays_ends_off_every_keyframe() -> None:
    # Cut in the middle of "Brush the chain": what is left of that sentence is in no other clip.
    proposals = propose(*heard(talk([*OVEN, *BIKE, *TAX])), kept=[Span(0, 33_333)], limits=Lengths(20_000, 60_000))

    assert spans(proposals) == [Span(33_333, 53_800), Span(53_800, 80_600)]


def test_silence_between_clips_that_stay_is_no_clip() -> None:
    told = talk([*OVEN, *BIKE], pause_ms=400)
    gap = Span(told.sentences[4].end_ms, told.sentences[5].start_ms)

    kept = [Span(0, gap.start_ms), Span(gap.end_ms, told.duration_ms)]

    assert propose(*heard(told), kept=kept) == ()


def test_where_everything_stays_nothing_is_proposed() -> None:
    told = talk([*OVEN, *BIKE])

    assert propose(*heard(told), kept=[Span(0, 30_000), Span(20_000, told.duration_ms)]) == ()


def test_a_recording_in_which_nobody_speaks_is_one_clip_with_its_own_name() -> None:
    silent = Talk((), (), 40_000)

    (proposal,) = propose(*heard(silent), name="Bleeding the brakes")

    assert (proposal.span, proposal.title, proposal.tags) == (Span(0, 40_000), "Bleeding the brakes", ())


def test_around_a_clip_that_stays_what_is_too_short_for_one_is_left_where_nobody_speaks() -> None:
    silent = Talk((), (), 60_000)

    proposals = propose(*heard(silent), kept=[Span(5_000, 30_000)])

    assert spans(proposals) == [Span(30_000, 60_000)]


def test_the_same_lengths_give_the_same_clips_again() -> None:
    recording = heard(talk([*OVEN, *BIKE, *TAX]))

    before = propose(*recording)
    short = propose(*recording, limits=SHORT)

    assert len(short) > len(before)
    assert propose(*recording) == before


@given(talks(most=12), st.lists(st.tuples(st.integers(0, 200_000), st.integers(500, 60_000)), max_size=3))
@settings(deadline=None)
def test_proposals_overlap_neither_each_other_nor_what_stays_and_lose_nothing(
    told: Talk, kept: list[tuple[int, int]]
) -> None:
    stay = [Span(a, min(a + b, told.duration_ms)) for a, b in kept if a < told.duration_ms]

    found = spans(propose(*heard(told, language="fi"), kept=stay, limits=SHORT))

    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(a.end_ms <= b.start_ms or b.end_ms <= a.start_ms for a in found for b in stay)
    for sentence in told.sentences:
        shown = any(span.start_ms <= sentence.middle_ms <= span.end_ms for span in [*found, *stay])
        assert shown or _left_ms(sentence.middle_ms, stay, told.duration_ms) < SHORTEST_PART_MS


def _left_ms(at_ms: int, stay: list[Span], duration_ms: int) -> int:
    """How much is left around a moment between clips that stay."""
    before = max((span.end_ms for span in stay if span.end_ms <= at_ms), default=0)
    after = min((span.start_ms for span in stay if span.start_ms > at_ms), default=duration_ms)
    return after - before
