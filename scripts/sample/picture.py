"""The picture at a moment: heading, scene, the few words of the step, the ring and the burned frame number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.sample import handover, lifting, printer
from scripts.sample.shapes import Beat, Canvas, ease
from scripts.sample.sound import Said
from scripts.sample.words import TOPICS
from tests.burned_code import HEIGHT, WIDTH, bits, squares

FPS = 30
_STAGE = (40, 372, 640, 640)  # left, top, width, height
_LEAD_MS = 120  # pictures come a little before their words
_PUSH_S = 0.6  # in which one topic pushes the one before it aside


@dataclass(frozen=True)
class _Look:
    background: str
    stage: str
    ink: str
    accent: str
    scene: Callable[[Canvas, Beat], None]


_LOOKS = (
    _Look("#f3e3d3", "#fff8ef", "#2b2a33", printer.ACCENT, printer.draw),
    _Look("#d6e6e1", "#f3faf7", "#1e2b2a", lifting.ACCENT, lifting.draw),
    _Look("#dde1f0", "#f5f6fc", "#232640", handover.ACCENT, handover.draw),
)


class Picture:
    """Every frame of the recording, given when each line is said and how long it all lasts."""

    def __init__(self, said: Sequence[Said], duration_ms: int) -> None:
        self._said = said
        self._duration_ms = duration_ms

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Frame `number` upright, height x width x 3."""
        now_ms = number * 1000 / FPS
        topic, since_ms = self._topic(now_ms)
        image = self._drawn(topic, now_ms)
        pushed = round(WIDTH * ease((now_ms - since_ms) / 1000, 0, _PUSH_S))
        if topic > 0 and pushed < WIDTH:
            both = self._drawn(topic - 1, now_ms)
            both.paste(both.crop((pushed, 0, WIDTH, HEIGHT)), (0, 0))
            both.paste(image, (WIDTH - pushed, 0))
            image = both
        _burn(image, number)
        return np.asarray(image)

    def _topic(self, now_ms: float) -> tuple[int, float]:
        """The topic shown, and since when: the next one comes up in the middle of the pause before it."""
        topic, since_ms = 0, 0.0
        for before, after in zip(self._said, self._said[1:], strict=False):
            middle_ms = (before.end_ms + after.start_ms) / 2
            if after.topic != before.topic and now_ms >= middle_ms:
                topic, since_ms = after.topic, middle_ms
        return topic, since_ms

    def _drawn(self, topic: int, now_ms: float) -> Image.Image:
        lines = [s for s in self._said if s.topic == topic]
        now = max((s for s in lines if s.start_ms - _LEAD_MS <= now_ms), key=lambda s: s.line, default=lines[0])
        share = (now_ms - now.start_ms + _LEAD_MS) / (now.end_ms - now.start_ms)
        beat = Beat(now.line, min(1.0, max(0.0, share)), now_ms / 1000)
        look = _LOOKS[topic]
        image = _still(topic, now.line).copy()
        left, top, width, height = _STAGE
        stage = Canvas(width, height, look.stage)
        look.scene(stage, beat)
        image.paste(stage.done(), (left, top), _stage_mask())
        self._ring(image, look, now_ms)
        return image

    def _ring(self, image: Image.Image, look: _Look, now_ms: float) -> None:
        small = Canvas(88, 88, look.background)
        small.ring((44, 44), 38, 9, look.stage)
        small.ring((44, 44), 38, 9, look.accent, share=now_ms / self._duration_ms)
        image.paste(small.done(), (592, 72))


@lru_cache(maxsize=4)
def _still(topic: int, line: int) -> Image.Image:
    """What stays while a line is said."""
    look = _LOOKS[topic]
    whole = Canvas(WIDTH, HEIGHT, look.background)
    whole.text((44, 68), f"Tip {topic + 1} of {len(TOPICS)}", 34, look.accent, bold=0.6)
    whole.text((40, 122), TOPICS[topic].heading, 98, look.ink, bold=1.8, spacing=4)
    whole.box(44, 1064, 12, 92, look.accent, round_=6)
    whole.text((82, 1110), TOPICS[topic].lines[line].shown, 48, look.ink, bold=0.8, anchor="lm")
    return whole.done()


@lru_cache(maxsize=1)
def _stage_mask() -> Image.Image:
    mask = Canvas(_STAGE[2], _STAGE[3], "#000000")
    mask.box(0, 0, _STAGE[2] - 1, _STAGE[3] - 1, "#ffffff", round_=36)
    return mask.done().convert("L")


def _burn(image: Image.Image, number: int) -> None:
    draw = ImageDraw.Draw(image)
    for (left, top, right, bottom), white in zip(squares(), bits(number), strict=True):
        draw.rectangle((left, top, right - 1, bottom - 1), "#ffffff" if white else "#000000")
