"""The second scene: somebody lifts a box, seen from the side."""

import math
from dataclasses import dataclass

from scripts.sample.shapes import Beat, Canvas, Point, between, ease, elbow, mix

ACCENT = "#1f7a6d"
_SKIN, _HAIR, _SHIRT, _VEST = "#b9805a", "#3a2a22", "#2f5d73", "#f0a63c"
_TROUSERS, _TROUSERS_FAR, _SHOE = "#34495c", "#2a3b4b", "#1f2630"
_BOX, _BOX_DARK, _TAPE, _STEEL = "#cfa06a", "#b98752", "#e9d3ae", "#6f7f8c"
_FLOOR = 572.0
_THIGH, _SHIN, _TORSO, _UPPER_ARM, _FOREARM = 96.0, 94.0, 146.0, 82.0, 80.0
_BOX_WIDTH, _BOX_HEIGHT = 150.0, 124.0
_TURNS_ABOUT = 330.0  # x of the upright line that the whole figure turns on


@dataclass(frozen=True)
class _Pose:
    hip_x: float
    hip_y: float
    lean: float  # of the back, degrees forward
    back_foot: float  # x
    front_foot: float
    box_x: float  # of its left side
    box_y: float  # of its bottom
    hold: float  # 0 arms hang, 1 hands under the box
    trolley: float  # 0 away, 1 here
    facing: float  # 1 right, -1 left
    bench: float  # 0 away, 1 here


_POSES = (
    #     hip_x hip_y lean back front box_x box_y hold trolley facing bench
    _Pose(170, 376, 3, 150, 190, 400, 572, 0, 0, 1, 0),
    _Pose(170, 380, 26, 150, 190, 400, 572, 0, 0, 1, 0),
    _Pose(262, 380, -3, 244, 362, 400, 572, 0, 0, 1, 0),
    _Pose(200, 376, 3, 178, 222, 400, 572, 0, 1, 1, 0),
    _Pose(338, 388, 4, 292, 392, 400, 572, 0, 0, 1, 0),
    _Pose(300, 478, 46, 292, 392, 400, 572, 1, 0, 1, 0),
    _Pose(320, 386, 2, 292, 376, 358, 396, 1, 0, 1, 0),
    _Pose(320, 380, 2, 298, 346, 358, 396, 1, 0, -1, 1),
    _Pose(320, 378, 4, 298, 346, 400, 452, 0, 0, -1, 1),
)


def draw(c: Canvas, beat: Beat) -> None:
    pose = between(_POSES, beat, 0.05, 0.75 if beat.line in (4, 6) else 0.55)
    c.box(0, _FLOOR, 640, 14, "#b9d0c9")
    _bench(c, pose)
    _trolley(c, pose)
    _signs(c, pose, beat)
    _figure(c, pose, beat)


def _figure(c: Canvas, pose: _Pose, beat: Beat) -> None:
    def turned(x: float, y: float) -> Point:
        return _TURNS_ABOUT + (x - _TURNS_ABOUT) * pose.facing, y

    def limb(points: tuple[Point, ...], width: float, fill: str) -> None:
        c.stroke([turned(*p) for p in points], width, fill)

    push = 9 * (1 - math.cos(beat.seconds * 5)) / 2 if beat.line == 1 and beat.share > 0.5 else 0.0
    breath = 2 * math.sin(beat.seconds * 2.2)
    stepping = 1.0 if beat.line == 6 and 0.05 < beat.share < 0.75 else 0.0
    lifts = [stepping * 26 * max(0.0, math.sin(beat.seconds * 7 + turn)) for turn in (0, math.pi)]
    hip = (pose.hip_x, pose.hip_y)
    lean = math.radians(pose.lean)
    shoulder = (hip[0] + _TORSO * math.sin(lean), hip[1] - _TORSO * math.cos(lean) + breath)
    box_x, box_y = pose.box_x + push, pose.box_y

    hanging = (shoulder[0] + 14, shoulder[1] + _UPPER_ARM + _FOREARM - 10)
    near = _reach(hanging, (box_x + 40, box_y - 10), pose.hold)
    far = _reach((hanging[0] + 10, hanging[1]), (box_x + 74, box_y - 10), pose.hold)

    # what is farther away comes first
    limb((shoulder, elbow(shoulder, far, _UPPER_ARM, _FOREARM, 1), far), 24, "#26495b")
    _leg(limb, hip, (pose.front_foot + push, _FLOOR - 14 - lifts[0]), _TROUSERS_FAR)
    _box(c, turned(box_x, box_y), turned(box_x + _BOX_WIDTH, box_y))
    _leg(limb, hip, (pose.back_foot, _FLOOR - 14 - lifts[1]), _TROUSERS)

    limb((hip, shoulder), 62, _SHIRT)
    limb(((hip[0], hip[1] - 24), shoulder), 62, _VEST)
    middle = (mix(hip[0], shoulder[0], 0.5), mix(hip[1], shoulder[1], 0.5))
    across = (math.cos(lean) * 29, math.sin(lean) * 29)
    c.stroke(
        [turned(middle[0] - across[0], middle[1] - across[1]), turned(middle[0] + across[0], middle[1] + across[1])],
        9,
        "#fff2d0",
    )
    neck = (shoulder[0] + 10 * math.sin(lean), shoulder[1] - 20)
    head = (shoulder[0] + 52 * math.sin(lean * 0.7) + 6, shoulder[1] - 58)
    limb((neck, (mix(neck[0], head[0], 0.5), mix(neck[1], head[1], 0.5))), 26, _SKIN)
    c.disc(turned(*head), 37, _SKIN)
    _hair(c, turned(*head), pose.facing)
    limb((shoulder, elbow(shoulder, near, _UPPER_ARM, _FOREARM, 1), near), 27, _SHIRT)
    c.disc(turned(*near), 15, _SKIN)

    if beat.line == 0:
        pulse = 0.5 + 0.5 * math.sin(beat.seconds * 4)
        spot = turned(hip[0] - 16, hip[1] - 46)
        shown = ease(beat.share, 0.4, 0.7)
        c.ring(spot, 26 + 16 * pulse, 7, "#d1495b", alpha=shown * (0.9 - 0.6 * pulse))
        c.disc(spot, 14, "#d1495b", alpha=shown)
    if beat.line == 4:
        shown = ease(beat.share, 0.45, 0.65)
        top, low = turned(shoulder[0] - 56, shoulder[1] - 8), turned(hip[0] - 56, hip[1] - 2)
        tip = (mix(low[0], top[0], shown), mix(low[1], top[1], shown))
        c.stroke((low, tip), 10, ACCENT)


def _reach(hanging: Point, held: Point, hold: float) -> Point:
    return mix(hanging[0], held[0], hold), mix(hanging[1], held[1], hold)


def _leg(limb, hip: Point, ankle: Point, fill: str) -> None:  # type: ignore[no-untyped-def]
    knee = elbow(hip, ankle, _THIGH, _SHIN, -1)
    limb((hip, knee, ankle), 36, fill)
    limb(((ankle[0] - 2, ankle[1] + 3), (ankle[0] + 24, ankle[1] + 3)), 22, _SHOE)


def _hair(c: Canvas, head: Point, facing: float) -> None:
    x, y = head
    c.ring((x, y), 38, 15, _HAIR, start=0.62 if facing > 0 else 0.95, share=0.43)
    if abs(facing) > 0.3:
        side = math.copysign(1, facing)
        c.disc((x + side * 19, y - 2), 3.6, _HAIR)
        c.stroke(((x + side * 15, y + 15), (x + side * 24, y + 13)), 3.5, _HAIR)


def _box(c: Canvas, one: Point, other: Point) -> None:
    left, right = min(one[0], other[0]), max(one[0], other[0])
    width, top = max(right - left, 60.0), one[1] - _BOX_HEIGHT
    left = (left + right - width) / 2
    c.box(left, top, width, _BOX_HEIGHT, _BOX, round_=6)
    c.box(left, top + _BOX_HEIGHT - 16, width, 16, _BOX_DARK, round_=6)
    c.box(left + width / 2 - 14, top, 28, 46, _TAPE)
    for n in range(2):
        c.arrow((left + width * 0.76 + n * 16, top + 96), (left + width * 0.76 + n * 16, top + 66), 5, _BOX_DARK)


def _trolley(c: Canvas, pose: _Pose) -> None:
    if pose.trolley < 0.01:
        return
    x = mix(760, 590, pose.trolley)
    c.stroke(((x + 26, 300), (x, 330), (x, 556)), 13, _STEEL)
    c.stroke(((x, 560), (x - 66, 560)), 11, _STEEL)
    for y in (400, 470):
        c.stroke(((x - 12, y), (x + 12, y)), 8, _STEEL)
    c.disc((x + 12, 548), 24, "#2a3238")
    c.disc((x + 12, 548), 9, _STEEL)
    angle = x / 24
    c.stroke(((x + 12, 548), (x + 12 + 20 * math.cos(angle), 548 + 20 * math.sin(angle))), 4, _STEEL)


def _bench(c: Canvas, pose: _Pose) -> None:
    if pose.bench < 0.01:
        return
    x = mix(-260, 52, pose.bench)
    c.box(x, 452, 228, 18, "#8a9aa0", round_=5)
    c.box(x + 16, 470, 16, 102, "#74858c")
    c.box(x + 196, 470, 16, 102, "#74858c")


def _signs(c: Canvas, pose: _Pose, beat: Beat) -> None:
    shown = ease(beat.share, 0.3, 0.5)
    if beat.line == 1:
        c.arrow((566, 510), (566 + 46 * shown, 510), 13, ACCENT, alpha=shown)
    if beat.line == 2:
        c.text((475, 390), "too heavy?", 34, ACCENT, bold=0.6 * shown, anchor="mm")
    if beat.line == 3:
        left, right = pose.back_foot - 6, pose.front_foot + 22
        middle = (left + right) / 2
        c.arrow((middle, 612), (mix(middle, left, shown), 612), 10, ACCENT, alpha=shown)
        c.arrow((middle, 612), (mix(middle, right, shown), 612), 10, ACCENT, alpha=shown)
    if beat.line == 5:
        bob = 8 * math.sin(beat.seconds * 4)
        c.arrow((228, 520 + bob), (228, mix(520, 400, shown) + bob), 15, ACCENT, alpha=shown)
    if beat.line == 6:
        c.ring((322, 556), 74, 9, ACCENT, start=0.4, share=0.2 * shown, alpha=shown)
        angle = (0.4 + 0.2 * shown) * math.tau
        x, y = 322 + 69.5 * math.sin(angle), 556 - 69.5 * math.cos(angle)
        tip = (x - 24 * math.cos(angle) * -1, y + 24 * math.sin(angle))
        c.arrow((x, y), tip, 9, ACCENT, alpha=shown)
    if beat.line == 7:
        c.tick((520, 250), 56, ACCENT, ease(beat.share, 0.6, 0.85))
