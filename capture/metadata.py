"""Upload-Metadata: what a stranger says of a file with tus, read and cleaned, key by key.

A new key is a line in _CLEAN. What is kept of a value can be shown to people as it is; nothing is used as a path.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from domain.clip import MAX_ANSWER
from domain.consent import MAX_NAME
from domain.errors import Invalid
from domain.ids import is_public_id
from domain.languages import heard_as
from domain.title import MAX_TITLE

MAX_METADATA = 8 * 1024  # characters of the whole Upload-Metadata header
MAX_PAIRS = 32
MAX_FILENAME = 255  # characters
_KEY = re.compile(r"[!-+\--~]{1,64}\Z")  # printable ASCII without space and comma
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")
_TIP = re.compile(r"[A-Za-z0-9_-]{22}\Z")  # 128 random bits in base64url
_VERSION = re.compile(r"[1-9][0-9]{0,5}\Z")
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # text direction

# What is answered to a brief. Left out: as the brief says; empty: none, or the expert cannot say.
ANSWERS = frozenset({"audience", "prerequisites", "kind", "level"})
# What may be said anew until the last byte has come: a recording is sent while it is made, and spoken of afterwards.
_SAID = frozenset({"speaker", "terms", "title", "space"}) | ANSWERS


@dataclass(frozen=True)
class Metadata:
    """Upload-Metadata as it was sent, to be repeated, and the values that mean something here.

    `values` has only the keys of _CLEAN, cleaned, and empty ones only of ANSWERS, where that says something.
    """

    raw: str
    values: Mapping[str, str]


def read_metadata(raw: str) -> Metadata:
    """Parses Upload-Metadata: pairs of a key and its value in base64, between commas.

    Unknown keys are checked like all others and not kept. Raises Invalid (`bad_metadata`).
    """
    if len(raw) > MAX_METADATA:
        raise _bad_metadata(f"It is longer than {MAX_METADATA} characters.")
    given: dict[str, str] = {}
    pairs = [pair.strip(" ") for pair in raw.split(",")] if raw.strip(" ") else []
    if len(pairs) > MAX_PAIRS:
        raise _bad_metadata(f"It has more than {MAX_PAIRS} pairs.")
    for pair in pairs:
        key, _, value = pair.partition(" ")
        if not _KEY.match(key):
            raise _bad_metadata("A key is 1 to 64 printable ASCII characters without spaces or commas.")
        if key in given:
            raise _bad_metadata(f"The key {key} is there twice.")
        given[key] = _decoded(key, value)
    values = {key: clean(given[key]) for key, clean in _CLEAN.items() if key in given}
    return Metadata(raw, {key: value for key, value in values.items() if value or (key in ANSWERS and not given[key])})


def said_anew(before: Metadata, anew: Metadata) -> Metadata:
    """`before` with all that `anew` says of who speaks and of what: there, what is left out is taken back.

    What the upload is, and what it belongs to, stays as it was when it began.
    """

    def pairs(raw: str, *, said: bool) -> list[str]:
        each = (pair.strip(" ") for pair in raw.split(","))
        return [pair for pair in each if pair and (pair.partition(" ")[0] in _SAID) == said]

    values = {key: value for key, value in before.values.items() if key not in _SAID}
    values |= {key: value for key, value in anew.values.items() if key in _SAID}
    return Metadata(",".join([*pairs(before.raw, said=False), *pairs(anew.raw, said=True)]), values)


def safe_filename(text: str) -> str:
    """A stranger's file name as shown to people, never used as a path: base name, at most 255 characters."""
    name = _one_line(re.split(r"[/\\]", text)[-1])
    return "" if name in (".", "..") else name[:MAX_FILENAME]


def _decoded(key: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError) as cause:  # UnicodeDecodeError is a ValueError
        raise _bad_metadata(f"The value of {key} is not UTF-8 text in base64.") from cause


def _bad_metadata(reason: str) -> Invalid:
    return Invalid(f"Upload-Metadata cannot be read. {reason}", code="bad_metadata")


def _one_line(text: str) -> str:
    """Without NUL, control characters, line breaks, and marks that turn the direction of what follows."""
    kept = (" " if c in "\t\r\n\v\f" or unicodedata.category(c) in ("Zl", "Zp") else c for c in text)
    shown = "".join(c for c in kept if unicodedata.category(c) != "Cc" and c not in _TURNS)
    return " ".join(shown.split())


def _media_type(text: str) -> str:
    """`video/mp4` of `Video/MP4; codecs=avc1`; nothing when it is none: it is a hint, the probe decides."""
    media_type = text.partition(";")[0].strip().lower()
    return media_type if _MEDIA_TYPE.match(media_type) else ""


def _language(text: str) -> str:
    """`de` of `de-AT`; nothing when no engine hears it: then it is found out. Raises Invalid: what is no code at all
    is a mistake of a program, and a wrong language would cost the whole transcript.
    """
    code = text.strip().lower()
    if code and not _LANGUAGE.match(code):
        raise Invalid("Give the language as a code such as en or de, or leave it out.", code="bad_language")
    return heard_as(code)


def _space(text: str) -> str:
    if text and not is_public_id(text):
        raise Invalid("That is not a space. Take its id from your list of spaces, or leave it out.", code="bad_space")
    return text


def _tip(text: str) -> str:
    """What a phone calls both uploads of a tip; nothing when it is no such name: that costs the tip nothing."""
    return text if _TIP.match(text) else ""


def _terms(text: str) -> str:
    """The version of the sentence about consent that was shown; nothing when it is none: then who speaks is asked."""
    return text if _VERSION.match(text) else ""


def _part(text: str) -> str:
    return text if text == "sound" else ""


_CLEAN = {
    "filename": safe_filename,
    "filetype": _media_type,
    "brief": lambda text: _one_line(text)[:64],
    "audience": lambda text: _one_line(text)[:MAX_ANSWER],
    "prerequisites": lambda text: _one_line(text)[:MAX_ANSWER],
    "kind": lambda text: _one_line(text)[:64],
    "level": lambda text: _one_line(text)[:64],
    "language": _language,
    "speaker": lambda text: _one_line(text)[:MAX_NAME],  # without it whoever sends is taken for whoever speaks
    "title": lambda text: _one_line(text)[:MAX_TITLE],
    "space": _space,
    "tip": _tip,
    "part": _part,
    "terms": _terms,
}
