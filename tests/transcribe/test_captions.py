"""Words -> cues -> WebVTT."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.span import Span
from domain.track import TrackCue, written
from domain.transcript import Word
from tests.transcribe.test_sentences import said
from transcribe.captions import Cue, cues, webvtt, within
from transcribe.sentences import sentences


def captioned(words: tuple[Word, ...], language: str = "en") -> tuple[Cue, ...]:
    return cues(words, sentences(words, (), language), language)


def lines(text: str) -> list[tuple[str, ...]]:
    return [cue.lines for cue in captioned(said(text))]


def test_a_short_sentence_is_one_line_from_its_first_word_to_a_second_after_its_last() -> None:
    (cue,) = captioned(said("Lift with your legs."))

    assert (cue.start_ms, cue.end_ms, cue.lines) == (0, 1950, ("Lift with your legs.",))


def test_what_is_said_faster_than_it_is_read_stays_a_little_longer() -> None:
    words = said("Disconnect the uninterruptible power supply.")
    quick = [Word(w.text, i * 100, i * 100 + 100, 0.9) for i, w in enumerate(words)]

    (cue,) = captioned(tuple(quick))

    assert (cue.start_ms, cue.end_ms) == (0, 2000)  # 44 characters are read in 2.2 s, and it hangs 1.5 s at most


def test_a_longer_one_is_broken_at_its_clause_into_two_lines() -> None:
    assert lines("If it hardly moves, fetch a trolley or ask somebody.") == [
        ("If it hardly moves,", "fetch a trolley or ask somebody.")
    ]


def test_one_too_long_for_two_lines_is_shown_in_cues_that_end_at_clauses() -> None:
    assert lines(
        "Put the roll back into the label printer, close the lid until you hear it click, and print one test label."
    ) == [
        ("Put the roll back into the label printer,", "close the lid until you hear it click,"),
        ("and print one test label.",),
    ]


def test_no_line_ends_behind_an_article_or_a_preposition() -> None:
    for cue in captioned(said("We move the large wooden box close to the wall with the help of the old grey trolley")):
        assert [line for line in cue.lines if line.split()[-1] in {"the", "to", "with", "of"}] == []


def test_a_word_longer_than_a_line_is_broken() -> None:
    (cue,) = captioned((Word("x" * 50, 0, 1000, 0.9),))

    assert cue.lines == ("x" * 42, "x" * 8)


def test_a_sentence_too_quick_to_be_seen_is_shown_with_the_next_one() -> None:
    words = (Word("Yes.", 0, 200, 0.9), Word("No.", 600, 800, 0.9), Word("Why?", 5000, 5100, 0.9))

    found = captioned(words)

    assert [(c.start_ms, c.end_ms, c.lines) for c in found] == [(0, 1800, ("Yes. No.",)), (5000, 6100, ("Why?",))]


def test_a_cue_stays_until_two_frames_before_the_next_rather_than_leave_a_gap_that_flickers() -> None:
    words = (*said("Lift with your legs."), *(w.later(1700) for w in said("Mind your back.")))

    assert [(c.start_ms, c.end_ms) for c in captioned(words)] == [(0, 1633), (1700, 3400)]


def test_wide_characters_take_two_columns() -> None:
    words = tuple(Word("字", i * 100, i * 100 + 100, 0.9) for i in range(30))

    (cue,) = captioned(words, "zh")

    assert [len(line) for line in cue.lines] == [15, 15]


def test_a_recording_is_written_in_its_own_time() -> None:
    words = (Word("Slow", 3_600_000, 3_600_500, 0.9), Word("down.", 3_600_500, 3_601_000, 0.9))

    assert webvtt([(captioned(words), Span(0, 3_700_000))]) == ("WEBVTT\n\n01:00:00.000 --> 01:00:02.000\nSlow down.\n")


def test_a_clip_is_written_part_after_part_in_clip_time() -> None:
    one = captioned((Word("First.", 10_000, 11_000, 0.9),))
    two = captioned((Word("Second.", 2000, 3000, 0.9),))

    assert webvtt([(one, Span(9_000, 14_000)), (two, Span(500, 5_000))]) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nFirst.\n\n00:00:06.500 --> 00:00:08.500\nSecond.\n"
    )


def test_a_clip_shows_no_word_that_is_said_outside_it() -> None:
    words = said("Nobody may read this word but these are for everybody.")  # a word every 250 ms
    whole = captioned(words)

    (cue,) = within(whole, Span(1250, 2250))

    assert cue.lines == ("but these are for",)
    assert (cue.start_ms, cue.end_ms) == (1250, 2250)


def test_a_clip_that_ends_in_the_middle_of_a_cue_ends_the_cue() -> None:
    (cue,) = within(captioned(said("Lift with your legs.")), Span(0, 1000))

    assert (cue.start_ms, cue.end_ms, cue.lines) == (0, 1000, ("Lift with your legs.",))


def test_nothing_said_can_pass_for_markup_or_for_a_cue_of_its_own() -> None:
    words = (
        Word("<i>a", 0, 500, 0.9),
        Word("&amp;", 500, 1000, 0.9),
        Word("00:00.000-->", 1000, 1200, 0.9),
        Word("\n\nNOTE\r\u2028", 1200, 1500, 0.9),
    )

    written = webvtt([(captioned(words), Span(0, 9000))])

    assert written == ("WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n&lt;i&gt;a &amp;amp; 00:00.000--&gt; NOTE\n")


def test_segments_of_a_playlist_are_tied_to_the_time_of_the_media() -> None:
    assert webvtt([((), Span(0, 1000))], hls=True) == "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"


spoken = st.lists(st.tuples(st.text(max_size=60), st.integers(0, 4000), st.integers(0, 3000)), max_size=60)


def laid(spoken: list[tuple[str, int, int]]) -> tuple[Word, ...]:
    at, words = 0, []
    for text, silent, long in spoken:
        words.append(Word(text, at + silent, at + silent + long, 0.5))
        at += silent + long
    return tuple(words)


@given(spoken, st.sampled_from(["en", "ja"]))
def test_cues_keep_the_rules_whatever_is_said(spoken: list[tuple[str, int, int]], language: str) -> None:
    found = captioned(laid(spoken), language)

    assert (
        "".join(w.text for c in found for w in c.words).split()
        == "".join(" ".join(text.split()) for text, _, _ in spoken).split()
    )
    for cue in found:
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= 42 for line in cue.lines)
        assert 0 < cue.end_ms - cue.start_ms <= 7000
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(c.end_ms - c.start_ms >= 833 or d.start_ms - c.end_ms <= 67 for c, d in pairwise(found))


TIMING = re.compile(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}")


@given(spoken, st.integers(0, 60_000), st.integers(1, 60_000))
def test_every_block_of_a_webvtt_file_is_a_timing_and_one_or_two_lines(
    spoken: list[tuple[str, int, int]], start: int, length: int
) -> None:
    written = webvtt([(captioned(laid(spoken)), Span(start, start + length))])

    header, *blocks = written.removesuffix("\n").split("\n\n")
    assert header == "WEBVTT"
    for block in blocks:
        timing, *text = block.splitlines()
        assert TIMING.fullmatch(timing)
        assert 1 <= len(text) <= 2
        assert not any("-->" in line or "<" in line for line in text)


def test_the_captions_of_a_talk_of_two_hours_are_made_in_a_moment() -> None:
    words = said(" ".join(["somebody", "explains", "it,", "slowly", "and", "with", "care."] * 3000))

    began = time.process_time()
    captioned(words)

    assert time.process_time() - began < 5


WRITTEN = TrackCue(1000, 4000, ("Turn it left.",), Span(1000, 4000))


@pytest.mark.parametrize(
    ("heard", "span", "shown"),
    [
        ((1200, 3500), Span(0, 5000), (1000, 4000)),
        ((1200, 3500), Span(1100, 3600), (1100, 3600)),  # what is cut away of it is silent
        ((1200, 3500), Span(0, 3400), None),  # its last word is said in what was cut away
        ((1200, 3500), Span(1300, 5000), None),
        ((), Span(0, 4000), (1000, 4000)),
        ((), Span(0, 3900), None),  # nothing tells what was read there
        ((), Span(4000, 5000), None),
    ],
)
def test_a_written_cue_is_shown_where_all_that_is_heard_meanwhile_is_shown(
    heard: tuple[int, ...], span: Span, shown: tuple[int, int] | None
) -> None:
    words = [Word("word", ms - 100, ms + 100, 0.9) for ms in (500, *heard, 4500)]

    found = within(written([WRITTEN], words if heard else []), span)

    assert [(cue.start_ms, cue.end_ms) for cue in found] == ([shown] if shown else [])


@pytest.mark.parametrize("span", [Span(0, 100), Span(90_000, 95_000)])
def test_where_nothing_is_said_there_is_only_the_header(span: Span) -> None:
    assert webvtt([(captioned((Word("Late.", 50_000, 51_000, 0.9),)), span)]) == "WEBVTT\n"
