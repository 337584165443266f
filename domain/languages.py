"""Languages by their codes: two letters of ISO 639-1, or three where a language has no two.

Which codes there are is known to the CLDR, which Babel brings; what a speech engine hears, to Whisper's list.
"""

import functools
import re

from babel import Locale
from babel.core import get_global

# Those that people are likely to look for, as they are called in English. An engine knows more.
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

# What Whisper can be told to hear, by its own codes.
_HEARD = """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id
    is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd
    si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh
"""
HEARD = frozenset(_HEARD.split())

_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")
_SHORTER = {"fil": "tl"}  # which the CLDR has the other way round
_HEARD_AS = {"jv": "jw", "nb": "no"}
_NONE = {"und", "mul", "zxx"}  # unknown, several, no words


def code_of(said: str) -> str:
    """The shortest code of a language: `de` of `deu`, `ger` and `de-AT`; "" where that is none."""
    code = _CODE.fullmatch(said.strip().lower())
    return _shortest(code[1]) if code else ""


def heard_as(said: str) -> str:
    """By which code a speech engine is told to hear it; "" where it cannot."""
    code = code_of(said)
    code = _HEARD_AS.get(code, code)
    return code if code in HEARD else ""


@functools.lru_cache(1024)
def _shortest(code: str) -> str:
    known = Locale("en").languages
    if len(code) == 3 or code not in known:
        code = get_global("language_aliases").get(code, code)
    code = _SHORTER.get(code, code)
    return code if code in known and code not in _NONE else ""
