"""Every phone's file comes out right: what is in the table of tests/transcode/odd_files.py, the whole way."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from domain.media import KeyframePlan, Kind, Probe, Rendition
from tests.transcode.media import SHARED_MEDIA, Joined, every, ffmpeg, ffmpeg_says, pcm, pictures, small
from tests.transcode.odd_files import FIELDS, INTERLACED, MADE, REAL, Odd, cards
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import Sound, hear

A_FRAME_MS = 34
HEIGHTS = (180,)
_MOST_COMBED = 40  # pixels; the bar that runs across a frame of two moments has 280, and the box that flashes 1600


@dataclass(frozen=True)
class CameOut:
    probe: Probe
    plan: KeyframePlan
    renditions: tuple[Rendition, ...]
    heard: Sound
    got: Joined

    @property
    def largest(self) -> Rendition:
        return self.renditions[0]


@pytest.fixture(scope="session")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return cards(tmp_path_factory.mktemp("cards"))


@pytest.mark.parametrize("odd", [*MADE, *REAL], ids=lambda odd: odd.name)
def test_it_comes_out_as_it_was_meant(
    odd: Odd, blanks: dict[str, Path], tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = _source(odd, blanks, tmp_path)

    out = _the_whole_way(source, jail, work)

    assert (out.largest.width, out.largest.height) == odd.size
    assert out.plan.fps == odd.fps
    assert out.probe.duration_ms == pytest.approx(odd.duration_ms, abs=A_FRAME_MS)
    assert out.probe.hdr == odd.hdr
    assert odd.screen in (None, out.probe.screen)
    assert out.probe.damaged_ms == pytest.approx(odd.damaged_ms, abs=A_FRAME_MS)
    assert all(out.got.listed[r.name] == len(out.plan.keys) for r in out.renditions if r.kind is not Kind.STILLS)
    shown = pictures(out.got.file(out.largest.name), *odd.size)
    assert len(shown) == out.plan.frames
    if odd.corners is not None:
        assert _corners(shown[0]) == odd.corners
        assert max(_combed(picture) for picture in shown) < _MOST_COMBED
        still = next(r for r in out.renditions if r.kind is Kind.STILLS)
        assert _corners(pictures(out.got.data["stills"], still.width, still.height)[0]) == odd.corners
    if odd.signal_ms is not None:
        assert _white_ms(shown, out.plan) == pytest.approx(odd.signal_ms, abs=A_FRAME_MS)
    assert ("audio" in out.got.listed) == (odd.late_ms is not None)
    if odd.late_ms is not None:
        _check_sound(out, odd)


def test_a_stretch_of_an_interlaced_film_shows_what_the_whole_shows(
    blanks: dict[str, Path], tmp_path: Path, jail: Jail, work: Path
) -> None:
    source = tmp_path / "fields.mp4"
    ffmpeg("-stream_loop", 3, "-i", blanks["card"], "-vf", FIELDS, *INTERLACED, "-g", 12, "-bf", 2, "-an", source)
    known = probe(source, jail)
    keys, lossless = every(150, 25, 25), small(90, sound=False, stills=False, crf=0)
    whole = Joined(render(source, known, keys, lossless, loudness=None, jail=jail, work=work))

    stretch = list(render(source, known, keys, lossless, loudness=None, jail=jail, work=work, listed={"90": 3}))

    data = whole.inits["90"][1] + b"".join(landed.runs["90"].data for landed in stretch)
    assert known.interlaced
    assert np.array_equal(pictures(data, 160, 90), pictures(whole.file("90"), 160, 90)[75:])


def _source(odd: Odd, blanks: dict[str, Path], folder: Path) -> Path:
    if not isinstance(odd.make, str):
        made = folder / f"odd.{odd.ending}"
        odd.make(blanks, made)
        return made
    real = SHARED_MEDIA / "phone" / odd.make
    if not real.exists():
        pytest.skip("the folder with real phones' videos is not beside this repository")
    return real


def _the_whole_way(source: Path, jail: Jail, work: Path) -> CameOut:
    known = probe(source, jail)
    keys = plan([], known.duration_ms, known.fps)
    renditions = ladder(known, HEIGHTS)
    heard = hear(source, known, jail)
    got = Joined(render(source, known, keys, renditions, loudness=heard.loudness, jail=jail, work=work))
    return CameOut(known, keys, renditions, heard, got)


def _corners(picture: np.ndarray) -> str:
    """Which corner of the card stands where: top left, top right, bottom left, bottom right."""
    h, w = picture.shape[0] // 8, picture.shape[1] // 8
    lights = [int(picture[y, x]) for y in (h, -h) for x in (w, -w)]
    return "".join(str(sorted(lights).index(light) + 1) for light in lights)


def _combed(picture: np.ndarray) -> int:
    """How many pixels are lighter, or darker, by far than the one above and the one below."""
    rows = picture.astype(int)
    above, below = rows[1:-1] - rows[:-2], rows[1:-1] - rows[2:]
    return int(((np.minimum(abs(above), abs(below)) > 20) & (above * below > 0)).sum())


def _white_ms(shown: np.ndarray, plan: KeyframePlan) -> int:
    middle = shown[:, shown.shape[1] // 2, shown.shape[2] // 2].astype(int)
    return plan.ms(int(np.argmax(middle > (middle.min() + middle.max()) / 2)))


def _check_sound(out: CameOut, odd: Odd) -> None:
    data = out.got.file("audio")
    heard = pcm(data)
    assert len(heard) / 48 == pytest.approx(out.plan.duration_ms, abs=22)
    if odd.signal_ms is not None:
        for samples, a_ms in ((heard, 48), (out.heard.samples, 16)):
            louder = np.abs(samples) > 0.75 * np.abs(samples).max()
            assert np.argmax(louder) / a_ms == pytest.approx(odd.signal_ms + odd.late_ms, abs=12)
    said = ffmpeg_says("-i", "pipe:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-", stdin=data)
    loudness, peak = (float(found) for found in re.findall(r"(?:I|Peak): +(-?[\d.]+|-inf) ", said))
    if odd.lufs is not None:
        assert loudness == pytest.approx(odd.lufs, abs=1.0)
    assert peak <= -1.0
