"""Caption files as people bring them: WebVTT and SubRip, hostile until read.

Markup, styles, places on the picture and whatever else a file may say are left out: what remains is text and times.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.errors import Invalid
from domain.span import Span
from domain.track import TrackCue

MAX_BYTES = 500_000  # a day's talk has less
_MAX_LINES = 4
_MAX_LINE = 200  # characters
_SKIPPED = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s.*)?")
_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:\s.*)?", re.ASCII)
_CLOCK = re.compile(r"\d:\d\d")
_TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")  # SubRip's {\an8} too
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class _Told:
    text: str
    apart: bool  # from the line before, by an empty one


def track(data: bytes, duration_ms: int) -> tuple[TrackCue, ...]:
    """The cues of a file for a recording, in order of time.

    Raises Invalid: `captions_too_large`, `captions_not_text`, `captions_unreadable`, `captions_outside`.
    """
    found = []
    for cue in read(data):
        start = cue.start_ms
        if start >= duration_ms:
            raise Invalid(
                f"A caption begins at {_clock(start)}, after the recording has ended. Is the file for another one?",
                code="captions_outside",
            )
        if len(cue.lines) > _MAX_LINES or any(len(line) > _MAX_LINE for line in cue.lines):
            raise Invalid(
                f"The caption at {_clock(start)} is longer than anybody can read at once. Part it in the file.",
                code="captions_unreadable",
            )
        end = min(cue.end_ms, duration_ms)
        found.append(TrackCue(start, end, cue.lines, Span(start, end)))
    return tuple(found)


def read(data: bytes) -> tuple[TrackCue, ...]:
    """The cues of a file as they are, in order of time. Raises Invalid as `track`, but for what is too long or late."""
    if len(data) > MAX_BYTES:
        raise Invalid("This file is too large to hold captions alone.", code="captions_too_large")
    found = sorted(_cues(_text(data)), key=lambda cue: (cue.start_ms, cue.end_ms))
    if not found:
        raise Invalid(
            "There are no captions in this file. Bring one in WebVTT (.vtt) or SubRip (.srt).",
            code="captions_unreadable",
        )
    return tuple(found)


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            "This file is not text in UTF-8. Save it as UTF-8, and bring it again.", code="captions_not_text"
        ) from error
    if "\0" in text:
        raise Invalid("This file is no text. Bring captions in WebVTT or SubRip.", code="captions_not_text")
    return text


def _cues(text: str) -> Iterator[TrackCue]:
    """A line of times begins a cue wherever it stands. Text is of the cue before it, be it behind an empty line: what
    is in a file is shown, or refused. Read as WebVTT's parser does, but for that.
    """
    begun: re.Match[str] | None = None
    told: list[_Told] = []  # since then
    numbered, skipped, apart, since = True, False, True, True
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip():
            skipped, apart, since = False, True, True
        elif times := _TIMES.fullmatch(line):
            number = _number(told, apart=apart, numbered=numbered)
            if begun:
                yield from _cue(begun, told[:-1] if number else told)
                numbered = number is not None and number.text.strip().isdecimal()
            else:
                numbered = bool(told) and told[-1].text.strip().isdecimal()
            begun, told, skipped, apart, since = times, [], False, False, False
        else:
            skipped = skipped or (apart and _SKIPPED.fullmatch(line) is not None)
            if not skipped and "-->" in line and (since or _CLOCK.search(line)):
                raise Invalid(f"This line of the file cannot be read: {_shown(line)}", code="captions_unreadable")
            if not skipped:
                told.append(_Told(line, apart))
            apart = False
    if begun:
        yield from _cue(begun, told[:-1] if _number(told, apart=True, numbered=numbered) else told)


def _number(told: Sequence[_Told], *, apart: bool, numbered: bool) -> _Told | None:
    """The last line, where it is what the next cue is called; `apart`: an empty line is between them, `numbered`:
    cues have numbers here. WebVTT's may have names, each in a line of its own just before the times.
    """
    if not told:
        return None
    last = told[-1]
    counts = numbered and last.text.strip().isdecimal()
    if apart:
        return last if counts and last.apart and len(told) > 1 else None
    return last if last.apart or counts else None


def _cue(times: re.Match[str], told: Sequence[_Told]) -> Iterator[TrackCue]:
    start, end = _ms(times.groups()[:4]), _ms(times.groups()[4:])
    if end <= start:
        raise Invalid(f"The caption at {_clock(start)} ends before it begins.", code="captions_unreadable")
    if said := _plain([each.text for each in told]):
        yield TrackCue(start, end, said, Span(start, end))


def _plain(lines: Sequence[str]) -> tuple[str, ...]:
    """What is to be read: without markup, and without characters that cannot be seen."""
    found = []
    for line in _BREAK.sub("\n", "\n".join(lines)).split("\n"):
        bare = html.unescape(_TAG.sub("", line))
        seen = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in bare)
        found.append(" ".join(seen.split()))
    return tuple(line for line in found if line)


# Control characters, halves of pairs, what no font has; not "Cf", which joins letters of some scripts.
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def _ms(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, ms = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _shown(line: str) -> str:
    return " ".join(_plain([line]))[:80]


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"
