"""Languages by any of their codes."""

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from domain.languages import HEARD, LANGUAGES, code_of, heard_as
from transcribe.whisper import hears


@pytest.mark.parametrize(
    ("said", "code", "heard"),
    [
        ("de", "de", "de"),
        (" DE-at", "de", "de"),
        ("deu", "de", "de"),
        ("ger", "de", "de"),
        ("nb", "nb", "no"),
        ("jv", "jv", "jw"),
        ("jw", "jv", "jw"),
        ("tgl", "tl", "tl"),
        ("cmn", "zh", "zh"),
        ("gsw", "gsw", ""),
        ("xx", "", ""),
        ("zzz", "", ""),
        ("und", "", ""),
        ("german", "", ""),
        ("", "", ""),
    ],
)
def test_a_language_has_one_code_and_what_is_none_has_none(said: str, code: str, heard: str) -> None:
    assert (code_of(said), heard_as(said)) == (code, heard)


def test_what_is_heard_is_what_whisper_hears_and_what_is_offered_is_heard() -> None:
    assert set(_LANGUAGE_CODES) == HEARD
    assert {heard_as(each) for each in HEARD} == HEARD
    assert all(heard_as(each) == code_of(each) == each for each in LANGUAGES)


def test_english_only_models_hear_no_other_language_and_old_ones_no_cantonese() -> None:
    assert (hears("base.en", "en"), hears("base.en", "de"), hears("base", "de")) == (True, False, True)
    assert (hears("base", "yue"), hears("large-v3-turbo", "yue"), hears("base", "")) == (False, True, False)
