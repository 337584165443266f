"""Caption files as strangers bring them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from transcribe.caption_files import read, track

VTT = """WEBVTT - made elsewhere
Kind: captions

STYLE
::cue { color: red }

NOTE nobody reads this

intro
00:01.000 --> 00:03.500 line:10% align:start
<v Fred>Turn the <b>valve</b>
slowly &amp; gently.

00:00:04,000 --> 00:00:06,000
Then <00:00:05.000><c.loud>wash</c> your hands.
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>Turn the valve</i>\r\n{\\an8}slowly.\r\n\r\n"
    "2\r\n00:00:04,000 --> 00:00:06,000\r\n-->\r\n"
)


def texts(data: bytes) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(cue.start_ms, cue.end_ms, cue.lines) for cue in read(data)]


def test_webvtt_is_read_without_its_markup_settings_and_notes() -> None:
    assert texts(VTT.encode()) == [
        (1000, 3500, ("Turn the valve", "slowly & gently.")),
        (4000, 6000, ("Then wash your hands.",)),
    ]


def test_subrip_is_read_without_its_markup() -> None:
    assert texts(SRT.encode("utf-8-sig")) == [(1000, 3500, ("Turn the valve", "slowly.")), (4000, 6000, ("-->",))]


def test_utf_16_is_read_where_it_says_so() -> None:
    assert texts(SRT.encode("utf-16"))[0][2] == ("Turn the valve", "slowly.")


@pytest.mark.parametrize(
    "data",
    [
        "1\n00:00:01,000 --> 00:00:03,000\nHola\n2\n00:00:04,000 --> 00:00:06,000\n7\n",
        "00:01.000 --> 00:03.000\nHola\n00:04.000 --> 00:06.000\n7\n",
        "1\n00:00:01,000 --> 00:00:03,000\n\nHola\n\n2\n00:00:04,000 --> 00:00:06,000\n\n7\n\n3\n",
        "1\r\r\n00:00:01,000 --> 00:00:03,000\r\r\nHola\r\r\n2\r\r\n00:00:04,000 --> 00:00:06,000\r\r\n7\r\r\n",
        "WEBVTT\n00:01.000 --> 00:03.000\n\nNOTE by me\nor you\n\nHola\n\nlast\n00:04.000 --> 00:06.000\n7\n\n",
        "1\n00:00:00,000 --> 00:00:01,000\n\n2\n00:00:01,000 --> 00:00:03,000\nHola\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\n7",
    ],
)
def test_a_cue_begins_at_its_times_wherever_lines_are_empty(data: str) -> None:
    assert texts(data.encode()) == [(1000, 3000, ("Hola",)), (4000, 6000, ("7",))]


def test_text_behind_an_empty_line_is_not_lost() -> None:
    data = b"1\n00:00:01,000 --> 00:00:03,000\nHola,\n\namigos\n\n2\n00:00:04,000 --> 00:00:06,000\n7\n"

    assert texts(data)[0] == (1000, 3000, ("Hola,", "amigos"))


def test_what_cannot_be_seen_is_left_out() -> None:
    assert texts("00:01.000 --> 00:02.000\na\x07b\u2028c<script>x</script>\n".encode()) == [(1000, 2000, ("a b cx",))]


def test_captions_come_in_order_of_time_and_end_with_the_recording() -> None:
    data = b"00:05.000 --> 00:09.000\nlater\n\n00:01.000 --> 00:02.000\nsooner\n"

    found = track(data, 6000)

    assert [(cue.start_ms, cue.end_ms, cue.lines, cue.of.end_ms) for cue in found] == [
        (1000, 2000, ("sooner",), 2000),
        (5000, 6000, ("later",), 6000),
    ]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"x" * 500_001, "captions_too_large", "too large"),
        ("00:01.000 --> 00:02.000\nStra\xdfe".encode("latin-1"), "captions_not_text", "UTF-8"),
        (b"\x00\x01\x02", "captions_not_text", "no text"),
        (b"\xff\xfe\x00", "captions_not_text", "UTF-8"),
        (b"", "captions_unreadable", "no captions in this file"),
        (b"Dear all, the captions follow.", "captions_unreadable", "no captions in this file"),
        (b"1\n00:01 --> 00:02\nno thousandths", "captions_unreadable", "00:01 --> 00:02"),
        (b"00:00.000 --> 00:99.000\nno such second", "captions_unreadable", "00:00.000 --> 00:99.000"),
        (b"00:01.000 --> 00:02.000\na\n2\n00:03 --> 00:04\nb", "captions_unreadable", "00:03 --> 00:04"),
        (b"00:02.000 --> 00:01.000\nbackwards", "captions_unreadable", "ends before it begins"),
        (b"00:01.000 --> 00:02.000\n" + b"a\n" * 5, "captions_unreadable", "longer than anybody can read"),
        (b"00:01.000 --> 00:02.000\n" + b"a" * 201, "captions_unreadable", "longer than anybody can read"),
        (b"00:21.000 --> 00:22.000\nof another film", "captions_outside", "0:21, after the recording has ended"),
    ],
)
def test_what_cannot_be_captions_of_the_recording_is_refused_in_words(data: bytes, code: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        track(data, 20_000)

    assert refused.value.code == code


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"WEBVTT\n\n{text}".encode(errors="replace")))
def test_whatever_a_file_holds_it_is_read_or_refused(data: bytes) -> None:
    try:
        found = track(data, 20_000)
    except Invalid:
        return

    assert all(0 <= cue.start_ms < cue.end_ms <= 20_000 and cue.lines for cue in found)
