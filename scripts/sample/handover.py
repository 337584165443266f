"""The third scene: one colleague hands a shift over to another, beside their machine."""

import math
from dataclasses import dataclass

from scripts.sample.shapes import Beat, Canvas, Point, between, ease, elbow, mix

ACCENT = "#4a5bb0"
_INK, _PAGE, _COVER = "#232640", "#fffdf6", "#7a4b3a"
_DONE, _OPEN, _WORRY = "#3f8f5f", "#3d7fc4", "#e09a2b"
_SPEECH = "#dde2f5"
_MACHINE, _MACHINE_DARK = "#9aa5bd", "#76829c"
_FLOOR = 572.0
_GAUGE: Point = (320.0, 372.0)


@dataclass(frozen=True)
class _Look:
    skin: str
    hair: str
    shirt: str
    vest: str


_LEAVING = _Look("#e2b08c", "#8a8f99", "#5c6b8a", "#f0a63c")
_COMING = _Look("#8a5a3c", "#241a16", "#7b4d72", "#8cc152")


@dataclass(frozen=True)
class _Pose:
    leaving_x: float
    coming_x: float
    book_x: float  # centre
    book_y: float
    book: float  # its size: 1 fills the stage's middle
    point: float  # the arm of the one who leaves: 0 holds the notebook, 1 points at the gauge
    clock: float  # minutes before the hour, negative


_POSES = (
    #     leaving coming book_x book_y book point clock
    _Pose(130, 790, 178, 430, 0.22, 0, -11),
    _Pose(130, 510, 178, 430, 0.22, 0, -10),
    _Pose(130, 510, 320, 380, 1.0, 0, -8),
    _Pose(130, 510, 178, 430, 0.22, 0, -6),
    _Pose(130, 510, 62, 432, 0.22, 1, -5),
    _Pose(130, 510, 178, 430, 0.22, 0, -3),
    _Pose(130, 510, 320, 380, 1.0, 0, -2),
    _Pose(-170, 510, 470, 430, 0.22, 0, 0),
)


def draw(c: Canvas, beat: Beat) -> None:
    pose = between(_POSES, beat, 0.05, 0.4 if beat.line in (1, 5) else 0.55)
    if beat.line == 6:  # signed first, then handed over, then away
        given = ease(beat.share, 0.5, 0.7)
        pose = _Pose(
            mix(130, -170, ease(beat.share, 0.72, 1.0)),
            510,
            mix(320, 462, given),
            mix(380, 430, given),
            mix(1.0, 0.22, given),
            0,
            mix(-2, 0, ease(beat.share, 0.2, 0.7)),
        )
    c.box(0, _FLOOR, 640, 14, "#c3c9df")
    _clock(c, pose)
    _machine(c, beat)
    walks = beat.line == 6 and beat.share > 0.72
    leaving_hand = _point_at(pose) if beat.line < 6 else None
    if beat.line == 6:
        wave = 16 * math.sin(beat.seconds * 9)
        leaving_hand = (pose.leaving_x + 78 + wave, 236.0) if walks else (pose.leaving_x + 84, 420.0)
    _person(c, _LEAVING, pose.leaving_x, leaving_hand, 1, beat, walking=walks)
    holds = (pose.coming_x - 42, 436.0) if beat.line == 6 and beat.share > 0.5 else None
    _person(c, _COMING, pose.coming_x, holds, -1, beat, walking=beat.line == 0 and 0.05 < beat.share < 0.55)
    _notebook(c, pose, beat)
    if beat.line == 2:
        _bubble(c, (18, 166), 1, beat)
    if beat.line == 4:
        _bubble(c, (622, 166), -1, beat)
    if beat.line == 6:
        c.tick((320, 250), 50, _DONE, ease(beat.share, 0.82, 0.97))


def _point_at(pose: _Pose) -> Point:
    return mix(pose.leaving_x + 46, _GAUGE[0] - 74, pose.point), mix(440, _GAUGE[1] + 8, pose.point)


def _clock(c: Canvas, pose: _Pose) -> None:
    x, y = 320.0, 92.0
    c.disc((x, y), 72, _MACHINE_DARK)
    c.disc((x, y), 64, "#ffffff")
    for hour in range(12):
        angle = hour / 12 * math.tau
        c.disc((x + 53 * math.sin(angle), y - 53 * math.cos(angle)), 5 if hour % 3 == 0 else 3, _MACHINE_DARK)
    long = pose.clock / 60 * math.tau
    short = (4 + pose.clock / 60) / 12 * math.tau
    c.stroke(((x, y), (x + 31 * math.sin(short), y - 31 * math.cos(short))), 8, _INK)
    c.stroke(((x, y), (x + 47 * math.sin(long), y - 47 * math.cos(long))), 5, ACCENT)
    c.disc((x, y), 6, _INK)


def _machine(c: Canvas, beat: Beat) -> None:
    c.box(232, 296, 176, 276, _MACHINE, round_=16)
    c.box(250, 452, 140, 90, _MACHINE_DARK, round_=10)
    for n in range(4):
        wide = 44 + 34 * math.sin(beat.seconds * 1.3 + n * 1.7)
        c.box(264, 466 + n * 18, wide, 8, "#c9d3ea", round_=4)
    c.disc(_GAUGE, 50, _MACHINE_DARK)
    c.disc(_GAUGE, 43, "#ffffff")
    c.ring(_GAUGE, 36, 8, _DONE, start=0.63, share=0.45)
    c.ring(_GAUGE, 36, 8, "#d1495b", start=0.15, share=0.22)
    nervous = beat.line == 3
    swing = 0.55 + 0.1 * math.sin(beat.seconds * 17) if nervous else -0.25 + 0.04 * math.sin(beat.seconds * 2)
    calm = ease(beat.share, 0.1, 0.35) if nervous else 1.0
    angle = mix(-0.25, swing, calm) * math.pi / 1.3 if nervous else swing * math.pi / 1.3
    c.stroke((_GAUGE, (_GAUGE[0] + 32 * math.sin(angle), _GAUGE[1] - 32 * math.cos(angle))), 5, _INK)
    c.disc(_GAUGE, 6, _INK)
    if nervous:
        out = math.fmod(beat.seconds, 1.0)
        c.ring(_GAUGE, 54 + 26 * out, 6, "#d1495b", alpha=(1 - out) * ease(beat.share, 0.3, 0.45))
    c.disc((384, 314), 7, "#d1495b" if nervous and math.sin(beat.seconds * 8) > 0 else "#5fbf7f")


def _person(c: Canvas, look: _Look, x: float, hand: Point | None, side: int, beat: Beat, *, walking: bool) -> None:
    """Seen from the front; `side` is where the other one stands: 1 right, -1 left."""
    breath = 2 * math.sin(beat.seconds * 2 + x)
    steps = [14 * max(0.0, math.sin(beat.seconds * 9 + turn)) if walking else 0.0 for turn in (0, math.pi)]
    for offset, lift in zip((-24, 24), steps, strict=True):
        c.stroke(((x + offset, 452), (x + offset, 546 - lift)), 38, "#3a4560")
        c.box(x + offset - 23, 546 - lift, 46, 26, _INK, round_=10)
    resting: Point = (x - side * 74, 440 + breath)
    shoulder_out, shoulder_in = (x - side * 50, 322 + breath), (x + side * 50, 322 + breath)
    c.stroke((shoulder_out, elbow(shoulder_out, resting, 62, 64, side), resting), 27, look.shirt)
    c.disc(resting, 15, look.skin)
    c.box(x - 64, 296 + breath, 128, 168, look.shirt, round_=34)
    c.box(x - 50, 300 + breath, 100, 148, look.vest, round_=22)
    c.box(x - 50, 384 + breath, 100, 11, "#fff2d0")
    c.stroke(((x, 310 + breath), (x, 446 + breath)), 4, look.shirt)
    c.stroke(((x, 262 + breath), (x, 296 + breath)), 30, look.skin)
    c.disc((x, 234 + breath), 44, look.skin)
    c.ring((x, 232 + breath), 46, 18, look.hair, start=0.7, share=0.6)
    for eye in (-15, 15):
        c.disc((x + eye + side * 5, 236 + breath), 4, _INK)
    c.ring((x + side * 4, 246 + breath), 13, 4, _INK, start=0.36, share=0.28)
    target = hand or (x + side * 74, 440 + breath)
    c.stroke((shoulder_in, elbow(shoulder_in, target, 66, 68, side), target), 27, look.shirt)
    c.disc(target, 15, look.skin)


def _notebook(c: Canvas, pose: _Pose, beat: Beat) -> None:
    size = pose.book
    width, height = 300 * size, 356 * size
    left, top = pose.book_x - width / 2, pose.book_y - height / 2
    c.box(left - 12 * size, top - 8 * size, width + 22 * size, height + 18 * size, _COVER, round_=16 * size)
    c.box(left, top, width, height, _PAGE, round_=8 * size)
    for n in range(6):
        c.disc((left + 4 * size, top + (38 + n * 56) * size), 8 * size, "#d8d2c4")
    rows = ((_DONE, 0.32, 190.0), (_OPEN, 0.5, 150.0), (_WORRY, 0.75, 174.0), (ACCENT, 0.5, 130.0))
    for n, (colour, since, length) in enumerate(rows):
        said_in = 5 if n == 3 else 1
        shown = 1.0 if beat.line > said_in else ease(beat.share, since, since + 0.16) if beat.line == said_in else 0.0
        if shown > 0:
            y = top + (58 + n * 66) * size
            _mark(c, (left + 52 * size, y), 19 * size, n, colour, shown)
            c.stroke(
                ((left + 92 * size, y - 7 * size), (left + (92 + length * shown) * size, y - 7 * size)), 10 * size, _INK
            )
            c.stroke(
                ((left + 92 * size, y + 13 * size), (left + (92 + length * 0.6 * shown) * size, y + 13 * size)),
                7 * size,
                "#a9adc0",
            )
    if beat.line == 6:
        written = ease(beat.share, 0.08, 0.42)
        points = [
            (left + (70 + k * 5) * size, top + (312 + 15 * math.sin(k * 0.9) * math.cos(k * 0.37)) * size)
            for k in range(max(2, round(34 * written)))
        ]
        c.stroke(points, 6 * size, ACCENT)
        if written < 1:
            tip = points[-1]
            c.stroke((tip, (tip[0] + 40, tip[1] - 62)), 12, _COVER)


def _mark(c: Canvas, at: Point, radius: float, row: int, colour: str, shown: float) -> None:
    x, y = at
    r = radius * shown
    if row == 0:
        c.tick(at, radius, colour, shown)
    elif row == 1:
        c.ring(at, r, max(1.0, r * 0.32), colour)
    elif row == 2:
        c.shape(((x, y - r * 1.1), (x + r * 1.15, y + r * 0.9), (x - r * 1.15, y + r * 0.9)), colour)
        c.stroke(((x, y - r * 0.3), (x, y + r * 0.2)), r * 0.26, "#ffffff")
        c.disc((x, y + r * 0.58), r * 0.15, "#ffffff")
    else:
        c.disc(at, r, colour)
        c.stroke(((x - r * 0.5, y), (x + r * 0.5, y)), r * 0.28, "#ffffff")
        c.stroke(((x, y - r * 0.5), (x, y + r * 0.5)), r * 0.28, "#ffffff")


def _bubble(c: Canvas, corner: Point, side: int, beat: Beat) -> None:
    """What somebody says, as lines that grow; `side` is where it opens to."""
    shown = ease(beat.share, 0.05, 0.25)
    if shown <= 0.02:
        return
    width, height = 218 * shown, 132 * shown
    x, y = corner
    left = x if side > 0 else x - width
    c.shape(((x + side * 112, y + 24), (x + side * 70, y - 14), (x + side * 112, y - 14)), _SPEECH)
    c.box(left, y - height, width, height, _SPEECH, round_=26 * shown)
    for n, length in enumerate((154.0, 118.0, 138.0)):
        grown = ease(beat.share, 0.25 + n * 0.2, 0.45 + n * 0.2)
        if grown > 0.03:
            row = y - height + (34 + n * 30) * shown
            c.stroke(((left + 32, row), (left + 32 + length * grown, row)), 11, ACCENT if n == 0 else "#96a1d2")
