"""What people wrote -> lines that fit, in a font that has their letters. Draws nothing; strangers' text is only text.

The font is Noto Sans from a package of its own: no machine has to have one, and every reel looks alike. It has the
Latin letters of all languages, Greek, Cyrillic and Devanagari. Text in other letters is left out whole: half a
sentence would say something else.
"""

import importlib.util
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil
from pathlib import Path

from PIL import ImageFont

from domain.errors import Misconfigured
from domain.reel import Caption

REGULAR, SEMIBOLD, BOLD = 400, 600, 700  # OpenType's weights
LINES = 2  # of a caption at once: more hides the picture, and is gone before it is read

_FONT = "fontpkg_noto_sans"
_MOST = 400  # characters of one text: beyond that nobody reads, and laying it out is work
_NO_LETTER = "\U0010fffe"  # never one: what is drawn for it is what a font draws for what it lacks
_ELLIPSIS = "…"

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=32)
def font(size: int, weight: int = REGULAR) -> Font:
    """Noto Sans, `size` pixels to the em. Raises Misconfigured (`no_font`)."""
    found = importlib.util.find_spec(_FONT)
    if found is None or found.origin is None:
        raise Misconfigured(
            "The font that reels are written in is not installed. Ask whoever runs this server to install it anew.",
            code="no_font",
        )
    made = ImageFont.truetype(str(Path(found.origin).parent / "files" / "NotoSans[wdth,wght].ttf"), size)
    made.set_variation_by_axes([weight, 100])  # of its full width
    return made


def unwritable(text: str) -> str:
    """The letters of a text that a reel has no shapes for, each once. A text with any of them is left out of it."""
    return "".join(dict.fromkeys(c for c in _cleaned(text) if unicodedata.category(c)[0] == "L" and not _has(c)))


def written(text: str) -> str:
    """The text in one line as it can be drawn: signs that the font lacks (emoji) dropped, empty if letters are."""
    if unwritable(text):
        return ""
    return " ".join("".join(c for c in _cleaned(text[:_MOST]) if c == " " or _has(c)).split())


def wrapped(text: str, face: Font, width: float) -> tuple[str, ...]:
    """A text in as few lines as it needs, of about equal length, none wider than `width` pixels; () of none."""
    lines = _filled(text, face, width)
    # The narrowest column that needs no line more and breaks no word: found by halves, to the pixel.
    narrow, wide = ceil(max(map(face.getlength, text.split()), default=0)), int(width)
    while narrow < wide:
        middle = (narrow + wide) // 2
        if len(tried := _filled(text, face, middle)) > len(lines):
            narrow = middle + 1
        else:
            wide, lines = middle, tried
    return lines


def fitted(text: str, sizes: Sequence[int], weight: int, width: float, most: int) -> tuple[Font, tuple[str, ...]]:
    """(font, lines) in the largest of `sizes` (falling) in which a text needs at most `most` lines, no word broken.

    In the smallest a word may be, and what does not fit ends in an ellipsis.
    """
    for size in sizes:
        face = font(size, weight)
        lines = wrapped(text, face, width)
        if len(lines) <= most and all(face.getlength(word) <= width for word in text.split()):
            return face, lines
    if len(lines) <= most:
        return face, lines
    kept = list(_filled(text, face, width)[:most])
    while face.getlength(kept[-1] + _ELLIPSIS) > width:
        kept[-1] = kept[-1][:-1]
    return face, (*kept[:-1], kept[-1].rstrip(" ,;:.–-") + _ELLIPSIS)


def pages(captions: Sequence[Caption], length_ms: int, face: Font, width: float) -> tuple[Caption, ...]:
    """Captions as they are shown in a shape: at most two lines, none wider than `width` pixels, one at a time.

    Lines stay as they are where they fit. What needs more than two becomes several captions, each for its share of
    the time.
    """
    shown: list[Caption] = []
    for caption in sorted(captions, key=lambda each: each.start_ms):
        begins = max(caption.start_ms, shown[-1].end_ms if shown else 0)
        ends = min(caption.end_ms, length_ms)
        lines = tuple(filter(None, map(written, caption.lines)))
        if ends <= begins or not lines or any(map(unwritable, caption.lines)):
            continue
        if len(lines) > LINES or any(face.getlength(line) > width for line in lines):
            lines = wrapped(" ".join(lines), face, width)
        shown += _shared([lines[at : at + LINES] for at in range(0, len(lines), LINES)], begins, ends)
    return tuple(shown)


def _shared(groups: Sequence[tuple[str, ...]], begins: int, ends: int) -> list[Caption]:
    lengths = [sum(map(len, lines)) for lines in groups]
    times = [begins + round((ends - begins) * sum(lengths[:n]) / sum(lengths)) for n in range(len(groups) + 1)]
    return [Caption(*span, lines) for span, lines in zip(pairwise(times), groups, strict=True) if span[0] < span[1]]


def _filled(text: str, face: Font, width: float) -> tuple[str, ...]:
    """Line after line as full as it gets. A word wider than a line is broken where the line ends."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if face.getlength(longer) <= width:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for letter in word:
            if lines[-1] and face.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return tuple(filter(None, lines))


def _cleaned(text: str) -> str:
    """Composed letters, any white space a space, and nothing that controls: directions, joiners, private signs."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")


@lru_cache(maxsize=4096)
def _has(character: str) -> bool:
    face = font(32)
    shape, none = face.getmask(character), face.getmask(_NO_LETTER)
    return (shape.size, bytes(shape)) != (none.size, bytes(none))
