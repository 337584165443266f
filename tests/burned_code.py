"""The frame number burned into the sample's picture: 16 squares at its bottom edge, read from left to right.

Twelve bits of number, most significant first, then four that check them: no picture without a code, none
torn between two frames or blended of two, passes for a frame. White is one. All measures are shares of the
picture's width and height as shown, so that every rendition and every still reads the same.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 720, 1280  # of the picture that the measures below are taken in, in pixels
SQUARE = 24
LEFT = 168  # of the first square
TOP = 1252
BITS, CHECK_BITS = 12, 4
_DARK, _LIGHT = 90, 165  # grey levels between which a square is neither black nor white


def squares() -> Iterator[tuple[int, int, int, int]]:
    """(left, top, right, bottom) of each square in a WIDTH x HEIGHT picture, the last two exclusive."""
    for i in range(BITS + CHECK_BITS):
        yield LEFT + i * SQUARE, TOP, LEFT + (i + 1) * SQUARE, TOP + SQUARE


def bits(number: int) -> tuple[bool, ...]:
    """The squares of a frame's number, True for white. Raises ValueError from 4096 on."""
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"the code holds 0 to {(1 << BITS) - 1}")
    code = number << CHECK_BITS | _check(number)
    return tuple(bool(code >> i & 1) for i in reversed(range(BITS + CHECK_BITS)))


def frame_number(rgb: NDArray[np.uint8]) -> int:
    """The number burned into a picture of any size, height x width x 3, upright. Raises ValueError."""
    height, width = rgb.shape[:2]
    code = 0
    for left, top, right, bottom in squares():
        inset_x, inset_y = (right - left) / 4, (bottom - top) / 4
        rows = slice(*_inside(top + inset_y, bottom - inset_y, height / HEIGHT))
        columns = slice(*_inside(left + inset_x, right - inset_x, width / WIDTH))
        grey = float(rgb[rows, columns].mean())
        if _DARK < grey < _LIGHT:
            raise ValueError("a square of the code is neither black nor white")
        code = code << 1 | (grey >= _LIGHT)
    number, check = code >> CHECK_BITS, code & (1 << CHECK_BITS) - 1
    if check != _check(number):
        raise ValueError("the code does not agree with its check bits")
    return number


def _check(number: int) -> int:
    # Inverted, so that neither an all-black nor an all-white strip is a number.
    return ~(number ^ number >> 4 ^ number >> 8) & 0xF


def _inside(start: float, end: float, scale: float) -> tuple[int, int]:
    first = round(start * scale)
    return first, max(first + 1, round(end * scale))
