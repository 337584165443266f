"""Strangers' text: what is not seen is not kept, and what needs it keeps it."""

import pytest

from store.text import clean, one_line, storable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tip\u202egpj.exe", "tipgpj.exe"),
        ("\u2066a\u2069\u202ab\u202c", "ab"),
        ("va\u200blve \ufeff\u2060wheel\u00ad", "valve wheel"),
        ("a\u200db\u200c", "ab"),
        ("\u115f\u3164\uffa0", ""),
        ("hi\U000e0041\U000e0042", "hi"),
        ("a" + "\u0301" * 30, "a" + "\u0301" * 4),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("a\x00b\x07c\x9bd\ud800", "abcd"),
    ],
)
def test_what_is_not_seen_is_taken_out(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian: the letters are written apart
        "क\u094d\u200dष",  # Hindi: half a letter
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # one picture of three
        "\u2764\ufe0f",
        "שלום \u200f(עולם)\u200f",
        "Việt Nam, e\u0302\u0301",
    ],
)
def test_what_scripts_and_pictures_need_stays(text: str) -> None:
    assert clean(text) == text


def test_a_line_is_one_line_and_captions_keep_their_turns() -> None:
    assert one_line(" a \u200b\n b\u2028c ") == "a b c"
    assert storable("\u202bשלום!\u202c\x00") == "\u202bשלום!\u202c"
