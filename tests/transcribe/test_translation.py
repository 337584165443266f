"""Words that an engine made English of, beside the sentences that were spoken."""

from domain.span import Span
from domain.transcript import Sentence, Word
from transcribe.translation import english_track, share_of

SPOKEN = (Sentence("Drehen Sie das Ventil zu.", 400, 4_000), Sentence("Dann warten Sie.", 4_600, 8_000))


def english(*words: tuple[str, int, int]) -> list[tuple[tuple[str, ...], Span]]:
    said = [Word(text, start, end, 0.9) for text, start, end in words]
    return [(cue.lines, cue.of) for cue in english_track(said, SPOKEN, (), 8_000)]


def test_a_cue_stands_for_the_sentence_that_was_spoken_meanwhile() -> None:
    assert english(
        ("Close", 500, 1_500),
        ("the", 1_500, 2_000),
        ("valve.", 2_000, 4_300),
        ("Then", 4_700, 6_000),
        ("wait.", 6_000, 8_000),
    ) == [(("Close the valve.",), Span(400, 4_000)), (("Then wait.",), Span(4_600, 8_000))]


def test_one_that_is_drawn_together_from_two_stands_for_both() -> None:
    assert english(("Close", 500, 2_000), ("it", 2_000, 5_000), ("and", 5_000, 6_000), ("wait.", 6_000, 7_500)) == [
        (("Close it and wait.",), Span(400, 8_000))
    ]


def test_one_beside_everything_that_was_spoken_stands_for_its_own_time() -> None:
    assert english(("Right.", 8_200, 8_900)) == [(("Right.",), Span(8_200, 8_900))]


def test_none_is_shown_after_the_recording_has_ended() -> None:
    said = [Word("Wait.", 7_000, 7_900, 0.9)]

    assert [cue.end_ms for cue in english_track(said, SPOKEN, (), 8_000)] == [8_000]


def test_what_an_engine_says_again_and_again_is_said_once_and_covers_no_more() -> None:
    again = [Word(text, at + n * 200, at + n * 200 + 150, 0.9) for at in range(5_000, 8_000, 800)
             for n, text in enumerate(("Do", "it", "again."))]  # fmt: skip

    track = english_track(again, SPOKEN, (), 9_000)

    assert [cue.lines for cue in track] == [("Do it again.",)]
    assert (share_of(SPOKEN, track), share_of(SPOKEN, ()), share_of((), ())) == (3_400 / 7_000, 0.0, 1.0)
