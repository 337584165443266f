"""What a client says of its file: a stranger's text."""

import base64
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.metadata import read_metadata, safe_filename
from domain.errors import Invalid


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def named(filename: str) -> str | None:
    return read_metadata(f"filename {b64(filename)}").values.get("filename")


def test_who_speaks_is_kept_for_whoever_asks_them() -> None:
    found = read_metadata(f"speaker {b64('  Sam  Størmer ' + 'x' * 300)}").values["speaker"]

    assert found.startswith("Sam Størmer x")
    assert len(found) == 200


def test_an_empty_answer_is_an_answer_and_one_of_marks_alone_is_none() -> None:
    raw = f"audience,kind ,level {b64('')},prerequisites {b64(chr(0))},title ,terms ,space "

    assert read_metadata(raw).values == {"audience": "", "kind": "", "level": ""}


def test_which_sentence_about_consent_was_shown_is_a_number_or_nothing() -> None:
    sent = {
        "1": "1",
        "123456": "123456",
        "0": "",
        "1234567": "",
        "-1": "",
        "1.0": "",
        "one": "",
        "1\n": "",
        "\u0661": "",
    }

    for said, kept in sent.items():
        assert read_metadata(f"terms {b64(said)}").values.get("terms", "") == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"tip": "A-b_" + "9" * 18, "part": "sound"}, {"tip": "A-b_" + "9" * 18, "part": "sound"}),
        ({"tip": "short", "part": "sound"}, {"part": "sound"}),
        ({"tip": "A" * 22 + "' or 1=1", "part": "film"}, {}),
    ],
)
def test_what_a_phone_calls_both_parts_of_a_tip_is_a_name_or_nothing(
    sent: dict[str, str], kept: dict[str, str]
) -> None:
    raw = ",".join(f"{key} {b64(value)}" for key, value in sent.items())

    assert read_metadata(raw).values == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("tip.mp4", "tip.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\tip.mp4", "tip.mp4"),
        ("/", None),
        ("..", None),
        ("a/..", None),
        ("ti\x00p\x1b[31m.mp4", "tip[31m.mp4"),
        ("two\r\nlines.mp4", "two lines.mp4"),
        ("evil\u202e4pm.exe", "evil4pm.exe"),
        ("über den Öl-Wechsel 🔧.mp4", "über den Öl-Wechsel 🔧.mp4"),
        ("👩‍🔧.mp4", "👩‍🔧.mp4"),  # joined by U+200D, which stays
        ("x" * 300, "x" * 255),
        ("", None),
        ("   ", None),
    ],
)
def test_a_filename_is_shown_without_its_tricks(sent: str, kept: str | None) -> None:
    assert named(sent) == kept


def test_unknown_keys_are_not_kept_and_a_value_may_be_missing() -> None:
    metadata = read_metadata(f"relativePath {b64('a/b')}, is_confidential,title {b64('Öl wechseln')}")

    assert metadata.values == {"title": "Öl wechseln"}


@pytest.mark.parametrize(
    "raw",
    [
        "filename !!!,,,x y z",
        "a " + "QUJD" * 15000,
        f"filename {b64(bytes([0xFF, 0xFE, 0x41]))}",
        f"filename {b64('a')},filename {b64('b')}",
        "filename YQ",  # padding is missing
        "filename YQ== YQ==",
        f"file\tname {b64('a')}",
        ",",
        f"filename {b64('a')},",
        "ключ YQ==",
        ",".join(f"k{n} YQ==" for n in range(33)),
        "k" * 65 + " YQ==",
    ],
)
def test_metadata_is_read_strictly(raw: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_metadata(raw)

    assert refused.value.code == "bad_metadata"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("deu", "de"),
        ("", None),
        ("xx", None),
        ("tlh", None),
        ("deutsch", Invalid),
        ("../de", Invalid),
    ],
)
def test_a_language_is_a_code_and_is_found_out_where_no_engine_hears_it(
    sent: str, kept: str | type[Exception] | None
) -> None:
    raw = f"language {b64(sent)}"

    if kept is Invalid:
        with pytest.raises(Invalid) as refused:
            read_metadata(raw)
        assert refused.value.code == "bad_language"
    else:
        assert read_metadata(raw).values.get("language") == kept


def test_a_space_is_an_id() -> None:
    assert read_metadata(f"space {b64('0123456789abcdef')}").values == {"space": "0123456789abcdef"}
    with pytest.raises(Invalid) as refused:
        read_metadata(f"space {b64('../everyone')}")

    assert refused.value.code == "bad_space"


def test_a_media_type_is_a_hint_without_its_parameters() -> None:
    assert read_metadata(f"filetype {b64('Video/MP4; codecs=avc1')}").values == {"filetype": "video/mp4"}
    assert read_metadata(f"filetype {b64('<script>')}").values == {}


@given(st.text(max_size=400))
@example("\ud7ff\u2028\x85")
def test_whatever_a_file_is_called_its_name_is_one_printable_line(name: str) -> None:
    kept = named(name.encode("utf-8", "replace").decode()) or ""

    assert len(kept) <= 255
    assert not set(kept) & set("/\\\x00\r\n")
    assert all(unicodedata.category(c) not in ("Cc", "Zl", "Zp") for c in kept)
    assert kept not in (".", "..")
    assert safe_filename(kept) == kept


@given(
    st.dictionaries(
        st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1, max_size=64),
        st.binary(max_size=60),
        max_size=8,
    )
)
def test_metadata_as_clients_write_it_is_read_or_refused_for_its_text(pairs: dict[str, bytes]) -> None:
    raw = ",".join(f"{key} {b64(value)}" for key, value in pairs.items())

    with suppress(Invalid):
        metadata = read_metadata(raw)

        assert metadata.raw == raw
        assert all(value.decode() is not None for value in pairs.values())
        assert set(metadata.values) <= set(pairs)
