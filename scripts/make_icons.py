"""Draws the icons of the home screen from the mark: `python -m scripts.make_icons`.

Enters: static/icons/mark.svg, of which it reads paths of lines and circular arcs. Leaves: the PNG files beside
it that the manifest and base.html name. The same mark gives the same pictures.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[1] / "publish_api" / "pages" / "static" / "icons"
PAPER = "#fbfaf7"  # as --paper in static/css/tokens.css
_FINER = 8  # drawn so many times as large, then made smaller: smooth edges
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0}
_TOKEN = re.compile(r"[MLHVAZmlhvaz]|-?(?:\d+\.?\d*|\.\d+)")

Point = tuple[float, float]


@dataclass(frozen=True)
class Icon:
    """`share`: how much of the side the mark takes. Masks cut off whatever is outside the inner four fifths."""

    name: str
    side: int
    share: float
    ground: str | None  # None: nothing


SET = (
    Icon("icon-192.png", 192, 1.0, None),
    Icon("icon-512.png", 512, 1.0, None),
    Icon("maskable-192.png", 192, 0.62, PAPER),
    Icon("maskable-512.png", 512, 0.62, PAPER),
    Icon("touch-180.png", 180, 0.72, PAPER),  # iOS shows nothing as black, and rounds the corners itself
)


def main() -> None:
    for icon in SET:
        draw(icon).save(ICONS / icon.name, optimize=True)


def draw(icon: Icon) -> Image.Image:
    mark = ElementTree.parse(ICONS / "mark.svg").getroot()
    _, _, width, height = (float(n) for n in mark.attrib["viewBox"].split())
    fine = icon.side * _FINER
    scale = fine * icon.share / max(width, height)
    left, top = (fine - width * scale) / 2, (fine - height * scale) / 2
    picture = Image.new("RGBA", (fine, fine), icon.ground or (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for path in mark.iter("{http://www.w3.org/2000/svg}path"):
        outline = [(left + x * scale, top + y * scale) for x, y in outline_of(path.attrib["d"])]
        pen.polygon(outline, fill=path.attrib["fill"])
    small = picture.resize((icon.side, icon.side), Image.Resampling.LANCZOS)
    return small if icon.ground is None else small.convert("RGB")


def outline_of(path: str) -> list[Point]:
    """The corners of a path's one closed outline; an arc becomes many."""
    tokens = _TOKEN.findall(path)
    points: list[Point] = []
    x = y = 0.0
    act, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            act, at = tokens[at], at + 1
        kind, relative = act.upper(), act.islower()
        values = [float(n) for n in tokens[at : at + _COUNTS[kind]]]
        at += _COUNTS[kind]
        if kind == "Z":
            break
        from_x, from_y = (x, y) if relative else (0.0, 0.0)
        if kind == "H":
            x = from_x + values[0]
        elif kind == "V":
            y = from_y + values[0]
        else:
            start, (x, y) = (x, y), (from_x + values[-2], from_y + values[-1])
            if kind == "A":
                points += _arc(start, (x, y), radius=values[0], clockwise=values[4] == 1)
        points.append((x, y))
    return points


def _arc(start: Point, end: Point, *, radius: float, clockwise: bool, steps: int = 24) -> list[Point]:
    """Points on the shorter arc of a circle from `start` to `end`, without them."""
    half = math.dist(start, end) / 2
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    away = math.sqrt(max(radius**2 - half**2, 0)) / (2 * half)
    side = 1 if clockwise else -1
    centre = (
        middle[0] - side * away * (end[1] - start[1]),
        middle[1] + side * away * (end[0] - start[0]),
    )
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    turn = math.atan2(end[1] - centre[1], end[0] - centre[0]) - first
    turn = (turn + math.pi) % (2 * math.pi) - math.pi  # the shorter way
    angles = [first + turn * step / steps for step in range(1, steps)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


if __name__ == "__main__":
    main()
