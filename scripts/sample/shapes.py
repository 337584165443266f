"""Drawing with smooth edges, and moving between poses: what the three scenes are made of.

Measures are pixels of the finished picture. A canvas is drawn at twice its size and halved, which is what
smooths the edges: Pillow's own shapes have none.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TypeVar

from PIL import Image, ImageColor, ImageDraw, ImageFont

_FINE = 2
Point = tuple[float, float]
Pose = TypeVar("Pose")


@dataclass(frozen=True)
class Beat:
    """Where a topic is: the line being said, and how much of it has been (0 to 1, 1 in the pause after it)."""

    line: int
    share: float
    seconds: float  # since the recording's start, for what moves by itself


def ease(share: float, start: float = 0.0, end: float = 1.0) -> float:
    """0 up to `start`, 1 from `end` on, and a soft way between."""
    x = min(1.0, max(0.0, (share - start) / (end - start)))
    return x * x * (3 - 2 * x)


def mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def between(poses: Sequence[Pose], beat: Beat, start: float = 0.05, end: float = 0.6) -> Pose:
    """The pose at a beat. `poses[0]` is how a topic begins, `poses[n + 1]` what its line n leads to.

    A pose is a dataclass of numbers alone.
    """
    before, after = poses[beat.line], poses[beat.line + 1]
    moved = ease(beat.share, start, end)
    values = (mix(a, b, moved) for a, b in zip(astuple(before), astuple(after), strict=True))  # type: ignore[call-overload]
    return type(before)(*values)


def elbow(a: Point, b: Point, first: float, second: float, side: int) -> Point:
    """The joint of a limb from `a` to `b` with bones of these lengths; `side` (1 or -1) is where it bends to."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    reach = min(math.hypot(dx, dy), (first + second) * 0.999) or 1e-6
    along = (first**2 - second**2 + reach**2) / (2 * reach)
    away = math.sqrt(max(0.0, first**2 - along**2))
    ux, uy = dx / math.hypot(dx, dy), dy / math.hypot(dx, dy)
    return a[0] + ux * along - side * uy * away, a[1] + uy * along + side * ux * away


class Canvas:
    """A picture in the making. Colours are "#rrggbb"; `alpha` is 0 to 1."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self._background = ImageColor.getrgb(background)[:3]
        self._image = Image.new("RGB", (width * _FINE, height * _FINE), background)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def done(self) -> Image.Image:
        return self._image.reduce(_FINE)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, *, round_: float = 0, alpha: float = 1
    ) -> None:
        corners = [(x * _FINE, y * _FINE), ((x + width) * _FINE, (y + height) * _FINE)]
        self._draw.rounded_rectangle(corners, round_ * _FINE, _colour(fill, alpha))

    def disc(self, centre: Point, radius: float, fill: str, *, alpha: float = 1) -> None:
        self._draw.ellipse(_round(centre, radius), _colour(fill, alpha))

    def ring(
        self,
        centre: Point,
        radius: float,
        width: float,
        fill: str,
        *,
        start: float = 0,
        share: float = 1,
        alpha: float = 1,
    ) -> None:
        """A ring, or an arc of it: from `start` (share of a turn, 0 at the top) clockwise."""
        first = start * 360 - 90
        self._draw.arc(_round(centre, radius), first, first + share * 360, _colour(fill, alpha), round(width * _FINE))

    def stroke(self, points: Sequence[Point], width: float, fill: str, *, alpha: float = 1) -> None:
        """A line through points with round ends and joints.

        `alpha` mixes the colour with the background, whatever lies under it: where the pieces of a line
        that lets light through overlap, they would show.
        """
        if alpha <= 0:
            return
        fine = [(x * _FINE, y * _FINE) for x, y in points]
        seen = zip(ImageColor.getrgb(fill)[:3], self._background, strict=True)
        colour = tuple(round(mix(below, above, min(1.0, alpha))) for above, below in seen)
        self._draw.line(fine, colour, round(width * _FINE), joint="curve")
        for point in (points[0], points[-1]):
            self._draw.ellipse(_round(point, width / 2), colour)

    def shape(self, points: Sequence[Point], fill: str, *, alpha: float = 1) -> None:
        self._draw.polygon([(x * _FINE, y * _FINE) for x, y in points], _colour(fill, alpha))

    def arrow(self, tail: Point, tip: Point, width: float, fill: str, *, alpha: float = 1) -> None:
        length = math.dist(tail, tip)
        if length < 1 or alpha <= 0:
            return
        ux, uy = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
        neck = (tip[0] - ux * width * 1.6, tip[1] - uy * width * 1.6)
        self.stroke((tail, neck), width, fill, alpha=alpha)
        wide = width * 1.5
        self.shape(
            (tip, (neck[0] - uy * wide, neck[1] + ux * wide), (neck[0] + uy * wide, neck[1] - ux * wide)),
            fill,
            alpha=alpha,
        )

    def tick(self, centre: Point, radius: float, fill: str, shown: float) -> None:
        """A check mark on a disc that pops up as `shown` goes from 0 to 1."""
        if shown <= 0:
            return
        r = radius * shown * (1 + 0.18 * math.sin(math.pi * shown))
        x, y = centre
        self.disc(centre, r, fill)
        self.stroke(
            ((x - 0.42 * r, y + 0.04 * r), (x - 0.1 * r, y + 0.36 * r), (x + 0.45 * r, y - 0.32 * r)),
            0.2 * r,
            "#ffffff",
        )

    def text(
        self, at: Point, words: str, size: float, fill: str, *, bold: float = 0, anchor: str = "la", spacing: float = 8
    ) -> None:
        # Pillow carries this font inside itself: no machine's fonts are asked for, and all draw the same.
        font = ImageFont.load_default(size * _FINE)
        where = (at[0] * _FINE, at[1] * _FINE)
        if "\n" in words:
            self._draw.multiline_text(where, words, fill, font, spacing=spacing * _FINE, stroke_width=bold * _FINE)
        else:
            self._draw.text(where, words, fill, font, anchor=anchor, stroke_width=bold * _FINE)


def _round(centre: Point, radius: float) -> list[float]:
    x, y = centre
    return [(x - radius) * _FINE, (y - radius) * _FINE, (x + radius) * _FINE, (y + radius) * _FINE]


def _colour(fill: str, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = ImageColor.getrgb(fill)[:3]
    return red, green, blue, round(255 * min(1.0, max(0.0, alpha)))
