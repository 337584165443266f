"""Which language somebody reads, and our words in it.

Decided here alone: what a person has chosen (kept with the person, and in a cookie for whoever is not signed in), else
what their browser asks for, else English. English is what the sources say; every other language is a catalogue of
gettext, `languages/<code>.po`, read when it is first spoken. What a catalogue lacks is said in English.

In templates, Python and JavaScript alike: `_("Goes on from %(time)s.", time=...)`, and
`ngettext("%(num)s clip", "%(num)s clips", n)`. Digits are those of clocks and addresses (0-9) in every language.
"""

import gettext as catalogues
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.phrases import phrase as phrase  # for those who say it with `_`, from here

COOKIE = "passiton_language"
ENGLISH = "en"
FOLDER = Path(__file__).with_name("languages")
_OF_SCRIPTS = "publish_api/pages/static/js/"  # where a catalogue says that a sentence is theirs
_MOST_ASKED = 20  # languages that a browser may name; people read a few


@dataclass
class _Spoken:
    language: str


_spoken: ContextVar[_Spoken | None] = ContextVar("spoken", default=None)


class Tongue:
    """Around the whole app: what is said while a request is answered is said in the language of whoever asks.

    A thing that can be changed is laid down for it, since routes run in threads, with a copy of the context:
    `speak` has to reach what comes after them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _spoken.set(_Spoken(asked_for(Headers(scope=scope))))
        await self.app(scope, receive, send)


def asked_for(headers: Headers) -> str:
    """The language of a request, before it is known who sends it."""
    chosen = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    if chosen in languages():
        return chosen
    return next((each for each in _wanted(headers.get("accept-language", "")) if each in languages()), ENGLISH)


def _wanted(said: str) -> list[str]:
    """The languages of an Accept-Language header, as codes without a region, the best first (RFC 9110, 12.5.4)."""
    found = []
    for each in said.split(",")[:_MOST_ASKED]:
        name, _, weight = each.strip().lower().partition(";")
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if q > 0:
            found.append((q, name.strip().partition("-")[0]))
    return [name for _, name in sorted(found, key=lambda one: -one[0])]


@cache
def languages() -> dict[str, str]:
    """Every language that pages can be read in, by its code: what it calls itself."""
    codes = [ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po"))]
    return {code: (Locale(code).get_display_name(code) or code).capitalize() for code in codes}


def language() -> str:
    """Of whoever is being answered; English where nobody is."""
    spoken = _spoken.get()
    return spoken.language if spoken else ENGLISH


def locale() -> Locale:
    return Locale(language())


def called(code: str) -> str:
    """A language, as whoever is answered calls it; its code where nobody knows it."""
    return str(locale().languages.get(code, code))


def dated(then: date, pattern: str) -> str:
    """With the names of months as the reader's language has them. Patterns: Unicode's TR 35."""
    if isinstance(then, datetime):
        return format_datetime(then, pattern, locale=locale())
    return format_date(then, pattern, locale=locale())


def direction() -> str:
    """ "ltr" or "rtl"."""
    return locale().text_direction


def speak(language: str | None) -> None:
    """From now on whoever asks is answered in this language; None, or one that is not here: as they are."""
    spoken = _spoken.get()
    if spoken and language in languages():
        spoken.language = language


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """What is said inside is said in this language: a mail, for somebody who is not asking."""
    before = _spoken.set(_Spoken(language if language in languages() else ENGLISH))
    try:
        yield
    finally:
        _spoken.reset(before)


def _(sentence: str, /, **values: object) -> str:
    said = gettext(sentence)
    return said % values if values else said


def gettext(sentence: str) -> str:
    return _words(language()).gettext(sentence) if sentence else ""  # gettext keeps its header under ""


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    return nforms(one, many, num) % {"num": num, **values}


def nforms(one: str, many: str, num: int) -> str:
    """The form for so many, with its places still open: templates fill them."""
    return _words(language()).ngettext(one, many, num)


@cache
def _words(language: str) -> catalogues.NullTranslations:
    if language == ENGLISH:
        return catalogues.NullTranslations()
    packed = io.BytesIO()
    write_mo(packed, _catalogue(language))
    packed.seek(0)
    return catalogues.GNUTranslations(packed)


@cache
def _catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def module(language: str) -> str:
    """What static/js/words.js loads: the sentences of the scripts in another language, as a module."""
    said = {}
    for message in _catalogue(language):
        of_scripts = any(path.startswith(_OF_SCRIPTS) for path, _ in message.locations)
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and of_scripts and all(message.string or ()) and message.string and not message.fuzzy:
            said[key] = message.string
    return f"export default {json.dumps(said, ensure_ascii=False)};\n"
