"""Whatever shape a picture comes in, it is rendered as it is meant to be seen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.transcode.media import (
    BITS,
    H264,
    HEIGHT,
    SHARED_MEDIA,
    WIDTH,
    Joined,
    every,
    ffmpeg,
    numbers,
    pcm,
    pictures,
    small,
)
from tests.transcode.odd_files import cards, turned_while_filming
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear


def test_a_circle_of_oblong_pixels_is_round(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = tmp_path / "dv.mp4"
    disc = "geq=lum='255*lt(hypot((X-72)*16/11,Y-58),40)':cb=128:cr=128,setsar=16/11,format=yuv420p"
    ffmpeg("-f", "lavfi", "-i", "color=s=144x116:r=25:d=1", "-vf", disc, *H264, source)
    known = probe(source, jail)
    renditions = ladder(known, (116,))

    got = Joined(render(source, known, every(25, 25, 25), renditions, loudness=None, jail=jail, work=work))

    width, height = renditions[0].width, renditions[0].height
    bright = pictures(got.file("116"), width, height)[0] > 128
    assert (width, height) == (208, 116)
    assert int(bright.any(axis=0).sum()) == pytest.approx(80, abs=3)
    assert int(bright.any(axis=1).sum()) == pytest.approx(80, abs=3)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "ogg"])
@pytest.mark.parametrize(("picture_late_s", "sound_late_s"), [(0.7, 0), (0, 0.7)])
def test_picture_and_sound_that_begin_apart_stay_apart(
    picture_late_s: float, sound_late_s: float, container: str, tmp_path: Path, jail: Jail, work: Path
) -> None:
    beep = "aevalsrc='if(gte(t,2),sin(2*PI*1000*t),0.001*sin(2*PI*500*t))':d=3:s=48000"
    source = tmp_path / f"apart.{container}"
    codecs = ["-c:v", "libtheora", "-q:v", 9, "-c:a", "libvorbis"] if container == "ogg" else H264
    black = f"color=s={WIDTH}x{HEIGHT}:r=30:d=3,drawbox=c=white:t=fill:enable='gte(t,1)',format=yuv420p"
    ffmpeg(
        *("-f", "lavfi", "-i", black, "-f", "lavfi", "-i", beep),
        *("-vf", f"setpts=PTS+{picture_late_s}/TB", "-af", f"asetpts=PTS+{sound_late_s}/TB"),
        *("-fps_mode", "passthrough", *codecs, "-muxdelay", 0, source),
    )
    known = probe(source, jail)
    frames = round(known.duration_ms * 30 / 1000)

    got = Joined(render(source, known, every(frames, 30, 30), small(54), loudness=None, jail=jail, work=work))

    white = [n == (1 << BITS) - 1 for n in numbers(got.file("54"))].index(True) / 30
    heard = float(np.argmax(np.abs(pcm(got.file("audio"))) > 0.25)) / 48_000
    listened = float(np.argmax(np.abs(hear(source, known, jail).samples) > 0.25)) / 16_000
    assert heard - white == pytest.approx(1 + sound_late_s - picture_late_s, abs=0.04)
    assert listened == pytest.approx(heard, abs=0.01)


def test_a_phone_that_is_turned_while_a_browser_records_is_seen_whole(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, jail: Jail, work: Path
) -> None:
    blanks = cards(tmp_path_factory.mktemp("cards"))
    source = tmp_path / "turned.webm"
    turned_while_filming(blanks, source)
    known = probe(source, jail)

    got = Joined(render(source, known, every(45, 30, 45), ladder(known), loudness=None, jail=jail, work=work))

    shown = pictures(got.file("108"), WIDTH, HEIGHT)
    # Landscape from edge to edge, then an upright picture of 60 x 106 as tall as the frame, in its middle.
    assert [int(x) for x in _lit_columns(shown[5])] == pytest.approx([0, 191], abs=4)
    assert [int(x) for x in _lit_columns(shown[40])] == pytest.approx([66, 126], abs=4)


@pytest.mark.parametrize(
    ("height", "said", "luma"),
    [(720, "bt709", 120), (720, "unknown", 120), (360, "unknown", 112), (720, "smpte170m", 112)],
    ids=["large", "large, nothing said", "small, nothing said", "large, said to be as small ones are"],
)
def test_colours_of_which_nothing_is_said_are_taken_as_browsers_take_them(
    height: int, said: str, luma: int, tmp_path: Path, jail: Jail, work: Path
) -> None:
    # An orange that has the luma 120 in BT.709 and, where BT.601 is meant, 112 once it is written as BT.709.
    source, size = tmp_path / "orange.mp4", (height * 16 // 9, height)
    pixels = size[0] * size[1]
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", 30, "-i", "pipe:0")
    picture = bytes([120]) * pixels + bytes([100]) * (pixels // 4) + bytes([170]) * (pixels // 4)
    ffmpeg(*raw, "-vf", f"setparams=colorspace={said}", *H264, source, stdin=picture * 3)
    known = probe(source, jail)

    got = Joined(render(source, known, every(3, 30, 3), ladder(known, (90,))[:1], loudness=None, jail=jail, work=work))

    shown = ffmpeg("-i", "pipe:0", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-", stdin=got.file("90"))
    assert shown[160 * 45 + 80] == pytest.approx(luma, abs=2)


PHONES = SHARED_MEDIA / "phone"


@pytest.mark.skipif(not PHONES.exists(), reason="the folder with real phones' videos is not beside this repository")
@pytest.mark.parametrize("name", ["cursed_vfr.mp4", "mediarecorder_chrome57.webm", "h264_rotated_270.mp4"])
def test_going_on_in_a_real_phones_video_gives_the_very_same_frames(name: str, jail: Jail, work: Path) -> None:
    source = PHONES / name
    known = probe(source, jail)
    keys = plan([], known.duration_ms, known.fps)
    lossless = (replace(ladder(known, (90,))[0], crf=0),)
    size = (lossless[0].width, lossless[0].height)
    whole = Joined(render(source, known, keys, lossless, loudness=None, jail=jail, work=work))

    rest = list(render(source, known, keys, lossless, loudness=None, jail=jail, work=work, listed={"90": 3}))

    again = rest[0].inits["90"][1] + b"".join(landed.runs["90"].data for landed in rest if "90" in landed.runs)
    assert rest[0].inits["90"] == whole.inits["90"]
    assert np.array_equal(pictures(again, *size), pictures(whole.file("90"), *size)[keys.keys[3] :])


def _lit_columns(picture: np.ndarray) -> tuple[int, int]:
    """The first and the last column in which there is something to see."""
    lit = np.flatnonzero(picture.max(axis=0) > 24)
    return int(lit[0]), int(lit[-1])
