"""Recordings of a screen are known by what they show, and stay sharp."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from domain.media import Kind
from tests.transcode.media import H264, Joined, every, ffmpeg, pictures
from transcode.jail import Jail
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render

WIDTH, HEIGHT = 640, 400
PAPER, INK = 250, 20


@pytest.fixture(scope="module")
def window() -> np.ndarray:
    """A window with a title, a list and lines of small print."""
    picture = Image.new("L", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 24), fill=60)
    pen.rectangle((0, 25, 140, HEIGHT), fill=225)
    for line in range(22):
        pen.text((150, 34 + 16 * line), "Open the valve a quarter turn, wait, read the gauge.", INK, _font(12))
        pen.text((8, 34 + 16 * line), f"Step {line + 1}", INK, _font(12))
    return np.asarray(picture)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _filmed(picture: np.ndarray, path: Path, *, look: str = "null") -> Path:
    raw = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", 30, "-i", "pipe:0")
    tagged = "format=yuv420p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    ffmpeg(*raw, "-vf", f"{look},{tagged}", *H264, "-crf", 12, "-g", 10, path, stdin=picture.tobytes() * 30)
    return path


def test_a_screen_is_known_and_keeps_the_pixels_of_its_letters(
    window: np.ndarray, tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = _filmed(window, tmp_path / "screen.mp4")
    known = probe(source, jail)
    largest = ladder(known, (360, 270))[0]

    got = Joined(render(source, known, every(30, 30, 30), (largest,), loudness=None, jail=jail, work=work))

    assert known.screen
    assert (largest.name, largest.width, largest.height) == ("400", WIDTH, HEIGHT)
    shown = pictures(got.file("400"), WIDTH, HEIGHT)[-1].astype(float)
    drawn = pictures(source, WIDTH, HEIGHT)[-1].astype(float)
    assert _contrast(shown) >= 0.95 * _contrast(drawn)
    assert np.abs(shown - drawn).mean() < 1.5


def test_the_same_page_before_a_camera_is_a_film(window: np.ndarray, tmp_path: Path, jail: Jail) -> None:
    source = _filmed(window, tmp_path / "film.mp4", look="rotate=0.05,gblur=1.2,noise=alls=8:allf=t")

    known = probe(source, jail)

    assert not known.screen
    assert [r.name for r in ladder(known, (360, 270)) if r.kind is Kind.VIDEO] == ["360", "270"]


def test_a_screen_that_is_blank_at_first_is_one_all_the_same(window: np.ndarray, tmp_path: Path, jail: Jail) -> None:
    source = _filmed(window, tmp_path / "screen.mp4", look="drawbox=w=iw:h=ih:c=black:t=fill:enable='lt(n,10)'")

    assert probe(source, jail).screen


def _contrast(picture: np.ndarray) -> float:
    return float(np.abs(np.diff(picture, axis=1)).mean())
