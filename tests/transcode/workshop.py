"""A film of hands at work in which nobody speaks, drawn in 128 x 72 at 15 frames a second, with all that is no change
of scene in it.

      0 s  a shaking camera
     24 s  another scene: after eleven seconds the light is turned down, a hand covers the lens for a second at 44 s
     52 s  a third: the camera pans slowly over a long bench
     80 s  a fourth: from 92 to 104 s nothing moves
    112 s  the phone lies on its back, to 118 s
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.transcode.media import H264, ffmpeg

FPS, SECONDS = 15, 118
SCENES_MS = (24_000, 52_000, 80_000, 112_000)
STILL_S, LYING_S = (92, 104), (112, 118)
_WIDTH, _HEIGHT = 128, 72

Picture = NDArray[np.float32]


def film(path: Path, *options: object) -> Path:
    """`options` are the encoder's: where it puts its keyframes."""
    raw = b"".join(np.clip(each, 0, 255).astype(np.uint8).tobytes() for each in _pictures())
    given = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{_WIDTH}x{_HEIGHT}", "-r", FPS, "-i", "pipe:0")
    ffmpeg(*given, *H264, *options, path, stdin=raw)
    return path


def by_chance(seed: int) -> tuple[list[Picture], list[int]]:
    """Pictures of 32 x 18, 15 a second, of eight scenes of 20 to 45 s, and the numbers of those that begin one.

    In each something else happens that changes none: a hand shakes, a lamp goes down, the camera pans, the lens is
    covered, something is carried past. Every other bench shares its floor with the others.
    """
    dice = np.random.default_rng(seed)
    pictures: list[Picture] = []
    begins: list[int] = []
    for _ in range(8):
        begins.append(len(pictures))
        bench, length = _bench(dice), int(dice.integers(20, 45)) * FPS
        if dice.random() < 0.5:
            bench = 0.6 * bench + 0.4 * np.linspace(60, 160, bench.shape[0], dtype=np.float32)[:, None]
        pictures += _scene(dice, bench, length, str(dice.choice(["shake", "hands", "lamp", "pan", "lens"])))
    return pictures, begins[1:]


def _scene(dice: np.random.Generator, bench: Picture, length: int, what: str) -> Iterator[Picture]:
    for frame in range(length):
        at_s = frame / FPS
        x, y = 60, 20
        if what == "shake":
            x, y = round(60 + 4 * np.sin(5 * at_s) + 2 * np.sin(13 * at_s)), round(20 + 3 * np.sin(7 * at_s))
        elif what == "pan":
            x = round(frame / length * (bench.shape[1] - _WIDTH))
        picture = bench[y : y + _HEIGHT, x : x + _WIDTH]
        picture = picture.copy() if what == "pan" else _hands(picture, at_s)
        if what == "lamp" and frame > length / 2:
            picture = picture * 0.45 + 10
        if what == "lens" and 8 < at_s < 9.2:
            picture[:] = 25
        if what == "lens" and 12 < at_s < 12.6:
            picture[:, : int((at_s - 12) / 0.6 * _WIDTH)] = 120
        picture += dice.normal(0, 1.5, picture.shape).astype(np.float32)
        yield np.clip(picture, 0, 255).reshape(18, 4, 32, 4).mean((1, 3)).ravel()


def _pictures() -> Iterator[Picture]:
    dice = np.random.default_rng(7)
    benches = [_bench(dice) for _ in range(4)]
    lying = np.tile(np.linspace(20, 90, _WIDTH, dtype=np.float32), (_HEIGHT, 1))  # a ceiling
    for frame in range(FPS * SECONDS):
        at_s = frame / FPS
        if at_s < 24:
            x, y = dice.integers(60, 65), dice.integers(20, 25)
            picture = _hands(benches[0][y : y + _HEIGHT, x : x + _WIDTH], at_s)
        elif at_s < 52:
            picture = _hands(benches[1][20 : 20 + _HEIGHT, 60 : 60 + _WIDTH], at_s)
            picture = picture * 0.5 + 10 if at_s >= 35 else picture
            picture = np.full_like(picture, 30) if 44 <= at_s < 45 else picture
        elif at_s < 80:
            x = round((at_s - 52) / 28 * (benches[2].shape[1] - _WIDTH))
            picture = benches[2][20 : 20 + _HEIGHT, x : x + _WIDTH]
        elif at_s < 112:
            still = STILL_S[0] <= at_s < STILL_S[1]
            picture = _hands(benches[3][20 : 20 + _HEIGHT, 60 : 60 + _WIDTH], STILL_S[0] if still else at_s)
        else:
            picture = lying
        yield picture + dice.normal(0, 1.5, picture.shape).astype(np.float32)


def _bench(dice: np.random.Generator) -> Picture:
    """Light and dark patches, as large as tools are, on a bench three pictures wide."""
    coarse = dice.uniform(20, 230, (12, 36)).astype(np.float32)
    return np.kron(coarse, np.ones((10, 10), np.float32))


def _hands(bench: Picture, at_s: float) -> Picture:
    picture = bench.copy()
    x, y = round(50 + 20 * np.sin(2.1 * at_s)), round(30 + 10 * np.cos(3.3 * at_s))
    picture[y : y + 18, x : x + 12] = 160
    return picture
