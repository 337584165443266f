"""Whatever shape a picture comes in, it is rendered as it is meant to be seen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.media import Kind
from tests.transcode.media import (
    BITS,
    H264,
    HEIGHT,
    SHARED_MEDIA,
    WIDTH,
    Joined,
    every,
    ffmpeg,
    grey_corners,
    numbered,
    numbers,
    pcm,
    pictures,
    small,
)
from transcode.jail import Jail
from transcode.keyframes import plan
from transcode.ladder import ladder
from transcode.probe import probe
from transcode.render import render
from transcode.sound import hear

CORNERS = "geq=lum='if(lt(Y,H/2),if(lt(X,W/2),40,100),if(lt(X,W/2),160,220))':cb=128:cr=128"
TURNED = {
    "not at all": ([], (192, 108), (26, 96, 166, 236)),
    "90": (["-display_rotation", 270], (108, 192), (166, 26, 236, 96)),
    "180": (["-display_rotation", 180], (192, 108), (236, 166, 96, 26)),
    "270": (["-display_rotation", 90], (108, 192), (96, 236, 26, 166)),
    "mirrored": (["-display_rotation", 0, "-display_hflip"], (192, 108), (96, 26, 236, 166)),
}


@pytest.mark.parametrize(("how", "size", "corners"), TURNED.values(), ids=TURNED)
def test_a_turned_picture_stands_upright(
    how: list[object], size: tuple[int, int], corners: tuple[int, ...], tmp_path: Path, jail: Jail, work: Path
) -> None:
    coded, source = tmp_path / "coded.mp4", tmp_path / "turned.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=s=192x108:r=30:d=1", "-vf", f"{CORNERS},format=yuv420p", *H264, coded)
    ffmpeg(*how, "-i", coded, "-c", "copy", source)
    known = probe(source, jail)
    renditions = ladder(known, (108,))

    got = Joined(render(source, known, every(30, 30, 30), renditions, loudness=None, jail=jail, work=work))

    assert (renditions[0].width, renditions[0].height) == size
    assert grey_corners(got.file("108"), size) == pytest.approx(corners, abs=6)
    still = next(r for r in renditions if r.kind is Kind.STILLS)
    assert grey_corners(got.data["stills"], (still.width, still.height)) == pytest.approx(corners, abs=20)


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


def test_an_odd_size_becomes_even(tmp_path: Path, jail: Jail, work: Path) -> None:
    source = tmp_path / "odd.webm"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=161x121:r=25:d=1", "-c:v", "libvpx", "-pix_fmt", "yuv420p", source)
    known = probe(source, jail)
    renditions = ladder(known)

    got = Joined(render(source, known, every(25, 25, 25), renditions, loudness=None, jail=jail, work=work))

    assert [(r.name, r.width, r.height) for r in renditions] == [("120", 160, 120), ("stills", 160, 120)]
    assert got.listed == {"120": 1, "stills": 1}


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
def test_high_dynamic_range_is_brought_to_usual_colours(transfer: str, tmp_path: Path, jail: Jail, work: Path) -> None:
    source = tmp_path / "hdr.mp4"
    tags = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    encoder = ["-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le"]
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=192x108:r=30:d=1", "-vf", f"format=yuv420p10le,{tags}", *encoder, source)
    known = probe(source, jail)

    got = Joined(render(source, known, every(30, 30, 30), ladder(known), loudness=None, jail=jail, work=work))

    (tmp_path / "rendered.mp4").write_bytes(got.file("108"))
    rendered = probe(tmp_path / "rendered.mp4", jail)
    shown = pictures(got.file("108"), 192, 108)
    assert rendered.hdr is None
    assert len(shown) == 30
    assert 20 < shown.mean() < 200


def test_a_size_that_changes_in_the_middle_changes_nothing(tmp_path: Path, jail: Jail, work: Path) -> None:
    first = numbered(tmp_path / "first.ts", 30, sound=False, after=["-muxdelay", 0])
    larger = ["-output_ts_offset", 1, "-muxdelay", 0]
    second = numbered(tmp_path / "second.ts", 30, sound=False, video_filter="scale=384:216", after=larger)
    source = tmp_path / "both.ts"
    source.write_bytes(first.read_bytes() + second.read_bytes())
    known = probe(source, jail)

    got = Joined(render(source, known, every(60, 30, 30), small(54, sound=False), loudness=None, jail=jail, work=work))

    assert numbers(got.file("54")) == [*range(30), *range(30)]


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


PHONES = sorted((SHARED_MEDIA / "phone").glob("*.*")) if SHARED_MEDIA.exists() else []
PORTRAITS = {
    "h264_rotated_270.mp4",
    "iphone_hevc_dv84_rotated_editlist.mp4",
    "pixel_two_hevc_tracks_vfr.mp4",
    "rotated_and_mirrored.mp4",
}


@pytest.mark.skipif(not PHONES, reason="the folder with real phones' videos is not beside this repository")
@pytest.mark.parametrize("source", PHONES, ids=lambda p: p.name)
def test_a_real_phones_video_is_rendered_to_its_end(source: Path, jail: Jail, work: Path) -> None:
    known = probe(source, jail)
    keys = plan([], known.duration_ms, known.fps)
    renditions = ladder(known, (180,)) if min(known.width, known.height) > 180 else ladder(known)

    got = Joined(
        render(source, known, keys, renditions, loudness=hear(source, known, jail).loudness, jail=jail, work=work)
    )

    width, height = renditions[0].width, renditions[0].height
    assert len(pictures(got.file(renditions[0].name), width, height)) == keys.frames
    assert (height > width) == (source.name in PORTRAITS)
    assert ("audio" in got.listed) == known.has_audio
    assert all(got.listed[r.name] == len(keys.keys) for r in renditions if r.kind is not Kind.STILLS)


@pytest.mark.skipif(not PHONES, reason="the folder with real phones' videos is not beside this repository")
@pytest.mark.parametrize("name", ["cursed_vfr.mp4", "mediarecorder_chrome57.webm", "h264_rotated_270.mp4"])
def test_going_on_in_a_real_phones_video_gives_the_very_same_frames(name: str, jail: Jail, work: Path) -> None:
    source = SHARED_MEDIA / "phone" / name
    known = probe(source, jail)
    keys = plan([], known.duration_ms, known.fps)
    lossless = (replace(ladder(known, (90,))[0], crf=0),)
    size = (lossless[0].width, lossless[0].height)
    whole = Joined(render(source, known, keys, lossless, loudness=None, jail=jail, work=work))

    rest = list(render(source, known, keys, lossless, loudness=None, jail=jail, work=work, listed={"90": 3}))

    again = rest[0].inits["90"][1] + b"".join(landed.runs["90"].data for landed in rest if "90" in landed.runs)
    assert rest[0].inits["90"] == whole.inits["90"]
    assert np.array_equal(pictures(again, *size), pictures(whole.file("90"), *size)[keys.keys[3] :])
