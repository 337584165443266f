"""What a reel shows besides film: cards, the words on the ground around a film, captions.

Drawn on the player's own night (static/css/tokens.css). Measures are pixels of `domain.reel.Shape`'s sizes; a
picture is RGB of 8 bits, (height, width, 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from domain.reel import Shape
from transcode.reel_text import BOLD, LINES, REGULAR, SEMIBOLD, Font, fitted, font, written

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Colour = tuple[int, int, int]
NIGHT, INK, SOFT, ACCENT = (0x12, 0x11, 0x0F), (0xF6, 0xF3, 0xEC), (0xC6, 0xC0, 0xB4), (0x6F, 0xD2, 0xC2)

_MARGIN = {Shape.LANDSCAPE: 112, Shape.SQUARE: 72, Shape.PORTRAIT: 56}  # of cards
_LEADING = 1.32  # of a line's height to its font's
_CAPITALS = 0.714  # of a font's size: how tall Noto's are, by which a line is centred
_HIGH = 0.47  # of what is left goes above a card's text: the middle looks too low
_EDGE = 0.05  # of each side that stays free beside a film: television sets cut off as much
_GAP = 32  # between a film and words on the ground

# Read from across a corridor: a line takes a twelfth of a landscape picture, as broadcasters have it.
_CAPTION = 44
_PAD_X, _PAD_Y, _CORNER = 22, 10, 12
_COVER, _COVERED = 0.86, (0x21, 0x1F, 0x1B)  # under a caption over film: on white its letters still keep 8:1

_LABEL, _LABEL_TITLE = 30, (38, 34, 30)
_LEAST_COLUMN = 500  # beside a film: about twenty letters of a caption


@dataclass(frozen=True)
class Box:
    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def foot(self) -> int:
        return self.top + self.height

    @property
    def inside(self) -> tuple[slice, slice]:
        """Of a picture's rows and columns."""
        return slice(self.top, self.foot), slice(self.left, self.right)


@dataclass(frozen=True)
class Told:
    """What is said of a clip."""

    number: int
    of: int
    title: str
    credit: str

    @property
    def count(self) -> str:
        return f"{self.number} of {self.of}"


@dataclass(frozen=True)
class Stage:
    """Where things are while a film runs. `ground` is all that stands still, and black where the film will be."""

    ground: Picture
    film: Box
    words: Box  # room for a caption's two lines
    over: bool  # ... which lie over the film; else they stand on the ground

    @property
    def above(self) -> "Stage":
        """The same with room for two lines at the film's head: for what must not hide the captions."""
        film, pad = self.film, _PAD_X + round(self.film.width * _EDGE)
        top = film.top + round(film.height * _EDGE)
        return replace(self, words=Box(film.left + pad, top, film.width - 2 * pad, LINES * _step(_CAPTION)), over=True)


@dataclass(frozen=True)
class Overlay:
    """What is laid over a part of a picture: `kept` of it (height, width, 1) plus `light`, both in 256ths."""

    box: Box
    light: np.ndarray[Any, np.dtype[np.uint16]]
    kept: np.ndarray[Any, np.dtype[np.uint16]]

    def onto(self, picture: Picture) -> None:
        part = picture[self.box.inside]
        mixed = part * self.kept
        mixed += self.light
        mixed >>= 8
        part[:] = mixed


@dataclass(frozen=True)
class _Text:
    lines: tuple[str, ...]
    face: Font
    colour: Colour
    before: int = 0  # pixels above it

    @property
    def step(self) -> int:
        return round(self.face.size * _LEADING)

    @property
    def height(self) -> int:
        return self.before + self.step * len(self.lines) if self.lines else 0


def title_card(shape: Shape, title: str, clips: int) -> Picture:
    """The reel's own: its title, and how much is to come."""
    face, lines = fitted(written(title), (92, 80, 68, 58, 50), BOLD, _column(shape), 5)
    how_many = "1 tip" if clips == 1 else f"{clips} tips"
    return _card(shape, [_Text(lines, face, INK), _Text((how_many,), font(40), SOFT, 24)], ruled=True)


def clip_card(shape: Shape, told: Told) -> Picture:
    """What comes now, of how many, and who shows it."""
    face, lines = fitted(written(told.title), (68, 58, 50, 44), BOLD, _column(shape), 5)
    small, who = fitted(written(told.credit), (40, 34), REGULAR, _column(shape), 2)
    count = _Text((told.count,), font(38, SEMIBOLD), ACCENT)
    return _card(shape, [count, _Text(lines, face, INK, 12), _Text(who, small, SOFT, 22)])


def stage(shape: Shape, across: int, down: int, told: Told) -> Stage:
    """A film of `across` x `down` pixels, as large as it can be seen whole.

    Where the ground has room, words stand on it and hide nothing: what the film is called, and the captions. Where
    it has none, captions lie over the film's lower edge.
    """
    scale = min(shape.width / across, shape.height / down)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (across, down))
    film, label, words = _places(shape, width, height)
    ground = _night(shape)
    if label is not None:
        most = (label.height - _step(_LABEL)) // _step(_LABEL_TITLE[0])
        face, lines = fitted(written(told.title), _LABEL_TITLE, SEMIBOLD, label.width, most)
        said = " · ".join(filter(None, (told.count, written(told.credit))))
        small, who = fitted(said, (_LABEL,), REGULAR, label.width, 1)
        texts = [_Text(lines, face, SOFT), _Text(who, small, SOFT, 4)]
        _set(ground, texts, label.left, label.foot - sum(text.height for text in texts))
    picture = np.array(ground)
    picture[film.inside] = 0
    return Stage(picture, film, words, over=words.top < film.foot and words.left < film.right)


def caption_overlay(where: Stage, lines: Sequence[str]) -> Overlay:
    """A caption's one or two lines, drawn: to the left on the ground, in the middle and on a dark box over film."""
    face, room, step = caption_font(), where.words, _step(_CAPTION)
    pad_x, pad_y = (_PAD_X, _PAD_Y) if where.over else (0, 0)
    width = min(room.width, round(max(map(face.getlength, lines)))) + 2 * pad_x
    height = step * len(lines) + 2 * pad_y
    letters, cover = (Image.new("L", (width, height)) for _ in range(2))
    if where.over:
        ImageDraw.Draw(cover).rounded_rectangle((0, 0, width - 1, height - 1), _CORNER, fill=round(255 * _COVER))
        box = Box(room.left + (room.width - width) // 2, room.foot - height + pad_y, width, height)
    else:
        box = Box(room.left, room.top, width, height)
    for number, line in enumerate(lines):
        at, anchor = (width / 2, "ms") if where.over else (0, "ls")
        ImageDraw.Draw(letters).text((at, pad_y + _baseline(step, number, face)), line, 255, face, anchor)
    ink, dark = (np.asarray(each, np.float32)[:, :, None] / 255 for each in (letters, cover))
    light = ink * np.array(INK) + (1 - ink) * dark * np.array(_COVERED)
    kept = (1 - ink) * (1 - dark)
    return Overlay(box, (light * 256).astype(np.uint16), (kept * 256).astype(np.uint16))


def caption_font() -> Font:
    return font(_CAPTION, SEMIBOLD)


def _places(shape: Shape, width: int, height: int) -> tuple[Box, Box | None, Box]:
    """(film, label if there is room for one, caption) of a film that takes so much of the shape."""
    edge_x, edge_y = round(shape.width * _EDGE), round(shape.height * _EDGE)
    two_lines = LINES * _step(_CAPTION)
    column = shape.width - width - 2 * edge_x - 2 * _GAP
    if column >= _LEAST_COLUMN:  # a portrait film in a landscape: it goes to the left, words to its right
        film = Box(edge_x, (shape.height - height) // 2, width, height)
        words = Box(film.right + 2 * _GAP, round(shape.height * 0.6), column, two_lines)
        return film, Box(words.left, edge_y, column, words.top - 2 * _GAP - edge_y), words
    line, titled = shape.width - 2 * edge_x, LINES * _step(_LABEL_TITLE[0]) + 4 + _step(_LABEL)
    left = shape.height - height - two_lines - _GAP - edge_y
    for label in (titled + _GAP + edge_y, 0):
        if left >= label:
            film = Box((shape.width - width) // 2, label + (left - label) // 2, width, height)
            words = Box(edge_x, film.foot + _GAP, line, two_lines)
            return film, Box(edge_x, film.top - _GAP - titled, line, titled) if label else None, words
    film = Box((shape.width - width) // 2, (shape.height - height) // 2, width, height)
    return film, None, Box(edge_x + _PAD_X, shape.height - edge_y - two_lines, line - 2 * _PAD_X, two_lines)


def _card(shape: Shape, texts: Sequence[_Text], *, ruled: bool = False) -> Picture:
    card = _night(shape)
    left, top = _MARGIN[shape], round((shape.height - sum(text.height for text in texts)) * _HIGH)
    if ruled:
        ImageDraw.Draw(card).rectangle((left, top - 36, left + 87, top - 29), ACCENT)
    _set(card, texts, left, top)
    return np.array(card)


def _set(card: Image.Image, texts: Sequence[_Text], left: int, top: int) -> None:
    """Texts one beneath the other."""
    draw = ImageDraw.Draw(card)
    for text in texts:
        for number, line in enumerate(text.lines):
            baseline = top + text.before + _baseline(text.step, number, text.face)
            draw.text((left, baseline), line, text.colour, text.face, "ls")
        top += text.height


def _baseline(step: int, number: int, face: Font) -> float:
    """From the top of the first line to where the letters of line `number` stand, capitals in the line's middle."""
    return step * (number + 0.5) + face.size * _CAPITALS / 2


def _step(size: int) -> int:
    return round(size * _LEADING)


def _column(shape: Shape) -> int:
    return shape.width - 2 * _MARGIN[shape]


def _night(shape: Shape) -> Image.Image:
    return Image.new("RGB", (shape.width, shape.height), NIGHT)
