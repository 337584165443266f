"""The first scene: a label printer seen from the side, cut open where the label sticks."""

import math
from dataclasses import dataclass

from scripts.sample.shapes import Beat, Canvas, Point, between, ease, mix

ACCENT = "#c8553d"
_CASE, _CASE_DARK, _CASE_LIGHT = "#566072", "#3b4352", "#8d97a8"
_STAGE = "#fff8ef"
_PAPER, _PAPER_EDGE, _CORE = "#ffffff", "#cdb9a2", "#b98b5e"
_SKIN, _SLEEVE = "#d9a07a", "#3f6f8f"
_TABLE, _CLOTH, _BLADE = "#d9bb9b", "#6aa6b8", "#b8c0cb"
_HINGE: Point = (132.0, 402.0)
_ROLLER: Point = (440.0, 436.0)
_LID = (
    (0.0, 0.0),
    (6.0, -84.0),
    (20.0, -116.0),
    (52.0, -132.0),
    (284.0, -132.0),
    (330.0, -112.0),
    (362.0, -60.0),
    (376.0, 0.0),
)
_WINDOW = ((44.0, -18.0), (44.0, -104.0), (278.0, -104.0), (278.0, -18.0))
_FRAME = (  # the lid around its window, in four pieces
    ((0.0, 0.0), (6.0, -84.0), (20.0, -116.0), (44.0, -128.0), (44.0, 0.0)),
    ((44.0, -104.0), (44.0, -128.0), (52.0, -132.0), (278.0, -132.0), (278.0, -104.0)),
    ((44.0, 0.0), (44.0, -18.0), (278.0, -18.0), (278.0, 0.0)),
    ((278.0, 0.0), (278.0, -132.0), (284.0, -132.0), (330.0, -112.0), (362.0, -60.0), (376.0, 0.0)),
)


@dataclass(frozen=True)
class _Pose:
    lid: float  # degrees open
    roll: float  # 0 in its place, 1 lifted out, 2 put away
    heat: float
    cloth: float
    knife: float
    test: float  # of the test label: how far it is out


_POSES = (
    #     lid roll heat cloth knife test
    _Pose(0, 0, 1, 0, 0, 0),
    _Pose(0, 0, 1, 0, 0, 0),
    _Pose(0, 0, 0, 0, 0, 0),
    _Pose(64, 1, 0, 0, 0, 0),
    _Pose(64, 2, 0, 0, 0, 0),
    _Pose(64, 2, 0, 1, 0, 0),
    _Pose(64, 2, 0, 0, 1, 0),
    _Pose(0, 0, 0, 0, 0, 1),
)


def draw(c: Canvas, beat: Beat) -> None:
    pose = between(_POSES, beat)
    if beat.line == 6:  # first the roll, then the lid, then the label
        share = beat.share
        pose = _Pose(
            mix(64, 0, ease(share, 0.25, 0.5)), mix(2, 0, ease(share, 0.02, 0.28)), 0, 0, 0, ease(share, 0.6, 0.95)
        )
    if beat.line == 2:  # the lid, and only then the roll
        pose = _Pose(mix(0, 64, ease(beat.share, 0.0, 0.3)), ease(beat.share, 0.35, 0.65), 0, 0, 0, 0)
    c.box(0, 572, 640, 14, _TABLE)
    _base(c, beat)
    _roll(c, pose)
    c.disc(_ROLLER, 26, _CASE_LIGHT)
    c.disc(_ROLLER, 9, _CASE_DARK)
    if beat.line < 4:
        _stuck_label(c, beat)
    _test_label(c, pose)
    _lid(c, pose)
    _heat(c, pose, beat)
    _cloth(c, pose, beat)
    _knife(c, pose)
    if beat.line == 0:
        _warning(c, ease(beat.share, 0.25, 0.5))
    if beat.line == 1:
        _finger(c, beat)
        _wait(c, beat)
    if beat.line == 6:
        c.tick((560, 300), 46, "#3f8f5f", ease(beat.share, 0.88, 1.0))


def _base(c: Canvas, beat: Beat) -> None:
    c.box(118, 396, 404, 176, _CASE, round_=22)
    c.box(142, 396, 356, 84, _CASE_DARK, round_=16)
    on = beat.line == 0 or (beat.line == 1 and beat.share < 0.35) or (beat.line == 6 and beat.share > 0.55)
    blink = beat.line == 6 or math.sin(beat.seconds * 6) > -0.3
    light = {True: "#5fbf7f" if beat.line == 6 else "#f2b134", False: "#2c323d"}[on and blink]
    c.disc((160, 530), 10, light)
    c.box(440, 512, 54, 34, _CASE_DARK, round_=8)
    c.box(444 if on else 467, 516, 23, 26, "#e9edf3", round_=5)


def _roll(c: Canvas, pose: _Pose) -> None:
    lifted = min(1.0, pose.roll)
    x, y = mix(250, 450, lifted), mix(384, 190, lifted) - 330 * (pose.roll - lifted)
    if pose.roll < 0.2:
        c.stroke(((x + 40, y - 62), (_ROLLER[0] - 30, 410), (_ROLLER[0], 408)), 7, _PAPER, alpha=1)
    radius = 80 - 4 * pose.test
    c.disc((x, y), radius, _PAPER_EDGE)
    c.disc((x, y), radius - 4, _PAPER)
    for inner in (62, 50):
        c.ring((x, y), inner, 1.5, _PAPER_EDGE)
    c.disc((x, y), 34, _CORE)
    c.disc((x, y), 25, _CASE_DARK if pose.roll < 0.5 else _STAGE)
    angle = pose.test * 5 + pose.roll * 1.5
    c.stroke(
        ((x + 40 * math.cos(angle), y + 40 * math.sin(angle)), (x + 70 * math.cos(angle), y + 70 * math.sin(angle))),
        2,
        _PAPER_EDGE,
    )


def _stuck_label(c: Canvas, beat: Beat) -> None:
    pulled = beat.share if beat.line == 3 else 0.0
    out = 105 * ease(pulled, 0.12, 0.74) + 260 * ease(pulled, 0.76, 0.98)
    tremble = 2.5 * math.sin(beat.seconds * 23) if beat.line == 0 and math.sin(beat.seconds * 2.4) > 0.2 else 0.0
    folds = [(0, 0), (20, -24), (38, 6), (58, -28), (76, 2), (98, -18), (120, -4), (140, -14)]
    flat = ease(out, 0, 105)
    points = [(396 + out + dx * mix(1, 1.15, flat), 412 + dy * mix(1.1, 0.15, flat) + tremble) for dx, dy in folds]
    c.stroke(points, 15, _PAPER_EDGE)
    c.stroke(points, 10, _PAPER)
    if beat.line == 3:
        x, y = points[-1]
        near = 1 - ease(beat.share, 0.0, 0.12)
        x, y = x + 130 * near, y + 60 * near
        c.stroke(((x + 6, y + 12), (x + 80, y + 50)), 40, _SKIN)
        c.stroke(((x + 82, y + 52), (x + 160, y + 96)), 62, _SLEEVE)
        c.stroke(((x - 12, y + 2), (x + 18, y + 2)), 18, _SKIN)
        along = math.fmod(beat.seconds, 1.4) / 1.4
        c.arrow((430 + 50 * along, 330), (520 + 50 * along, 330), 14, ACCENT, alpha=math.sin(math.pi * along))


def _test_label(c: Canvas, pose: _Pose) -> None:
    if pose.test <= 0.05:
        return
    length = 110 * pose.test
    c.box(508, 404, length, 70, _PAPER_EDGE, round_=5)
    c.box(510, 406, length - 4, 66, _PAPER, round_=4)
    for n, width in enumerate((3, 6, 2, 5, 3, 7, 2, 4, 6, 3)):
        x = 504 + length - 14 - n * 9
        if x > 514:
            c.box(x, 418, width, 42, "#2b2a33")


def _lid(c: Canvas, pose: _Pose) -> None:
    angle = math.radians(pose.lid)

    def turned(points: tuple[Point, ...]) -> list[Point]:
        return [
            (
                _HINGE[0] + x * math.cos(angle) + y * math.sin(angle),
                _HINGE[1] - x * math.sin(angle) + y * math.cos(angle),
            )
            for x, y in points
        ]

    c.stroke(turned(((318.0, -2.0), (318.0, 12.0))), 30, "#2c323d")  # the print head
    lid, window = turned(_LID), turned(_WINDOW)
    c.shape(window, "#bcd3dd", alpha=0.45)
    for part in _FRAME:
        c.shape(turned(part), _CASE)
    c.stroke([*lid, *lid[:2]], 14, _CASE)
    c.stroke([*window, *window[:2]], 6, _CASE)
    c.disc(_HINGE, 13, _CASE_DARK)


def _warning(c: Canvas, shown: float) -> None:
    if shown <= 0.02:
        return
    x, y, r = 232.0, 140.0, 62 * shown * (1 + 0.15 * math.sin(math.pi * shown))
    corners = [(x, y - 0.9 * r), (x + r, y + 0.75 * r), (x - r, y + 0.75 * r)]
    c.shape(corners, "#f2b134")
    c.stroke([*corners, *corners[:2]], 0.3 * r, "#f2b134")
    c.stroke(((x, y - 0.3 * r), (x, y + 0.2 * r)), 0.2 * r, "#ffffff")
    c.disc((x, y + 0.58 * r), 0.12 * r, "#ffffff")


def _wait(c: Canvas, beat: Beat) -> None:
    """A clock whose hand goes round while the head cools."""
    shown, turn = ease(beat.share, 0.45, 0.6), ease(beat.share, 0.5, 1.0)
    if shown <= 0.02:
        return
    x, y, r = 232.0, 146.0, 66 * shown
    c.ring((x, y), r, 11 * shown, "#ead7c3")
    c.ring((x, y), r, 11 * shown, ACCENT, share=turn)
    angle = turn * math.tau
    c.stroke(((x, y), (x + 0.62 * r * math.sin(angle), y - 0.62 * r * math.cos(angle))), 7 * shown, "#3b4352")
    c.disc((x, y), 7 * shown, "#3b4352")


def _heat(c: Canvas, pose: _Pose, beat: Beat) -> None:
    if pose.heat <= 0.02:
        return
    for n in range(3):
        x = 410 + n * 34
        up = math.fmod(beat.seconds * 0.5 + n * 0.33, 1.0)
        points = [(x + 9 * math.sin(k * 1.1 + beat.seconds * 3), 250 - up * 34 - k * 7) for k in range(8)]
        c.stroke(points, 7, "#e58a5c", alpha=0.85 * pose.heat * math.sin(math.pi * up))


def _finger(c: Canvas, beat: Beat) -> None:
    away = 1 - ease(beat.share, 0.05, 0.3) + ease(beat.share, 0.5, 0.75)
    x, y = 472 + away * 190, 532 + away * 120
    c.stroke(((x + 8, y + 10), (x + 90, y + 60)), 40, _SKIN)
    c.stroke(((x + 92, y + 62), (x + 150, y + 98)), 62, _SLEEVE)


def _cloth(c: Canvas, pose: _Pose, beat: Beat) -> None:
    if pose.cloth <= 0.02:
        return
    wipe = 22 * math.sin(beat.seconds * 5) * pose.cloth
    x, y = _ROLLER[0] + wipe, mix(150, _ROLLER[1] - 40, pose.cloth)
    c.stroke(((x + 40, y - 30), (x + 120, y - 130)), 44, _SKIN)
    c.stroke(((x + 122, y - 132), (x + 170, y - 196)), 66, _SLEEVE)
    c.shape(
        ((x - 56, y + 20), (x - 40, y - 34), (x + 50, y - 44), (x + 62, y + 14), (x + 20, y + 32), (x - 20, y + 26)),
        _CLOTH,
    )
    c.stroke(((x - 34, y - 4), (x + 6, y - 12), (x + 40, y - 8)), 4, "#8cc0cf")
    for n in range(3):
        drop = math.fmod(beat.seconds * 0.8 + n / 3, 1.0)
        c.disc((x - 70 - n * 14, y - 30 + drop * 34), 6 * (1 - drop) + 2, _CLOTH, alpha=(1 - drop) * pose.cloth)


def _knife(c: Canvas, pose: _Pose) -> None:
    if pose.knife <= 0.02:
        return
    shown = pose.knife
    x, y = 380.0, mix(60, 300, shown)
    c.disc((x, y), 128 * shown, _STAGE)
    c.shape(
        ((x - 86 * shown, y + 52 * shown), (x + 8 * shown, y - 22 * shown), (x + 28 * shown, y + 2 * shown)), _BLADE
    )
    c.stroke(((x + 26 * shown, y - 18 * shown), (x + 78 * shown, y - 58 * shown)), 26 * shown, "#4a3b34")
    c.ring((x, y), 128 * shown, 20 * shown, ACCENT)
    edge = 82 * shown * ease(shown, 0.6, 1.0)
    if edge > 2:
        c.stroke(((x - edge, y - edge), (x + edge, y + edge)), 18 * shown, ACCENT)
